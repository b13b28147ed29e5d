//! Device engagement (ISO/IEC 18013-5, 8.2.1): what a wallet shows before
//! proximity begins, in a QR code or over NFC.

mod ndef;
mod nfc;
mod retrieval;

pub use nfc::{Carrier, NfcHandover};
pub use retrieval::{BleOptions, RetrievalMethod};

use std::fmt;

use bytes::Bytes;

use crate::code::Code;
use crate::error::Error;
use crate::jose;
use crate::limits;
use crate::mdoc::Curve;
use crate::mdoc::cbor::{Key, Reader};
use crate::mdoc::cose::CoseKey;
use crate::mdoc::response::check_version;

/// A device engagement, as it was received.
pub struct DeviceEngagement {
    octets: Bytes,
    device_key: CoseKey,
    retrieval_methods: Vec<RetrievalMethod>,
}

const MALFORMED: Code = Code::InputSession;

/// The scheme of the URI in a QR code (8.2.2.3).
const SCHEME: &str = "mdoc";
const VERSION: i128 = 0;
const SECURITY: i128 = 1;
const RETRIEVAL_METHODS: i128 = 2;
/// The only cipher suite (9.1.5.2).
const CIPHER_SUITE: u64 = 1;

impl DeviceEngagement {
    /// Reads the text of a QR code (8.2.2.3): `mdoc:` and base64url.
    ///
    /// # Errors
    /// `input.session` if it is no such text, and what
    /// [`from_cbor`](Self::from_cbor) says of what stands in it.
    pub fn from_uri(uri: &str) -> Result<Self, Error> {
        if uri.len() > 2 * limits::ENGAGEMENT {
            return Err(Code::InputTooLarge.into());
        }
        let (scheme, rest) = uri.split_once(':').ok_or(MALFORMED)?;
        // RFC 3986, 3.1.
        if !scheme.eq_ignore_ascii_case(SCHEME) {
            return Err(MALFORMED.into());
        }
        let octets = jose::decode(rest).ok_or(MALFORMED)?;
        Self::from_cbor(&octets)
    }

    /// Reads an engagement in CBOR (8.2.1.1).
    ///
    /// # Errors
    /// `input.session` or a code of `input.cbor_` if it is none,
    /// `input.too_large` or `input.too_many` if it is over its budget,
    /// `mdoc.engagement` if its version is not 1, its cipher suite unknown or
    /// its key on no curve that is known here.
    pub fn from_cbor(octets: &[u8]) -> Result<Self, Error> {
        if octets.len() > limits::ENGAGEMENT {
            return Err(Code::InputTooLarge.into());
        }
        Ok(Self::read(octets)?)
    }

    fn read(octets: &[u8]) -> Result<Self, Code> {
        let (mut version, mut device_key) = (None, None);
        let mut retrieval_methods = Vec::new();
        Reader::only(octets, MALFORMED)?.map(|key, value| {
            match key {
                Key::Integer(VERSION) => version = Some(value.text()?),
                Key::Integer(SECURITY) => device_key = Some(security(value)?),
                Key::Integer(RETRIEVAL_METHODS) => retrieval_methods = retrieval::read(value)?,
                _ => {}
            }
            Ok(())
        })?;
        check_version(&version.ok_or(MALFORMED)?).map_err(|_| Code::MdocEngagement)?;
        Ok(Self {
            octets: Bytes::copy_from_slice(octets),
            device_key: device_key.ok_or(MALFORMED)?,
            retrieval_methods,
        })
    }

    /// The engagement in CBOR.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The curve of the wallet's key, on which ours has to be.
    #[must_use]
    pub fn curve(&self) -> Curve {
        self.device_key.curve()
    }

    /// How the wallet can be reached, as far as it is known here. Over NFC that
    /// stands beside the engagement, in [`NfcHandover::carriers`].
    #[must_use]
    pub fn retrieval_methods(&self) -> &[RetrievalMethod] {
        &self.retrieval_methods
    }

    /// The wallet's ephemeral key, which may be off its curve.
    pub(crate) fn device_key(&self) -> &CoseKey {
        &self.device_key
    }
}

/// `Security`: the cipher suite and `EDeviceKeyBytes`.
fn security(reader: &mut Reader<'_>) -> Result<CoseKey, Code> {
    reader.tuple(2, |parts| {
        let unknown = Code::MdocEngagement;
        if parts.unsigned()? != CIPHER_SUITE {
            return Err(unknown);
        }
        let key = parts.embedded()?;
        CoseKey::read(&mut key.reader(MALFORMED)?, unknown)
    })
}

// Keys and addresses make a wallet known again.
impl fmt::Debug for DeviceEngagement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceEngagement({:?})", self.curve())
    }
}

#[cfg(test)]
pub(in crate::mdoc) mod tests {
    pub(in crate::mdoc) use super::nfc::tests::select;
    use super::*;
    use crate::mdoc::EphemeralKey;
    use crate::mdoc::cbor::write;

