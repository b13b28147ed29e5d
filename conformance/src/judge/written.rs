//! Fields that may be octets, a token or an object of JSON.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::judge::answer::Refusal;
use crate::judge::octets::Octets;

/// A field as it stands in its line: octets in base64, or else a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Written {
    Octets(Bytes),
    /// A token in compact form, or an object with whatever stands in it twice.
    Text(String),
}

impl Written {
    pub(super) fn octets(&self) -> Result<&Bytes, Refusal> {
        match self {
            Self::Octets(octets) => Ok(octets),
            Self::Text(_) => Err(Refusal::argument()),
        }
    }

    /// A token in compact form.
    pub(super) fn token(&self) -> Cow<'_, str> {
        match self {
            Self::Octets(octets) => String::from_utf8_lossy(octets),
            Self::Text(text) => Cow::Borrowed(text),
        }
    }

    /// A text of JSON.
    pub(super) fn json(&self) -> &[u8] {
        match self {
            Self::Octets(octets) => octets,
            Self::Text(text) => text.as_bytes(),
        }
    }
}

impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Field)
    }
}

struct Field;

impl<'de> Visitor<'de> for Field {
    type Value = Written;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64, a token, or an object")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Written, E> {
        Ok(match Octets::decode(text) {
            Some(Octets(octets)) => Written::Octets(octets),
            None => Written::Text(text.to_owned()),
        })
    }

    fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<Written, A::Error> {
        let mut text = String::new();
        Copy(&mut text).visit_map(members)?;
        Ok(Written::Text(text))
    }
}

/// Writes JSON again as it is read. A map would forget what stands twice, which
/// is for the verifier to refuse.
struct Copy<'t>(&'t mut String);

impl Copy<'_> {
    fn write(self, value: impl Into<Value>) {
        self.0.push_str(&value.into().to_string());
    }
}

impl<'de> DeserializeSeed<'de> for Copy<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Copy<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.write(Value::Null);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.write(value);
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        self.write(value);
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        self.write(value);
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.write(value);
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.write(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let text = self.0;
        text.push('[');
        while items.next_element_seed(Copy(text))?.is_some() {
            text.push(',');
        }
        close(text, ']');
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let text = self.0;
        text.push('{');
        while let Some(name) = members.next_key::<String>()? {
            Copy(text).write(name);
            text.push(':');
            members.next_value_seed(Copy(text))?;
            text.push(',');
        }
        close(text, '}');
        Ok(())
    }
}

/// A comma stands where the next item would.
fn close(text: &mut String, bracket: char) {
    if text.ends_with(',') {
        text.pop();
    }
    text.push(bracket);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_keeps_what_stands_twice() {
        let text = r#"{"a":[],"a":[1,-1,0.5,true,null,"\"\n日"],"b":{"c":{},"c":{}}}"#;
        let written: Written = serde_json::from_str(text).unwrap();
        assert_eq!(written.json(), text.as_bytes());
    }

    #[test]
    fn a_token_is_a_text_or_in_base64() {
        for text in [r#""a.b.c""#, r#""YS5iLmM=""#] {
            let written: Written = serde_json::from_str(text).unwrap();
            assert_eq!(written.token(), "a.b.c");
        }
        for text in ["1", "[]", "null"] {
            assert!(serde_json::from_str::<Written>(text).is_err(), "{text}");
        }
    }
}
