//! What comes in.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use serde_json::error::Category;
use tashika::Time;

use crate::judge::answer::Refusal;
use crate::judge::mdoc::Asked;
use crate::judge::octets::Octets;
use crate::judge::written::Written;

/// One line: the fields of every op. Which of them an op needs is its own
/// matter; fields that no op knows are passed over.
#[derive(Deserialize)]
pub(super) struct Row {
    #[serde(default)]
    pub(super) id: Value,
    pub(super) op: String,
    profile: Option<String>,
    time: Option<i64>,
    flags: Option<Flags>,
    anchors: Option<Vec<Octets>>,
    target: Option<Written>,
    crls: Option<Vec<Octets>>,
    ocsp: Option<Vec<Octets>>,
    request: Option<Octets>,
    policies: Option<Vec<String>>,
    content: Option<Octets>,
    alg: Option<Algorithms>,
    key: Option<Octets>,
    message: Option<Octets>,
    signature: Option<Octets>,
    kind: Option<String>,
    transcript: Option<Octets>,
    doctype: Option<String>,
    reader_private_key: Option<Octets>,
    requested: Option<Vec<Asked>>,
    jwks: Option<Written>,
}

/// One algorithm, or all that are allowed.
#[derive(Deserialize)]
#[serde(untagged)]
enum Algorithms {
    One(String),
    Any(Vec<String>),
}

/// What is relaxed or tightened. A flag that is not known is refused: a line
/// that asks for a rule must not be answered without it.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Flags {
    pub(super) min_rsa_bits: Option<u32>,
    pub(super) allow_sha1: Option<bool>,
    pub(super) allow_pss: Option<bool>,
    pub(super) any_policy: Option<bool>,
    pub(super) dp_optional: Option<bool>,
    pub(super) require_crl_number: Option<bool>,
    pub(super) require_aki: Option<bool>,
    pub(super) require_next_update: Option<bool>,
    pub(super) require_nonce: Option<bool>,
    pub(super) max_crl_age: Option<i64>,
    pub(super) skew: Option<i64>,
    pub(super) issuer_key: Option<Octets>,
    pub(super) issuer_from_x5chain: Option<bool>,
}

/// The rules for the certificates of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Profile {
    /// The one-hop rules and revocation, for any leaf.
    Jpki,
    /// 署名用.
    JpkiSigning,
    /// 利用者証明用.
    JpkiAuthentication,
}

/// The rules for documents in phones and their signers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MdocProfile {
    /// Any certificate of the root, and any validity.
    AnyLeaf,
    /// ISO/IEC 18013-5, annex B.
    Strict,
    /// The My Number Card in a phone.
    JpMnc,
}

impl Row {
    /// Reads a line; on failure with its `id` as far as that can be read.
    pub(super) fn read(line: &[u8]) -> Result<Self, (Value, Refusal)> {
        let error = match serde_json::from_slice(line) {
            Ok(row) => return Ok(row),
            Err(error) => error,
        };
        #[derive(Deserialize)]
        struct Named {
            #[serde(default)]
            id: Value,
        }
        let id = serde_json::from_slice(line).map_or(Value::Null, |named: Named| named.id);
        let refusal = match error.classify() {
            Category::Data => Refusal::argument(),
            Category::Io | Category::Syntax | Category::Eof => Refusal::Line,
        };
        Err((id, refusal))
    }

    pub(super) fn flags(&self) -> Flags {
        self.flags.clone().unwrap_or_default()
    }

    pub(super) fn profile(&self) -> Result<Profile, Refusal> {
        match self.profile.as_deref() {
            None | Some("jpki") => Ok(Profile::Jpki),
            Some("jpki-signing") => Ok(Profile::JpkiSigning),
            Some("jpki-authentication") => Ok(Profile::JpkiAuthentication),
            Some(_) => Err(Refusal::Unsupported),
        }
    }

