//! What is asked for, in the query language of OpenID4VP 1.0 (its section 6).

use serde_json::{Map, Value, json};

use crate::mdoc::request::use_case::UseCase;
use crate::mdoc::requested::{AGE_IN_YEARS, BIRTH_DATE};
use crate::mdoc::{AgeEvidence, Need, Requested, RequestedDocument, RequestedElement, Retention};

/// The query for every document, and which of them belong together.
pub(super) fn query(requested: &Requested) -> Value {
    let documents = requested.documents();
    let credentials = documents.iter().enumerate().map(|(n, d)| credential(n, d));
    let mut query = Map::new();
    query.insert("credentials".to_owned(), credentials.collect());
    if documents.len() > 1 {
        let cases = UseCase::of(requested).into_iter();
        query.insert("credential_sets".to_owned(), cases.map(set).collect());
    }
    Value::Object(query)
}

/// By what the answer names the document at this position.
fn id(position: usize) -> String {
    format!("document-{position}")
}

/// The document that the answer calls so.
pub(crate) fn document_of<'r>(
    requested: &'r Requested,
    name: &str,
) -> Option<&'r RequestedDocument> {
    let mut documents = requested.documents().iter().enumerate();
    let found = documents.find(|(position, _)| id(*position) == name);
    found.map(|(_, document)| document)
}

fn set(case: UseCase) -> Value {
    let options = case.sets.into_iter();
    let options: Vec<Vec<_>> = options.map(|o| o.into_iter().map(id).collect()).collect();
    json!({ "options": options, "required": case.need == Need::Mandatory })
}

fn credential(position: usize, document: &RequestedDocument) -> Value {
    let claims = Claims::of(document);
    let mut credential = Map::new();
    credential.insert("id".to_owned(), id(position).into());
    credential.insert("format".to_owned(), "mso_mdoc".into());
    let meta = json!({ "doctype_value": document.doc_type() });
    credential.insert("meta".to_owned(), meta);
    credential.insert("claims".to_owned(), claims.list.into());
    // Without combinations, all claims are wanted.
    if claims.sets.len() > 1 {
        credential.insert("claim_sets".to_owned(), json!(claims.sets));
    }
    Value::Object(credential)
}

/// The claims of one document, and the combinations of them that will do, those
/// first that we prefer (OpenID4VP 1.0, 6.4.1).
#[derive(Default)]
struct Claims {
    list: Vec<Value>,
    /// Namespace and identifier of those in the list.
    names: Vec<(String, String)>,
    sets: Vec<Vec<String>>,
}

/// What may stand in for a statement about an age, step by step: nothing, what
/// tells a little more, and what tells most.
#[derive(Clone, Copy)]
enum Step {
    AsAsked,
    AgeInYears,
    BirthDate,
}

impl Claims {
    fn of(document: &RequestedDocument) -> Self {
        let mut claims = Self::default();
        let all: Vec<_> = document.elements().iter().collect();
        let is_mandatory = |element: &&RequestedElement| element.need() == Need::Mandatory;
        let mandatory: Vec<_> = all.iter().copied().filter(is_mandatory).collect();
        for step in [Step::AsAsked, Step::AgeInYears, Step::BirthDate] {
            claims.accept(&all, step);
            claims.accept(&mandatory, step);
        }
        // Where no element is mandatory, any one will do.
        if mandatory.is_empty() {
            all.iter().for_each(|e| claims.accept(&[e], Step::AsAsked));
        }
        claims
    }

    /// Accepts these elements together, with what replaces ages at this step.
    fn accept(&mut self, elements: &[&RequestedElement], step: Step) {
        let mut set = Vec::new();
        for element in elements {
            let namespace = element.namespace();
            let id = match step.stand_in(element.age_evidence()) {
                // It is reduced to the statement at once.
                Some(other) => self.claim(namespace, other, Retention::NotRetained),
                None => self.claim(namespace, element.identifier(), element.retention()),
            };
            if !set.contains(&id) {
                set.push(id);
            }
        }
        if !set.is_empty() && !self.sets.contains(&set) {
            self.sets.push(set);
        }
    }

    /// The identifier of a claim, which is listed once, as it was asked for
    /// first.
    fn claim(&mut self, namespace: &str, identifier: &str, retention: Retention) -> String {
        let name = (namespace.to_owned(), identifier.to_owned());
        let known = self.names.iter().position(|known| *known == name);
        let id = format!("element-{}", known.unwrap_or(self.names.len()));
        if known.is_none() {
            self.names.push(name);
            self.list.push(json!({
                "id": id,
                "path": [namespace, identifier],
                "intent_to_retain": retention == Retention::Retained,
            }));
        }
        id
    }
}

