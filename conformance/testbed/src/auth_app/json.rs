//! JSON objects that can say what a well-formed one cannot.

use std::fmt;

use serde_json::{Number, Value};

/// A JSON object whose members keep their order and may repeat.
#[derive(Clone, Default, PartialEq)]
pub struct Object(Vec<(String, Value)>);

impl Object {
    /// Without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The same with a member, in the place of one of that name.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.set(name, value.into());
        self
    }

    /// The value of the first member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut members = self.0.iter();
        members.find(|(n, _)| n == name).map(|(_, value)| value)
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        match self.0.iter_mut().find(|(n, _)| n == name) {
            Some((_, old)) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    pub(super) fn members(&self) -> &[(String, Value)] {
        &self.0
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (index, (name, value)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{}:{value}", Value::from(name.as_str()))?;
        }
        f.write_str("}")
    }
}

impl fmt::Debug for Object {
    /// Names alone: tokens and claims are made of these.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|(name, _)| name);
        f.debug_set().entries(names).finish()
    }
}

impl From<Object> for Value {
    /// Of members that repeat, the last one stays.
    fn from(object: Object) -> Self {
        Self::Object(object.0.into_iter().collect())
    }
}

/// What an object says otherwise than it should, member by member.
#[derive(Clone, Debug, Default)]
pub struct Changes(Vec<(String, Change)>);

#[derive(Clone, Debug)]
enum Change {
    Set(Value),
    Twice(Value),
    Remove,
    Shift(i64),
    Quote,
    Wrap(Vec<Value>),
    Append(String),
}

impl Changes {
    /// The member has this value.
    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.push(name, Change::Set(value.into()));
    }

    /// The member stands there twice, the second time with this value.
    pub fn twice(&mut self, name: &str, value: impl Into<Value>) {
        self.push(name, Change::Twice(value.into()));
    }

    /// The member is missing.
    pub fn remove(&mut self, name: &str) {
        self.push(name, Change::Remove);
    }

    /// The number is greater by so much: a time that lies so many seconds later.
    pub fn shift(&mut self, name: &str, by: i64) {
        self.push(name, Change::Shift(by));
    }

    /// The value is a string of what it should be.
    pub fn quote(&mut self, name: &str) {
        self.push(name, Change::Quote);
    }

    /// The value is an array of what it should be and these.
    pub fn wrap(&mut self, name: &str, more: &[&str]) {
        let more = more.iter().map(|&text| text.into());
        self.push(name, Change::Wrap(more.collect()));
    }

    /// More follows in the string.
    pub fn append(&mut self, name: &str, more: &str) {
        self.push(name, Change::Append(more.to_owned()));
    }

    /// Whether nothing is changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn push(&mut self, name: &str, change: Change) {
        self.0.push((name.to_owned(), change));
    }

    pub(super) fn apply(&self, object: &mut Object) {
        for (name, change) in &self.0 {
            let value = object.get(name).cloned().unwrap_or(Value::Null);
            match change {
                Change::Set(new) => object.set(name, new.clone()),
                Change::Twice(new) => object.0.push((name.clone(), new.clone())),
                Change::Remove => object.0.retain(|(n, _)| n != name),
                Change::Shift(by) => {
                    let number = value.as_i64().unwrap_or(0).saturating_add(*by);
                    object.set(name, Value::Number(Number::from(number)));
                }
                Change::Quote => object.set(name, value.to_string().into()),
                Change::Wrap(more) => {
                    let all = [value].into_iter().chain(more.iter().cloned());
                    object.set(name, all.collect());
                }
                Change::Append(more) => {
                    let text = value.as_str().unwrap_or_default();
                    object.set(name, format!("{text}{more}").into());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_changes_its_member() {
        let object = Object::new().with("a", 1).with("b", "x").with("c", true);
        let changed = |change: fn(&mut Changes)| {
            let (mut changes, mut object) = (Changes::default(), object.clone());
            change(&mut changes);
            changes.apply(&mut object);
            object.to_string()
        };
        assert_eq!(changed(|_| ()), r#"{"a":1,"b":"x","c":true}"#);
        assert_eq!(changed(|c| c.set("b", 2)), r#"{"a":1,"b":2,"c":true}"#);
        assert_eq!(changed(|c| c.remove("b")), r#"{"a":1,"c":true}"#);
        assert_eq!(
            changed(|c| c.twice("a", 3)),
            r#"{"a":1,"b":"x","c":true,"a":3}"#
        );
        assert_eq!(
            changed(|c| c.shift("a", -9)),
            r#"{"a":-8,"b":"x","c":true}"#
        );
        let wrapped = r#"{"a":1,"b":["x","y"],"c":true}"#;
        assert_eq!(changed(|c| c.wrap("b", &["y"])), wrapped);
        let appended = r#"{"a":1,"b":"x/","c":true}"#;
        assert_eq!(changed(|c| c.append("b", "/")), appended);
        assert_eq!(changed(|c| c.quote("a")), r#"{"a":"1","b":"x","c":true}"#);
    }
}
