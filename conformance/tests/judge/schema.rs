//! As much of JSON Schema as `judge.schema.json` uses. A keyword that is not
//! known here fails the test, so that the schema promises nothing unchecked.

use std::sync::LazyLock;

use serde_json::{Map, Value};

static SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../judge.schema.json")).expect("a schema in JSON")
});

/// Whether `value` has the form that is defined under `name`.
pub(crate) fn fits(name: &str, value: &Value) -> bool {
    valid(definition(name), value)
}

fn definition(name: &str) -> &'static Value {
    SCHEMA["$defs"].get(name).expect("a definition")
}

fn valid(schema: &Value, value: &Value) -> bool {
    let keywords = schema.as_object().expect("a schema is an object");
    keywords
        .iter()
        .all(|(keyword, argument)| holds(keywords, keyword, argument, value))
}

fn holds(schema: &Map<String, Value>, keyword: &str, argument: &Value, value: &Value) -> bool {
    match keyword {
        "title" | "description" | "contentEncoding" => true,
        "$ref" => {
            let name = argument.as_str().and_then(|r| r.strip_prefix("#/$defs/"));
            valid(definition(name.expect("a definition")), value)
        }
        "const" => argument == value,
        "enum" => list(argument).contains(value),
        "oneOf" => list(argument).iter().filter(|s| valid(s, value)).count() == 1,
        "type" => match argument {
            Value::Array(types) => types.iter().any(|name| is(name, value)),
            name => is(name, value),
        },
        "items" => value
            .as_array()
            .is_none_or(|items| items.iter().all(|item| valid(argument, item))),
        "required" => value
            .as_object()
            .is_none_or(|o| list(argument).iter().all(|name| o.contains_key(text(name)))),
        "properties" => value.as_object().is_none_or(|o| {
            o.iter().all(|(name, member)| {
                let schema = argument.get(name);
                schema.is_none_or(|schema| valid(schema, member))
            })
        }),
        "additionalProperties" => {
            assert_eq!(argument, false);
            let known = &schema["properties"];
            value
                .as_object()
                .is_none_or(|o| o.keys().all(|name| known.get(name).is_some()))
        }
        unknown => panic!("keyword {unknown}"),
    }
}

fn is(name: &Value, value: &Value) -> bool {
    match text(name) {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        unknown => panic!("type {unknown}"),
    }
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
