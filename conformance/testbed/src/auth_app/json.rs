//! JSON objects that can say what a well-formed one cannot.

use serde_json::{Number, Value};

/// A JSON object whose members keep their order and may repeat.
#[derive(Clone, Debug, Default, PartialEq)]
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

impl std::fmt::Display for Object {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("{")?;
        for (index, (name, value)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            write!(f, "{comma}{}:{value}", Value::from(name.as_str()))?;
        }
        f.write_str("}")
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
                Change::Quote => object.set(name, Value::String(value.to_string())),
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
        assert_eq!(changed(|c| c.quote("a")), r#"{"a":"1","b":"x","c":true}"#);
    }
}
