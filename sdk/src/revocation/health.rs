//! Who is down: the issuer, the revocation service, or we.
//!
//! On 2025-10-30 the issuance of certificates stopped for 34 hours. Nobody could
//! get or renew a card, existing cards went on working, and relying parties
//! could not tell whether what they saw on the news concerned them. So these
//! three are told apart, for each of the channels that a certificate comes on:
//!
//! | down | for people | for verification |
//! |---|---|---|
//! | [issuance](Issuance) | no new or renewed certificates | nothing |
//! | [the revocation service](SourceState) | try later | answers age, then nothing can be confirmed |
//! | [we](OurState) | try later, or elsewhere | nothing can be confirmed here |
//!
//! Nothing here observes anything by itself: sources and our own state are put
//! in by whoever runs the verifier, and issuance, which cannot be observed from
//! here at all, by [`Notice`]s that somebody writes. What nobody knows is
//! unknown, and never shown as working.
//!
//! ```
//! use tashika::revocation::health::{
//!     Channel, Health, Issuance, Needs, Notice, OurState, Situation, SourceState,
//! };
//! use tashika::{Language, Time};
//!
//! let now = Time::from_unix(1_761_800_000);
//! let notice = Notice::new(&[Channel::Card], Issuance::Stopped, now);
//! let lists = SourceState::of_lists(1741, 1741);
//! let health = Health::at(now, OurState::Working, Needs::One, &[lists], &[notice]);
//! let card = health.of(Channel::Card);
//! assert_eq!(card.situation(), Situation::IssuanceStopped);
//! println!("{}", card.situation().text(Language::Japanese));
//! // Nobody said anything about phones.
//! assert_eq!(health.of(Channel::Android).situation(), Situation::IssuanceUnknown);
//! ```

mod notice;
#[cfg(test)]
mod tests;
mod text;

pub use notice::{Issuance, Notice};

#[cfg(feature = "fetch")]
use std::time::Duration as Span;

use serde::{Deserialize, Serialize};

use crate::time::Time;
#[cfg(feature = "fetch")]
use crate::transport::{BreakerState, EndpointState};

/// What a certificate comes on. They are issued by different systems and can
/// fail one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// The My Number Card.
    Card,
    /// A phone with Android.
    Android,
    /// An iPhone.
    IPhone,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Card, Self::Android, Self::IPhone];
}

/// Whether a source of revocation data can be relied on now.
///
/// From the most to the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceState {
    /// It can.
    Working,
    /// For some certificates it can, for others not: the lists of some
    /// municipalities are overdue.
    Partly,
    /// Nobody knows: it has not been asked, or not for a while.
    Unknown,
    /// It cannot.
    Down,
}

/// How many of the sources it takes to confirm a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// One that works is enough.
    One,
    /// All of them.
    All,
}

/// How we are ourselves, as our own checks say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OurState {
    /// Everything that is ours works.
    Working,
    /// Nobody has looked.
    Unknown,
    /// Our clock is wrong: it is behind what has been issued.
    ClockWrong,
    /// Our store of lists is damaged or cannot be read.
    StoreBroken,
    /// There is more to do than we can.
    Overloaded,
    /// We cannot get out: none of several independent endpoints is reachable.
    CutOff,
}

/// The state of all channels at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Health {
    channels: [ChannelHealth; 3],
}

/// The state of one channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ChannelHealth {
    channel: Channel,
    situation: Situation,
    issuance: Issuance,
    revocation: SourceState,
    ourselves: OurState,
}

/// What the state of a channel comes to, for whoever stands in front of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Situation {
    /// Everything works, and somebody has looked.
    Working,
    /// Certificates can be verified; about issuance nobody here knows.
    IssuanceUnknown,
    /// Certificates can be verified; new ones cannot be had.
    IssuanceStopped,
    /// Some certificates cannot be verified: sources are overdue for them.
    RevocationPartly,
    /// Certificates cannot be verified: the revocation service is down.
    RevocationDown,
    /// Certificates cannot be verified here: we are down.
    WeAreDown,
    /// Nobody knows whether certificates can be verified.
    Unknown,
}

impl SourceState {
    /// The state of lists: so many partitions are configured, and so many have
    /// a list that is fresh under the policy.
    #[must_use]
    pub const fn of_lists(partitions: usize, fresh: usize) -> Self {
        match (partitions, fresh) {
            (0, _) => Self::Unknown,
            (_, 0) => Self::Down,
            _ if fresh < partitions => Self::Partly,
            _ => Self::Working,
        }
    }

