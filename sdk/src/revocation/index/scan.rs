//! The entries of a list, out of pieces of it.

use crate::asn1::{self, Reader};
use crate::code::Code;
use crate::revocation::entries::Entry;
use crate::revocation::index::gather::Gathered;
use crate::revocation::index::mark::{Mark, PackedMark};
use crate::time::Time;

/// The longest header of an element that fits a list: tag, and a length of
/// four octets with their number.
const HEADER: usize = 6;

/// Reads the whole entries at the beginning of `octets` into `gathered`, and
/// returns how many octets they take. `left` is how many octets of entries
/// there are, here and behind.
///
/// An entry that does not end within `left` is refused; one that does and is
/// not whole yet waits for more.
pub(super) fn entries(octets: &[u8], left: u64, gathered: &mut Gathered) -> Result<usize, Code> {
    let length = octets.len();
    let mut rest = octets;
    loop {
        if let Some((common, behind)) = Common::read(rest) {
            common.add(gathered)?;
            rest = behind;
            continue;
        }
        let Some(entry) = whole(rest, left - (length - rest.len()) as u64)? else {
            return Ok(length - rest.len());
        };
        let (entry, behind) = rest.split_at_checked(entry).ok_or(Code::InputCrl)?;
        read(entry, gathered)?;
        rest = behind;
    }
}

/// The length of the element at the beginning, if all of it is there.
fn whole(octets: &[u8], left: u64) -> Result<Option<usize>, Code> {
    let Some((_, header, contents)) = asn1::header(octets) else {
        let more = octets.len() < HEADER && left > octets.len() as u64;
        let none = octets.is_empty();
        return if more || none {
            Ok(None)
        } else {
            Err(Code::InputCrl)
        };
    };
    let length = header.checked_add(contents).ok_or(Code::InputCrl)?;
    if length as u64 > left {
        return Err(Code::InputCrl);
    }
    Ok((length <= octets.len()).then_some(length))
}

/// Reads one entry: `octets` are one element.
fn read(octets: &[u8], gathered: &mut Gathered) -> Result<(), Code> {
    let mut reader = Reader::new(octets, Code::InputCrl);
    let entry = Entry::read(&mut reader)?;
    gathered.add(&entry.serial, Mark::of(&entry))
}

/// An entry as nearly all are: a serial number of up to eight octets, UTCTime,
/// and no extension or a reason of the lower 128. Everything else is for
/// [`Entry::read`], which would say the same about this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Common {
    key: u64,
    reason: u8,
    revoked_at: Time,
}

/// An uncritical reasonCode with one octet, up to that octet.
const REASON: [u8; 13] = [
    0x30, 0x0c, 0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x15, 0x04, 0x03, 0x0a, 0x01,
];

impl Common {
    /// The common entry at the beginning of `octets`, and what is behind it.
    fn read(octets: &[u8]) -> Option<(Self, &[u8])> {
        let (&[0x30, length, 0x02, digits], body) = octets.split_first_chunk()? else {
            return None;
        };
        let digits = usize::from(digits);
        if !(1..=8).contains(&digits) {
            return None;
        }
        // Eight octets are there, since a date follows.
        let key = u64::from_be_bytes(*body.first_chunk()?) >> (64 - 8 * digits);
        let second = body.get(1).copied().unwrap_or(0);
        let minimal = match body.first()? {
            0 => digits > 1 && second >= 0x80,
            first => *first < 0x80,
        };
        if !minimal {
            return None;
        }
        let (date, behind) = body.get(digits..)?.split_first_chunk::<15>()?;
        let [asn1::UTC_TIME, 13, date @ ..] = date else {
            return None;
        };
        let revoked_at = utc_time(date)?;
        let plain = 2 + digits + 15;
        if usize::from(length) == plain {
            let common = Self {
                key,
                reason: 0,
                revoked_at,
            };
            return Some((common, behind));
        }
        let (extension, behind) = behind.split_first_chunk::<14>()?;
        let [extension @ .., reason] = extension;
        if usize::from(length) != plain + 14 || *extension != REASON || *reason >= 0x80 {
            return None;
        }
        let common = Self {
            key,
            reason: *reason,
            revoked_at,
        };
        Some((common, behind))
    }

    fn add(self, gathered: &mut Gathered) -> Result<(), Code> {
        // UTCTime ends in 2049.
        let packed = PackedMark::new(self.reason, self.revoked_at).ok_or(Code::InputCrl)?;
        gathered.add_narrow(self.key, packed)
    }
}