    pub(super) fn mdoc_profile(&self) -> Result<MdocProfile, Refusal> {
        match self.profile.as_deref() {
            None | Some("mdoc") => Ok(MdocProfile::AnyLeaf),
            Some("mdl") => Ok(MdocProfile::Strict),
            Some("jp-mnc") => Ok(MdocProfile::JpMnc),
            Some(_) => Err(Refusal::Unsupported),
        }
    }

    pub(super) fn time(&self) -> Result<Time, Refusal> {
        let seconds = self.time.ok_or_else(Refusal::argument)?;
        Ok(Time::from_unix(seconds))
    }

    pub(super) fn anchors(&self) -> impl Iterator<Item = &Bytes> {
        many(self.anchors.as_ref())
    }

    pub(super) fn target(&self) -> Result<&Bytes, Refusal> {
        self.written()?.octets()
    }

    /// The target, as it stands there.
    pub(super) fn written(&self) -> Result<&Written, Refusal> {
        self.target.as_ref().ok_or_else(Refusal::argument)
    }

    /// The set of keys.
    pub(super) fn jwks(&self) -> Result<&Written, Refusal> {
        self.jwks.as_ref().ok_or_else(Refusal::argument)
    }

    /// Whether the line has a target.
    pub(super) fn has_target(&self) -> bool {
        self.target.is_some()
    }

    /// Whether the line has lists, be it none.
    pub(super) fn asks_about_revocation(&self) -> bool {
        self.crls.is_some()
    }

    pub(super) fn crls(&self) -> impl Iterator<Item = &Bytes> {
        many(self.crls.as_ref())
    }

    /// OCSP responses.
    pub(super) fn ocsp(&self) -> impl Iterator<Item = &Bytes> {
        many(self.ocsp.as_ref())
    }

    /// The OCSP request that was sent.
    pub(super) fn request(&self) -> Option<&Bytes> {
        self.request.as_ref().map(|o| &o.0)
    }

    pub(super) fn policies(&self) -> &[String] {
        self.policies.as_deref().unwrap_or_default()
    }

    pub(super) fn content(&self) -> Option<&Bytes> {
        self.content.as_ref().map(|o| &o.0)
    }

    pub(super) fn alg(&self) -> Result<&str, Refusal> {
        match self.algorithms()? {
            [name] => Ok(name),
            _ => Err(Refusal::argument()),
        }
    }

    /// The algorithms that are allowed.
    pub(super) fn algorithms(&self) -> Result<&[String], Refusal> {
        match self.alg.as_ref().ok_or_else(Refusal::argument)? {
            Algorithms::One(name) => Ok(std::slice::from_ref(name)),
            Algorithms::Any(names) => Ok(names),
        }
    }

    pub(super) fn key(&self) -> Result<&Bytes, Refusal> {
        one(self.key.as_ref())
    }

    pub(super) fn message(&self) -> Result<&Bytes, Refusal> {
        one(self.message.as_ref())
    }

    pub(super) fn signature(&self) -> Result<&Bytes, Refusal> {
        one(self.signature.as_ref())
    }

    pub(super) fn transcript(&self) -> Result<&Bytes, Refusal> {
        one(self.transcript.as_ref())
    }

    /// The type of document that was asked for.
    pub(super) fn doctype(&self) -> Result<&str, Refusal> {
        self.doctype.as_deref().ok_or_else(Refusal::argument)
    }

    /// The private scalar of the reader's key, if it is at hand.
    pub(super) fn reader_private_key(&self) -> Option<&Bytes> {
        self.reader_private_key.as_ref().map(|o| &o.0)
    }

    /// The elements that were asked for; none if that is not said.
    pub(super) fn requested(&self) -> Option<&[Asked]> {
        self.requested.as_deref()
    }

    pub(super) fn kind(&self) -> Result<&str, Refusal> {
        self.kind.as_deref().ok_or_else(Refusal::argument)
    }
}

fn one(octets: Option<&Octets>) -> Result<&Bytes, Refusal> {
    octets.map(|o| &o.0).ok_or_else(Refusal::argument)
}

fn many(octets: Option<&Vec<Octets>>) -> impl Iterator<Item = &Bytes> {
    octets.into_iter().flatten().map(|o| &o.0)
}