impl Step {
    /// What is wanted in place of an element, as far as its policy permits.
    fn stand_in(self, evidence: Option<AgeEvidence>) -> Option<&'static str> {
        match (self, evidence?) {
            (Self::AsAsked, _) | (_, AgeEvidence::OverOnly) => None,
            (Self::BirthDate, AgeEvidence::OrBirthDate) => Some(BIRTH_DATE),
            (_, AgeEvidence::OrAgeInYears | AgeEvidence::OrBirthDate) => Some(AGE_IN_YEARS),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JP: &str = "org.iso.23220.1.jp";
    const ISO: &str = "org.iso.23220.1";

    fn mnc() -> RequestedDocument {
        RequestedDocument::new("org.iso.23220.1.jp.mnc").unwrap()
    }

    fn asking(
        document: RequestedDocument,
        namespace: &str,
        identifier: &str,
        need: Need,
    ) -> RequestedDocument {
        let asked = document.element(namespace, identifier, Retention::NotRetained, need);
        asked.unwrap()
    }

    fn over(
        document: RequestedDocument,
        threshold: u8,
        evidence: AgeEvidence,
    ) -> RequestedDocument {
        let (kept, need) = (Retention::NotRetained, Need::Mandatory);
        let asked = document.age_over(ISO, threshold, kept, need, evidence);
        asked.unwrap()
    }

    /// The combinations, as the names of their elements.
    fn combinations(document: &RequestedDocument) -> Vec<Vec<String>> {
        let credential = credential(0, document);
        let name = |id: &Value| {
            let claims = credential["claims"].as_array().unwrap();
            let claim = claims.iter().find(|claim| claim["id"] == *id).unwrap();
            claim["path"][1].as_str().unwrap().to_owned()
        };
        let Some(sets) = credential.get("claim_sets") else {
            return Vec::new();
        };
        let sets = sets.as_array().unwrap().iter();
        sets.map(|set| set.as_array().unwrap().iter().map(name).collect())
            .collect()
    }

    #[test]
    fn one_document_with_all_that_is_asked_for() {
        let document = asking(mnc(), JP, "full_name_unicode", Need::Mandatory);
        let document = document
            .element(JP, "portrait", Retention::Retained, Need::Mandatory)
            .unwrap();
        let expected = json!({
            "credentials": [{
                "id": "document-0",
                "format": "mso_mdoc",
                "meta": { "doctype_value": "org.iso.23220.1.jp.mnc" },
                "claims": [
                    {
                        "id": "element-0",
                        "path": ["org.iso.23220.1.jp", "full_name_unicode"],
                        "intent_to_retain": false,
                    },
                    {
                        "id": "element-1",
                        "path": ["org.iso.23220.1.jp", "portrait"],
                        "intent_to_retain": true,
                    },
                ],
            }],
        });
        assert_eq!(query(&Requested::one(document).unwrap()), expected);
    }

    #[test]
    fn several_documents_say_which_belong_together() {
        let named = |name: &str| {
            let document = RequestedDocument::new(name).unwrap();
            asking(document, "n", "e", Need::Mandatory)
        };
        let sets =
            |documents| query(&Requested::new(documents).unwrap())["credential_sets"].clone();
        assert_eq!(
            sets(vec![named("a"), named("b").optional(), named("c")]),
            json!([
                { "options": [["document-0", "document-2"]], "required": true },
                { "options": [["document-1"]], "required": false },
            ])
        );
        assert_eq!(
            sets(vec![named("a").optional(), named("b").optional()]),
            json!([{
                "options": [["document-0", "document-1"], ["document-0"], ["document-1"]],
                "required": true,
            }])
        );
        let requested = Requested::new(vec![named("a"), named("b")]).unwrap();
        assert_eq!(
            document_of(&requested, "document-1").unwrap().doc_type(),
            "b"
        );
        for other in ["document-2", "document-01", "document-", "b", ""] {
            assert!(document_of(&requested, other).is_none(), "{other}");
        }
    }

    #[test]
    fn optional_elements_may_be_left_out() {
        let document = asking(mnc(), ISO, "sex", Need::Mandatory);
        let document = asking(document, JP, "portrait", Need::Optional);
        assert_eq!(
            combinations(&document),
            [vec!["sex", "portrait"], vec!["sex"]]
        );
        let document = asking(mnc(), ISO, "sex", Need::Optional);
        let document = asking(document, JP, "portrait", Need::Optional);
        assert_eq!(
            combinations(&document),
            [vec!["sex", "portrait"], vec!["sex"], vec!["portrait"]]
        );
    }

    #[test]
    fn ages_are_replaced_by_their_policy_alone() {
        let only = over(mnc(), 20, AgeEvidence::OverOnly);
        assert!(combinations(&only).is_empty());
        let years = over(mnc(), 20, AgeEvidence::OrAgeInYears);
        assert_eq!(combinations(&years), [["age_over_20"], ["age_in_years"]]);
        let both = over(years, 18, AgeEvidence::OrBirthDate);
        assert_eq!(
            combinations(&both),
            [
                vec!["age_over_20", "age_over_18"],
                vec!["age_in_years"],
                vec!["age_in_years", "birth_date"],
            ]
        );
        // What stands in for something is never kept, unless it was asked for.
        let years = over(mnc(), 20, AgeEvidence::OrAgeInYears);
        let retained = |document: &RequestedDocument, position: usize| {
            credential(0, document)["claims"][position]["intent_to_retain"].clone()
        };
        assert_eq!(retained(&years, 1), false);
        let (kept, need) = (Retention::Retained, Need::Mandatory);
        let asked = years.element(ISO, AGE_IN_YEARS, kept, need).unwrap();
        assert_eq!(retained(&asked, 1), true);
    }
}
