//! Lists too large to hold in memory.

use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

use super::shuffle::{Shuffle, mix};
use super::{CrlBuilder, Entry, Reason};
use crate::{Hash, KeyPair, calendar::DAY, der};

const REASONS: [Reason; 4] = [
    Reason::AffiliationChanged,
    Reason::Superseded,
    Reason::CessationOfOperation,
    Reason::CertificateHold,
];

/// Dates and reasons come again after so many entries.
const DATES: u64 = 1000;
const REASON_CYCLE: u64 = 7;

/// Entries that are written at once.
const BATCH: u64 = 4096;

/// A list of many entries, written without being held. Unless something else is
/// asked for, the serial numbers ascend: entry `n` (from 0) has the serial
/// number `first + n * step`.
///
/// Its signature is right: the digest is taken on the way. Of the builder's defects
/// only those of its fields are kept.
#[derive(Clone, Debug)]
pub struct LargeList {
    builder: CrlBuilder,
    entries: u64,
    width: u8,
    first: u64,
    step: u64,
    newest: i64,
    order: Order,
}

/// Which serial numbers there are, and in which order.
#[derive(Clone, Copy, Debug)]
enum Order {
    Ascending,
    Shuffled,
    Scattered,
}

impl LargeList {
    /// The list that `builder` describes, with `entries` entries of serial numbers
    /// `width` octets wide (1 to 20); entries of the builder itself are left out.
    /// Revocation dates lie in the thousand days before `newest`.
    ///
    /// # Panics
    ///
    /// If no serial number has such a width.
    #[must_use]
    pub fn new(builder: CrlBuilder, entries: u64, width: u8, newest: i64) -> Self {
        assert!(
            (1..=20).contains(&width),
            "no serial number of {width} octets"
        );
        Self {
            builder,
            entries,
            width,
            first: 0,
            step: 1,
            newest,
            order: Order::Ascending,
        }
    }

    /// Start at another serial number and go on in other steps.
    #[must_use]
    pub fn serials(mut self, first: u64, step: u64) -> Self {
        self.first = first;
        self.step = step;
        self
    }

    /// The same serial numbers, in no order.
    #[must_use]
    pub fn shuffled(mut self) -> Self {
        self.order = Order::Shuffled;
        self
    }

    /// Serial numbers from all over those of this width, in no order and none
    /// twice, whatever [`LargeList::serials`] says.
    #[must_use]
    pub fn scattered(mut self) -> Self {
        self.order = Order::Scattered;
        self
    }

    /// The magnitude of the serial number of entry `index`: `width` octets, the
    /// highest of them 0x40 so that the width never changes. Where eight octets do
    /// not suffice the middle is zero, and for scattered ones anything.
    #[must_use]
    pub fn serial(&self, index: u64) -> Vec<u8> {
        let mut serial = vec![0; usize::from(self.width)];
        self.write_serial(index, &mut serial);
        serial
    }

    fn write_serial(&self, index: u64, serial: &mut [u8]) {
        let counted = |n: u64| self.first.wrapping_add(n.wrapping_mul(self.step));
        let (number, middle) = match self.order {
            Order::Ascending => (counted(index), 0),
            Order::Shuffled => (counted(Shuffle::below(self.entries).at(index)), 0),
            Order::Scattered => {
                let digits = (u32::from(self.width) * 8 - 2).min(62);
                let number = Shuffle::below(1 << digits).at(index);
                (number, mix(number))
            }
        };
        let number = number.to_be_bytes();
        let middle = middle.to_be_bytes();
        let low = number.iter().rev().chain(middle.iter().cycle());
        for (to, from) in serial.iter_mut().rev().zip(low) {
            *to = *from;
        }
        if let Some(highest) = serial.first_mut() {
            *highest = (*highest & 0x3F) | 0x40;
        }
    }

