//! The entries of a list, out of pieces of it.

use crate::asn1::{self, Reader};
use crate::code::Code;
use crate::revocation::entries::Entry;
use crate::revocation::index::gather::Gathered;
use crate::revocation::index::mark::Mark;

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
    while let Some(entry) = whole(rest, left - (length - rest.len()) as u64)? {
        let (entry, behind) = rest.split_at_checked(entry).ok_or(Code::InputCrl)?;
        read(entry, gathered)?;
        rest = behind;
    }
    Ok(length - rest.len())
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
