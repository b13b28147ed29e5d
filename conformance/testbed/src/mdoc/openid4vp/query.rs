//! The queries of DCQL, of mdocs alone (OpenID4VP 1.0, section 6 and B.2).

use serde_json::Value;

use crate::mdoc::{Asked, AskedElement, Refusal};

/// The query for one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    id: String,
    asked: Asked,
}

impl Query {
    /// Reads `dcql_query`.
    pub(super) fn read_all(query: &Value) -> Result<Vec<Self>, Refusal> {
        let all = query.get("credentials").and_then(Value::as_array);
        let all: Vec<Self> = all
            .ok_or(Refusal::Items)?
            .iter()
            .map(Self::read)
            .collect::<Result<_, _>>()?;
        let again = |query: &Self| all.iter().filter(|other| other.id == query.id).count() > 1;
        if all.is_empty() || all.iter().any(again) {
            return Err(Refusal::Items);
        }
        Ok(all)
    }

    fn read(credential: &Value) -> Result<Self, Refusal> {
        let text = |pointer: &str| {
            let value = credential.pointer(pointer).and_then(Value::as_str);
            value.map(str::to_owned).ok_or(Refusal::Items)
        };
        if text("/format")? != "mso_mdoc" {
            return Err(Refusal::Items);
        }
        let claims = credential.get("claims").and_then(Value::as_array);
        let elements: Vec<_> = claims
            .into_iter()
            .flatten()
            .map(element)
            .collect::<Result<_, _>>()?;
        Ok(Self {
            id: text("/id")?,
            asked: Asked {
                doc_type: text("/meta/doctype_value")?,
                elements,
            },
        })
    }

    /// The identifier under which the presentation is returned.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What is asked for.
    #[must_use]
    pub fn asked(&self) -> &Asked {
        &self.asked
    }
}

/// A claim whose path is a namespace and an element.
fn element(claim: &Value) -> Result<AskedElement, Refusal> {
    let path = claim
        .get("path")
        .and_then(Value::as_array)
        .map(Vec::as_slice);
    let Some([Value::String(name_space), Value::String(element)]) = path else {
        return Err(Refusal::Items);
    };
    let retain = claim.get("intent_to_retain");
    Ok(AskedElement {
        name_space: name_space.clone(),
        element: element.clone(),
        retain: retain.is_some_and(|retain| *retain == Value::Bool(true)),
    })
}
