//! What a relying party believes that went into a session transcript.

use std::fmt;

use bytes::Bytes;
use serde_json::Value;

use crate::code::Code;
use crate::error::Error;
use crate::mdoc::{Flow, SessionTranscript};
use crate::trust::sha256;

/// The inputs of one transaction, by its flow, and what else is known that
/// somebody may have taken for one of them.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FlowInputs {
    /// Proximity, engaged by a QR code.
    Qr(ProximityInputs),
    /// Proximity, engaged by NFC.
    Nfc(NfcInputs),
    /// OpenID4VP 1.0 by redirect.
    Openid4vpRedirect(RedirectInputs),
    /// OpenID4VP 1.0 over the Digital Credentials API.
    Openid4vpDcApi(DcApiInputs),
    /// ISO/IEC TS 18013-7:2024, annex B.
    AnnexB(AnnexBInputs),
    /// `org-iso-mdoc` over the Digital Credentials API.
    AnnexC(AnnexCInputs),
    /// In an app on an iPhone.
    Apple(AppleInputs),
}

/// The inputs of [`SessionTranscript::qr`].
#[derive(Clone, PartialEq, Eq)]
pub struct ProximityInputs {
    /// The device engagement: the item that the QR code or NFC carried.
    pub device_engagement: Bytes,
    /// `EReaderKeyBytes`, with its tag 24, as it was sent.
    pub e_reader_key_bytes: Bytes,
}

/// The inputs of [`SessionTranscript::nfc`].
#[derive(Clone, PartialEq, Eq)]
pub struct NfcInputs {
    /// Engagement and key.
    pub proximity: ProximityInputs,
    /// The Handover Select message.
    pub handover_select: Bytes,
    /// The Handover Request message of a negotiated handover.
    pub handover_request: Option<Bytes>,
}

/// The inputs of [`SessionTranscript::openid4vp_redirect`].
#[derive(Clone, PartialEq, Eq)]
pub struct RedirectInputs {
    /// The client identifier with its prefix.
    pub client_id: String,
    /// The nonce of the request.
    pub nonce: String,
    /// The public key that the response is encrypted to, as JSON (RFC 7517);
    /// none if it is not.
    pub jwk: Option<String>,
    /// The response URI.
    pub response_uri: String,
    /// Other public keys of the request, as JSON.
    pub other_jwks: Vec<String>,
    /// The redirect URI, if there is one.
    pub redirect_uri: Option<String>,
}

/// The inputs of [`SessionTranscript::openid4vp_dc_api`].
#[derive(Clone, PartialEq, Eq)]
pub struct DcApiInputs {
    /// The origin of our page.
    pub origin: String,
    /// The nonce of the request.
    pub nonce: String,
    /// The public key that the response is encrypted to, as JSON (RFC 7517);
    /// none if it is not.
    pub jwk: Option<String>,
    /// Other public keys of the request, as JSON.
    pub other_jwks: Vec<String>,
    /// The client identifier of a signed request.
    pub client_id: Option<String>,
    /// The origin of our app, if there is one.
    pub app_origin: Option<String>,
}

/// The inputs of [`SessionTranscript::annex_b`].
#[derive(Clone, PartialEq, Eq)]
pub struct AnnexBInputs {
    /// The client identifier.
    pub client_id: String,
    /// The response URI.
    pub response_uri: String,
    /// The nonce of the request.
    pub nonce: String,
    /// The nonce that the wallet made: what `apu` of its JWE encodes.
    pub mdoc_generated_nonce: String,
}

/// The inputs of [`SessionTranscript::annex_c`].
#[derive(Clone, PartialEq, Eq)]
pub struct AnnexCInputs {
    /// The base64url string of `EncryptionInfo`, as it was sent.
    pub encryption_info: String,
    /// The origin of our page.
    pub origin: String,
    /// The base64url string of the device request that was sent beside it.
    pub device_request: Option<String>,
    /// The origin of our app, if there is one.
    pub app_origin: Option<String>,
}

/// The inputs of [`SessionTranscript::apple`].
#[derive(Clone, PartialEq, Eq)]
pub struct AppleInputs {
    /// The nonce of the request.
    pub nonce: Bytes,
    /// The merchant identifier.
    pub merchant_id: String,
    /// The team identifier.
    pub team_id: String,
    /// The key that the response is encrypted to, as an uncompressed point
    /// (SEC 1, 2.3.3).
    pub public_key: Bytes,
}

