//! What a wallet sends: a device response, read and not believed
//! (ISO/IEC 18013-5, 8.3.2.1.2.2).

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::limits;
use crate::mdoc::Element;
use crate::mdoc::cbor::{Key, Kind, Reader};
use crate::mdoc::forbidden::is_forbidden;

/// A device response as it arrived.
///
/// Reading is not believing: what it says of a person cannot be read before
/// [`PresentationVerifier`](crate::mdoc::PresentationVerifier) has verified it.
pub struct DeviceResponse {
    version: String,
    status: u64,
    pub(crate) documents: Vec<Document>,
    /// The types of documents that the wallet reports errors for.
    pub(crate) errors: Vec<String>,
    other_forms: OtherForms,
}

/// Whether there are documents in forms that are not verified here: in
/// zero-knowledge or encrypted for somebody else (second edition).
#[derive(Clone, Copy, PartialEq, Eq)]
enum OtherForms {
    Absent,
    Present,
}

/// One document.
pub(crate) struct Document {
    pub(crate) doc_type: String,
    pub(crate) items: Vec<Item>,
    /// The COSE message with the mobile security object.
    pub(crate) issuer_auth: Bytes,
    /// `DeviceNameSpacesBytes`, with its tag.
    pub(crate) device_namespaces: Bytes,
    pub(crate) device_elements: Vec<Element>,
    pub(crate) device_signature: Option<Bytes>,
    pub(crate) device_mac: Option<Bytes>,
}

/// `IssuerSignedItemBytes` and what stands in them.
pub(crate) struct Item {
    /// With its tag: what the issuer made its digest of.
    pub(crate) raw: Bytes,
    pub(crate) digest_id: u64,
    random: usize,
    pub(crate) namespace: Arc<str>,
    pub(crate) identifier: String,
    pub(crate) value: Bytes,
}

/// Octets of randomness with each element, at least (ISO/IEC 18013-5, 9.1.2.5):
/// with fewer, a digest tells the value.
const RANDOM: usize = 16;

const MALFORMED: Code = Code::InputMdoc;

impl DeviceResponse {
    /// Reads a device response.
    ///
    /// # Errors
    /// `input.too_large`, `input.too_many`, `input.mdoc` or a code of
    /// `input.cbor_`.
    pub fn read(octets: &Bytes) -> Result<Self, Error> {
        Self::checked(octets, &mut Trace::default())
    }

    pub(crate) fn checked(octets: &Bytes, trace: &mut Trace) -> Result<Self, Error> {
        let response = trace.check(CheckId::MdocEncoding, Self::parse(octets))?;
        trace.pass(CheckId::Budget);
        Ok(response)
    }

    fn parse(octets: &Bytes) -> Result<Self, Code> {
        if octets.len() > limits::MDOC_RESPONSE {
            return Err(Code::InputTooLarge);
        }
        let (mut version, mut status) = (None, None);
        let (mut documents, mut errors) = (Vec::new(), Vec::new());
        let mut other_forms = OtherForms::Absent;
        Reader::only(octets, MALFORMED)?.map(|key, value| {
            let Key::Text(name) = key else { return Ok(()) };
            match &*name {
                "version" => version = Some(value.text()?.into_owned()),
                "status" => status = Some(value.unsigned()?),
                "documents" => documents = read_documents(value, octets)?,
                "documentErrors" => errors = read_errors(value)?,
                "zkDocuments" | "encryptedDocuments" => other_forms = OtherForms::Present,
                _ => {}
            }
            Ok(())
        })?;
        Ok(Self {
            version: version.ok_or(MALFORMED)?,
            status: status.ok_or(MALFORMED)?,
            documents,
            errors,
            other_forms,
        })
    }

    /// Whether the wallet answered, in a way that is understood here, and with
    /// nothing that may not be looked at.
    pub(crate) fn check_itself(&self, trace: &mut Trace) -> Result<(), Error> {
        trace.check(CheckId::MdocVersion, check_version(&self.version))?;
        let answered = match self.status {
            0 => Ok(()),
            _ => Err(Code::MdocResponseStatus),
        };
        trace.check(CheckId::MdocResponseStatus, answered)?;
        let form = match self.other_forms {
            OtherForms::Absent => Ok(()),
            OtherForms::Present => Err(Code::MdocDocumentForm),
        };
        trace.check(CheckId::MdocDocuments, form)?;
        for document in &self.documents {
            trace.check(CheckId::MdocForbidden, document.check_forbidden())?;
        }
        for document in &self.documents {
            trace.check(CheckId::MdocElements, document.check_items())?;
        }
        Ok(())
    }

    /// The types of the documents, in their order; a wallet may state anything.
    pub fn doc_types(&self) -> impl Iterator<Item = &str> {
        self.documents.iter().map(|d| &*d.doc_type)
    }

