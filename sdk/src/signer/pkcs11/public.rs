//! The public key that belongs to a private one.

use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};

use super::error::Pkcs11Error;
use super::sessions::Opened;
use crate::algorithm::{KeyKind, P256, P384};
use crate::asn1::{self, Reader, write};
use crate::code::Code;
use crate::signer::spki;

/// The `SubjectPublicKeyInfo` of the session's key.
pub(super) fn of(opened: &Opened) -> Result<Vec<u8>, Pkcs11Error> {
    let mut numbers = Numbers::default();
    let mut name = Vec::new();
    for attribute in opened.attributes(opened.key(), &PRIVATE)? {
        match attribute {
            Attribute::Id(id) if !id.is_empty() => name = vec![Attribute::Id(id)],
            Attribute::Label(label) if name.is_empty() => name = vec![Attribute::Label(label)],
            other => numbers.take(other),
        }
    }
    if let Some(key) = numbers.spki()? {
        return Ok(key);
    }
    for attribute in opened.attributes(public_key(opened, name)?, &PUBLIC)? {
        numbers.take(attribute);
    }
    numbers.spki()?.ok_or(Pkcs11Error::PublicKeyMissing)
}

/// An RSA key is all there: PKCS #11, 2.1.3 keeps modulus and exponent with the
/// private key too. The identifier comes before the label.
const PRIVATE: [AttributeType; 6] = [
    AttributeType::KeyType,
    AttributeType::Id,
    AttributeType::Label,
    AttributeType::EcParams,
    AttributeType::Modulus,
    AttributeType::PublicExponent,
];

const PUBLIC: [AttributeType; 5] = [
    AttributeType::KeyType,
    AttributeType::EcParams,
    AttributeType::EcPoint,
    AttributeType::Modulus,
    AttributeType::PublicExponent,
];

/// The public key of the same name.
fn public_key(opened: &Opened, name: Vec<Attribute>) -> Result<ObjectHandle, Pkcs11Error> {
    let public = [Attribute::Class(ObjectClass::PUBLIC_KEY)];
    let template: Vec<_> = public.into_iter().chain(name).collect();
    match *opened.find(&template)? {
        [key] => Ok(key),
        _ => Err(Pkcs11Error::PublicKeyMissing),
    }
}

/// What a token says of a key, as far as it does.
#[derive(Default)]
struct Numbers {
    kind: Option<KeyType>,
    curve: Vec<u8>,
    point: Vec<u8>,
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl Numbers {
    fn take(&mut self, attribute: Attribute) {
        match attribute {
            Attribute::KeyType(kind) => self.kind = Some(kind),
            Attribute::EcParams(curve) => self.curve = curve,
            Attribute::EcPoint(point) => self.point = point,
            Attribute::Modulus(modulus) => self.modulus = modulus,
            Attribute::PublicExponent(exponent) => self.exponent = exponent,
            _ => {}
        }
    }

    /// The key, if it is all there.
    fn spki(&self) -> Result<Option<Vec<u8>>, Pkcs11Error> {
        match self.kind {
            Some(KeyType::RSA) => Ok(self.rsa()),
            Some(KeyType::EC) => self.ec(),
            _ => Err(Pkcs11Error::KeyUnsupported),
        }
    }

    fn rsa(&self) -> Option<Vec<u8>> {
        let numbers = [&self.modulus, &self.exponent];
        if numbers.iter().any(|number| number.is_empty()) {
            return None;
        }
        let [modulus, exponent] = numbers.map(|number| {
            let zeros = number.iter().take_while(|octet| **octet == 0).count();
            write::unsigned(number.get(zeros..).unwrap_or_default())
        });
        let key = write::element(asn1::SEQUENCE, &[&modulus, &exponent]);
        Some(spki::of(KeyKind::Rsa, &key))
    }

    /// The curve is named (PKCS #11, 2.3.3), the point is within an OCTET
    /// STRING; there are tokens that give it bare.
    fn ec(&self) -> Result<Option<Vec<u8>>, Pkcs11Error> {
        let unsupported = |_: Code| Pkcs11Error::KeyUnsupported;
        let mut curve = Reader::new(&self.curve, Code::X509SubjectKey);
        let (kind, length) = match curve.oid().map_err(unsupported)? {
            P256 => (KeyKind::P256, 65),
            P384 => (KeyKind::P384, 97),
            _ => return Err(Pkcs11Error::KeyUnsupported),
        };
        if self.point.is_empty() {
            return Ok(None);
        }
        if self.point.len() == length {
            return Ok(Some(spki::of(kind, &self.point)));
        }
        let mut point = Reader::new(&self.point, Code::X509SubjectKey);
        let point = point.element(asn1::OCTET_STRING).map_err(unsupported)?;
        Ok(Some(spki::of(kind, point.contents)))
    }
}
