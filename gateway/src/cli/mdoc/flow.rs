//! The arguments that a session transcript is made of.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

/// The arguments that a session transcript is made of: whoever gives it, or the
/// file with all of them, would believe that they are compared.
pub(crate) const INPUTS: [&str; 15] = [
    "origin",
    "app_origin",
    "encryption_info",
    "device_request",
    "nonce",
    "client_id",
    "response_uri",
    "redirect_uri",
    "mdoc_generated_nonce",
    "merchant_id",
    "team_id",
    "engagement",
    "e_reader_key",
    "handover_select",
    "handover_request",
];

/// How the answer came, and what went into its session transcript.
///
/// The same, in JSON, is what `tashika mdoc request` writes and `--inputs` takes.
#[derive(Debug, Default, Args, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct FlowOptions {
    /// How the answer came
    #[arg(long, value_enum)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) flow: Option<FlowArgument>,
    /// A file with the inputs of the session, as `tashika mdoc request` writes it
    #[arg(long, value_name = "FILE", conflicts_with = "flow", conflicts_with_all = INPUTS)]
    #[serde(skip)]
    pub(crate) inputs: Option<PathBuf>,
    /// The private key that the answer is encrypted to, or the reader's of a session
    /// (PKCS#8, JWK, or its scalar; for the owner alone, mode 0600)
    #[arg(long, value_name = "FILE")]
    #[serde(skip)]
    pub(crate) key: Option<PathBuf>,
    /// The origin of our page: annex-c, openid4vp-dc-api
    #[arg(long, value_name = "ORIGIN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) origin: Option<String>,
    /// The origin of our app, if one may have asked: annex-c, openid4vp-dc-api
    #[arg(long, value_name = "ORIGIN")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) app_origin: Option<String>,
    /// The encryptionInfo as it was sent: annex-c
    #[arg(long, value_name = "BASE64URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) encryption_info: Option<String>,
    /// The deviceRequest that was sent beside it, for explaining: annex-c
    #[arg(long, value_name = "BASE64URL")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) device_request: Option<String>,
    /// The nonce of the request: openid4vp-…, annex-b; for apple in base64url
    #[arg(long, value_name = "NONCE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nonce: Option<String>,
    /// The client identifier with its prefix: openid4vp-redirect, annex-b; for
    /// explaining also openid4vp-dc-api
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    /// The response URI: openid4vp-redirect, annex-b
    #[arg(long, value_name = "URI")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) response_uri: Option<String>,
    /// The redirect URI, for explaining: openid4vp-redirect
    #[arg(long, value_name = "URI")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) redirect_uri: Option<String>,
    /// The public key that the answer is encrypted to, if --key is not given:
    /// openid4vp-…
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) jwk: Option<PathBuf>,
    /// Another public key of the request, for explaining; may repeat
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) other_jwk: Vec<PathBuf>,
    /// The identifier of the key in the request, if it is not the thumbprint:
    /// openid4vp-…
    #[arg(long, value_name = "KID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kid: Option<String>,
    /// The credential query to verify the answer to, if there are several:
    /// openid4vp-…
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) query: Option<String>,
    /// The nonce that the wallet made, which apu encodes: annex-b
    #[arg(long, value_name = "NONCE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mdoc_generated_nonce: Option<String>,
    /// The merchant identifier: apple
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) merchant_id: Option<String>,
    /// The team identifier: apple
    #[arg(long, value_name = "ID")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) team_id: Option<String>,
    /// The device engagement, CBOR or the text of the QR code: qr, nfc
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) engagement: Option<PathBuf>,
    /// EReaderKeyBytes as it was sent, if --key is not given: qr, nfc
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) e_reader_key: Option<PathBuf>,
    /// The Handover Select message: nfc
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) handover_select: Option<PathBuf>,
    /// The Handover Request message of a negotiated handover: nfc
    #[arg(long, value_name = "FILE")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) handover_request: Option<PathBuf>,
}

/// How a presentation comes from the wallet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FlowArgument {
    /// Proximity, engaged by a QR code
    Qr,
    /// Proximity, engaged by NFC
    Nfc,
    /// OpenID4VP 1.0 by redirect
    Openid4vpRedirect,
    /// OpenID4VP 1.0 over the Digital Credentials API
    Openid4vpDcApi,
    /// ISO/IEC TS 18013-7:2024, annex B
    AnnexB,
    /// org-iso-mdoc over the Digital Credentials API
    AnnexC,
    /// In an app on an iPhone
    Apple,
}
