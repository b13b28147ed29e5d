//! `SignedAttributes` (RFC 5652, 5.3 and 11).

use const_oid::ObjectIdentifier;
use const_oid::db::rfc5911;

use crate::algorithm::Digest;
use crate::asn1::{self, Reader};
use crate::cms::ber;
use crate::cms::envelope::ID_DATA;
use crate::code::Code;
use crate::limits;

const CONTENT_TYPE: &[u8] = rfc5911::ID_CONTENT_TYPE.as_bytes();
const MESSAGE_DIGEST: &[u8] = rfc5911::ID_MESSAGE_DIGEST.as_bytes();
const SIGNING_TIME: &[u8] = rfc5911::ID_SIGNING_TIME.as_bytes();
const SIGNING_CERTIFICATE: &[u8] = rfc5911::ID_AA_SIGNING_CERTIFICATE_V_2.as_bytes();
/// RFC 6211, 2.
const CMS_ALGORITHM_PROTECTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.52");
const ALGORITHM_PROTECTION: &[u8] = CMS_ALGORITHM_PROTECTION.as_bytes();

/// The signed attributes that are understood, each as its one value.
///
/// Others are tolerated: they are signed, and nothing relies on what they
/// claim. That goes for the first signing-certificate attribute too
/// (RFC 2634, 5.4), because the SHA-1 in it binds nothing.
#[derive(Default)]
pub(crate) struct SignedAttributes<'a> {
    content_type: Option<&'a [u8]>,
    message_digest: Option<&'a [u8]>,
    /// RFC 5035, 3.
    pub(crate) signing_certificate: Option<&'a [u8]>,
    /// RFC 6211, 2.
    pub(crate) algorithm_protection: Option<&'a [u8]>,
}

impl<'a> SignedAttributes<'a> {
    /// Reads the element with its tag `[0]`.
    ///
    /// The signature covers the DER of the attributes, so DER they must be.
    pub(crate) fn read(element: &'a [u8]) -> Result<Self, Code> {
        let malformed = Code::CmsSignedAttributes;
        let mut list = Reader::only(element, asn1::context_constructed(0), malformed)?;
        check_der(list, 1)?;
        let mut found = Self::default();
        let mut seen = [&[][..]; limits::CMS_ATTRIBUTES];
        let mut free = 0;
        let mut previous: &[u8] = &[];
        while !list.is_empty() {
            let attribute = list.element(asn1::SEQUENCE)?;
            // X.690, 11.6: the elements of a SET OF ascend.
            if attribute.raw <= previous {
                return Err(malformed);
            }
            previous = attribute.raw;
            let mut attribute = Reader::new(attribute.contents, malformed);
            let oid = attribute.oid()?;
            let mut values = attribute.nested(asn1::SET)?;
            attribute.finish()?;
            let value = values.any()?.raw;
            values.finish()?;
            if seen.contains(&oid) {
                return Err(malformed);
            }
            *seen.get_mut(free).ok_or(Code::InputTooMany)? = oid;
            free += 1;
            found.take(oid, value)?;
        }
        Ok(found)
    }

    fn take(&mut self, oid: &[u8], value: &'a [u8]) -> Result<(), Code> {
        match oid {
            CONTENT_TYPE => self.content_type = Some(value),
            MESSAGE_DIGEST => self.message_digest = Some(value),
            SIGNING_CERTIFICATE => self.signing_certificate = Some(value),
            ALGORITHM_PROTECTION => self.algorithm_protection = Some(value),
            // It must be a time, and is not believed.
            SIGNING_TIME => {
                let mut time = Reader::new(value, Code::CmsSignedAttributes);
                time.time()?;
                time.finish()?;
            }
            _ => {}
        }
        Ok(())
    }

    /// RFC 5652, 11.1.
    pub(crate) fn check_content_type(&self) -> Result<(), Code> {
        let mut value = required(self.content_type, Code::CmsSignedContentType)?;
        if value.oid()? == ID_DATA {
            Ok(())
        } else {
            Err(Code::CmsSignedContentType)
        }
    }

    /// RFC 5652, 11.2.
    pub(crate) fn check_message_digest(&self, digest: &Digest) -> Result<(), Code> {
        let mut value = required(self.message_digest, Code::CmsMessageDigest)?;
        if value.element(asn1::OCTET_STRING)?.contents == digest.octets() {
            Ok(())
        } else {
            Err(Code::CmsMessageDigest)
        }
    }
}

/// A reader over an attribute that must be there.
fn required(value: Option<&[u8]>, code: Code) -> Result<Reader<'_>, Code> {
    value.map(|value| Reader::new(value, code)).ok_or(code)
}

/// Whether these octets could be what a signature over signed attributes
/// covers: a `SET OF Attribute`.
///
/// Such a signature would pass for one over the octets themselves if they came
/// as content without signed attributes. How they are encoded and ordered does
/// not matter here: a signer may have been careless.
pub(crate) fn are_attributes(octets: &[u8]) -> bool {
    let parse = || {
        let mut outer = ber::Reader::new(octets);
        let mut list = outer.nested(asn1::SET)?;
        outer.finish()?;
        let some = !list.is_empty();
        while !list.is_empty() {
            let mut attribute = list.nested(asn1::SEQUENCE)?;
            attribute.oid()?;
            attribute.element(asn1::SET)?;
            attribute.finish()?;
        }
        Ok::<_, Code>(some)
    };
    parse().unwrap_or(false)
}

/// Whether every level has definite and minimal lengths and no string comes in
/// pieces.
fn check_der(mut level: Reader<'_>, depth: usize) -> Result<(), Code> {
    if depth > limits::NESTING {
        return Err(Code::InputTooMany);
    }
    while !level.is_empty() {
        let element = level.any()?;
        if asn1::is_constructed(element.tag) {
            if is_string_in_pieces(element.tag) {
                return Err(level.malformed());
            }
            check_der(Reader::new(element.contents, level.malformed()), depth + 1)?;
        }
    }
    Ok(())
}

/// Of the universal types only SEQUENCE, SET, EXTERNAL and EMBEDDED PDV are
/// constructed in DER (X.690, 10.2).
const fn is_string_in_pieces(tag: u8) -> bool {
    matches!(tag, 0x20..0x40) && !matches!(tag, asn1::SEQUENCE | asn1::SET | 0x28 | 0x2b)
}
