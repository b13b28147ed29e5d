//! A document as its holder has it.

use super::Cbor;

/// A signed document: IssuerSigned with all its items (ISO/IEC 18013-5, 8.3.2.1.2.2).
#[derive(Clone, Debug)]
pub struct Mdoc {
    doc_type: String,
    issuer_signed: Cbor,
}

impl Mdoc {
    /// A document out of an IssuerSigned, for instance one of somebody else.
    #[must_use]
    pub fn new(doc_type: &str, issuer_signed: Cbor) -> Self {
        Self {
            doc_type: doc_type.to_owned(),
            issuer_signed,
        }
    }

    /// Its document type.
    #[must_use]
    pub fn doc_type(&self) -> &str {
        &self.doc_type
    }

    /// The same, presented under another document type than the MSO's.
    #[must_use]
    pub fn with_doc_type(mut self, doc_type: &str) -> Self {
        self.doc_type = doc_type.to_owned();
        self
    }

    /// IssuerSigned: a map of nameSpaces and issuerAuth.
    #[must_use]
    pub fn issuer_signed(&self) -> &Cbor {
        &self.issuer_signed
    }

    /// Change what is signed already.
    #[must_use]
    pub fn edit(mut self, change: impl FnOnce(&mut Cbor) -> &mut Cbor) -> Self {
        change(&mut self.issuer_signed);
        self
    }

    /// Which elements a namespace has.
    #[must_use]
    pub fn elements(&self, name_space: &str) -> Vec<String> {
        let items = self.issuer_signed.get(&format!("nameSpaces/{name_space}"));
        let items = items.as_ref().and_then(Cbor::as_array).unwrap_or_default();
        items.iter().filter_map(identifier).collect()
    }

    /// IssuerSigned with the items that `keep` says, by namespace and element; a
    /// namespace of which nothing is kept is left out.
    #[must_use]
    pub fn disclose(&self, keep: impl Fn(&str, &str) -> bool) -> Cbor {
        let name_spaces = self.issuer_signed.get("nameSpaces");
        let name_spaces = name_spaces
            .as_ref()
            .and_then(Cbor::as_map)
            .unwrap_or_default();
        let kept = name_spaces.iter().filter_map(|(name, items)| {
            let name_space = name.as_text()?;
            let items = items.as_array()?.iter();
            let items: Vec<_> = items
                .filter(|item| identifier(item).is_some_and(|id| keep(name_space, &id)))
                .cloned()
                .collect();
            (!items.is_empty()).then(|| (name.clone(), Cbor::Array(items)))
        });
        let mut disclosed = self.issuer_signed.clone();
        disclosed.set("nameSpaces", Cbor::Map(kept.collect()));
        disclosed
    }
}

fn identifier(item: &Cbor) -> Option<String> {
    let identifier = item.get("elementIdentifier")?;
    identifier.as_text().map(str::to_owned)
}
