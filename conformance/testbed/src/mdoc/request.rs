//! What a wallet is asked for, and by whom: DeviceRequest (ISO/IEC 18013-5, 8.3.2.1.2.1).

use super::{Cbor, Reader, ReaderTrust, Refusal, Transcript};

/// Elements of one document that are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The document type.
    pub doc_type: String,
    /// The elements in the order of the request.
    pub elements: Vec<AskedElement>,
}

/// One element that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedElement {
    /// Its namespace.
    pub name_space: String,
    /// Its identifier.
    pub element: String,
    /// Whether the relying party says that it will keep it.
    pub retain: bool,
}

/// A request, read but not yet known to be anybody's.
#[derive(Clone, Debug)]
pub struct DeviceRequest {
    version: String,
    documents: Vec<DocRequest>,
    info: Option<Cbor>,
    reader_auth_all: Vec<Cbor>,
}

/// The request for one document.
#[derive(Clone, Debug)]
pub struct DocRequest {
    asked: Asked,
    /// ItemsRequestBytes as they were received, tag included.
    items: Cbor,
    reader_auth: Option<Cbor>,
}

impl DeviceRequest {
    /// Reads a request of version 1.0 or 1.1.
    ///
    /// # Errors
    ///
    /// [`Refusal::Malformed`]; [`Refusal::Version`], also if a request of version 1.0 has
    /// what came with 1.1; [`Refusal::Items`] if nothing is asked for, an element twice,
    /// or more than two age_over_NN.
    pub fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let request = Cbor::decode(bytes).ok_or(Refusal::Malformed)?;
        let version = request.get("version").ok_or(Refusal::Malformed)?;
        let version = version.as_text().ok_or(Refusal::Malformed)?.to_owned();
        let info = request.get("deviceRequestInfo");
        let all = request.get("readerAuthAll");
        match (version.as_str(), &info, &all) {
            ("1.0", None, None) | ("1.1", _, _) => {}
            _ => return Err(Refusal::Version),
        }
        let documents = request.get("docRequests").ok_or(Refusal::Malformed)?;
        let documents = documents.as_array().ok_or(Refusal::Malformed)?.iter();
        let documents: Vec<_> = documents.map(DocRequest::read).collect::<Result<_, _>>()?;
        if documents.is_empty() {
            return Err(Refusal::Items);
        }
        let reader_auth_all = match all {
            Some(all) => all.as_array().ok_or(Refusal::Malformed)?.to_vec(),
            None => Vec::new(),
        };
        Ok(Self {
            version,
            documents,
            info,
            reader_auth_all,
        })
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The documents that it asks for.
    #[must_use]
    pub fn documents(&self) -> &[DocRequest] {
        &self.documents
    }

    /// deviceRequestInfo, in which use cases are described, without its wrapping.
    #[must_use]
    pub fn info(&self) -> Option<&Cbor> {
        self.info.as_ref()
    }

    /// The reader that signed this request in this session: all of it, or the request
    /// for each document.
    ///
    /// # Errors
    ///
    /// [`Refusal::Unsigned`] if a part is signed by nobody; [`Refusal::Malformed`],
    /// [`Refusal::Chain`], [`Refusal::Untrusted`], [`Refusal::Expired`],
    /// [`Refusal::Purpose`], [`Refusal::Algorithm`] or [`Refusal::Signature`] of the
    /// first signature that fails.
    pub fn authenticate(
        &self,
        transcript: &Transcript,
        trust: &ReaderTrust,
    ) -> Result<Reader, Refusal> {
        let of_all = self.authentication_of_all(transcript);
        let mut signed: Vec<_> = self
            .reader_auth_all
            .iter()
            .map(|sign1| (sign1, of_all.clone()))
            .collect();
        for document in &self.documents {
            match &document.reader_auth {
                Some(sign1) => signed.push((sign1, document.reader_authentication(transcript))),
                None if !self.reader_auth_all.is_empty() => {}
                None => return Err(Refusal::Unsigned),
            }
        }
        let judge = |(sign1, payload): &(&Cbor, Vec<u8>)| trust.judge_sign1(sign1, payload);
        let readers: Vec<_> = signed.iter().map(judge).collect::<Result<_, _>>()?;
        readers.into_iter().next().ok_or(Refusal::Unsigned)
    }

    /// ReaderAuthenticationAllBytes.
    #[must_use]
    pub fn authentication_of_all(&self, transcript: &Transcript) -> Vec<u8> {
        let items = self.documents.iter().map(|document| document.items.clone());
        let authentication = Cbor::array([
            "ReaderAuthenticationAll".into(),
            transcript.item().clone(),
            Cbor::Array(items.collect()),
            self.info.clone().unwrap_or(Cbor::NULL),
        ]);
        Cbor::tag24(authentication).encode()
    }
}

impl DocRequest {
    fn read(document: &Cbor) -> Result<Self, Refusal> {
        let items = document.get("itemsRequest").ok_or(Refusal::Malformed)?;
        let Cbor::Tag(24, _) = items else {
            return Err(Refusal::Malformed);
        };
        let doc_type = items.get("docType").ok_or(Refusal::Malformed)?;
        let doc_type = doc_type.as_text().ok_or(Refusal::Malformed)?.to_owned();
        let elements = elements(&items.get("nameSpaces").ok_or(Refusal::Malformed)?)?;
        let ages = elements
            .iter()
            .filter(|asked| asked.element.starts_with("age_over_"));
        if elements.is_empty() || ages.count() > 2 {
            return Err(Refusal::Items);
        }
        Ok(Self {
            asked: Asked { doc_type, elements },
            reader_auth: document.get("readerAuth"),
            items,
        })
    }

    /// What is asked for.
    #[must_use]
    pub fn asked(&self) -> &Asked {
        &self.asked
    }

    /// readerAuth, if the request for this document is signed.
    #[must_use]
    pub fn reader_auth(&self) -> Option<&Cbor> {
        self.reader_auth.as_ref()
    }

    /// ReaderAuthenticationBytes, which [`Self::reader_auth`] signs.
    #[must_use]
    pub fn reader_authentication(&self, transcript: &Transcript) -> Vec<u8> {
        let authentication = Cbor::array([
            "ReaderAuthentication".into(),
            transcript.item().clone(),
            self.items.clone(),
        ]);
        Cbor::tag24(authentication).encode()
    }
}

fn elements(name_spaces: &Cbor) -> Result<Vec<AskedElement>, Refusal> {
    let mut all: Vec<AskedElement> = Vec::new();
    for (name_space, elements) in name_spaces.as_map().ok_or(Refusal::Malformed)? {
        for (element, retain) in elements.as_map().ok_or(Refusal::Malformed)? {
            let text = |item: &Cbor| item.as_text().map(str::to_owned).ok_or(Refusal::Malformed);
            let asked = AskedElement {
                name_space: text(name_space)?,
                element: text(element)?,
                retain: retain.as_bool().ok_or(Refusal::Malformed)?,
            };
            let is_same = |other: &AskedElement| {
                other.name_space == asked.name_space && other.element == asked.element
            };
            if all.iter().any(is_same) {
                return Err(Refusal::Items);
            }
            all.push(asked);
        }
    }
    Ok(all)
}
