//! One document, as it is shown.

use std::io::{self, Write};

use ciborium::Value;
use der::Decode;
use serde::Serialize;
use tashika::mdoc::is_forbidden;
use tashika::{Code, Error};
use x509_cert::Certificate;

use super::field::{embedded, entries, get, labelled, number, text, time};
use crate::mdoc::value;
use crate::show;

/// What stands in the place of what tells of a person.
const MASKED: &str = "(masked)";

#[derive(Serialize)]
pub(super) struct Document {
    doc_type: Option<String>,
    elements: Vec<Element>,
    issuer_algorithm: Option<String>,
    certificates: Vec<Signer>,
    mso: Mso,
    device_signed: Vec<Element>,
    device_auth: Option<String>,
}

/// An element; its digest has a number where the issuer signed it.
#[derive(Serialize)]
struct Element {
    namespace: String,
    identifier: String,
    digest_id: Option<i128>,
    value: String,
}

/// A certificate of the chain.
#[derive(Serialize)]
struct Signer {
    subject: String,
    not_before: String,
    not_after: String,
}

/// The mobile security object.
#[derive(Default, Serialize)]
struct Mso {
    version: Option<String>,
    doc_type: Option<String>,
    digest_algorithm: Option<String>,
    digests: Vec<Digests>,
    device_key: Option<String>,
    signed: Option<String>,
    valid_from: Option<String>,
    valid_until: Option<String>,
    status: Vec<String>,
}

/// How many elements of a namespace the issuer made digests of.
#[derive(Serialize)]
struct Digests {
    namespace: String,
    count: usize,
}

impl Document {
    pub(super) fn of_response(document: &Value, attributes: bool) -> Result<Self, Error> {
        let issuer = get(document, "issuerSigned").ok_or(Error::new(Code::InputMdoc))?;
        let mut shown = Self::of_issuer(issuer, attributes)?;
        shown.doc_type = get(document, "docType").and_then(text);
        let device = get(document, "deviceSigned");
        let namespaces = device.and_then(|device| embedded(get(device, "nameSpaces")?));
        shown.device_signed = namespaces
            .iter()
            .flat_map(entries)
            .flat_map(|(namespace, elements)| {
                entries(elements).filter_map(|(identifier, value)| {
                    Element::of(text(namespace)?, identifier, None, value, attributes)
                })
            })
            .collect();
        shown.device_auth = device.and_then(|device| authentication(get(device, "deviceAuth")?));
        Ok(shown)
    }

    pub(super) fn of_issuer(issuer: &Value, attributes: bool) -> Result<Self, Error> {
        let malformed = || Error::new(Code::MdocCose);
        let auth = get(issuer, "issuerAuth").map(untagged);
        let auth = auth.and_then(Value::as_array).ok_or_else(malformed)?;
        let [protected, unprotected, payload, _] = &**auth else {
            return Err(malformed());
        };
        let namespaces = get(issuer, "nameSpaces");
        let elements = namespaces.into_iter().flat_map(entries);
        let elements = elements.flat_map(|(namespace, items)| {
            let items = items.as_array().into_iter().flatten();
            items.filter_map(|item| Element::of_item(text(namespace)?, item, attributes))
        });
        let mso = payload.as_bytes().and_then(|octets| {
            let item: Value = ciborium::from_reader(&**octets).ok()?;
            embedded(&item)
        });
        Ok(Self {
            doc_type: None,
            elements: elements.collect(),
            issuer_algorithm: algorithm(protected),
            certificates: labelled(unprotected, 33).map(chain).unwrap_or_default(),
            mso: mso.as_ref().map(Mso::of).unwrap_or_default(),
            device_signed: Vec::new(),
            device_auth: None,
        })
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let unstated = "(not stated)";
        let or = |text: &Option<String>| text.clone().unwrap_or_else(|| unstated.to_owned());
        let doc_type = self.doc_type.as_ref().or(self.mso.doc_type.as_ref());
        writeln!(out, "\ndocument     {}", doc_type.map_or(unstated, |t| t))?;
        for element in &self.elements {
            element.write(out)?;
        }
        writeln!(out, "issuer       {}", or(&self.issuer_algorithm))?;
        for Signer {
            subject,
            not_before,
            not_after,
        } in &self.certificates
        {
            writeln!(out, "certificate  {subject}")?;
            writeln!(out, "             valid {not_before} to {not_after}")?;
        }
        self.mso.write(out)?;
        for element in &self.device_signed {
            write!(out, "by device  ")?;
            element.write(out)?;
        }
        match &self.device_auth {
            Some(auth) => writeln!(out, "device       {auth}"),
            None => Ok(()),
        }
    }
}

impl Element {
    fn of_item(namespace: String, item: &Value, attributes: bool) -> Option<Self> {
        let item = embedded(item)?;
        let digest_id = get(&item, "digestID").and_then(number);
        let identifier = get(&item, "elementIdentifier")?;
        let value = get(&item, "elementValue")?;
        Self::of(namespace, identifier, digest_id, value, attributes)
    }