/// Days before each month of a common year.
const MONTHS: [u16; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

/// The contents of a UTCTime in the form of RFC 5280, 4.1.2.5.1: what
/// [`Reader::time`] makes of it, eight digits at once.
fn utc_time(contents: &[u8; 13]) -> Option<Time> {
    let (high, low) = contents.split_first_chunk::<8>()?;
    let [minute_tens, minute, second_tens, second, b'Z'] = *low else {
        return None;
    };
    let [year, month, day, hour] = pairs(*high)?;
    let [minute, second, ..] = pairs([
        minute_tens,
        minute,
        second_tens,
        second,
        b'0',
        b'0',
        b'0',
        b'0',
    ])?;
    let year = if year >= 50 { 1900 + year } else { 2000 + year };
    // From 1950 to 2049 every fourth year is a leap year.
    let leap = year % 4 == 0;
    let index = usize::try_from(month).ok()?.checked_sub(1)?;
    let before = i64::from(*MONTHS.get(index)?);
    let length = i64::from(*MONTHS.get(index + 1)?) - before + i64::from(leap && month == 2);
    if day == 0 || day > length || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let leaps = (year - 1969).div_euclid(4) + i64::from(leap && month > 2);
    let days = (year - 1970) * 365 + leaps + before + day - 1;
    Some(Time::from_unix(
        ((days * 24 + hour) * 60 + minute) * 60 + second,
    ))
}

/// Four numbers of two decimal digits each.
fn pairs(octets: [u8; 8]) -> Option<[i64; 4]> {
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    const ZEROS: u64 = 0x3030_3030_3030_3030;
    let word = u64::from_le_bytes(octets);
    // A digit has the upper half 3, and keeps it when 6 is added.
    let digits = word & HIGH == ZEROS && word.wrapping_add(0x0606_0606_0606_0606) & HIGH == ZEROS;
    if !digits {
        return None;
    }
    let word = word & !HIGH;
    let word = (word & 0x00ff_00ff_00ff_00ff) * 10 + (word >> 8 & 0x00ff_00ff_00ff_00ff);
    let pair = |number: u32| (word >> (16 * number) & 0xff).cast_signed();
    Some([pair(0), pair(1), pair(2), pair(3)])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::certificate::SerialNumber;
    use crate::revocation::index::key::Key;
    use crate::revocation::testing::{extension, id_ce, integer, tlv};

    /// What the one reader of entries says, as far as it is common.
    fn by_the_reader(octets: &[u8]) -> Option<(Common, &[u8])> {
        let mut reader = Reader::new(octets, Code::InputCrl);
        let entry = Entry::read(&mut reader).ok()?;
        let common = Common {
            key: u64::of(&entry.serial)?,
            reason: entry.reason.number(),
            revoked_at: entry.revoked_at,
        };
        Some((common, reader.rest()))
    }

    fn date() -> impl Strategy<Value = Vec<u8>> {
        let number = |to: u32| (0..=to).prop_map(|n| format!("{n:02}"));
        let sound = (
            number(99),
            number(13),
            number(32),
            number(24),
            number(60),
            number(60),
        );
        let sound = sound.prop_map(|(y, m, d, h, i, s)| format!("{y}{m}{d}{h}{i}{s}Z"));
        prop_oneof![
            8 => sound.prop_map(String::into_bytes),
            1 => proptest::collection::vec(prop_oneof![Just(b'0'), any::<u8>()], 13),
            1 => proptest::collection::vec(b'/'..=b':', 13),
        ]
    }

    fn entry() -> impl Strategy<Value = Vec<u8>> {
        let serial = proptest::collection::vec(any::<u8>(), 0..10);
        let tag = prop_oneof![9 => Just(0x17_u8), 1 => Just(0x18)];
        let reason = proptest::option::of((any::<bool>(), any::<u8>(), 0x14..0x17_u8));
        (serial, tag, date(), reason).prop_map(|(serial, tag, date, reason)| {
            let mut fields = vec![integer(&serial), tlv(tag, &[date])];
            if let Some((critical, reason, kind)) = reason {
                let value = tlv(0x0a, &[vec![reason]]);
                fields.push(tlv(0x30, &[extension(&id_ce(kind), critical, &value)]));
            }
            tlv(0x30, &fields)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn dates_are_those_of_the_reader(date in date()) {
            let contents: [u8; 13] = date.clone().try_into().unwrap();
            let der = tlv(0x17, &[date]);
            let expected = Reader::new(&der, Code::InputCrl).time().ok();
            prop_assert_eq!(utc_time(&contents), expected);
        }

        #[test]
        fn what_is_common_is_what_the_reader_says(
            entry in entry(),
            flip in proptest::option::of((any::<proptest::sample::Index>(), 0..8)),
            behind in proptest::collection::vec(any::<u8>(), 0..20),
        ) {
            let mut octets = entry;
            if let Some((index, bit)) = flip {
                let index = index.index(octets.len());
                octets[index] ^= 1_u8 << bit;
            }
            octets.extend(behind);
            if let Some(common) = Common::read(&octets) {
                prop_assert_eq!(Some(common), by_the_reader(&octets));
            }
        }
    }

    #[test]
    fn an_ordinary_entry_is_common() {
        for (serial, common) in [
            (&[0x05][..], true),
            (&[0x00, 0x80], true),
            (&[0x7f; 8], true),
            (&[0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], true),
            (&[0x7f; 9], false),
            (&[0x00], false),
            (&[0x80], false),
            (&[0x00, 0x7f], false),
        ] {
            let date = tlv(0x17, &[b"260401000000Z".to_vec()]);
            let reason = extension(&id_ce(21), false, &[0x0a, 0x01, 0x04]);
            for fields in [
                vec![integer(serial), date.clone()],
                vec![integer(serial), date, tlv(0x30, &[reason])],
            ] {
                let der = tlv(0x30, &fields);
                let read = Common::read(&der);
                assert_eq!(read.is_some(), common, "{serial:02x?}");
                if let Some((read, behind)) = read {
                    assert!(behind.is_empty());
                    let serial = SerialNumber::from_contents(serial).unwrap();
                    assert_eq!(Some(read.key), u64::of(&serial));
                    assert_eq!(read.reason, if fields.len() == 3 { 4 } else { 0 });
                }
            }
        }
    }
}
