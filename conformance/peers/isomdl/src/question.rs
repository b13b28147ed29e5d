//! The fields of a question, as isomdl wants them.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ciborium::Value as Cbor;
use isomdl::definitions::device_request::{DataElements, Namespaces as RequestedNamespaces};
use isomdl::definitions::session::SessionTranscript;
use isomdl::definitions::x509::trust_anchor::{TrustAnchor, TrustAnchorRegistry, TrustPurpose};
use isomdl::issuance::mdoc::Namespaces;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use x509_cert::Certificate;
use x509_cert::der::Decode;

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);

/// Element identifiers by namespace.
pub type Elements = BTreeMap<String, Vec<String>>;

pub struct Question(pub Value);

impl Question {
    pub fn text(&self, field: &str) -> Result<&str> {
        let text = self.0[field].as_str();
        text.with_context(|| format!("no text in {field}"))
    }

    pub fn octets(&self, field: &str) -> Result<Vec<u8>> {
        octets(&self.0[field]).with_context(|| format!("in {field}"))
    }

    pub fn list(&self, field: &str) -> impl Iterator<Item = Result<Vec<u8>>> {
        self.0[field].as_array().into_iter().flatten().map(octets)
    }

    /// Certificates as anchors of a purpose.
    pub fn anchors(&self, field: &str, purpose: TrustPurpose) -> Result<TrustAnchorRegistry> {
        let anchor = |der: Result<Vec<u8>>| {
            let certificate = Certificate::from_der(&der?)?;
            Ok(TrustAnchor {
                certificate,
                purpose,
            })
        };
        let anchors = self.list(field).map(anchor).collect::<Result<_>>()?;
        Ok(TrustAnchorRegistry { anchors })
    }

    pub fn name_spaces(&self) -> Result<Namespaces> {
        let namespace = |(name, elements): (&String, &Value)| {
            let elements = elements.as_object().context("elements by name")?;
            let elements = elements
                .iter()
                .map(|(element, json)| Ok((element.clone(), value(json)?)))
                .collect::<Result<_>>()?;
            Ok((name.clone(), elements))
        };
        let name_spaces = self.0["name_spaces"].as_object();
        let name_spaces = name_spaces.context("no name_spaces")?;
        name_spaces.iter().map(namespace).collect()
    }

    /// The elements that are asked for: those named, or else all.
    pub fn requested(&self) -> Result<Elements> {
        if self.0["requested"].is_object() {
            return Ok(Elements::deserialize(&self.0["requested"])?);
        }
        let all = self.name_spaces()?.into_iter();
        Ok(all
            .map(|(name, elements)| (name, elements.into_keys().collect()))
            .collect())
    }
}

/// What a request for these elements holds, with no intent to retain.
pub fn request(elements: &Elements) -> Result<RequestedNamespaces> {
    let namespaces: BTreeMap<_, _> = elements
        .iter()
        .map(|(name, elements)| {
            let elements: BTreeMap<_, _> = elements.iter().map(|e| (e.clone(), false)).collect();
            Ok((name.clone(), DataElements::try_from(elements)?))
        })
        .collect::<Result<_>>()?;
    Ok(namespaces.try_into()?)
}

/// A SessionTranscript of any flow, as the values that stand in it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Transcript(Cbor);

impl SessionTranscript for Transcript {}

impl Transcript {
    /// From its encoding, bare or in tag 24.
    pub fn read(bytes: &[u8]) -> Result<Self> {
        match ciborium::from_reader(bytes)? {
            Cbor::Tag(24, inner) => {
                let inner = inner.into_bytes();
                let inner = inner.map_err(|_| anyhow::anyhow!("no bytes in tag 24"))?;
                Ok(Self(ciborium::from_reader(inner.as_slice())?))
            }
            bare => Ok(Self(bare)),
        }
    }
}

/// An element's value: JSON, and what JSON has not.
fn value(json: &Value) -> Result<Cbor> {
    Ok(match json {
        Value::Null => Cbor::Null,
        Value::Bool(flag) => Cbor::Bool(*flag),
        Value::Number(number) => Cbor::from(number.as_i64().context("a whole number")?),
        Value::String(text) => Cbor::from(text.as_str()),
        Value::Array(items) => Cbor::Array(items.iter().map(value).collect::<Result<_>>()?),
        Value::Object(fields) => {
            if let Some(bytes) = fields.get("bytes") {
                Cbor::Bytes(octets(bytes)?)
            } else if let Some(Value::String(date)) = fields.get("full_date") {
                Cbor::Tag(1004, Box::new(Cbor::from(date.as_str())))
            } else if let Some(Value::Object(map)) = fields.get("map") {
                let pair = |(key, item): (&String, _)| Ok((Cbor::from(key.as_str()), value(item)?));
                Cbor::Map(map.iter().map(pair).collect::<Result<_>>()?)
            } else {
                bail!("an object is one of bytes, full_date and map")
            }
        }
    })
}

/// Base64 or base64url, padded or not.
pub fn octets(json: &Value) -> Result<Vec<u8>> {
    let text = json.as_str().context("no base64")?;
    Ok(BASE64.decode(text.replace('-', "+").replace('_', "/"))?)
}

pub fn base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}