    /// Namespaces and identifiers of the elements that a document of this
    /// response carries, by its place among [`doc_types`](Self::doc_types).
    pub fn element_names(&self, document: usize) -> impl Iterator<Item = (&str, &str)> {
        let items = self.documents.get(document).map(|d| &*d.items);
        let items = items.unwrap_or_default().iter();
        items.map(|item| (&*item.namespace, &*item.identifier))
    }
}

/// `1.0`, `1.1` and what comes after them with the same meaning: the first
/// number alone says that a reader must be another.
pub(crate) fn check_version(version: &str) -> Result<(), Code> {
    let minor = version.strip_prefix("1.");
    let known = minor.is_some_and(|m| !m.is_empty() && m.bytes().all(|d| d.is_ascii_digit()));
    if known {
        Ok(())
    } else {
        Err(Code::MdocVersion)
    }
}

fn read_documents(value: &mut Reader<'_>, source: &Bytes) -> Result<Vec<Document>, Code> {
    let mut documents = Vec::new();
    value.array(|position, document| {
        if position == limits::MDOC_DOCUMENTS {
            return Err(Code::InputTooMany);
        }
        documents.push(Document::read(document, source)?);
        Ok(())
    })?;
    Ok(documents)
}

/// `documentErrors`: maps of document types to error codes.
fn read_errors(value: &mut Reader<'_>) -> Result<Vec<String>, Code> {
    let mut doc_types = Vec::new();
    value.array(|_, error| {
        error.map(|key, _| match key {
            Key::Text(_) if doc_types.len() == limits::MDOC_DOCUMENTS => Err(Code::InputTooMany),
            Key::Text(doc_type) => {
                check_name(&doc_type)?;
                doc_types.push(doc_type.into_owned());
                Ok(())
            }
            _ => Err(MALFORMED),
        })
    })?;
    Ok(doc_types)
}

impl Document {
    fn read(reader: &mut Reader<'_>, source: &Bytes) -> Result<Self, Code> {
        let (mut doc_type, mut issuer, mut device) = (None, None, None);
        reader.map(|key, value| {
            if key.is("docType") {
                doc_type = Some(name(value)?);
            } else if key.is("issuerSigned") {
                issuer = Some(IssuerSigned::read(value, source)?);
            } else if key.is("deviceSigned") {
                device = Some(DeviceSigned::read(value, source)?);
            }
            Ok(())
        })?;
        let IssuerSigned { items, auth } = issuer.ok_or(MALFORMED)?;
        let device = device.ok_or(MALFORMED)?;
        let (device_namespaces, device_elements) = device.namespaces.ok_or(MALFORMED)?;
        Ok(Self {
            doc_type: doc_type.ok_or(MALFORMED)?,
            items,
            issuer_auth: auth.ok_or(MALFORMED)?,
            device_namespaces,
            device_elements,
            device_signature: device.signature,
            device_mac: device.mac,
        })
    }

    /// Whether no element is one that nobody may ask for, whoever signed it.
    fn check_forbidden(&self) -> Result<(), Code> {
        let issued = self.items.iter().map(|item| &*item.identifier);
        let by_device = self.device_elements.iter().map(Element::identifier);
        if issued.chain(by_device).any(is_forbidden) {
            return Err(Code::MdocForbidden);
        }
        Ok(())
    }

    fn check_items(&self) -> Result<(), Code> {
        let mut earlier: &[Item] = &[];
        for (position, item) in self.items.iter().enumerate() {
            let namespace = || earlier.iter().filter(|e| e.namespace == item.namespace);
            if namespace().any(|e| e.identifier == item.identifier) {
                return Err(Code::MdocElementDuplicate);
            }
            if namespace().any(|e| e.digest_id == item.digest_id) {
                return Err(Code::MdocDigestIdDuplicate);
            }
            if item.random < RANDOM {
                return Err(Code::MdocRandom);
            }
            earlier = self.items.get(..=position).unwrap_or_default();
        }
        Ok(())
    }
}

/// A name, within its budget.
pub(crate) fn name(value: &mut Reader<'_>) -> Result<String, Code> {
    let text = value.text()?;
    check_name(&text)?;
    Ok(text.into_owned())
}

/// That of a namespace is kept with every element in it, so that one without a
/// bound would multiply.
pub(crate) fn check_name(name: &str) -> Result<(), Code> {
    if name.len() > limits::MDOC_NAME {
        return Err(Code::InputTooLarge);
    }
    Ok(())
}

/// Octets that were read from `source`, kept without a copy.
pub(crate) fn keep(source: &Bytes, octets: Cow<'_, [u8]>) -> Bytes {
    match octets {
        Cow::Borrowed(octets) => source.slice_ref(octets),
        Cow::Owned(octets) => octets.into(),
    }
}

