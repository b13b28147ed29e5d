//! What somebody said about issuance.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::revocation::health::Channel;
use crate::time::{Duration, Time};

/// Whether certificates are issued and renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Issuance {
    /// They are.
    Working,
    /// They are not. Those that were issued go on working.
    Stopped,
    /// Nobody has said, or not for a while.
    Unknown,
}

/// How long a notice counts: who wrote that everything works yesterday does
/// not know about today.
const LIFE: Duration = Duration::hours(24);

/// What somebody read in an announcement of J-LIS or the Digital Agency and
/// wrote down here. It counts for 24 hours.
///
/// ```
/// use tashika::revocation::health::{Channel, Notice};
///
/// let notice: Notice = serde_json::from_str(
///     r#"{
///         "channels": ["card"],
///         "issuance": "stopped",
///         "as_of": "2025-10-30T09:00:00+09:00"
///     }"#,
/// )
/// .unwrap();
/// assert_eq!(notice.channels(), [Channel::Card]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    channels: Vec<Channel>,
    issuance: Issuance,
    #[serde(serialize_with = "write", deserialize_with = "read")]
    as_of: Time,
}

impl Notice {
    /// That issuance for these channels is so, as of a time.
    #[must_use]
    pub fn new(channels: &[Channel], issuance: Issuance, as_of: Time) -> Self {
        Self {
            channels: channels.to_vec(),
            issuance,
            as_of,
        }
    }

    /// The channels that it is about.
    #[must_use]
    pub fn channels(&self) -> &[Channel] {
        &self.channels
    }

    /// What it says.
    #[must_use]
    pub fn says(&self) -> Issuance {
        self.issuance
    }

    /// When that was so.
    #[must_use]
    pub fn as_of(&self) -> Time {
        self.as_of
    }

    /// What the newest one about a channel says that counts at `now`. Of two
    /// of the same time, the worse.
    pub(super) fn issuance(notices: &[Self], channel: Channel, now: Time) -> Issuance {
        let rank = |issuance: Issuance| match issuance {
            Issuance::Working => 0,
            Issuance::Unknown => 1,
            Issuance::Stopped => 2,
        };
        let counting = notices.iter().filter(|notice| {
            notice.channels.contains(&channel)
                && notice.as_of <= now
                && now.since(notice.as_of) <= LIFE
        });
        counting
            .max_by_key(|notice| (notice.as_of, rank(notice.issuance)))
            .map_or(Issuance::Unknown, |notice| notice.issuance)
    }
}

fn write<S: Serializer>(time: &Time, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(time)
}

fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Time, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_unix(1_761_800_000);

    fn notice(channel: Channel, issuance: Issuance, ago: Duration) -> Notice {
        Notice::new(&[channel], issuance, NOW.minus(ago))
    }

    #[test]
    fn the_newest_about_the_channel_counts_for_a_day() {
        use Issuance::{Stopped, Unknown, Working};
        let hours = Duration::hours;
        let card = |issuance, ago| notice(Channel::Card, issuance, ago);
        for (notices, expected) in [
            (vec![], Unknown),
            (vec![card(Working, hours(1))], Working),
            (vec![card(Working, hours(24))], Working),
            (vec![card(Working, hours(25))], Unknown),
            (vec![card(Working, hours(-1))], Unknown),
            (
                vec![card(Stopped, hours(2)), card(Working, hours(1))],
                Working,
            ),
            (
                vec![card(Stopped, hours(1)), card(Working, hours(2))],
                Stopped,
            ),
            (
                vec![card(Stopped, hours(1)), card(Working, hours(1))],
                Stopped,
            ),
            (vec![notice(Channel::IPhone, Stopped, hours(1))], Unknown),
        ] {
            assert_eq!(Notice::issuance(&notices, Channel::Card, NOW), expected);
        }
    }

    #[test]
    fn a_notice_is_read_back_as_it_was_written() {
        let written = notice(Channel::Android, Issuance::Stopped, Duration::ZERO);
        let text = serde_json::to_string(&written).unwrap();
        assert_eq!(serde_json::from_str::<Notice>(&text).unwrap(), written);
        for bad in [
            r#"{"channels":["fax"],"issuance":"stopped","as_of":"2025-10-30T00:00:00Z"}"#,
            r#"{"channels":["card"],"issuance":"fine","as_of":"2025-10-30T00:00:00Z"}"#,
            r#"{"channels":["card"],"issuance":"stopped","as_of":"yesterday"}"#,
        ] {
            assert!(serde_json::from_str::<Notice>(bad).is_err(), "{bad}");
        }
    }
}
