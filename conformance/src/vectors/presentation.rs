//! What is presented, in a vector: documents in a phone.

use serde::{Deserialize, Serialize};

use super::{Anchor, Octets};

/// A presentation, what it answers, and whom the relying party believes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presentation {
    /// The issuers, by type of document.
    pub issuers: Vec<Issuers>,
    /// What was asked for.
    pub requested: Vec<RequestedDocument>,
    /// What both sides know of the session; in a session, it is its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<Transcript>,
    /// The private scalar of our key, on P-256 or by its length on P-384: the
    /// reader's key of a session, or the one that an envelope is sealed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reader_key: Option<Octets>,
    /// The device response, if it comes as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response: Option<Octets>,
    /// The envelope that the device response comes in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub envelope: Option<Envelope>,
    /// The session in proximity that the device response comes in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<Session>,
    /// When revocation is confirmed, in unix seconds; at once if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed_at: Option<i64>,
    /// What is known about the document itself; nothing if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What counts where the holder's age is asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_evidence: Option<AgeEvidence>,
}

/// An answer over the web or in an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "protocol", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Envelope {
    /// Annex C of ISO/IEC TS 18013-7.
    AnnexC {
        /// The member `response` of the answer.
        response: String,
    },
    /// Apple's in-app presentment.
    Apple {
        /// What the app received.
        octets: Octets,
    },
    /// OpenID4VP, encrypted.
    Openid4vp {
        /// The JWE.
        jwe: String,
        /// The identifier of our key.
        kid: String,
    },
    /// The JSON that a page got of the Digital Credentials API.
    DigitalCredentials {
        /// The text.
        json: String,
        /// The identifier of our key.
        kid: String,
    },
}

/// A session in proximity, as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    /// How the device was engaged.
    pub engagement: Engagement,
    /// What the device sent, message by message; the last that there is data
    /// in is the device response.
    pub messages: Vec<Octets>,
}

/// How a device was engaged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Engagement {
    /// By a QR code.
    Qr {
        /// What stands in it.
        uri: String,
    },
    /// By NFC.
    Nfc {
        /// The Handover Select message.
        select: Octets,
        /// The Handover Request message, if the handover was negotiated.
        #[serde(skip_serializing_if = "Option::is_none")]
        request: Option<Octets>,
    },
}

/// What is known about the document itself, and what has to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Status {
    /// The roots over those who sign lists, for what.
    pub anchors: Vec<Anchor>,
    /// The status token; none if nobody could be asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<Octets>,
    /// The response whose document the token is looked up for, if it is not
    /// the presented one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looked_up_for: Option<Octets>,
    /// The maximum age of a token in seconds.
    pub max_age: i64,
    /// What has to be known.
    pub policy: RecordPolicy,
}

/// What has to be known about a document itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordPolicy {
    /// That it is good.
    Required,
    /// That it is good, if it names a list.
    WhereAvailable,
    /// Nothing.
    DangerIgnored,
}

/// Whom the relying party believes for one type of document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuers {
    /// The type of document.
    pub doc_type: String,
    /// What its documents and their signers must be.
    pub profile: Profile,
    /// The roots, for what.
    pub anchors: Vec<Anchor>,
}

/// What documents and their signers must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// The My Number Card in a phone.
    JpMnc,
    /// Annex B of ISO/IEC 18013-5 to the letter, for any type of document.
    Strict,
    /// Any certificate of the root.
    DangerAnyLeaf,
}

/// What was asked for of one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestedDocument {
    /// Its type.
    pub doc_type: String,
    /// Whether it must be there.
    #[serde(default, skip_serializing_if = "Need::is_mandatory")]
    pub need: Need,
    /// Its elements.
    pub elements: Vec<RequestedElement>,
}

/// An element that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestedElement {
    /// Its namespace.
    pub namespace: String,
    /// Its identifier.
    pub identifier: String,
    /// Whether it must be there.
    #[serde(default, skip_serializing_if = "Need::is_mandatory")]
    pub need: Need,
    /// What may stand in for it, if it is a statement about an age.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_evidence: Option<AgeEvidence>,
}

/// Whether something must be there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// It must.
    #[default]
    Mandatory,
    /// It need not.
    Optional,
}

/// What may stand in for a statement about an age.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeEvidence {
    /// Nothing.
    OverOnly,
    /// The age in years.
    OrAgeInYears,
    /// The age in years, and the date of birth.
    OrBirthDate,
}

/// A session transcript, by what it is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "flow", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Transcript {
    /// Proximity, engaged by a QR code.
    Qr {
        /// DeviceEngagement, not wrapped.
        engagement: Octets,
        /// EReaderKeyBytes, with its tag.
        reader_key: Octets,
    },
    /// Proximity, engaged by NFC.
    Nfc {
        /// DeviceEngagement, not wrapped.
        engagement: Octets,
        /// EReaderKeyBytes, with its tag.
        reader_key: Octets,
        /// The Handover Select message.
        select: Octets,
        /// The Handover Request message, if the handover was negotiated.
        #[serde(skip_serializing_if = "Option::is_none")]
        request: Option<Octets>,
    },
    /// OpenID4VP 1.0 by redirects.
    Openid4vpRedirect {
        /// The client identifier, with its prefix.
        client_id: String,
        /// The nonce.
        nonce: String,
        /// The thumbprint of the key that the response is encrypted to.
        #[serde(skip_serializing_if = "Option::is_none")]
        thumbprint: Option<Octets>,
        /// Where the response goes.
        response_uri: String,
    },
    /// OpenID4VP 1.0 over the Digital Credentials API.
    Openid4vpDcApi {
        /// The origin of the page.
        origin: String,
        /// The nonce.
        nonce: String,
        /// The thumbprint of the key that the response is encrypted to.
        #[serde(skip_serializing_if = "Option::is_none")]
        thumbprint: Option<Octets>,
    },
    /// ISO/IEC TS 18013-7:2024, annex B.
    AnnexB {
        /// The client identifier.
        client_id: String,
        /// Where the response goes.
        response_uri: String,
        /// The nonce.
        nonce: String,
        /// The nonce of the wallet.
        mdoc_nonce: String,
    },
    /// ISO/IEC TS 18013-7, annex C.
    AnnexC {
        /// EncryptionInfo, in base64url as it was sent.
        encryption_info: String,
        /// The origin of the page.
        origin: String,
    },
    /// Apple's in-app presentment.
    Apple {
        /// The nonce.
        nonce: Octets,
        /// The merchant identifier.
        merchant_id: String,
        /// The team identifier.
        team_id: String,
        /// SHA-256 of the public key that the response is encrypted to.
        public_key_hash: Octets,
    },
    /// One that was kept beside its response, bare or with tag 24.
    Stored {
        /// The octets.
        octets: Octets,
    },
}

impl Need {
    fn is_mandatory(&self) -> bool {
        *self == Self::Mandatory
    }
}
