//! Login challenges for 利用者証明用 certificates.

use std::fmt;

use crate::code::Code;
use crate::error::Error;
use crate::hex::{self, Hex};
use crate::transaction::{Binding, random};

/// The bytes that a card signs to log somebody in.
///
/// They name the relying party, the purpose and the transaction, so that a
/// signature over them serves for nothing else. A page that passes itself off
/// as the relying party can still hand somebody else's challenge to a person
/// who does not look: the challenge proves who held the card, not what the
/// person believed.
///
/// A challenge is used up by verifying it: it is passed by value, and it
/// cannot be cloned. Where it is kept between two requests, the store that
/// hands it out once makes it single-use.
#[derive(PartialEq, Eq)]
pub struct Challenge {
    binding: Binding,
    nonce: [u8; 32],
}

const PREFIX: &str = "tashika-authentication-challenge/1";

impl Challenge {
    /// A fresh challenge.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness.
    pub fn generate(binding: Binding) -> Result<Self, Error> {
        Ok(Self::from_entropy(binding, random()?))
    }

    /// The twin of [`Challenge::generate`] for tests: 32 octets of the
    /// caller's own entropy.
    #[must_use]
    pub fn from_entropy(binding: Binding, nonce: [u8; 32]) -> Self {
        Self { binding, nonce }
    }

    /// Reads back a challenge that was kept as [`Challenge::to_bytes`].
    ///
    /// The caller vouches that it issued these bytes and takes them once:
    /// bytes that a client sends are no proof of either.
    ///
    /// # Errors
    /// `transaction.form` if it is not one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let (binding, rest) = Binding::read(PREFIX, bytes)?;
        let nonce = std::str::from_utf8(rest)
            .ok()
            .and_then(|line| line.strip_prefix("nonce: ")?.strip_suffix('\n'))
            .and_then(hex::decode)
            .ok_or(Code::TransactionForm)?;
        let challenge = Self { binding, nonce };
        if challenge.to_bytes() != bytes {
            return Err(Code::TransactionForm.into());
        }
        Ok(challenge)
    }

    /// The bytes to sign: lines of ASCII.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = self.binding.write(PREFIX);
        format!("{header}nonce: {}\n", Hex(&self.nonce)).into_bytes()
    }

    /// What the challenge is bound to.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.binding
    }
}

// A nonce that stands in a log can be answered by whoever reads it.
impl fmt::Debug for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Challenge")
            .field("binding", &self.binding)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jpki::header::tests::binding;

    #[test]
    fn a_challenge_is_read_back_in_one_form() {
        let challenge = Challenge::from_entropy(binding(), [0xab; 32]);
        let bytes = challenge.to_bytes();
        assert_eq!(Challenge::from_bytes(&bytes).unwrap(), challenge);
        let text = String::from_utf8(bytes).unwrap();
        for changed in [
            text.replace("abab", "ABAB"),
            text.replace("nonce: ab", "nonce: "),
            text.replace("nonce: ", "nonce:"),
            format!("{text}x"),
            text.trim_end().to_owned(),
        ] {
            let error = Challenge::from_bytes(changed.as_bytes()).unwrap_err();
            assert_eq!(error.code(), Code::TransactionForm);
        }
    }

    #[test]
    fn challenges_are_distinct_and_keep_their_nonce() {
        let one = Challenge::generate(binding()).unwrap();
        let other = Challenge::generate(binding()).unwrap();
        assert_ne!(one, other);
        let nonce = Hex(&one.nonce).to_string();
        assert!(!format!("{one:?}").contains(&nonce));
    }
}
