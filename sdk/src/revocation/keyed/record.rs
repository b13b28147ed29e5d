//! One revoked certificate in 56 octets, in the order in which entries count.

use crate::identity::Lookup;
use crate::revocation::entries::Entry;
use crate::revocation::{Listed, Reason};
use crate::time::Time;

/// The octets of a record.
pub(super) const RECORD: usize = 56;

/// A record as it is written.
pub(super) type Octets = [u8; RECORD];

/// A record as it is read.
pub(super) struct Record {
    pub(super) lookup: Lookup,
    pub(super) reason: Reason,
    pub(super) revoked_at: Time,
    pub(super) invalid_since: Option<Time>,
    pub(super) listed: Listed,
    pub(super) list: u32,
}

pub(super) fn encode(lookup: &Lookup, entry: &Entry, listed: Listed, list: u32) -> Octets {
    let unnamed = matches!(entry.reason, Reason::Unknown(_));
    let mut octets = [0; RECORD];
    let mut left = &mut octets[..];
    let parts: [&[u8]; 6] = [
        lookup.octets(),
        &[u8::from(entry.reason == Reason::RemoveFromCrl)],
        &ascending(entry.revoked_at),
        &[
            u8::from(unnamed),
            entry.reason.number(),
            u8::from(listed == Listed::Earlier),
        ],
        &list.to_be_bytes(),
        &entry.invalid_since.map_or([0; 8], ascending),
    ];
    for part in parts {
        let (to, rest) = std::mem::take(&mut left).split_at_mut(part.len());
        to.copy_from_slice(part);
        left = rest;
    }
    octets
}

/// The record, if these octets are one.
pub(super) fn decode(octets: &Octets) -> Option<Record> {
    let (lookup, rest) = octets.split_first_chunk::<32>()?;
    let ([_removes], rest) = rest.split_first_chunk::<1>()?;
    let (revoked_at, rest) = rest.split_first_chunk::<8>()?;
    let ([_unnamed, reason, earlier], rest) = rest.split_first_chunk::<3>()?;
    let (list, rest) = rest.split_first_chunk::<4>()?;
    let (invalid_since, _) = rest.split_first_chunk::<8>()?;
    let listed = match earlier {
        0 => Listed::Current,
        1 => Listed::Earlier,
        _ => return None,
    };
    Some(Record {
        lookup: Lookup::from_octets(*lookup),
        reason: Reason::from_number(*reason),
        revoked_at: time(*revoked_at),
        invalid_since: (*invalid_since != [0; 8]).then(|| time(*invalid_since)),
        listed,
        list: u32::from_be_bytes(*list),
    })
}

/// Octets that ascend with the time.
fn ascending(time: Time) -> [u8; 8] {
    (time.as_unix() ^ i64::MIN).to_be_bytes()
}

fn time(octets: [u8; 8]) -> Time {
    Time::from_unix(i64::from_be_bytes(octets) ^ i64::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate::SerialNumber;

    fn entry(reason: u8, revoked_at: i64) -> Entry {
        Entry {
            serial: SerialNumber::from_unsigned(&[1]).unwrap(),
            reason: Reason::from_number(reason),
            revoked_at: Time::from_unix(revoked_at),
            invalid_since: None,
        }
    }

    #[test]
    fn records_sort_as_entries_take_precedence() {
        let lookup = Lookup::from_octets([7; 32]);
        let entries = [0, 1, 7, 8, 10, 255].map(|reason| [-5, 0, 5].map(|at| entry(reason, at)));
        let entries = entries.as_flattened();
        for one in entries {
            for other in entries {
                let octets = |e| encode(&lookup, e, Listed::Current, 0);
                let order = one.precedence().cmp(&other.precedence());
                assert_eq!(octets(one).cmp(&octets(other)), order);
            }
        }
    }

    #[test]
    fn a_record_is_read_back() {
        for invalid_since in [None, Some(Time::from_unix(-1)), Some(Time::from_unix(0))] {
            let entry = Entry {
                invalid_since,
                ..entry(200, -3)
            };
            let octets = encode(&Lookup::from_octets([9; 32]), &entry, Listed::Earlier, 77);
            let record = decode(&octets).unwrap();
            assert_eq!(record.lookup, Lookup::from_octets([9; 32]));
            assert_eq!(record.reason, Reason::Unknown(200));
            assert_eq!(record.revoked_at, entry.revoked_at);
            assert_eq!(record.invalid_since, invalid_since);
            assert_eq!((record.listed, record.list), (Listed::Earlier, 77));
        }
    }
}
