//! Fields of fixed form, one after the other, little-endian.
//!
//! [`Cursor`](crate::revocation::index::Cursor) takes them again.

use crate::time::Time;

/// Writes fields.
#[derive(Default)]
pub(super) struct Octets(Vec<u8>);

impl Octets {
    pub(super) fn into_inner(self) -> Vec<u8> {
        self.0
    }

    pub(super) fn raw(&mut self, octets: &[u8]) {
        self.0.extend(octets);
    }

    pub(super) fn u8(&mut self, number: u8) {
        self.0.push(number);
    }

    pub(super) fn u32(&mut self, number: u32) {
        self.raw(&number.to_le_bytes());
    }

    pub(super) fn u64(&mut self, number: u64) {
        self.raw(&number.to_le_bytes());
    }

    pub(super) fn count(&mut self, count: usize) {
        self.u64(count as u64);
    }

    pub(super) fn flag(&mut self, flag: bool) {
        self.u8(flag.into());
    }

    /// Octets with their length before them.
    pub(super) fn string(&mut self, octets: &[u8]) {
        // Nothing in a manifest comes near to 4 GiB.
        self.u32(u32::try_from(octets.len()).unwrap_or(0));
        self.raw(octets);
    }

    pub(super) fn time(&mut self, time: Time) {
        self.raw(&time.as_unix().to_le_bytes());
    }

    pub(super) fn optional_time(&mut self, time: Option<Time>) {
        self.flag(time.is_some());
        self.time(time.unwrap_or(Time::from_unix(0)));
    }
}
