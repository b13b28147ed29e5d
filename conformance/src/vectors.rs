//! The committed vectors: evidence with one defect each, and its sound twins.
//!
//! A [`Vector`] is one question to the sdk with the answer that is due. All of
//! them are [generated](generate) by the testbed from one seed, which shares no
//! code with the verifier; what is committed is [read] back and
//! [run](Vector::run) through the public interface of the sdk.

#[expect(
    clippy::indexing_slicing,
    reason = "members of objects that it writes itself"
)]
mod auth_app;
mod case;
mod cms;
mod files;
mod holder;
mod list;
pub mod login;
mod mdoc;
mod ocsp;
mod octets;
pub mod presentation;
mod profile;
mod raw;
mod run;
mod transaction;
mod trust;
mod world;
mod x509;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use files::{Error, directory, read, write};
pub use octets::Octets;
pub use run::{Accepted, Outcome, Step};
use world::World;

/// One question with its answer, as its file says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vector {
    /// Area and name; the file is `<id>.json`.
    pub id: String,
    /// The check that is asked about, as `CheckId` names it.
    pub check: String,
    /// Where the rule stands.
    pub clause: String,
    /// What is broken, and only that; or what is unusual and allowed.
    pub note: String,
    /// The evaluation time in unix seconds.
    pub now: i64,
    /// What the sdk is asked to verify.
    pub procedure: Procedure,
    /// Which of the verifiers is asked.
    pub kind: Kind,
    /// What it is given.
    pub inputs: Inputs,
    /// The code of the refusal; null where the answer is a proof.
    pub expected: Option<String>,
}

/// What is verified. With [lists](Inputs::lists) it is confirmed against them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Procedure {
    /// Anchors: whether they make a trust store.
    Anchor,
    /// A certificate by itself.
    Certificate,
    /// A certificate and what revocation lists say about it.
    List,
    /// A certificate and what an OCSP responder says about it.
    Ocsp,
    /// A bare signature over a message or its digest.
    Raw,
    /// A CMS message.
    Cms,
    /// The answer to a challenge.
    Challenge,
    /// A bare signature over a signing request, which is read back.
    Request,
    /// A presentation of documents in a phone.
    Mdoc,
    /// Such a presentation, and what revocation lists say about the signers of
    /// its documents.
    MdocList,
    /// Such a presentation with lists, and what a status token says about its
    /// document.
    MdocStatus,
    /// A presentation in the envelope of a protocol.
    MdocEnvelope,
    /// A presentation in a session in proximity.
    MdocSession,
    /// A login with the auth app.
    Login,
    /// A signed token by itself.
    Token,
}

/// The kinds of evidence, and what anchors vouch for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 署名用.
    Signing,
    /// 利用者証明用.
    Authentication,
    /// Documents in phones.
    Mdoc,
    /// What issuers say about the revocation of documents in phones.
    MdocStatus,
    /// What the auth app's provider says, for which no certificate vouches.
    AuthApp,
}

/// What a procedure is given; what it does not need is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Inputs {
    /// The environment of the trust store.
    #[serde(skip_serializing_if = "Environment::is_test")]
    pub environment: Environment,
    /// Anchors that are pinned beside the published ones, for what.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pins: Vec<Anchor>,
    /// The anchors, for what.
    pub anchors: Vec<Anchor>,
    /// The algorithms that are allowed.
    #[serde(skip_serializing_if = "Algorithms::is_standard")]
    pub algorithms: Algorithms,
    /// The certificate of the signer or the one asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate: Option<Octets>,
    /// The name of the scheme that the relying party chose.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheme: Option<String>,
    /// The signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<Octets>,
    /// What was signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Octets>,
    /// The SHA-256 of what was signed, in place of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<Octets>,
    /// The CMS message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cms: Option<Octets>,
    /// The content that is supplied beside a CMS message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Octets>,
    /// The presentation, with anchors of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub presentation: Option<presentation::Presentation>,
    /// The login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login: Option<login::Login>,
    /// The signed token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<login::Token>,
    /// The relying party that asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<Audience>,
    /// The revocation lists, in the order in which they are added; without
    /// this, revocation is not asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lists: Option<Vec<Octets>>,
    /// The OCSP response and how it was asked for. Revocation lists then speak
    /// for the responder's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ocsp: Option<Ocsp>,
    /// The certificate whose status is taken for the status of this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_of: Option<Octets>,
    /// Whether the holder has reached an age at the evaluation time, with the
    /// answer that is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age: Option<Age>,
    /// The maximum age of a list in seconds; 36 hours if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<i64>,
}

/// An OCSP response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ocsp {
    /// The 32 octets of the nonce in the request; none if it had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Octets>,
    /// Whether the nonce has to come back.
    #[serde(default, skip_serializing_if = "NonceRule::is_or_max_age")]
    pub nonce_rule: NonceRule,
    /// The response.
    pub response: Octets,
}

/// Whether a nonce has to come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NonceRule {
    /// It has to.
    Required,
    /// Or the answer is no older than an hour.
    #[default]
    OrMaxAge,
}

/// A question about the holder's age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Age {
    /// The age in completed years.
    pub years: u8,
    /// Whether the holder has reached it.
    pub reached: Reached,
}

/// An answer about an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// It is reached.
    Yes,
    /// It is not reached.
    No,
    /// The date of birth does not tell.
    Unknown,
}

/// An anchor and what it is trusted for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// What it may vouch for.
    pub purpose: Kind,
    /// The certificate.
    pub certificate: Octets,
}

/// Who asks, and what for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// The origin of the relying party.
    pub relying_party: String,
    /// What it asks for.
    pub purpose: String,
}

/// The environment of a trust store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Test hierarchies.
    #[default]
    Test,
    /// The real service.
    Production,
}

/// A table of algorithms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Algorithms {
    /// The standard one.
    #[default]
    Standard,
    /// The standard one and RSASSA-PSS.
    WithPss,
}

impl Environment {
    fn is_test(&self) -> bool {
        *self == Self::Test
    }
}

impl Algorithms {
    fn is_standard(&self) -> bool {
        *self == Self::Standard
    }
}

impl NonceRule {
    fn is_or_max_age(&self) -> bool {
        *self == Self::OrMaxAge
    }
}

/// All vectors, made afresh from the seed, by id.
///
/// # Panics
///
/// If two have the same id.
#[must_use]
pub fn generate() -> Vec<Vector> {
    let world = World::new();
    let areas = [
        auth_app::vectors(&world),
        x509::vectors(&world),
        profile::vectors(&world),
        holder::vectors(&world),
        trust::vectors(&world),
        raw::vectors(&world),
        cms::vectors(&world),
        list::vectors(&world),
        mdoc::vectors(&world),
        ocsp::vectors(&world),
        transaction::vectors(&world),
    ];
    let mut all = areas.concat();
    all.sort_by(|one, other| one.id.cmp(&other.id));
    let mut ids = BTreeSet::new();
    let twice = all.iter().find(|vector| !ids.insert(&vector.id));
    assert!(twice.is_none(), "an id stands twice: {twice:?}");
    all
}
