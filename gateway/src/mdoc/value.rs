//! Values of elements, for people: text, numbers and dates as they are, octets
//! by their number alone.

use std::fmt::Write;

use ciborium::Value;
use tashika::mdoc::{PortraitCodec, is_forbidden};
use tashika::person::my_number;

use crate::show::printable;

/// What stands in the place of a My Number.
const NEVER: &str = "(never shown)";

/// What is shown of an element's value, which is CBOR. An element that can hold
/// a My Number is shown by its name alone, and so is a number in a text that
/// looks like one.
pub(crate) fn shown(identifier: &str, encoded: &[u8]) -> String {
    match ciborium::from_reader::<Value, _>(encoded) {
        Ok(value) => shown_of(identifier, &value),
        Err(_) => "(unreadable)".to_owned(),
    }
}

/// The same in JSON, with truth values and numbers as such.
pub(crate) fn shown_json(identifier: &str, encoded: &[u8]) -> serde_json::Value {
    let value = ciborium::from_reader::<Value, _>(encoded);
    let number = |value: &Value| i64::try_from(value.as_integer()?).ok();
    match value {
        Ok(Value::Bool(truth)) if !is_forbidden(identifier) => truth.into(),
        Ok(value) if !is_forbidden(identifier) && is_small(&value) => number(&value).into(),
        _ => shown(identifier, encoded).into(),
    }
}

/// Whether it is a number with fewer digits than a My Number.
fn is_small(value: &Value) -> bool {
    let number = value.as_integer().map(i128::from);
    number.is_some_and(|number| number.unsigned_abs() < 100_000_000_000)
}

/// The same of a value that was read already.
pub(super) fn shown_of(identifier: &str, value: &Value) -> String {
    if is_forbidden(identifier) {
        return NEVER.to_owned();
    }
    my_number::redact(&text(value)).into_owned()
}

/// A value in a notation like that of RFC 8949, 8.
fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    // Writing to a string does not fail.
    let _ = match value {
        Value::Text(text) => out.write_str(&printable(text)),
        Value::Integer(number) => write!(out, "{}", i128::from(*number)),
        Value::Bool(truth) => write!(out, "{truth}"),
        Value::Null => out.write_str("null"),
        Value::Float(number) => write!(out, "{number}"),
        Value::Bytes(octets) => out.write_str(&sized(octets)),
        // A date (RFC 8943) or a time says itself what it is.
        Value::Tag(0 | 1004, inner) => {
            write(inner, out);
            Ok(())
        }
        Value::Tag(tag, inner) => {
            let _ = write!(out, "{tag}(");
            write(inner, out);
            out.write_char(')')
        }
        Value::Array(items) => {
            write_all(items.iter(), ['[', ']'], out);
            Ok(())
        }
        Value::Map(entries) => {
            write_map(entries, out);
            Ok(())
        }
        _ => out.write_str("(of another kind)"),
    };
}

fn write_all<'a>(items: impl Iterator<Item = &'a Value>, ends: [char; 2], out: &mut String) {
    let [begin, end] = ends;
    out.push(begin);
    for (position, item) in items.enumerate() {
        if position > 0 {
            out.push_str(", ");
        }
        write(item, out);
    }
    out.push(end);
}

fn write_map(entries: &[(Value, Value)], out: &mut String) {
    out.push('{');
    for (position, (key, value)) in entries.iter().enumerate() {
        if position > 0 {
            out.push_str(", ");
        }
        write(key, out);
        out.push_str(": ");
        let forbidden = key.as_text().is_some_and(is_forbidden);
        match forbidden {
            true => out.push_str(NEVER),
            false => write(value, out),
        }
    }
    out.push('}');
}

/// How many octets there are, and of which image if they are one.
fn sized(octets: &[u8]) -> String {
    let length = octets.len();
    match PortraitCodec::of(octets) {
        PortraitCodec::Unknown => format!("({length} octets)"),
        codec => format!("({length} octets, {})", codec.as_str()),
    }
}
