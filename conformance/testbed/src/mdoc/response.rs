//! DeviceResponse (ISO/IEC 18013-5, 8.3.2.1.2.2).

use super::Cbor;

/// A response under construction.
#[derive(Clone, Debug)]
pub struct Response {
    version: Cbor,
    documents: Vec<Cbor>,
    errors: Vec<Cbor>,
    status: Cbor,
}

impl Response {
    /// Version 1.0 and status 0, no documents.
    #[must_use]
    pub fn new() -> Self {
        Self {
            version: "1.0".into(),
            documents: Vec::new(),
            errors: Vec::new(),
            status: 0.into(),
        }
    }

    /// A response of one document.
    #[must_use]
    pub fn of(document: Cbor) -> Self {
        Self::new().document(document)
    }

    /// Add a document.
    #[must_use]
    pub fn document(mut self, document: Cbor) -> Self {
        self.documents.push(document);
        self
    }

    /// Add to documentErrors: why a document of that type is not there.
    #[must_use]
    pub fn error(mut self, doc_type: &str, code: i64) -> Self {
        self.errors.push(Cbor::map([(doc_type, Cbor::from(code))]));
        self
    }

    /// status: 0 ok, 10 general error, 11 CBOR decoding error, 12 CBOR validation error.
    #[must_use]
    pub fn status(mut self, status: impl Into<Cbor>) -> Self {
        self.status = status.into();
        self
    }

    /// version.
    #[must_use]
    pub fn version(mut self, version: impl Into<Cbor>) -> Self {
        self.version = version.into();
        self
    }

    /// The response, to be changed where nothing is signed or to be encoded. Lists
    /// without anything in them are left out.
    #[must_use]
    pub fn build(&self) -> Cbor {
        let mut response = Cbor::map([("version", self.version.clone())]);
        for (name, list) in [
            ("documents", &self.documents),
            ("documentErrors", &self.errors),
        ] {
            if !list.is_empty() {
                response.set(name, Cbor::Array(list.clone()));
            }
        }
        response.set("status", self.status.clone());
        response
    }

    /// The encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.build().encode()
    }
}

impl Default for Response {
    fn default() -> Self {
        Self::new()
    }
}
