//! Lists too large to hold in memory.

use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

use super::{CrlBuilder, Entry, Reason};
use crate::{Hash, KeyPair, calendar::DAY, der};

const REASONS: [Reason; 4] = [
    Reason::AffiliationChanged,
    Reason::Superseded,
    Reason::CessationOfOperation,
    Reason::CertificateHold,
];

/// A list of many entries with ascending serial numbers, written without being
/// held: entry `n` (from 0) has the serial number `first + n * step`.
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
        }
    }

    /// Start at another serial number and go on in other steps.
    #[must_use]
    pub fn serials(mut self, first: u64, step: u64) -> Self {
        self.first = first;
        self.step = step;
        self
    }

    /// The magnitude of the serial number of entry `index`: `width` octets, the
    /// highest of them 0x40 so that the width never changes; where eight octets do
    /// not suffice the middle is zero.
    #[must_use]
    pub fn serial(&self, index: u64) -> Vec<u8> {
        let number = self
            .first
            .wrapping_add(index.wrapping_mul(self.step))
            .to_be_bytes();
        let width = usize::from(self.width);
        let low = number.iter().rev().chain(std::iter::repeat(&0)).take(width);
        let mut serial: Vec<u8> = low.copied().collect();
        serial.reverse();
        if let Some(highest) = serial.first_mut() {
            *highest = (*highest & 0x3F) | 0x40;
        }
        serial
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
        for index in 0..self.entries {
            signed.write_all(&self.entry(index))?;
        }
        signed.write_all(&after)?;
        let digest = signed.digest.finalize();
        out.write_all(&tail)?;
        out.write_all(&der::bits(&key.sign_digest(scheme, &digest)))
    }

    fn entry(&self, index: u64) -> Vec<u8> {
        let date = self.newest - (index % 1000) as i64 * DAY;
        let reason = REASONS.iter().cycle().nth((index % 7) as usize);
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
    use super::*;
    use crate::{Algorithm, Name, Rng};

    #[test]
    fn equals_the_list_built_in_memory() {
        let key = KeyPair::generate(Algorithm::Rsa(1024), &mut Rng::from_seed(7));
        let builder = CrlBuilder::new(Name::new().country("JP"), 0, DAY).number(3);
        let large = LargeList::new(builder.clone(), 300, 4, DAY);
        let mut streamed = Vec::new();
        large.write_to(&mut streamed, &key).unwrap();

        let whole = (0..300).fold(builder, |list, index| list.entry_raw(large.entry(index)));
        assert_eq!(streamed, whole.sign(&key));
    }
}
