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

/// Octets of a date with its header, and of a reason with the extension that it
/// stands in.
const DATE: usize = 15;
const EXTENSION: usize = REASON.len() + 1;

/// Octets of the longest common entry. So many are looked at, whatever is
/// behind a shorter one: what is nearer to the end is for the other reader.
const LONGEST: usize = 4 + 8 + DATE + EXTENSION;

impl Common {
    /// The common entry at the beginning of `octets`, and what is behind it.
    #[inline]
    fn read(octets: &[u8]) -> Option<(Self, &[u8])> {
        let &[0x30, length, 0x02, digits, ref body @ ..] = octets.first_chunk::<LONGEST>()? else {
            return None;
        };
        let digits = usize::from(digits);
        if !(1..=8).contains(&digits) {
            return None;
        }
        let first = u64::from_be_bytes(*body.first_chunk()?);
        // The first nine binary digits are not all the same, but for a single
        // octet, and the number is positive.
        let redundant = first >> 55 == 0 && digits > 1;
        if first >> 63 != 0 || redundant || first >> 56 == 0 && digits == 1 {
            return None;
        }
        let behind = body.get(digits..)?.first_chunk::<{ DATE + EXTENSION }>()?;
        let (&[asn1::UTC_TIME, 13, ref date @ ..], extension) =
            behind.split_first_chunk::<DATE>()?
        else {
            return None;
        };
        let plain = 2 + digits + DATE;
        let (reason, end) = match usize::from(length).checked_sub(plain) {
            Some(0) => (0, plain + 2),
            Some(EXTENSION) => match extension {
                [extension @ .., reason @ ..0x80] if *extension == REASON => {
                    (*reason, plain + 2 + EXTENSION)
                }
                _ => return None,
            },
            Some(_) | None => return None,
        };
        let common = Self {
            key: first >> (64 - 8 * digits),
            reason,
            revoked_at: utc_time(date)?,
        };
        Some((common, octets.get(end..)?))
    }

    fn add(self, gathered: &mut Gathered) -> Result<(), Code> {
        // UTCTime ends in 2049.
        let packed = PackedMark::new(self.reason, self.revoked_at).ok_or(Code::InputCrl)?;
        gathered.add_narrow(self.key, packed)
    }
}

/// For the months from January 1950 to December 2049, in rows of sixteen: the
/// days from the year 1970 up to the first, and how many days it has. None has
/// days between the twelfth and the next row.
#[expect(
    clippy::indexing_slicing,
    reason = "it is computed by the compiler, which would refuse"
)]
static MONTHS: [(i16, u8); 1600] = {
    let mut months = [(0, 0); 1600];
    let (mut row, mut day) = (0, -7305);
    while row < 100 {
        let mut month = 1;
        while month <= 12 {
            let days = match month {
                // Every fourth of these years is a leap year.
                2 if row % 4 == 2 => 29,
                2 => 28,
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            // The century turns in the middle.
            months[(row + 50) % 100 * 16 + month] = (day, days);
            day += days as i16;
            month += 1;
        }
        row += 1;
    }
    months
};

/// The contents of a UTCTime in the form of RFC 5280, 4.1.2.5.1: what
/// [`Reader::time`] makes of it, eight digits at once.
#[inline]
fn utc_time(contents: &[u8; 13]) -> Option<Time> {
    let (high, [.., b'Z']) = contents.split_first_chunk::<8>()? else {
        return None;
    };
    let low = contents.get(4..)?.first_chunk::<8>()?;
    let [year, month, day, hour] = pairs(*high)?;
    let [_, _, minute, second] = pairs(*low)?;
    let number = year * 16 + month.min(15);
    let (before, length) = *MONTHS.get(usize::try_from(number).ok()?)?;
    let sound =
        day.wrapping_sub(1) < u64::from(length) && hour <= 23 && minute <= 59 && second <= 59;
    let in_day = (hour * 3600 + minute * 60 + second).cast_signed();
    let days = i64::from(before) + day.cast_signed() - 1;
    sound.then(|| Time::from_unix(days * 86_400 + in_day))
}

/// Four numbers of two decimal digits each.
#[inline]
fn pairs(octets: [u8; 8]) -> Option<[u64; 4]> {
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
    let pair = |number: u32| word >> (16 * number) & 0xff;
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
            octets.extend([0; LONGEST]);
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
                let mut der = tlv(0x30, &fields);
                let length = der.len();
                der.extend([0; LONGEST]);
                let read = Common::read(&der);
                assert_eq!(read.is_some(), common, "{serial:02x?}");
                if let Some((read, behind)) = read {
                    assert_eq!(behind.len(), der.len() - length);
                    let serial = SerialNumber::from_contents(serial).unwrap();
                    assert_eq!(Some(read.key), u64::of(&serial));
                    assert_eq!(read.reason, if fields.len() == 3 { 4 } else { 0 });
                }
            }
        }
    }
}
