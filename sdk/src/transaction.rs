//! One person, one transaction: the identity that ties challenge, request,
//! answer and result together.

mod binding;
#[cfg(any(feature = "auth-app", feature = "mdoc"))]
mod browser;
mod store;

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::rand;

use crate::code::Code;
use crate::error::Error;
use crate::hex::{self, Hex};

pub use binding::{Audience, Binding};
#[cfg(any(feature = "auth-app", feature = "mdoc"))]
pub use browser::BrowserSecret;
pub use store::{ClientKey, MemoryStore};

/// Names one transaction of one person, from its first step to its evidence.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TransactionId([u8; 16]);

impl TransactionId {
    /// A fresh one.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness.
    pub fn generate() -> Result<Self, Error> {
        random().map(Self)
    }

    /// The twin of [`TransactionId::generate`] for tests: 16 octets of the
    /// caller's own entropy.
    #[must_use]
    pub const fn from_entropy(octets: [u8; 16]) -> Self {
        Self(octets)
    }

    /// The 16 octets.
    #[must_use]
    pub const fn octets(&self) -> &[u8; 16] {
        &self.0
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for TransactionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TransactionId({self})")
    }
}

impl FromStr for TransactionId {
    type Err = Error;

    fn from_str(digits: &str) -> Result<Self, Error> {
        let octets = hex::decode(digits);
        octets.map(Self).ok_or(Code::TransactionForm.into())
    }
}

/// The origin of a relying party, for example `https://bank.example`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelyingParty(String);

impl RelyingParty {
    /// An origin (RFC 6454, 6.2): scheme, host and perhaps port, in lower
    /// case, without a path or a slash at the end.
    ///
    /// # Errors
    /// `misuse.argument` if it is anything else or longer than 255 octets.
    pub fn from_origin(origin: &str) -> Result<Self, Error> {
        let host = origin
            .strip_prefix("https://")
            .or_else(|| origin.strip_prefix("http://"));
        let sound = origin.len() <= 255
            && host.is_some_and(|host| {
                let permitted =
                    |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-:[]".contains(&b);
                !host.is_empty() && host.bytes().all(permitted)
            });
        if !sound {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self(origin.to_owned()))
    }

    /// The origin.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a transaction is for, for example `login` or `open-account`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Purpose(String);

impl Purpose {
    /// One to 64 lower-case letters, digits, dots, hyphens and underscores.
    ///
    /// # Errors
    /// `misuse.argument` if it is anything else.
    pub fn named(name: &str) -> Result<Self, Error> {
        let permitted = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b);
        if name.is_empty() || name.len() > 64 || !name.bytes().all(permitted) {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self(name.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Octets from the system's source of randomness.
pub(crate) fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut octets = [0; N];
    rand::fill(&mut octets).map_err(|_| Code::MisuseEntropy)?;
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_are_distinct_and_read_back() {
        let one = TransactionId::generate().unwrap();
        let other = TransactionId::generate().unwrap();
        assert_ne!(one, other);
        assert_eq!(one.to_string().parse::<TransactionId>().unwrap(), one);
    }

    #[test]
    fn origins_have_no_path_and_one_case() {
        assert!(RelyingParty::from_origin("https://bank.example").is_ok());
        assert!(RelyingParty::from_origin("http://localhost:8080").is_ok());
        for bad in [
            "",
            "bank.example",
            "https://",
            "https://bank.example/",
            "https://Bank.example",
            "https://bank.example\nx",
            "https://user@bank.example",
        ] {
            let code = RelyingParty::from_origin(bad).unwrap_err().code();
            assert_eq!(code, Code::MisuseArgument, "{bad}");
        }
    }

    #[test]
    fn purposes_are_short_words() {
        assert!(Purpose::named("open-account").is_ok());
        for bad in ["", "Login", "a b", "a\n"] {
            assert_eq!(
                Purpose::named(bad).unwrap_err().code(),
                Code::MisuseArgument
            );
        }
    }
}