    /// The state of an endpoint that is left alone, or whose last answer is so
    /// long ago that it says nothing any more.
    #[cfg(feature = "fetch")]
    #[must_use]
    pub fn of_endpoint(state: &EndpointState, quiet: Span) -> Self {
        match state.breaker {
            BreakerState::Open { .. } | BreakerState::HalfOpen => Self::Down,
            BreakerState::Closed => match state.answered {
                Some(ago) if ago <= quiet => Self::Working,
                Some(_) | None => Self::Unknown,
            },
        }
    }

    /// What several come to together.
    fn together(needs: Needs, sources: &[Self]) -> Self {
        let sources = sources.iter().copied();
        let together = match needs {
            Needs::One => sources.min(),
            Needs::All => sources.max(),
        };
        together.unwrap_or(Self::Unknown)
    }
}

impl Health {
    /// The state at `now`, from the sources that the plan asks and the notices
    /// that somebody wrote.
    #[must_use]
    pub fn at(
        now: Time,
        ourselves: OurState,
        needs: Needs,
        sources: &[SourceState],
        notices: &[Notice],
    ) -> Self {
        let revocation = SourceState::together(needs, sources);
        let channels = Channel::ALL.map(|channel| {
            let issuance = Notice::issuance(notices, channel, now);
            ChannelHealth {
                channel,
                situation: Situation::of(ourselves, revocation, issuance),
                issuance,
                revocation,
                ourselves,
            }
        });
        Self { channels }
    }

    /// The same, with other sources for one channel: where its certificates
    /// are asked about elsewhere.
    #[must_use]
    pub fn with_sources(mut self, channel: Channel, needs: Needs, sources: &[SourceState]) -> Self {
        for of_channel in &mut self.channels {
            if of_channel.channel == channel {
                let revocation = SourceState::together(needs, sources);
                let (ourselves, issuance) = (of_channel.ourselves, of_channel.issuance);
                of_channel.revocation = revocation;
                of_channel.situation = Situation::of(ourselves, revocation, issuance);
            }
        }
        self
    }

    /// The state of a channel.
    #[must_use]
    pub fn of(&self, channel: Channel) -> ChannelHealth {
        let [card, android, iphone] = self.channels;
        match channel {
            Channel::Card => card,
            Channel::Android => android,
            Channel::IPhone => iphone,
        }
    }

    /// All channels.
    #[must_use]
    pub const fn channels(&self) -> &[ChannelHealth; 3] {
        &self.channels
    }
}

impl ChannelHealth {
    /// The channel.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel
    }

    /// What the three come to.
    #[must_use]
    pub fn situation(&self) -> Situation {
        self.situation
    }

    /// Whether certificates are issued and renewed.
    #[must_use]
    pub fn issuance(&self) -> Issuance {
        self.issuance
    }

    /// Whether the sources of revocation data can be relied on.
    #[must_use]
    pub fn revocation(&self) -> SourceState {
        self.revocation
    }

    /// How we are ourselves.
    #[must_use]
    pub fn ourselves(&self) -> OurState {
        self.ourselves
    }
}

impl Situation {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Working,
        Self::IssuanceUnknown,
        Self::IssuanceStopped,
        Self::RevocationPartly,
        Self::RevocationDown,
        Self::WeAreDown,
        Self::Unknown,
    ];

    /// What stops verification comes before what does not, and our own fault
    /// before others': while we are down, what we see of them means nothing.
    fn of(ourselves: OurState, revocation: SourceState, issuance: Issuance) -> Self {
        match ourselves {
            OurState::ClockWrong
            | OurState::StoreBroken
            | OurState::Overloaded
            | OurState::CutOff => return Self::WeAreDown,
            OurState::Unknown => return Self::Unknown,
            OurState::Working => {}
        }
        match (revocation, issuance) {
            (SourceState::Down, _) => Self::RevocationDown,
            (SourceState::Unknown, _) => Self::Unknown,
            (SourceState::Partly, _) => Self::RevocationPartly,
            (SourceState::Working, Issuance::Stopped) => Self::IssuanceStopped,
            (SourceState::Working, Issuance::Unknown) => Self::IssuanceUnknown,
            (SourceState::Working, Issuance::Working) => Self::Working,
        }
    }
}
