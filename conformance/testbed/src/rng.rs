//! The seeded generator that every key comes from.

use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng as _, SeedableRng as _},
};

use crate::hash::Hash;

/// ChaCha20 from a seed: the same seed gives the same bytes on every machine.
#[derive(Clone, Debug)]
pub struct Rng {
    seed: [u8; 32],
    stream: ChaCha20Rng,
}

impl Rng {
    /// The generator of a numbered seed.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        let mut bytes = [0; 32];
        bytes
            .iter_mut()
            .zip(seed.to_be_bytes())
            .for_each(|(byte, from)| *byte = from);
        Self::from_bytes(bytes)
    }

    /// A generator that no other run has.
    ///
    /// # Panics
    ///
    /// If the operating system has no entropy to give.
    #[must_use]
    #[expect(
        clippy::expect_used,
        reason = "without entropy there is nothing to go on with"
    )]
    pub fn from_entropy() -> Self {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).expect("entropy of the operating system");
        Self::from_bytes(bytes)
    }

    /// A generator of its own for each label, whatever was drawn here before.
    #[must_use]
    pub fn derive(&self, label: &str) -> Self {
        let digest = Hash::Sha256.digest(&[&self.seed, label.as_bytes()].concat());
        let mut bytes = [0; 32];
        bytes
            .iter_mut()
            .zip(digest)
            .for_each(|(byte, from)| *byte = from);
        Self::from_bytes(bytes)
    }

    /// The next `length` bytes.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.stream.fill_bytes(&mut bytes);
        bytes
    }

    /// The generator underneath, for what draws by itself.
    pub(crate) fn stream(&mut self) -> &mut ChaCha20Rng {
        &mut self.stream
    }

    fn from_bytes(seed: [u8; 32]) -> Self {
        Self {
            seed,
            stream: ChaCha20Rng::from_seed(seed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_independent_of_what_was_drawn() {
        let mut drawn = Rng::from_seed(1);
        drawn.bytes(100);
        let fresh = Rng::from_seed(1);
        assert_eq!(drawn.derive("a").bytes(8), fresh.derive("a").bytes(8));
        assert_ne!(fresh.derive("a").bytes(8), fresh.derive("b").bytes(8));
    }
}
