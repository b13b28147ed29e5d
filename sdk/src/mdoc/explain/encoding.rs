//! The same octets and texts in other forms.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use crate::hex::Hex;
pub(super) use crate::jose::encode as base64url;
use crate::mdoc::cbor::{Key, Kind, Reader, write};

/// The octets of base64 in any alphabet, padded or not; none of other text.
pub(super) fn from_base64(text: &str) -> Option<Vec<u8>> {
    [URL_SAFE_NO_PAD, URL_SAFE, STANDARD_NO_PAD, STANDARD]
        .iter()
        .find_map(|engine| engine.decode(text).ok())
}

/// Octets in base64url, with padding and without.
pub(super) fn padded(octets: &[u8]) -> [String; 2] {
    [URL_SAFE.encode(octets), URL_SAFE_NO_PAD.encode(octets)]
}

/// Octets in the standard alphabet of base64.
pub(super) fn standard(octets: &[u8]) -> [String; 2] {
    [STANDARD_NO_PAD.encode(octets), STANDARD.encode(octets)]
}

/// Octets in hexadecimal.
pub(super) fn hex(octets: &[u8]) -> String {
    Hex(octets).to_string()
}

/// The octets of hexadecimal digits.
pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| match pair {
            [_, _] => u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok(),
            _ => None,
        })
        .collect()
}

/// How keys of maps are put into order.
#[derive(Clone, Copy)]
enum Order {
    /// By their octets (RFC 8949, 4.2.1).
    Octets,
    /// Short ones first (RFC 7049, 3.9).
    Length,
    /// From the last to the first.
    Reverse,
}

/// An item of CBOR, encoded anew in the ways that encoders have; none if it is
/// not CBOR.
pub(super) fn encoded_anew(item: &[u8]) -> Vec<Vec<u8>> {
    [Order::Octets, Order::Length, Order::Reverse]
        .into_iter()
        .filter_map(|order| {
            let mut reader = Reader::only(item, crate::Code::InputCborTag).ok()?;
            encode(&mut reader, order)
        })
        .collect()
}

fn encode(reader: &mut Reader<'_>, order: Order) -> Option<Vec<u8>> {
    Some(match reader.kind().ok()? {
        Kind::Integer => write::integer(reader.integer().ok()?),
        Kind::Bytes => write::bytes(&[&reader.bytes().ok()?]),
        Kind::Text => write::text(&reader.text().ok()?),
        Kind::Array => encode_array(reader, order)?,
        Kind::Map => encode_map(reader, order)?,
        Kind::Tag => {
            let tag = reader.any_tag().ok()?;
            write::tagged(tag, &encode(reader, order)?)
        }
        Kind::Boolean | Kind::Null | Kind::Other => reader.raw().ok()?.to_vec(),
    })
}

fn encode_array(reader: &mut Reader<'_>, order: Order) -> Option<Vec<u8>> {
    let mut items = Vec::new();
    let outcome = reader.array(|_, item| {
        items.push(encode(item, order));
        Ok(())
    });
    outcome.ok()?;
    let items: Option<Vec<_>> = items.into_iter().collect();
    Some(write::array(&items?))
}

fn encode_map(reader: &mut Reader<'_>, order: Order) -> Option<Vec<u8>> {
    let mut entries = Vec::new();
    let outcome = reader.map(|key, value| {
        entries.push(encode_key(&key).zip(encode(value, order)));
        Ok(())
    });
    outcome.ok()?;
    let entries: Option<Vec<_>> = entries.into_iter().collect();
    let mut entries = entries?;
    match order {
        Order::Octets => entries.sort_unstable(),
        Order::Length => entries.sort_unstable_by_key(|(key, _)| (key.len(), key.clone())),
        Order::Reverse => entries.reverse(),
    }
    Some(write::map_in_order(entries))
}

fn encode_key(key: &Key<'_>) -> Option<Vec<u8>> {
    Some(match key {
        Key::Integer(number) => write::integer(i64::try_from(*number).ok()?),
        Key::Text(text) => write::text(text),
        Key::Bytes(octets) => write::bytes(&[octets]),
        Key::Other(raw) => raw.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_encoded_anew_in_every_order() {
        // {"bb": 1_1, "a": [_ 24(h'00')]}, with long heads.
        let item = [
            0xbf, 0x62, b'b', b'b', 0x18, 0x01, 0x61, b'a', 0x9f, 0xd8, 0x18, 0x41, 0x00, 0xff,
            0xff,
        ];
        let (a, bb) = (
            &[0x61, b'a', 0x81, 0xd8, 0x18, 0x41, 0x00][..],
            &[0x62, b'b', b'b', 0x01][..],
        );
        let sorted = [&[0xa2], a, bb].concat();
        assert_eq!(
            encoded_anew(&item),
            [sorted.clone(), sorted.clone(), sorted]
        );
        let swapped = [&[0xa2], bb, a].concat();
        assert_eq!(encoded_anew(&swapped)[2], [&[0xa2], a, bb].concat());
        assert!(encoded_anew(&[0x82, 0x01]).is_empty());
    }

    #[test]
    fn texts_are_read_in_every_form() {
        for form in ["-_8", "-_8=", "+/8", "+/8="] {
            assert_eq!(from_base64(form), Some(vec![0xfb, 0xff]), "{form}");
        }
        assert_eq!(from_base64("a"), None);
        assert_eq!(from_hex("fbff"), Some(vec![0xfb, 0xff]));
        assert_eq!(from_hex("fbf"), None);
        assert_eq!(hex(&[0xfb, 0x0f]), "fb0f");
    }
}
