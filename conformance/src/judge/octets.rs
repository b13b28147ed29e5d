//! Binary fields.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Error, Unexpected};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, LENIENT);
const BASE64URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, LENIENT);

/// Octets as base64 (RFC 4648, 4) or base64url (5). Padding at the end may be
/// left out; the two are not mixed, and unused bits are zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Octets(pub(super) Bytes);

impl Octets {
    pub(super) fn decode(text: &str) -> Option<Self> {
        let engine = if text.contains(['-', '_']) {
            BASE64URL
        } else {
            BASE64
        };
        let octets = engine.decode(text).ok()?;
        Some(Self(octets.into()))
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::decode(&text).ok_or(D::Error::invalid_value(
            Unexpected::Other("other text"),
            &"base64 or base64url",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_alphabets_with_and_without_padding() {
        let octets = Octets(Bytes::from_static(&[0xfb, 0xff, 0xbf, 0x01]));
        for text in ["+/+/AQ==", "+/+/AQ", "-_-_AQ==", "-_-_AQ"] {
            assert_eq!(Octets::decode(text).as_ref(), Some(&octets), "{text}");
        }
        assert_eq!(Octets::decode(""), Some(Octets(Bytes::new())));
        for bad in ["+_+_AQ==", "AR", "A", "AQ==\n", "AQ==AQ=="] {
            assert_eq!(Octets::decode(bad), None, "{bad}");
        }
    }
}
