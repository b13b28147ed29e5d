//! Which key of which token, and what opens it.

use std::fmt;

use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::types::AuthPin;

/// Which token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenName {
    /// The one with this label, in whatever slot it is.
    Label(String),
    /// The one in the slot of this number. Modules number slots anew as they
    /// please: a label is what stays.
    Slot(u64),
}

/// Which private key of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenKey {
    /// The one with this label (`CKA_LABEL`).
    Label(String),
    /// The one with this identifier (`CKA_ID`).
    Id(Vec<u8>),
    /// The one with both.
    LabelAndId(String, Vec<u8>),
}

impl TokenKey {
    pub(super) fn template(&self) -> Vec<Attribute> {
        let label = |label: &str| Attribute::Label(label.as_bytes().to_vec());
        let names = match self {
            Self::Label(text) => vec![label(text)],
            Self::Id(id) => vec![Attribute::Id(id.clone())],
            Self::LabelAndId(text, id) => vec![label(text), Attribute::Id(id.clone())],
        };
        let private = [
            Attribute::Class(ObjectClass::PRIVATE_KEY),
            Attribute::Sign(true),
        ];
        private.into_iter().chain(names).collect()
    }
}

/// The PIN of a token's user. It is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct Pkcs11Pin(pub(super) AuthPin);

impl Pkcs11Pin {
    /// This PIN, as the token knows it.
    #[must_use]
    pub fn new(pin: String) -> Self {
        Self(pin.into())
    }
}

impl fmt::Debug for Pkcs11Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pkcs11Pin(…)")
    }
}
