//! What a person signed, kept beside the chain, and how the chain vouches for it.
//!
//! A record in the chain has for each value a commitment: SHA-256 over a random
//! salt of 32 octets, the length of a label in eight, big-endian, the label, and
//! the value. Salt and value stand in another file, one line for each record:
//!
//! ```json
//! {"form":"tashika-audit-evidence/1","writer":"…","sequence":17,"values":[{"label":"signed_data","salt":"…","value":"…"}]}
//! ```
//!
//! Salts are in hexadecimal, values in base64. When a person is forgotten, their
//! line is overwritten with spaces: the chain stays whole, and without the salt
//! nobody can tell by trying whether a value is what was committed to.

mod check;

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::audit::{Head, Role};
use crate::code::Code;
use crate::error::Error;
use crate::hex::{self, Hex};
use crate::jpki::{Form, SignedDocument};
use crate::limits;
use crate::transaction::random;
use crate::trust::sha256;

pub use check::{EvidenceCheck, EvidenceCount};

/// What a person signed, with signature and certificate: for the years in which
/// the law wants it to be kept (犯収法規則19条1項2号リ).
pub struct Evidence {
    values: Vec<Value>,
}

struct Value {
    label: Label,
    salt: [u8; 32],
    octets: Bytes,
}

/// What a value is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Label {
    SignedData,
    SignedDigest,
    #[cfg(feature = "auth-app")]
    SignedOctets,
    Signature,
    Certificate,
    /// It carries the certificate.
    CmsMessage,
}

impl Evidence {
    /// All of a document, with fresh salts.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness.
    pub fn generate(document: &SignedDocument) -> Result<Self, Error> {
        Ok(Self::from_entropy(document, &random()?))
    }

    /// The twin of [`Evidence::generate`] for tests: salts from the caller's own
    /// entropy.
    #[must_use]
    pub fn from_entropy(document: &SignedDocument, entropy: &[u8; 32]) -> Self {
        let values = parts(document).into_iter().map(|(label, octets)| Value {
            label,
            // Whoever learns one salt learns no other.
            salt: sha256(&[entropy, label.as_str().as_bytes()]),
            octets,
        });
        Self {
            values: values.collect(),
        }
    }

    /// What of it a relying party in this role may keep; none if that is nothing.
    pub(super) fn kept_by(mut self, role: Role) -> Option<Self> {
        if role == Role::ServiceProvider {
            self.values.retain(|value| !value.label.is_certificate());
        }
        (!self.values.is_empty()).then_some(self)
    }

    pub(super) fn is_too_large(&self) -> bool {
        self.octets() > limits::AUDIT_EVIDENCE
    }

    /// How many octets its values have together.
    #[must_use]
    pub fn octets(&self) -> usize {
        let octets = self.values.iter().map(|value| value.octets.len());
        octets.sum()
    }

    /// For each value what stands in the chain.
    pub(super) fn commitments(&self) -> impl Iterator<Item = (&'static str, [u8; 32])> {
        self.values.iter().map(|value| {
            let label = value.label.as_str();
            (label, commitment(&value.salt, label, &value.octets))
        })
    }

    /// The line that keeps it, for the record at this place, with its end.
    ///
    /// # Errors
    /// `misuse.argument` if it cannot be written, which it always can.
    pub fn line(&self, place: &Head) -> Result<String, Error> {
        let values = self.values.iter().map(|value| KeptValue {
            label: value.label.as_str().into(),
            salt: Hex(&value.salt).to_string().into(),
            value: STANDARD.encode(&value.octets).into(),
        });
        let line = Line {
            form: FORM.into(),
            writer: place.writer().to_string().into(),
            sequence: place.sequence(),
            values: values.collect(),
        };
        let json = serde_json::to_string(&line);
        let json = json.map_err(|_| Code::MisuseArgument)?;
        Ok(json + "\n")
    }

    /// The number of the record that a line of kept evidence belongs to; none if
    /// it was erased, or is none.
    #[must_use]
    pub fn sequence_of(line: &[u8]) -> Option<u64> {
        let line: Line<'_> = serde_json::from_slice(line).ok()?;
        Some(line.sequence)
    }
}

const FORM: &str = "tashika-audit-evidence/1";

/// The longest line: base64 is a third longer, and the rest of it is short.
const LINE: usize = limits::AUDIT_EVIDENCE / 3 * 4 + 4096;

/// A line, as it is written and read.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    #[serde(borrow)]
    form: Cow<'a, str>,
    #[serde(borrow)]
    writer: Cow<'a, str>,
    sequence: u64,
    #[serde(borrow)]
    values: Vec<KeptValue<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptValue<'a> {
    #[serde(borrow)]
    label: Cow<'a, str>,
    #[serde(borrow)]
    salt: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

impl KeptValue<'_> {
    /// The commitment to it; none if it cannot be read.
    fn commitment(&self) -> Option<[u8; 32]> {
        let salt = hex::decode::<32>(&self.salt)?;
        let octets = STANDARD.decode(self.value.as_bytes()).ok()?;
        Some(commitment(&salt, &self.label, &octets))
    }
}

fn commitment(salt: &[u8; 32], label: &str, octets: &[u8]) -> [u8; 32] {
    let length = u64::try_from(label.len()).unwrap_or(u64::MAX);
    sha256(&[salt, &length.to_be_bytes(), label.as_bytes(), octets])
}

fn parts(document: &SignedDocument) -> Vec<(Label, Bytes)> {
    match &document.form {
        Form::Raw {
            certificate,
            signature,
            message,
        } => vec![
            (Label::SignedData, message.clone()),
            (Label::Signature, signature.clone()),
            (Label::Certificate, certificate.clone()),
        ],
        Form::Digest {
            certificate,
            signature,
            digest,
            ..
        } => vec![
            (Label::SignedDigest, Bytes::copy_from_slice(digest.octets())),
            (Label::Signature, signature.clone()),
            (Label::Certificate, certificate.clone()),
        ],
        #[cfg(feature = "auth-app")]
        Form::Padded(padded) => {
            let content = padded.content.clone();
            let content = content.map(|content| (Label::SignedData, content));
            let rest = [
                (Label::SignedOctets, padded.octets.clone()),
                (Label::Signature, padded.signature.clone()),
                (Label::Certificate, padded.certificate.clone()),
            ];
            content.into_iter().chain(rest).collect()
        }
        Form::Cms { message, content } => {
            let content = content.clone();
            let content = content.map(|content| (Label::SignedData, content));
            let message = (Label::CmsMessage, message.clone());
            content.into_iter().chain([message]).collect()
        }
    }
}

impl Label {
    const fn as_str(self) -> &'static str {
        match self {
            Self::SignedData => "signed_data",
            Self::SignedDigest => "signed_digest",
            #[cfg(feature = "auth-app")]
            Self::SignedOctets => "signed_octets",
            Self::Signature => "signature",
            Self::Certificate => "certificate",
            Self::CmsMessage => "cms_message",
        }
    }

    const fn is_certificate(self) -> bool {
        match self {
            Self::Certificate | Self::CmsMessage => true,
            #[cfg(feature = "auth-app")]
            Self::SignedOctets => false,
            Self::SignedData | Self::SignedDigest | Self::Signature => false,
        }
    }
}

// What a person signed tells of the person.
impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Evidence(…)")
    }
}