    /// Write the signed list, entry by entry: give it a buffered writer. Serial
    /// numbers repeat once `first + entries * step` needs more than the six lower
    /// bits of the highest octet and all bits of the others.
    ///
    /// # Errors
    ///
    /// Whatever writing fails with.
    ///
    /// # Panics
    ///
    /// If the key is not an RSA key, whose signatures have one length, or the
    /// builder's scheme does not hash with SHA-256.
    pub fn write_to(&self, out: &mut impl Write, key: &KeyPair) -> io::Result<()> {
        let scheme = self.builder.envelope.scheme_of(key);
        let fits = key.rsa().is_some() && scheme.hash() == Hash::Sha256;
        assert!(fits, "large lists are signed with RSA and SHA-256");
        let before = self.builder.before_entries(key);
        let after = self.builder.after_entries();
        let entries = self.entries * self.entry(0).len() as u64;
        let inside = before.len() as u64 + sized(entries) + after.len() as u64;
        let tail = scheme.identifier();
        let signature = der::bits(&key.sign_digest(scheme, &[0; 32])).len() as u64;
        out.write_all(&header(sized(inside) + tail.len() as u64 + signature))?;

        let mut signed = Hashing {
            out,
            digest: Sha256::new(),
        };
        signed.write_all(&der::concat([header(inside), before, header(entries)]))?;
        self.write_entries(&mut signed)?;
        signed.write_all(&after)?;
        let digest = signed.digest.finalize();
        out.write_all(&tail)?;
        out.write_all(&der::bits(&key.sign_digest(scheme, &digest)))
    }

    /// Writes what [`entry`](Self::entry) makes, but encodes each combination of
    /// date and reason once: a list of ten million entries takes a second.
    fn write_entries(&self, out: &mut impl Write) -> io::Result<()> {
        let combinations = (DATES * REASON_CYCLE).min(self.entries);
        let templates: Vec<_> = (0..combinations).map(|index| self.entry(index)).collect();
        // SEQUENCE and INTEGER, each with a length of one octet.
        let serial = 4..4 + usize::from(self.width);
        let mut batch = Vec::new();
        let mut templates = templates.iter().cycle();
        for index in 0..self.entries {
            let start = batch.len();
            batch.extend_from_slice(templates.next().map_or(&[][..], Vec::as_slice));
            let entry = batch.get_mut(start..).unwrap_or_default();
            if let Some(serial) = entry.get_mut(serial.clone()) {
                self.write_serial(index, serial);
            }
            if (index + 1).is_multiple_of(BATCH) {
                out.write_all(&batch)?;
                batch.clear();
            }
        }
        out.write_all(&batch)
    }

    fn entry(&self, index: u64) -> Vec<u8> {
        let date = self.newest - (index % DATES) as i64 * DAY;
        let reason = REASONS.iter().cycle().nth((index % REASON_CYCLE) as usize);
        let entry = Entry::new(&self.serial(index), date);
        entry
            .reason(reason.copied().unwrap_or(Reason::Superseded))
            .to_der()
    }
}

struct Hashing<'a, W> {
    out: &'a mut W,
    digest: Sha256,
}

impl<W: Write> Write for Hashing<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

fn header(content: u64) -> Vec<u8> {
    der::concat([vec![der::tag::SEQUENCE], der::length_octets(content)])
}

/// The length of a SEQUENCE with so much content.
fn sized(content: u64) -> u64 {
    header(content).len() as u64 + content
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Algorithm, Name, Rng};

    #[test]
    fn equals_the_list_built_in_memory() {
        let key = KeyPair::generate(Algorithm::Rsa(1024), &mut Rng::from_seed(7));
        let builder = CrlBuilder::new(Name::new().country("JP"), 0, DAY).number(3);
        let large = LargeList::new(builder, 9000, 4, DAY).serials(2, 3);
        let wide = LargeList {
            width: 20,
            ..large.clone()
        };
        for large in [large.clone().shuffled(), wide.scattered(), large] {
            let mut streamed = Vec::new();
            large.write_to(&mut streamed, &key).unwrap();
            let builder = large.builder.clone();
            let whole = (0..9000).fold(builder, |list, index| list.entry_raw(large.entry(index)));
            assert_eq!(streamed, whole.sign(&key));
        }
    }

    #[test]
    fn serial_numbers_keep_their_width_and_come_once() {
        let builder = CrlBuilder::new(Name::new().country("JP"), 0, DAY);
        let list = LargeList::new(builder, 1000, 3, DAY);
        for list in [list.clone().shuffled(), list.scattered()] {
            let serials: BTreeSet<_> = (0..1000).map(|n| list.serial(n)).collect();
            assert_eq!(serials.len(), 1000);
            assert!(serials.iter().all(|s| s.len() == 3 && s[0] & 0xC0 == 0x40));
        }
    }
}
