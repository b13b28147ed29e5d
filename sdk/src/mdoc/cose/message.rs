//! A message with one signature (RFC 9052, 4.2) or one MAC (6.2): they have
//! the same four parts.

use std::borrow::Cow;

use crate::algorithm::PublicKey;
use crate::code::Code;
use crate::limits;
use crate::mdoc::cbor::{Key, Kind, Reader, write};
use crate::mdoc::cose::scheme;

/// A message as it arrived.
pub(crate) struct Message<'a> {
    /// The contents of the protected headers' byte string.
    encoded: Cow<'a, [u8]>,
    protected: Headers<'a>,
    unprotected: Headers<'a>,
    payload: Option<Cow<'a, [u8]>>,
    /// The signature or the MAC.
    value: Cow<'a, [u8]>,
}

/// The headers that matter here, of one of the two places where they stand.
#[derive(Default)]
pub(crate) struct Headers<'a> {
    algorithm: Option<i64>,
    critical: Option<()>,
    /// The certificates of label 33 (RFC 9360, 2), the signer's first.
    x5chain: Option<Vec<Vec<u8>>>,
    /// Label 16 (RFC 9596, 2), if it is text.
    content_type: Option<Cow<'a, str>>,
}

impl<'a> Message<'a> {
    /// Reads a message, with or without its own `tag` ([`SIGN1`](super::SIGN1)
    /// or [`MAC0`](super::MAC0)). A label that stands on both sides is refused
    /// (RFC 9052, 3).
    pub(crate) fn read(reader: &mut Reader<'a>, tag: u64) -> Result<Self, Code> {
        let malformed = reader.malformed();
        reader.take_tag(tag)?;
        reader.tuple(4, |parts| {
            let encoded = parts.bytes()?;
            let protected = Headers::protected(&encoded, malformed)?;
            if share_a_label(&encoded, parts.clone())? {
                return Err(malformed);
            }
            let unprotected = Headers::read(parts)?;
            let payload = match parts.take_null()? {
                true => None,
                false => Some(parts.bytes()?),
            };
            let value = parts.bytes()?;
            Ok(Self {
                encoded,
                protected,
                unprotected,
                payload,
                value,
            })
        })
    }

    pub(crate) fn protected(&self) -> &Headers<'_> {
        &self.protected
    }

    pub(crate) fn unprotected(&self) -> &Headers<'_> {
        &self.unprotected
    }

    /// Whether a header demands to be understood that no reader here knows.
    pub(crate) fn has_critical(&self) -> bool {
        self.protected
            .critical
            .or(self.unprotected.critical)
            .is_some()
    }

    pub(crate) fn payload(&self) -> Option<&[u8]> {
        self.payload.as_deref()
    }

    /// The signature or the MAC.
    pub(crate) fn value(&self) -> &[u8] {
        &self.value
    }

    /// Whether `key` signed this message with the algorithm that it names
    /// under protection: `algorithm` if there is none for this key, `invalid`
    /// if the key did not sign.
    pub(crate) fn verify(
        &self,
        key: &PublicKey,
        payload: &[u8],
        algorithm: Code,
        invalid: Code,
    ) -> Result<(), Code> {
        let scheme = self.protected.algorithm.and_then(scheme);
        let scheme = scheme.filter(|scheme| scheme.key() == key.kind());
        let scheme = scheme.ok_or(algorithm)?;
        let head = head("Signature1", &self.encoded, payload);
        let digest = scheme.digest().ok_or(algorithm)?;
        let digest = digest.digest_parts(&[&head, payload]);
        key.verify_digest(scheme, &digest, &self.value)
            .map_err(|_| invalid)
    }

    /// The bytes that are signed (RFC 9052, 4.4) or authenticated (6.3), with
    /// nothing supplied from outside.
    pub(crate) fn authenticated(&self, context: &str, payload: &[u8]) -> Vec<u8> {
        authenticated(context, &self.encoded, payload)
    }
}

/// `Sig_structure` or `MAC_structure` over protected headers and payload.
pub(super) fn authenticated(context: &str, protected: &[u8], payload: &[u8]) -> Vec<u8> {
    [&*head(context, protected, payload), payload].concat()
}

/// The same but for the payload itself, which is its end and may be long.
fn head(context: &str, protected: &[u8], payload: &[u8]) -> Vec<u8> {
    write::array(&[
        write::text(context),
        write::bytes(&[protected]),
        write::bytes(&[]),
        write::bytes_head(payload.len()),
    ])
}

