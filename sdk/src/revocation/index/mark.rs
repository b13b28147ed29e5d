//! What a list says about one serial number, in few octets.

use crate::certificate::SerialNumber;
use crate::revocation::Reason;
use crate::revocation::entries::Entry;
use crate::time::Time;

/// An entry without its serial number.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    /// The number of the reason: telling reasons apart would cost more than all
    /// else that is done with one of ten million entries.
    pub(super) reason: u8,
    pub(super) revoked_at: Time,
    pub(super) invalid_since: Option<Time>,
}

impl Mark {
    pub(super) fn of(entry: &Entry) -> Self {
        Self {
            reason: entry.reason.number(),
            revoked_at: entry.revoked_at,
            invalid_since: entry.invalid_since,
        }
    }

    pub(super) fn entry(self, serial: SerialNumber) -> Entry {
        Entry {
            serial,
            reason: Reason::from_number(self.reason),
            revoked_at: self.revoked_at,
            invalid_since: self.invalid_since,
        }
    }
}

/// 0000-01-01T00:00:00Z, the earliest time that a list can write.
const YEAR_ZERO: Time = Time::from_unix(-62_167_219_200);

/// Binary digits of the seconds from the year 0 to the end of the year 9999.
const DATE_DIGITS: u32 = 39;

/// Stands for a mark that is kept aside because it does not fit.
const ASIDE: u64 = 1 << 63;

/// A mark in a word, while a list is being read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct PackedMark(u64);

/// The marks with an invalidity date, which a word has no room for. They are
/// rare, and where they are not they cost what they say.
#[derive(Default)]
pub(super) struct Aside(Vec<Mark>);

impl PackedMark {
    /// In the place of a record that is not there.
    pub(super) const NONE: Self = Self(0);

    /// None if it has to be kept [aside](Aside::pack).
    pub(super) fn new(reason: u8, revoked_at: Time) -> Option<Self> {
        let seconds = revoked_at.as_unix().checked_sub(YEAR_ZERO.as_unix())?;
        let seconds = u64::try_from(seconds).ok()?;
        let fits = seconds >> DATE_DIGITS == 0;
        fits.then_some(Self(u64::from(reason) << DATE_DIGITS | seconds))
    }

    /// The date, if it is not kept aside.
    pub(super) fn revoked_at(self) -> Option<Time> {
        (self.0 & ASIDE == 0).then(|| self.date())
    }

    fn date(self) -> Time {
        // Below 2^39, so it has a sign to spare.
        let seconds = (self.0 & ((1 << DATE_DIGITS) - 1)).cast_signed();
        Time::from_unix(seconds.saturating_add(YEAR_ZERO.as_unix()))
    }
}

impl Aside {
    pub(super) fn pack(&mut self, mark: Mark) -> PackedMark {
        let plain = match mark.invalid_since {
            Some(_) => None,
            None => PackedMark::new(mark.reason, mark.revoked_at),
        };
        plain.unwrap_or_else(|| {
            let number = self.0.len() as u64;
            self.0.push(mark);
            PackedMark(ASIDE | number)
        })
    }

    /// The mark that was packed here.
    pub(super) fn unpack(&self, packed: PackedMark) -> Mark {
        if packed.0 & ASIDE != 0 {
            let number = usize::try_from(packed.0 & !ASIDE).ok();
            if let Some(mark) = number.and_then(|n| self.0.get(n)) {
                return *mark;
            }
        }
        let [.., reason] = (packed.0 >> DATE_DIGITS & 0xff).to_be_bytes();
        Mark {
            reason,
            revoked_at: packed.date(),
            invalid_since: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn marks_survive_packing(
            reason: u8,
            seconds in -62_167_219_200..=253_402_300_799_i64,
            suspect in proptest::option::of(any::<i64>()),
        ) {
            let mark = Mark {
                reason,
                revoked_at: Time::from_unix(seconds),
                invalid_since: suspect.map(Time::from_unix),
            };
            let mut aside = Aside::default();
            let packed = aside.pack(mark);
            prop_assert!(aside.unpack(packed) == mark);
            prop_assert_eq!(aside.0.len(), usize::from(suspect.is_some()));
        }
    }
}