/// What the issuer signed.
#[derive(Default)]
struct IssuerSigned {
    items: Vec<Item>,
    auth: Option<Bytes>,
}

impl IssuerSigned {
    fn read(reader: &mut Reader<'_>, source: &Bytes) -> Result<Self, Code> {
        let mut signed = Self::default();
        reader.map(|key, value| {
            if key.is("issuerAuth") {
                signed.auth = Some(source.slice_ref(value.raw()?));
            } else if key.is("nameSpaces") {
                signed.items = read_items(value, source)?;
            }
            Ok(())
        })?;
        Ok(signed)
    }
}

/// `IssuerNameSpaces`: namespaces, and in each an array of items.
fn read_items(reader: &mut Reader<'_>, source: &Bytes) -> Result<Vec<Item>, Code> {
    let (mut items, mut namespaces) = (Vec::new(), 0);
    reader.map(|key, value| {
        let Key::Text(namespace) = key else {
            return Err(MALFORMED);
        };
        check_name(&namespace)?;
        namespaces += 1;
        if namespaces > limits::MDOC_NAMESPACES {
            return Err(Code::InputTooMany);
        }
        let namespace = Arc::from(namespace);
        value.array(|_, item| {
            if items.len() == limits::MDOC_ELEMENTS {
                return Err(Code::InputTooMany);
            }
            items.push(Item::read(item, &namespace, source)?);
            Ok(())
        })?;
        Ok(())
    })?;
    Ok(items)
}

impl Item {
    fn read(reader: &mut Reader<'_>, namespace: &Arc<str>, source: &Bytes) -> Result<Self, Code> {
        let embedded = reader.embedded()?;
        let raw = source.slice_ref(embedded.raw);
        let content = keep(source, embedded.content);
        let (mut digest_id, mut random, mut identifier, mut value) = (None, None, None, None);
        Reader::only(&content, MALFORMED)?.map(|key, part| {
            if key.is("digestID") {
                digest_id = Some(part.unsigned()?);
            } else if key.is("random") {
                random = Some(part.bytes()?.len());
            } else if key.is("elementIdentifier") {
                identifier = Some(name(part)?);
            } else if key.is("elementValue") {
                value = Some(content.slice_ref(part.raw()?));
            }
            Ok(())
        })?;
        let (Some(digest_id), Some(random)) = (digest_id, random) else {
            return Err(MALFORMED);
        };
        let (Some(identifier), Some(value)) = (identifier, value) else {
            return Err(MALFORMED);
        };
        Ok(Self {
            raw,
            digest_id,
            random,
            namespace: Arc::clone(namespace),
            identifier,
            value,
        })
    }
}

/// What the device signed.
#[derive(Default)]
struct DeviceSigned {
    namespaces: Option<(Bytes, Vec<Element>)>,
    signature: Option<Bytes>,
    mac: Option<Bytes>,
}

impl DeviceSigned {
    fn read(reader: &mut Reader<'_>, source: &Bytes) -> Result<Self, Code> {
        let mut signed = Self::default();
        reader.map(|key, value| {
            if key.is("nameSpaces") {
                let embedded = value.embedded()?;
                let elements = device_elements(&keep(source, embedded.content))?;
                signed.namespaces = Some((source.slice_ref(embedded.raw), elements));
            } else if key.is("deviceAuth") {
                value.map(|key, auth| {
                    if key.is("deviceSignature") {
                        signed.signature = Some(source.slice_ref(auth.raw()?));
                    } else if key.is("deviceMac") {
                        signed.mac = Some(source.slice_ref(auth.raw()?));
                    }
                    Ok(())
                })?;
            }
            Ok(())
        })?;
        Ok(signed)
    }
}

/// `DeviceNameSpaces`: namespaces, and in each a map of elements.
fn device_elements(content: &Bytes) -> Result<Vec<Element>, Code> {
    let mut elements = Vec::new();
    let mut reader = Reader::only(content, MALFORMED)?;
    if reader.kind()? != Kind::Map {
        return Err(MALFORMED);
    }
    reader.map(|key, value| {
        let Key::Text(namespace) = key else {
            return Err(MALFORMED);
        };
        check_name(&namespace)?;
        let namespace: Arc<str> = namespace.into();
        value.map(|key, value| {
            let Key::Text(identifier) = key else {
                return Err(MALFORMED);
            };
            check_name(&identifier)?;
            if elements.len() == limits::MDOC_ELEMENTS {
                return Err(Code::InputTooMany);
            }
            let value = content.slice_ref(value.raw()?);
            elements.push(Element::new(Arc::clone(&namespace), identifier, value));
            Ok(())
        })
    })?;
    Ok(elements)
}

// What it carries is the person's.
impl fmt::Debug for DeviceResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceResponse({} documents)", self.documents.len())
    }
}