impl Headers<'_> {
    /// RFC 9052, 3: no headers are an empty string, or an empty map.
    fn protected(encoded: &[u8], malformed: Code) -> Result<Headers<'static>, Code> {
        if encoded.is_empty() {
            return Ok(Headers::default());
        }
        let mut reader = Reader::only(encoded, malformed)?;
        let headers = Headers::read(&mut reader)?;
        Ok(headers.into_owned())
    }

    fn into_owned(self) -> Headers<'static> {
        Headers {
            algorithm: self.algorithm,
            critical: self.critical,
            x5chain: self.x5chain,
            content_type: self.content_type.map(|text| text.into_owned().into()),
        }
    }

    /// The number of the algorithm, if it has one.
    pub(crate) fn algorithm(&self) -> Option<i64> {
        self.algorithm
    }

    /// The chain of certificates in DER, the signer's first.
    pub(crate) fn x5chain(&self) -> Option<&[Vec<u8>]> {
        self.x5chain.as_deref()
    }

    /// The type of the message, as text.
    pub(crate) fn content_type(&self) -> Option<&str> {
        self.content_type.as_deref()
    }
}

impl<'a> Headers<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self, Code> {
        let mut headers = Self::default();
        reader.map(|label, value| {
            match (label, value.kind()?) {
                (Key::Integer(1), Kind::Integer) => headers.algorithm = Some(value.integer()?),
                (Key::Integer(2), _) => headers.critical = Some(()),
                (Key::Integer(33), _) => headers.x5chain = Some(chain(value)?),
                (Key::Integer(16), Kind::Text) => headers.content_type = Some(value.text()?),
                _ => {}
            }
            Ok(())
        })?;
        Ok(headers)
    }
}

/// Whether a label stands in both maps of headers, whatever it is of: who reads
/// one of them sees another message than who reads the other.
fn share_a_label(protected: &[u8], mut unprotected: Reader<'_>) -> Result<bool, Code> {
    if protected.is_empty() {
        return Ok(false);
    }
    let mut labels = Vec::new();
    Reader::new(protected, unprotected.malformed()).map(|label, _| {
        labels.push(label);
        Ok(())
    })?;
    labels.sort_unstable();
    let mut shared = false;
    unprotected.map(|label, _| {
        shared |= labels.binary_search(&label).is_ok();
        Ok(())
    })?;
    Ok(shared)
}

