//! Reading CBOR for showing it.

use bytes::Bytes;
use ciborium::Value;
use tashika::{Code, Error};

use crate::show::printable;

/// The one item that octets are.
pub(super) fn whole(octets: &Bytes) -> Result<Value, Error> {
    let mut rest = &**octets;
    let value = ciborium::from_reader(&mut rest);
    let value = value.map_err(|_| Error::new(Code::InputMdoc))?;
    match rest {
        [] => Ok(value),
        _ => Err(Error::new(Code::InputCborTrailing)),
    }
}

/// The value of a key in a map.
pub(super) fn get<'a>(map: &'a Value, name: &str) -> Option<&'a Value> {
    let mut entries = map.as_map()?.iter();
    let entry = entries.find(|(key, _)| key.as_text() == Some(name));
    entry.map(|(_, value)| value)
}

/// The value of a numbered key in a map.
pub(super) fn labelled(map: &Value, label: i64) -> Option<&Value> {
    let mut entries = map.as_map()?.iter();
    let entry = entries.find(|(key, _)| number(key) == Some(i128::from(label)));
    entry.map(|(_, value)| value)
}

/// The entries of a map; none of what is none.
pub(super) fn entries(map: &Value) -> impl Iterator<Item = (&Value, &Value)> {
    let entries = map.as_map().into_iter().flatten();
    entries.map(|(key, value)| (key, value))
}

/// The item in a byte string under tag 24.
pub(super) fn embedded(value: &Value) -> Option<Value> {
    match value {
        Value::Tag(24, inner) => ciborium::from_reader(&**inner.as_bytes()?).ok(),
        _ => None,
    }
}

/// Text that can be printed.
pub(super) fn text(value: &Value) -> Option<String> {
    value.as_text().map(printable)
}

/// The text of a date or a time.
pub(super) fn time(value: &Value) -> Option<String> {
    match value {
        Value::Tag(_, inner) => text(inner),
        other => text(other),
    }
}

pub(super) fn number(value: &Value) -> Option<i128> {
    value.as_integer().map(i128::from)
}
