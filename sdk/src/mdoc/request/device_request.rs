//! `DeviceRequest` (ISO/IEC 18013-5, 8.3.2.1.2.1).

use std::fmt;

use crate::code::Code;
use crate::error::Error;
use crate::mdoc::cbor::write;
use crate::mdoc::request::{Edition, ReaderAuthentication, ReaderIdentity};
use crate::mdoc::{Requested, RequestedDocument, Retention, SessionTranscript};

/// A request as devices read it, in deterministic CBOR.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceRequest {
    octets: Vec<u8>,
}

/// Who signs what.
#[derive(Clone, Copy)]
enum Signing<'a> {
    Nothing,
    EachDocument(&'a ReaderIdentity),
    Everything(&'a [ReaderIdentity]),
}

impl DeviceRequest {
    /// Asks for what is `requested` in the session with this transcript.
    ///
    /// # Errors
    /// `misuse.request` if it is to be signed by nobody, or in the first
    /// edition by more than one; what a signer says if it cannot sign.
    pub fn new(
        requested: &Requested,
        edition: &Edition,
        authentication: ReaderAuthentication<'_>,
        transcript: &SessionTranscript,
    ) -> Result<Self, Error> {
        let signing = Signing::of(edition, authentication)?;
        let items: Vec<_> = requested.documents().iter().map(items_request).collect();
        let requests = items.iter().map(|i| signing.doc_request(i, transcript));
        let requests: Result<Vec<_>, Error> = requests.collect();
        let info = edition.device_request_info(requested);
        let mut entries = vec![
            (write::text("version"), write::text(edition.version())),
            (write::text("docRequests"), write::array(&requests?)),
        ];
        if let Signing::Everything(readers) = signing {
            let payload = reader_authentication_all(transcript, &items, info.as_deref());
            let signed: Result<Vec<_>, Error> = readers.iter().map(|r| r.sign(&payload)).collect();
            entries.push((write::text("readerAuthAll"), write::array(&signed?)));
        }
        entries.extend(info.map(|info| (write::text("deviceRequestInfo"), info)));
        let octets = write::map(entries);
        Ok(Self { octets })
    }

    /// The request in CBOR.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }
}

impl<'a> Signing<'a> {
    fn of(edition: &Edition, authentication: ReaderAuthentication<'a>) -> Result<Self, Code> {
        match (authentication, edition) {
            (ReaderAuthentication::Unsigned, _) => Ok(Self::Nothing),
            (ReaderAuthentication::Signed([]), _) => Err(Code::MisuseRequest),
            (ReaderAuthentication::Signed(readers), Edition::Second(_)) => {
                Ok(Self::Everything(readers))
            }
            (ReaderAuthentication::Signed([reader]), Edition::First) => {
                Ok(Self::EachDocument(reader))
            }
            (ReaderAuthentication::Signed(_), Edition::First) => Err(Code::MisuseRequest),
        }
    }

    /// `DocRequest`, signed by itself in the first edition.
    fn doc_request(
        self,
        items_request: &[u8],
        transcript: &SessionTranscript,
    ) -> Result<Vec<u8>, Error> {
        let mut entries = vec![(write::text("itemsRequest"), items_request.to_vec())];
        if let Self::EachDocument(reader) = self {
            let signature = reader.sign(&reader_authentication(transcript, items_request))?;
            entries.push((write::text("readerAuth"), signature));
        }
        Ok(write::map(entries))
    }
}

/// `ItemsRequestBytes`: of one document, its elements by namespace, each with
/// whether we mean to keep it.
fn items_request(document: &RequestedDocument) -> Vec<u8> {
    let elements = document.elements();
    let mut namespaces: Vec<_> = elements.iter().map(|e| e.namespace()).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    let namespaces = namespaces.into_iter().map(|namespace| {
        let elements = elements.iter().filter(|e| e.namespace() == namespace);
        let elements = elements.map(|element| {
            let kept = element.retention() == Retention::Retained;
            (write::text(element.identifier()), write::boolean(kept))
        });
        (write::text(namespace), write::map(elements.collect()))
    });
    let request = write::map(vec![
        (write::text("docType"), write::text(document.doc_type())),
        (write::text("nameSpaces"), write::map(namespaces.collect())),
    ]);
    write::embedded(&request)
}

/// `ReaderAuthenticationBytes` (ISO/IEC 18013-5:2021, 9.1.4.4).
fn reader_authentication(transcript: &SessionTranscript, items_request: &[u8]) -> Vec<u8> {
    write::embedded(&write::array(&[
        &write::text("ReaderAuthentication"),
        transcript.octets(),
        items_request,
    ]))
}

/// `ReaderAuthenticationAllBytes` of the second edition: over every document's
/// request, and over what says how they belong together.
fn reader_authentication_all(
    transcript: &SessionTranscript,
    items_requests: &[Vec<u8>],
    device_request_info: Option<&[u8]>,
) -> Vec<u8> {
    write::embedded(&write::array(&[
        &write::text("ReaderAuthenticationAll"),
        transcript.octets(),
        &write::array(items_requests),
        device_request_info.unwrap_or(&write::null()),
    ]))
}

// What somebody is asked for may tell of them.
impl fmt::Debug for DeviceRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceRequest({} octets)", self.octets.len())
    }
}

#[cfg(test)]
mod tests;
