//! `COSE_Key` on elliptic curves (RFC 9053, 7.1).

use std::borrow::Cow;

use crate::algorithm::PublicKey;
use crate::code::Code;
use crate::mdoc::cbor::{Key, Kind, Reader, write};
use crate::mdoc::key::Curve;

/// A public key: its curve and its uncompressed point.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct CoseKey {
    curve: Curve,
    point: Vec<u8>,
}

const KEY_TYPE: i128 = 1;
const EC2: i64 = 2;
const CURVE: i128 = -1;
const X: i128 = -2;
const Y: i128 = -3;

impl CoseKey {
    /// The key with this uncompressed point.
    pub(crate) fn of_point(curve: Curve, point: &[u8]) -> Self {
        let point = point.to_vec();
        Self { curve, point }
    }

    /// Reads a key with both coordinates in full. Whether it is on its curve is
    /// for whoever uses it to find out; what is malformed, or of another type
    /// or curve, is refused with `refusal`.
    pub(crate) fn read(reader: &mut Reader<'_>, refusal: Code) -> Result<Self, Code> {
        let (mut key_type, mut curve, mut x, mut y) = (None, None, None, None);
        let outcome = reader.map(|key, value| {
            match key {
                Key::Integer(KEY_TYPE) => key_type = small(value)?,
                Key::Integer(CURVE) => curve = small(value)?,
                Key::Integer(X) => x = coordinate(value)?,
                Key::Integer(Y) => y = coordinate(value)?,
                _ => {}
            }
            Ok(())
        });
        outcome.map_err(|_| refusal)?;
        let curve = curve.and_then(Curve::from_number).ok_or(refusal)?;
        let (Some(EC2), Some(x), Some(y)) = (key_type, x, y) else {
            return Err(refusal);
        };
        let length = curve.field_length();
        if x.len() != length || y.len() != length {
            return Err(refusal);
        }
        let point = [&[4], &*x, &*y].concat();
        Ok(Self { curve, point })
    }

    pub(crate) fn curve(&self) -> Curve {
        self.curve
    }

    /// The uncompressed point (SEC 1, 2.3.3).
    pub(crate) fn point(&self) -> &[u8] {
        &self.point
    }

    /// The key, ready to verify with.
    pub(crate) fn public_key(&self, refusal: Code) -> Result<PublicKey, Code> {
        PublicKey::of_point(self.curve.key_kind(), &self.point).map_err(|_| refusal)
    }

    /// The key in deterministic CBOR.
    pub(crate) fn encoded(&self) -> Vec<u8> {
        let coordinates = self.point.get(1..).unwrap_or_default();
        let (x, y) = coordinates.split_at(coordinates.len() / 2);
        write::map(vec![
            (write::integer(1), write::integer(EC2)),
            (write::integer(-1), write::integer(self.curve.number())),
            (write::integer(-2), write::bytes(&[x])),
            (write::integer(-3), write::bytes(&[y])),
        ])
    }
}

fn small(value: &mut Reader<'_>) -> Result<Option<i64>, Code> {
    match value.kind()? {
        Kind::Integer => value.integer().map(Some),
        _ => Ok(None),
    }
}

/// A coordinate in full; a boolean in its place would say that the point is
/// compressed.
fn coordinate<'a>(value: &mut Reader<'a>) -> Result<Option<Cow<'a, [u8]>>, Code> {
    match value.kind()? {
        Kind::Bytes => value.bytes().map(Some),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdoc::key::EphemeralKey;

    const REFUSAL: Code = Code::MdocDeviceKey;

    fn read(octets: &[u8]) -> Result<CoseKey, Code> {
        CoseKey::read(&mut Reader::only(octets, Code::InputMdoc).unwrap(), REFUSAL)
    }

    /// The layout of RFC 9052, C.7.1, and coordinates of RFC 5903, 8.1.
    #[test]
    fn a_key_is_a_map_of_its_coordinates() {
        let scalar =
            crate::hex::decode("c88f01f510d9ac3f70a292daa2316de544e9aab8afe84049c62a9c57862d1433");
        let key = EphemeralKey::from_entropy(Curve::P256, &scalar.unwrap() as &[u8; 32]).unwrap();
        let octets = key.cose_key();
        let hex = crate::hex::Hex(&octets).to_string();
        assert_eq!(
            hex,
            "a4010220012158\
             20dad0b65394221cf9b051e1feca5787d098dfe637fc90b9ef945d0c3772581180225820\
             5271a0461cdb8252d61f1c456fa3e59ab1f45b33accf5f58389e0577b8990bb3"
        );
        let read = read(&octets).unwrap();
        assert_eq!((read.curve(), read.point()), (Curve::P256, key.point()));
        assert!(read.public_key(REFUSAL).is_ok());
    }

    #[test]
    fn other_types_curves_and_forms_are_refused() {
        let entry = |key, value: Vec<u8>| (write::integer(key), value);
        let sound = || {
            vec![
                entry(1, write::integer(2)),
                entry(-1, write::integer(1)),
                entry(-2, write::bytes(&[&[1; 32]])),
                entry(-3, write::bytes(&[&[1; 32]])),
            ]
        };
        // Readable, and on no curve.
        let key = read(&write::map(sound())).unwrap();
        assert_eq!(key.public_key(REFUSAL).map(drop), Err(REFUSAL));
        for (key, value) in [
            (1, write::integer(1)),
            (1, write::text("EC2")),
            (-1, write::integer(8)),
            (-2, write::bytes(&[&[1; 31]])),
            (-3, write::boolean(true)),
            (-3, write::bytes(&[&[1; 33]])),
        ] {
            let mut entries = sound();
            entries.retain(|(name, _)| *name != write::integer(key));
            assert_eq!(read(&write::map(entries.clone())).err(), Some(REFUSAL));
            entries.push(entry(key, value));
            assert_eq!(read(&write::map(entries)).err(), Some(REFUSAL));
        }
        assert_eq!(read(&[0x80]).err(), Some(REFUSAL));
    }
}
