//! The name under which a provider knows us.

use std::fmt;

use crate::code::Code;
use crate::error::Error;

/// A client identifier (RFC 6749, 2.2). It is no secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientId(String);

impl ClientId {
    /// One that the Digital Agency has given out: 1 to 255 letters and digits.
    ///
    /// # Errors
    /// `misuse.argument` if it is anything else: most likely it was not copied
    /// whole, or with a space.
    pub fn new(id: &str) -> Result<Self, Error> {
        Self::of(id, |b| b.is_ascii_alphanumeric())
    }

    /// One of another OpenID provider: 1 to 255 printable ASCII characters
    /// (RFC 6749, A.1), for development against software that gives out UUIDs
    /// or URLs.
    ///
    /// # Errors
    /// `misuse.argument` if it is anything else.
    pub fn of_other_provider(id: &str) -> Result<Self, Error> {
        Self::of(id, |b| matches!(b, b' '..=b'~'))
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(id: &str, permitted: impl Fn(u8) -> bool) -> Result<Self, Error> {
        if !(1..=255).contains(&id.len()) || !id.bytes().all(permitted) {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self(id.to_owned()))
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_agency_s_identifiers_are_letters_and_digits() {
        let longest = "a".repeat(255);
        for sound in ["0", "aZ09", &longest] {
            assert_eq!(ClientId::new(sound).unwrap().as_str(), sound);
        }
        let too_long = "a".repeat(256);
        for bad in ["", "a-b", "a b", "a\n", "é", &too_long] {
            let code = ClientId::new(bad).unwrap_err().code();
            assert_eq!(code, Code::MisuseArgument, "{bad:?}");
        }
    }

    #[test]
    fn other_providers_print_what_they_like() {
        let longest = "~".repeat(255);
        for sound in ["https://rp.example/", "a b", &longest] {
            let id = ClientId::of_other_provider(sound).unwrap();
            assert_eq!(id.to_string(), sound);
        }
        let too_long = "~".repeat(256);
        for bad in ["", "a\n", "a\u{7f}", "é", &too_long] {
            let code = ClientId::of_other_provider(bad).unwrap_err().code();
            assert_eq!(code, Code::MisuseArgument, "{bad:?}");
        }
    }
}
