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