    fn of(
        namespace: String,
        identifier: &Value,
        digest_id: Option<i128>,
        found: &Value,
        attributes: bool,
    ) -> Option<Self> {
        let identifier = text(identifier)?;
        let value = if attributes || is_forbidden(&identifier) {
            value::shown_of(&identifier, found)
        } else {
            MASKED.to_owned()
        };
        Some(Self {
            namespace,
            identifier,
            digest_id,
            value,
        })
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self {
            namespace,
            identifier,
            digest_id,
            value,
        } = self;
        let number = digest_id
            .map(|id| format!("digest {id}  "))
            .unwrap_or_default();
        writeln!(out, "  {number}{namespace}/{identifier}  {value}")
    }
}

impl Mso {
    fn of(mso: &Value) -> Self {
        let validity = get(mso, "validityInfo");
        let at = |name| validity.and_then(|validity| time(get(validity, name)?));
        let key = get(mso, "deviceKeyInfo").and_then(|info| get(info, "deviceKey"));
        let digests = get(mso, "valueDigests").into_iter().flat_map(entries);
        Self {
            version: get(mso, "version").and_then(text),
            doc_type: get(mso, "docType").and_then(text),
            digest_algorithm: get(mso, "digestAlgorithm").and_then(text),
            digests: digests
                .filter_map(|(namespace, digests)| {
                    let count = digests.as_map()?.len();
                    let namespace = text(namespace)?;
                    Some(Digests { namespace, count })
                })
                .collect(),
            device_key: key.and_then(curve),
            signed: at("signed"),
            valid_from: at("validFrom"),
            valid_until: at("validUntil"),
            status: get(mso, "status").map(lists).unwrap_or_default(),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let rows = [
            ("mso version", &self.version),
            ("doc type", &self.doc_type),
            ("signed", &self.signed),
            ("valid from", &self.valid_from),
            ("valid until", &self.valid_until),
            ("device key", &self.device_key),
            ("digests", &self.digest_algorithm),
        ];
        for (name, text) in rows {
            if let Some(text) = text {
                writeln!(out, "{name:<12} {text}")?;
            }
        }
        for Digests { namespace, count } in &self.digests {
            writeln!(out, "             {count} in {namespace}")?;
        }
        for list in &self.status {
            writeln!(out, "status       {list}")?;
        }
        Ok(())
    }
}

/// A COSE message without the tag that may stand before it.
fn untagged(message: &Value) -> &Value {
    match message {
        Value::Tag(_, inner) => inner,
        other => other,
    }
}

/// The algorithm of protected headers (RFC 9053, 2).
fn algorithm(protected: &Value) -> Option<String> {
    let headers: Value = ciborium::from_reader(&**protected.as_bytes()?).ok()?;
    let number = number(labelled(&headers, 1)?)?;
    Some(match number {
        -7 => "ES256".to_owned(),
        -35 => "ES384".to_owned(),
        -36 => "ES512".to_owned(),
        -8 => "EdDSA".to_owned(),
        5 => "HMAC 256/256".to_owned(),
        other => format!("algorithm {other}"),
    })
}

/// How the device authenticated.
fn authentication(auth: &Value) -> Option<String> {
    let kinds = [("deviceSignature", "signature"), ("deviceMac", "MAC")];
    let found = kinds.iter().filter_map(|(name, kind)| {
        let message = untagged(get(auth, name)?).as_array()?;
        let algorithm = message.first().and_then(algorithm);
        Some(format!("{kind}, {}", algorithm.unwrap_or_default()))
    });
    let found: Vec<_> = found.collect();
    (!found.is_empty()).then(|| found.join("; "))
}

/// The curve of a key on one (RFC 9053, 7.1).
fn curve(key: &Value) -> Option<String> {
    let number = number(labelled(key, -1)?)?;
    Some(match number {
        1 => "P-256".to_owned(),
        2 => "P-384".to_owned(),
        3 => "P-521".to_owned(),
        other => format!("curve {other}"),
    })
}

/// The certificates of label 33, which may be one or several (RFC 9360, 2).
fn chain(value: &Value) -> Vec<Signer> {
    let certificates = match value {
        Value::Array(certificates) => certificates.iter().collect(),
        one => vec![one],
    };
    let ders = certificates.into_iter().filter_map(Value::as_bytes);
    ders.map(|der| Signer::of(der)).collect()
}

impl Signer {
    fn of(der: &[u8]) -> Self {
        let Ok(certificate) = Certificate::from_der(der) else {
            let (not_before, not_after) = (String::new(), String::new());
            return Self {
                subject: "(unreadable)".to_owned(),
                not_before,
                not_after,
            };
        };
        let body = certificate.tbs_certificate();
        let validity = body.validity();
        Self {
            subject: show::printable(&body.subject().to_string()),
            not_before: show::time(&validity.not_before),
            not_after: show::time(&validity.not_after),
        }
    }
}

/// Where the document's own status stands. The place in a list tells documents
/// apart and is not shown.
fn lists(status: &Value) -> Vec<String> {
    let list = |(kind, entry): (&Value, &Value)| {
        let address = get(entry, "uri").and_then(text);
        Some(format!("{} {}", text(kind)?, address.unwrap_or_default()))
    };
    entries(status).filter_map(list).collect()
}