/// RFC 9360, 2: one certificate, or an array of them.
fn chain(value: &mut Reader<'_>) -> Result<Vec<Vec<u8>>, Code> {
    let mut certificates = Vec::new();
    if value.kind()? == Kind::Bytes {
        certificates.push(value.bytes()?.into_owned());
        return Ok(certificates);
    }
    value.array(|_, certificate| {
        if certificates.len() == limits::X5CHAIN {
            return Err(Code::InputTooMany);
        }
        certificates.push(certificate.bytes()?.into_owned());
        Ok(())
    })?;
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::algorithm::KeyKind;
    use crate::mdoc::cose::{MAC0, SIGN1};

    const MALFORMED: Code = Code::MdocCose;

    fn header(label: i64, value: Vec<u8>) -> Vec<u8> {
        write::map(vec![(write::integer(label), value)])
    }

    fn message(protected: &[u8], unprotected: &[u8], payload: &[u8]) -> Vec<u8> {
        write::array(&[
            write::bytes(&[protected]),
            unprotected.to_vec(),
            payload.to_vec(),
            write::bytes(&[&[7; 64]]),
        ])
    }

    fn read(octets: &[u8]) -> Result<Message<'_>, Code> {
        Message::read(&mut Reader::only(octets, MALFORMED)?, SIGN1)
    }

    /// RFC 9052, C.2.1 (cose-wg, sign1-tests/sign-pass-02 without its
    /// external data): the structure is spelled out there.
    #[test]
    fn what_is_authenticated_has_the_published_form() {
        let protected = [0xa1, 0x01, 0x26];
        let octets = authenticated("Signature1", &protected, b"This is the content.");
        let expected = [
            &[0x84, 0x6a][..],
            b"Signature1",
            &[0x43, 0xa1, 0x01, 0x26, 0x40, 0x54],
            b"This is the content.",
        ]
        .concat();
        assert_eq!(octets, expected);
    }

    #[test]
    fn headers_are_found_where_they_stand() {
        let protected = header(1, write::integer(-7));
        let unprotected = header(33, write::bytes(&[&[0x30]]));
        let octets = message(&protected, &unprotected, &write::null());
        for octets in [octets.clone(), [&[0xd2], &*octets].concat()] {
            let message = read(&octets).unwrap();
            assert_eq!(message.protected().algorithm(), Some(-7));
            assert_eq!(message.unprotected().algorithm(), None);
            assert_eq!(message.unprotected().x5chain().unwrap(), [[0x30]]);
            assert_eq!(message.payload(), None);
            assert!(!message.has_critical());
        }
        let mac0 = [&[0xd1], &*octets].concat();
        assert_eq!(read(&mac0).map(drop), Err(MALFORMED));
        assert!(Message::read(&mut Reader::only(&mac0, MALFORMED).unwrap(), MAC0).is_ok());
        let octets = message(&[], &[0xa0], &write::bytes(&[&[1]]));
        assert_eq!(read(&octets).unwrap().payload(), Some(&[1][..]));
    }

    #[test]
    fn what_is_no_message_is_refused() {
        let algorithm = header(1, write::integer(-7));
        for (octets, code) in [
            (message(&algorithm, &algorithm, &write::null()), MALFORMED),
            (message(&[0x80], &[0xa0], &write::null()), MALFORMED),
            (
                message(&[0xa0, 0x00], &[0xa0], &write::null()),
                Code::InputCborTrailing,
            ),
            (message(&[], &[0xa0], &write::text("a")), MALFORMED),
            (write::array(&[write::null(), write::null()]), MALFORMED),
            (header(33, write::null()), MALFORMED),
            (
                message(
                    &[],
                    &header(33, write::array(&vec![write::bytes(&[]); 5])),
                    &[0xf6],
                ),
                Code::InputTooMany,
            ),
        ] {
            assert_eq!(read(&octets).map(drop), Err(code), "{octets:02x?}");
        }
    }

    #[test]
    fn no_label_stands_on_both_sides() {
        // A key identifier: nobody here looks for it.
        let kid = header(4, write::bytes(&[b"1"]));
        let text = write::map(vec![(write::text("a"), write::null())]);
        let [one, two] = [[0x05, 0x00], [0x06, 0x00]].map(|pair| [&[0xa1], &pair[..]].concat());
        // 5, with a head longer than needed.
        let five = [0xa1, 0x18, 0x05, 0x00];
        for (protected, unprotected, outcome) in [
            (&kid, &kid[..], Err(MALFORMED)),
            (&text, &text, Err(MALFORMED)),
            (&one, &five, Err(MALFORMED)),
            (&one, &two, Ok(())),
            (&Vec::new(), &kid, Ok(())),
            (&kid, &[0xa0], Ok(())),
        ] {
            let octets = message(protected, unprotected, &[0xf6]);
            assert_eq!(read(&octets).map(drop), outcome, "{octets:02x?}");
        }
    }

    /// @auth0/mdl 3.0.1 writes `undefined` where it has no key identifier.
    #[test]
    fn headers_that_nobody_looks_for_may_be_anything() {
        let algorithm = header(1, write::integer(-7));
        for value in [&[0xf7][..], &[0x01], &[0x80]] {
            let unprotected = [&[0xa1, 0x04], value].concat();
            assert!(read(&message(&algorithm, &unprotected, &[0xf6])).is_ok());
        }
    }

    #[test]
    fn a_critical_header_is_seen_on_either_side() {
        let critical = header(2, write::array(&[write::integer(99)]));
        for octets in [
            message(&critical, &[0xa0], &[0xf6]),
            message(&[], &critical, &[0xf6]),
        ] {
            assert!(read(&octets).unwrap().has_critical());
        }
    }

    #[test]
    fn the_algorithm_is_protected_and_of_the_key() {
        let key = |kind, point: &str| {
            let point: Vec<u8> = crate::hex::decode::<65>(point).unwrap().into();
            PublicKey::of_point(kind, &point).unwrap()
        };
        // RFC 5903, 8.1.
        let key = key(
            KeyKind::P256,
            "04dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180\
             5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3",
        );
        let verify = |octets: &[u8]| {
            let message = read(octets).unwrap();
            message.verify(
                &key,
                b"",
                Code::MdocIssuerAlgorithm,
                Code::MdocIssuerSignature,
            )
        };
        let named = |algorithm| header(1, write::integer(algorithm));
        let signed = message(&named(-7), &[0xa0], &[0xf6]);
        assert_eq!(verify(&signed), Err(Code::MdocIssuerSignature));
        for octets in [
            message(&[], &named(-7), &[0xf6]),
            message(&named(-35), &[0xa0], &[0xf6]),
            message(&named(-47), &[0xa0], &[0xf6]),
            message(&header(1, write::text("ES256")), &[0xa0], &[0xf6]),
            message(&[], &[0xa0], &[0xf6]),
        ] {
            assert_eq!(verify(&octets), Err(Code::MdocIssuerAlgorithm));
        }
    }
}
