//! JSON in which no member stands twice (RFC 7515, 4; RFC 8259, 4).

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::limits;

/// The members of a JSON object with nothing behind it, in which no member of
/// any object stands twice and which has no more than
/// [`limits::JSON_VALUES`], nested no deeper than [`limits::JSON_NESTING`];
/// `None` if it is anything else.
pub(crate) fn object(text: &[u8]) -> Option<Map<String, Value>> {
    object_within(text, limits::JSON_VALUES)
}

/// The same with a budget of another number of values.
pub(crate) fn object_within(text: &[u8], values: usize) -> Option<Map<String, Value>> {
    let mut left = values;
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    let distinct = Distinct {
        left: &mut left,
        levels: limits::JSON_NESTING,
    };
    let value = distinct.deserialize(&mut deserializer);
    deserializer.end().ok()?;
    match value {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

/// Reads a value whose objects have distinct members.
struct Distinct<'b> {
    /// How many more values there may be.
    left: &'b mut usize,
    /// How many more objects and arrays may be open.
    levels: usize,
}

impl Distinct<'_> {
    /// Within an object or an array.
    fn nested<E: Error>(self) -> Result<Self, E> {
        let levels = self.levels.checked_sub(1);
        let levels = levels.ok_or_else(|| E::custom("it is nested too deep"))?;
        Ok(Self { levels, ..self })
    }

    /// For the next value there.
    fn next(&mut self) -> Distinct<'_> {
        Distinct {
            left: self.left,
            levels: self.levels,
        }
    }
}

impl<'de> DeserializeSeed<'de> for Distinct<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        let left = self.left.checked_sub(1);
        *self.left = left.ok_or_else(|| Error::custom("there are too many values"))?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Distinct<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut within = self.nested()?;
        let mut values = Vec::new();
        while let Some(value) = items.next_element_seed(within.next())? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut within = self.nested()?;
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let value = members.next_value_seed(within.next())?;
            if object.insert(name, value).is_some() {
                return Err(Error::custom("a member stands twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_every_kind_are_read() {
        let text = r#"{"a": null, "b": [true, 1, -1, 0.5], "c": {"a": "x\n"}}"#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(object(text.as_bytes()).map(Value::Object), Some(expected));
    }

    #[test]
    fn what_is_no_object_or_no_one_object_is_none() {
        for text in [
            r#"{"a": 1, "a": 1}"#,
            r#"{"a": 1, "\u0061": 2}"#,
            r#"{"a": [{"b": 1, "b": 2}]}"#,
            r#"{"a": 1} {}"#,
            r#"{"a": 1}x"#,
            r#"{"a": 1,}"#,
            r"[]",
            r"",
        ] {
            assert_eq!(object(text.as_bytes()), None, "{text}");
        }
        assert_eq!(object(b"{\"a\": \"\xff\"}"), None);
        let deep = [r#"{"a":"#.repeat(10_000), "}".repeat(10_000)].concat();
        assert_eq!(object(deep.as_bytes()), None);
    }

    #[test]
    fn nesting_has_a_budget() {
        let deep = |levels: usize| {
            let arrays = levels - 1;
            let text = format!(r#"{{"a":{}{}}}"#, "[".repeat(arrays), "]".repeat(arrays));
            let objects = [r#"{"a":"#.repeat(arrays), "{}".into(), "}".repeat(arrays)].concat();
            let read = [text, objects].map(|text| object(text.as_bytes()).is_some());
            assert_eq!(read[0], read[1]);
            read[0]
        };
        assert!(deep(limits::JSON_NESTING));
        assert!(!deep(limits::JSON_NESTING + 1));
    }

    /// Small values take a hundred times their octets.
    #[test]
    fn values_have_a_budget() {
        let with = |values: usize| {
            let text = format!(r#"{{"a": [{}0]}}"#, "{},".repeat(values - 3));
            object(text.as_bytes()).is_some()
        };
        assert!(with(limits::JSON_VALUES));
        assert!(!with(limits::JSON_VALUES + 1));
    }
}
