//! The arguments of `tashika health`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tashika::Time;
use tashika::revocation::health::{Channel, Needs, OurState, SourceState};
use tashika::trust::Fingerprint;

use super::{EnvironmentArgument, LanguageArgument};

#[derive(Debug, Args)]
pub(crate) struct Health {
    /// A store of revocation lists: how fresh they are, and whether it can be read
    #[arg(long, value_name = "DIR", requires = "trust")]
    pub(crate) store: Option<PathBuf>,
    /// A directory of trust anchors (.cer .crt .der .pem), or one file
    #[arg(long, value_name = "DIR", requires = "store")]
    pub(crate) trust: Option<PathBuf>,
    /// Which hierarchy the anchors belong to
    #[arg(long, value_enum, default_value_t = EnvironmentArgument::Production)]
    pub(crate) environment: EnvironmentArgument,
    /// The SHA-256 fingerprint of a further production anchor, confirmed out of band
    #[arg(long, value_name = "SHA256")]
    pub(crate) pin: Vec<Fingerprint>,
    /// How many lists there should be; if absent, as many as the store has seen
    #[arg(long, value_name = "N", requires = "store")]
    pub(crate) expect: Option<usize>,
    /// The oldest list that counts, in hours from its thisUpdate
    #[arg(long, value_name = "HOURS", default_value_t = 48)]
    pub(crate) max_age: u32,
    /// What somebody read in announcements and wrote down, as JSON; may repeat.
    /// It counts for 24 hours: {"channels": ["card"], "issuance": "stopped",
    /// "as_of": "2025-10-30T09:00:00+09:00"}, or an array of these
    #[arg(long, value_name = "FILE")]
    pub(crate) notice: Vec<PathBuf>,
    /// The OCSP responder, as our monitoring sees it
    #[arg(long, value_enum, value_name = "STATE")]
    pub(crate) ocsp: Option<Seen>,
    /// The platform operator, as our monitoring sees it
    #[arg(long, value_enum, value_name = "STATE")]
    pub(crate) operator: Option<Seen>,
    /// How many of store, responder and operator our verification needs
    #[arg(long, value_enum, default_value_t = NeedsArgument::All)]
    pub(crate) needs: NeedsArgument,
    /// Ourselves, as our monitoring sees us; what the store shows comes before it
    #[arg(long, value_enum, value_name = "STATE")]
    pub(crate) ourselves: Option<Ourselves>,
    /// A channel whose certificates these sources answer for; may repeat; the
    /// card alone if absent
    #[arg(long, value_enum)]
    pub(crate) channel: Vec<ChannelArgument>,
    /// The time at which freshness is judged, in RFC 3339; now if absent
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<Time>,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// The language of texts for people
    #[arg(long, value_enum, default_value_t = LanguageArgument::En)]
    pub(crate) lang: LanguageArgument,
}

/// What monitoring sees of somebody who is asked.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Seen {
    /// It answers
    Working,
    /// It does not
    Down,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum NeedsArgument {
    /// One that works is enough
    One,
    /// All of them
    All,
}

/// What monitoring sees of ourselves.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Ourselves {
    /// Everything that is ours works
    Working,
    /// There is more to do than we can
    Overloaded,
    /// We cannot get out
    CutOff,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ChannelArgument {
    /// The My Number Card
    Card,
    /// Phones with Android
    Android,
    /// iPhones
    Iphone,
}

impl From<Seen> for SourceState {
    fn from(argument: Seen) -> Self {
        match argument {
            Seen::Working => Self::Working,
            Seen::Down => Self::Down,
        }
    }
}

impl From<NeedsArgument> for Needs {
    fn from(argument: NeedsArgument) -> Self {
        match argument {
            NeedsArgument::One => Self::One,
            NeedsArgument::All => Self::All,
        }
    }
}

impl From<Ourselves> for OurState {
    fn from(argument: Ourselves) -> Self {
        match argument {
            Ourselves::Working => Self::Working,
            Ourselves::Overloaded => Self::Overloaded,
            Ourselves::CutOff => Self::CutOff,
        }
    }
}

impl From<ChannelArgument> for Channel {
    fn from(argument: ChannelArgument) -> Self {
        match argument {
            ChannelArgument::Card => Self::Card,
            ChannelArgument::Android => Self::Android,
            ChannelArgument::Iphone => Self::IPhone,
        }
    }
}