    type Entries = Vec<(Vec<u8>, Vec<u8>)>;

    pub(in crate::mdoc) fn entry(key: i64, value: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
        (write::integer(key), value)
    }

    fn sound(key: &EphemeralKey) -> Entries {
        let security = [write::unsigned(1), write::embedded(&key.cose_key())];
        let options = vec![
            entry(0, write::boolean(false)),
            entry(1, write::boolean(true)),
        ];
        let method = [write::unsigned(2), write::unsigned(1), write::map(options)];
        vec![
            entry(0, write::text("1.0")),
            entry(1, write::array(&security)),
            entry(2, write::array(&[write::array(&method)])),
            entry(9, write::null()),
        ]
    }

    /// An engagement with `key`.
    pub(in crate::mdoc) fn engagement(key: &EphemeralKey) -> Vec<u8> {
        write::map(sound(key))
    }

    fn key() -> EphemeralKey {
        EphemeralKey::generate(Curve::P256).unwrap()
    }

    fn refused(octets: &[u8]) -> Code {
        DeviceEngagement::from_cbor(octets).unwrap_err().code()
    }

    /// The code with which an engagement is refused in which one entry is
    /// another, or is not there.
    fn with(number: i64, value: Option<Vec<u8>>) -> Code {
        let mut entries = sound(&key());
        entries.retain(|(key, _)| *key != write::integer(number));
        entries.extend(value.map(|value| entry(number, value)));
        refused(&write::map(entries))
    }

    #[test]
    fn an_engagement_is_kept_as_it_was() {
        for curve in [Curve::P256, Curve::P384] {
            let key = EphemeralKey::generate(curve).unwrap();
            let octets = engagement(&key);
            let base64url = jose::encode(&octets);
            for read in [
                DeviceEngagement::from_cbor(&octets).unwrap(),
                DeviceEngagement::from_uri(&format!("mdoc:{base64url}")).unwrap(),
                DeviceEngagement::from_uri(&format!("MDOC:{base64url}")).unwrap(),
            ] {
                assert_eq!(read.octets(), octets);
                assert_eq!(read.curve(), curve);
                assert_eq!(read.device_key().point(), key.point());
                assert_eq!(read.retrieval_methods().len(), 1);
                assert_eq!(format!("{read:?}"), format!("DeviceEngagement({curve:?})"));
            }
        }
    }

    #[test]
    fn what_is_no_uri_is_refused() {
        let sound = jose::encode(&engagement(&key()));
        for (bad, code) in [
            (sound.clone(), Code::InputSession),
            (format!("mdoc://{sound}"), Code::InputSession),
            (format!("mdoc-openid4vp:{sound}"), Code::InputSession),
            (format!("mdoc:{sound}="), Code::InputSession),
            ("mdoc:".to_owned(), Code::InputSession),
            (
                format!("mdoc:{}", "A".repeat(2 * limits::ENGAGEMENT)),
                Code::InputTooLarge,
            ),
        ] {
            let error = DeviceEngagement::from_uri(&bad).unwrap_err();
            assert_eq!(error.code(), code, "{bad}");
        }
    }

    #[test]
    fn other_versions_suites_and_curves_are_refused() {
        assert_eq!(with(0, Some(write::text("2.0"))), Code::MdocEngagement);
        let security = |suite, key: Vec<u8>| {
            let security = [write::unsigned(suite), write::embedded(&key)];
            with(1, Some(write::array(&security)))
        };
        assert_eq!(security(2, key().cose_key()), Code::MdocEngagement);
        let mut other_curve = key().cose_key();
        let at = other_curve.iter().position(|octet| *octet == 0x20).unwrap();
        assert_eq!(std::mem::replace(&mut other_curve[at + 1], 3), 1);
        assert_eq!(security(1, other_curve), Code::MdocEngagement);
    }

    #[test]
    fn what_is_no_engagement_is_refused() {
        for number in [0, 1] {
            assert_eq!(with(number, None), Code::InputSession);
            assert_eq!(with(number, Some(write::null())), Code::InputSession);
        }
        // Without tag 24, and with a part too many.
        let key = key().cose_key();
        let untagged = [write::unsigned(1), write::bytes(&[&key])];
        assert_eq!(with(1, Some(write::array(&untagged))), Code::InputSession);
        let three = [write::unsigned(1), write::embedded(&key), write::null()];
        assert_eq!(with(1, Some(write::array(&three))), Code::InputSession);
        let trailing = [
            write::unsigned(1),
            write::embedded(&[&key[..], &[0]].concat()),
        ];
        let code = with(1, Some(write::array(&trailing)));
        assert_eq!(code, Code::InputCborTrailing);

        assert_eq!(refused(&[]), Code::InputSession);
        assert_eq!(refused(&[0x80]), Code::InputSession);
        assert_eq!(
            refused(&vec![0; limits::ENGAGEMENT + 1]),
            Code::InputTooLarge
        );
    }
}
