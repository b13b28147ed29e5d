//! Who is revoked, and the lists that say so.

use std::collections::BTreeMap;

use crate::{Authority, Card, CrlBuilder, Generation, Kind, Municipality, Name, Reason};

/// A partition of the lists: a municipality under one CA key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Partition {
    /// Which CA.
    pub kind: Kind,
    /// Which of its keys.
    pub generation: Generation,
    /// Whose certificates.
    pub municipality: Municipality,
}

/// Date in unix seconds and reason, by the magnitude of the serial number.
type Revoked = BTreeMap<Vec<u8>, (i64, Reason)>;

/// The revocations of both kinds and all generations.
#[derive(Clone, Debug, Default)]
pub struct Register {
    partitions: BTreeMap<Partition, Revoked>,
}

/// A signed list of one partition.
#[derive(Clone, Debug)]
pub struct RevocationList {
    /// Whose partition it is.
    pub partition: Partition,
    /// The name in its issuingDistributionPoint.
    pub distribution_point: Name,
    /// The list.
    pub der: Vec<u8>,
}

impl Register {
    /// Nobody revoked.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Revoke one of the certificates on a card as of a date in unix seconds.
    pub fn revoke(&mut self, card: &Card, kind: Kind, reason: Reason, date: i64) -> &mut Self {
        let serial = card.credential(kind).serial();
        self.revoke_serial(card.partition(kind), serial, reason, date)
    }

    /// Revoke the serial number of this magnitude in a partition.
    pub fn revoke_serial(
        &mut self,
        partition: Partition,
        serial: &[u8],
        reason: Reason,
        date: i64,
    ) -> &mut Self {
        let revoked = self.partitions.entry(partition).or_default();
        revoked.insert(serial.to_vec(), (date, reason));
        self
    }

    /// Date and reason, if the serial number of this magnitude is revoked under a
    /// CA key, whatever the partition.
    #[must_use]
    pub fn find(&self, kind: Kind, generation: Generation, serial: &[u8]) -> Option<(i64, Reason)> {
        let of_key =
            |partition: &Partition| (partition.kind, partition.generation) == (kind, generation);
        let mut partitions = self.partitions.iter().filter(|(p, _)| of_key(p));
        partitions.find_map(|(_, revoked)| revoked.get(serial).copied())
    }

    /// The list of one partition before it is signed by `authority`, whose partition
    /// it must be; entries by ascending serial number.
    #[must_use]
    pub fn list(
        &self,
        authority: &Authority,
        partition: Partition,
        number: u64,
        this_update: i64,
    ) -> CrlBuilder {
        let entries = self.partitions.get(&partition).into_iter().flatten();
        let empty = authority.list(partition.municipality, number, this_update);
        entries.fold(empty, |list, (serial, (date, reason))| {
            list.revoke(serial, *date, *reason)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_serial_number_is_found_under_its_key_alone() {
        let partition = Partition {
            kind: Kind::Signing,
            generation: Generation::Third,
            municipality: Municipality::UJI,
        };
        let mut register = Register::new();
        register.revoke_serial(partition, &[7], Reason::Superseded, 99);
        let find = |kind, generation, serial| register.find(kind, generation, serial);
        let found = find(Kind::Signing, Generation::Third, &[7]);
        assert_eq!(found, Some((99, Reason::Superseded)));
        for other in [
            find(Kind::Signing, Generation::Third, &[8]),
            find(Kind::Signing, Generation::Second, &[7]),
            find(Kind::Authentication, Generation::Third, &[7]),
        ] {
            assert_eq!(other, None);
        }
    }
}