impl FlowInputs {
    /// The flow.
    #[must_use]
    pub const fn flow(&self) -> Flow {
        match self {
            Self::Qr(_) => Flow::Qr,
            Self::Nfc(_) => Flow::Nfc,
            Self::Openid4vpRedirect(_) => Flow::Openid4vpRedirect,
            Self::Openid4vpDcApi(_) => Flow::Openid4vpDcApi,
            Self::AnnexB(_) => Flow::AnnexB,
            Self::AnnexC(_) => Flow::AnnexC,
            Self::Apple(_) => Flow::Apple,
        }
    }

    /// The transcript that these inputs have: what a presentation is verified
    /// with.
    ///
    /// # Errors
    /// `input.session` if engagement or reader's key are not of their form,
    /// `misuse.argument` if a public key is not.
    pub fn transcript(&self) -> Result<SessionTranscript, Error> {
        Ok(match self {
            Self::Qr(inputs) => inputs.transcript()?,
            Self::Nfc(inputs) => SessionTranscript::nfc(
                &inputs.proximity.device_engagement,
                &inputs.proximity.e_reader_key_bytes,
                &inputs.handover_select,
                inputs.handover_request.as_deref(),
            )?,
            Self::Openid4vpRedirect(inputs) => SessionTranscript::openid4vp_redirect(
                &inputs.client_id,
                &inputs.nonce,
                thumbprint(inputs.jwk.as_deref())?.as_ref(),
                &inputs.response_uri,
            ),
            Self::Openid4vpDcApi(inputs) => SessionTranscript::openid4vp_dc_api(
                &inputs.origin,
                &inputs.nonce,
                thumbprint(inputs.jwk.as_deref())?.as_ref(),
            ),
            Self::AnnexB(inputs) => SessionTranscript::annex_b(
                &inputs.client_id,
                &inputs.response_uri,
                &inputs.nonce,
                &inputs.mdoc_generated_nonce,
            ),
            Self::AnnexC(inputs) => {
                SessionTranscript::annex_c(&inputs.encryption_info, &inputs.origin)
            }
            Self::Apple(inputs) => SessionTranscript::apple(
                &inputs.nonce,
                &inputs.merchant_id,
                &inputs.team_id,
                &sha256(&[&inputs.public_key]),
            ),
        })
    }
}

impl ProximityInputs {
    fn transcript(&self) -> Result<SessionTranscript, Error> {
        SessionTranscript::qr(&self.device_engagement, &self.e_reader_key_bytes)
    }
}

fn thumbprint(jwk: Option<&str>) -> Result<Option<[u8; 32]>, Code> {
    let members = jwk.map(|jwk| JwkMembers::read(jwk).ok_or(Code::MisuseArgument));
    Ok(members.transpose()?.map(|members| members.thumbprint()))
}

/// The members of a public key on an elliptic curve (RFC 7518, 6.2.1).
pub(super) struct JwkMembers {
    pub(super) crv: String,
    pub(super) x: String,
    pub(super) y: String,
}

impl JwkMembers {
    pub(super) fn read(jwk: &str) -> Option<Self> {
        let value: Value = serde_json::from_str(jwk).ok()?;
        let text = |name| {
            let text = value.get(name)?.as_str()?;
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
            text.bytes().all(plain).then(|| text.to_owned())
        };
        (text("kty")? == "EC").then_some(Self {
            crv: text("crv")?,
            x: text("x")?,
            y: text("y")?,
        })
    }

    /// RFC 7638, 3.
    pub(super) fn thumbprint(&self) -> [u8; 32] {
        let Self { crv, x, y } = self;
        let members = format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#);
        sha256(&[members.as_bytes()])
    }
}

// Nonces and keys tie a person to a transaction.
impl fmt::Debug for FlowInputs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FlowInputs({})", self.flow().as_str())
    }
}

macro_rules! redacted {
    ($($name:ident),+) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+};
}

redacted!(
    ProximityInputs,
    NfcInputs,
    RedirectInputs,
    DcApiInputs,
    AnnexBInputs,
    AnnexCInputs,
    AppleInputs
);
