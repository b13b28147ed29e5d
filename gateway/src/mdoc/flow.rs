//! What went into a session transcript, as the arguments say.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde_json::{Value, json};
use tashika::mdoc::engagement::DeviceEngagement;
use tashika::mdoc::explain::{
    AnnexBInputs, AnnexCInputs, AppleInputs, DcApiInputs, FlowInputs, NfcInputs, ProximityInputs,
    RedirectInputs,
};
use tashika::mdoc::{Curve, EphemeralKey};

use crate::cli::mdoc::{FlowArgument, FlowOptions};
use crate::exit::Failure;
use crate::input;
use crate::mdoc::secret;

/// Octets of a file with an input: none is longer than a message of NFC.
const INPUT: usize = 64 * 1024;

/// The inputs of a session, and its key if it is there.
pub(crate) struct Session {
    pub(crate) inputs: FlowInputs,
    pub(crate) key: Option<EphemeralKey>,
    pub(crate) kid: Option<String>,
    pub(crate) query: Option<String>,
}

impl FlowOptions {
    /// The key of the session, if it is given.
    pub(crate) fn key(&self) -> Result<Option<EphemeralKey>, Failure> {
        self.key.as_deref().map(secret::read).transpose()
    }

    /// The session of these arguments, or of the file that they name.
    pub(crate) fn session(&self) -> Result<Session, Failure> {
        let key = self.key()?;
        let stored = self.inputs.as_deref().map(stored).transpose()?;
        let options = stored.as_ref().unwrap_or(self);
        Ok(Session {
            inputs: options.flow_inputs(key.as_ref())?,
            key,
            kid: options.kid.clone(),
            query: options.query.clone(),
        })
    }

    fn flow_inputs(&self, key: Option<&EphemeralKey>) -> Result<FlowInputs, Failure> {
        let Some(flow) = self.flow else {
            let text = "--flow, --inputs or --transcript is needed: how the answer came";
            return Err(Failure::Usage(text.to_owned()));
        };
        Ok(match flow {
            FlowArgument::Qr => FlowInputs::Qr(self.proximity(key)?),
            FlowArgument::Nfc => FlowInputs::Nfc(NfcInputs {
                proximity: self.proximity(key)?,
                handover_select: file(self.handover_select.as_ref(), "--handover-select")?,
                handover_request: optional_file(self.handover_request.as_ref())?,
            }),
            FlowArgument::Openid4vpRedirect => FlowInputs::Openid4vpRedirect(RedirectInputs {
                client_id: text(self.client_id.as_ref(), "--client-id")?,
                nonce: text(self.nonce.as_ref(), "--nonce")?,
                jwk: self.jwk(key)?,
                response_uri: text(self.response_uri.as_ref(), "--response-uri")?,
                other_jwks: self.other_jwks()?,
                redirect_uri: self.redirect_uri.clone(),
            }),
            FlowArgument::Openid4vpDcApi => FlowInputs::Openid4vpDcApi(DcApiInputs {
                origin: text(self.origin.as_ref(), "--origin")?,
                nonce: text(self.nonce.as_ref(), "--nonce")?,
                jwk: self.jwk(key)?,
                other_jwks: self.other_jwks()?,
                client_id: self.client_id.clone(),
                app_origin: self.app_origin.clone(),
            }),
            FlowArgument::AnnexB => FlowInputs::AnnexB(AnnexBInputs {
                client_id: text(self.client_id.as_ref(), "--client-id")?,
                response_uri: text(self.response_uri.as_ref(), "--response-uri")?,
                nonce: text(self.nonce.as_ref(), "--nonce")?,
                mdoc_generated_nonce: text(
                    self.mdoc_generated_nonce.as_ref(),
                    "--mdoc-generated-nonce",
                )?,
            }),
            FlowArgument::AnnexC => FlowInputs::AnnexC(AnnexCInputs {
                encryption_info: text(self.encryption_info.as_ref(), "--encryption-info")?,
                origin: text(self.origin.as_ref(), "--origin")?,
                device_request: self.device_request.clone(),
                app_origin: self.app_origin.clone(),
            }),
            FlowArgument::Apple => FlowInputs::Apple(self.apple(key)?),
        })
    }

    fn proximity(&self, key: Option<&EphemeralKey>) -> Result<ProximityInputs, Failure> {
        let engagement = file(self.engagement.as_ref(), "--engagement")?;
        let sent = optional_file(self.e_reader_key.as_ref())?;
        let sent = sent.or_else(|| key.map(|key| embedded(&key.cose_key())));
        Ok(ProximityInputs {
            device_engagement: engagement_octets(engagement)?,
            e_reader_key_bytes: sent.ok_or_else(|| missing("--e-reader-key or --key"))?,
        })
    }

    fn apple(&self, key: Option<&EphemeralKey>) -> Result<AppleInputs, Failure> {
        let nonce = text(self.nonce.as_ref(), "--nonce")?;
        let nonce = URL_SAFE_NO_PAD.decode(nonce.trim_end_matches('='));
        let nonce = nonce.map_err(|_| Failure::Usage("--nonce: not base64url".to_owned()))?;
        let key = key.ok_or_else(|| missing("--key"))?;
        Ok(AppleInputs {
            nonce: nonce.into(),
            merchant_id: text(self.merchant_id.as_ref(), "--merchant-id")?,
            team_id: text(self.team_id.as_ref(), "--team-id")?,
            public_key: Bytes::copy_from_slice(key.point()),
        })
    }

    /// The key that the answer is encrypted to, as it is published.
    fn jwk(&self, key: Option<&EphemeralKey>) -> Result<Option<String>, Failure> {
        match (&self.jwk, key) {
            (Some(path), _) => public_jwk(path).map(Some),
            (None, key) => Ok(key.map(|key| jwk_of(key).to_string())),
        }
    }

    fn other_jwks(&self) -> Result<Vec<String>, Failure> {
        self.other_jwk.iter().map(|path| public_jwk(path)).collect()
    }
}

/// A file with the inputs of a session.
pub(super) fn stored(path: &Path) -> Result<FlowOptions, Failure> {
    let octets = input::read(path, INPUT)?;
    let misuse = |error| Failure::Usage(format!("{}: {error}", path.display()));
    serde_json::from_slice(&octets).map_err(misuse)
}

impl Session {
    /// The session of another transaction, from its file.
    pub(super) fn other(path: &Path) -> Result<FlowInputs, Failure> {
        stored(path)?.flow_inputs(None)
    }

    /// What the answer has to call the key by.
    pub(crate) fn kid(&self) -> Option<String> {
        let jwk = match &self.inputs {
            FlowInputs::Openid4vpRedirect(inputs) => inputs.jwk.as_deref(),
            FlowInputs::Openid4vpDcApi(inputs) => inputs.jwk.as_deref(),
            _ => None,
        };
        let jwk: Option<Value> = jwk.and_then(|jwk| serde_json::from_str(jwk).ok());
        let stated = jwk.as_ref().and_then(|jwk| jwk.get("kid")?.as_str());
        self.kid.clone().or_else(|| stated.map(str::to_owned))
    }
}

/// A public key as JSON (RFC 7518, 6.2.1), called by its thumbprint (RFC 7638).
fn jwk_of(key: &EphemeralKey) -> Value {
    let crv = match key.curve() {
        Curve::P384 => "P-384",
        _ => "P-256",
    };
    let coordinates = key.point().get(1..).unwrap_or_default();
    let (x, y) = coordinates.split_at(coordinates.len() / 2);
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    let members = format!(r#"{{"crv":"{crv}","kty":"EC","x":"{x}","y":"{y}"}}"#);
    let thumbprint = tashika::trust::Fingerprint::of(members.as_bytes());
    let kid = URL_SAFE_NO_PAD.encode(thumbprint.octets());
    json!({ "kty": "EC", "crv": crv, "x": x, "y": y, "kid": kid })
}

fn public_jwk(path: &Path) -> Result<String, Failure> {
    let octets = input::read(path, INPUT)?;
    let text = String::from_utf8(octets.to_vec());
    text.map_err(|_| Failure::Usage(format!("{}: not JSON", path.display())))
}

/// The engagement out of a QR code, or as it is.
fn engagement_octets(found: Bytes) -> Result<Bytes, Failure> {
    let text = str::from_utf8(&found).ok().map(str::trim_end);
    match text.filter(|text| text.starts_with("mdoc:")) {
        Some(uri) => {
            let engagement = DeviceEngagement::from_uri(uri)?;
            Ok(Bytes::copy_from_slice(engagement.octets()))
        }
        None => Ok(found),
    }
}

/// CBOR in a byte string of less than 256 octets under tag 24, as it is sent.
fn embedded(item: &[u8]) -> Bytes {
    let length = u8::try_from(item.len()).unwrap_or(u8::MAX);
    [&[0xd8, 0x18, 0x58, length], item].concat().into()
}

fn missing(name: &str) -> Failure {
    Failure::Usage(format!("{name} is needed for this --flow"))
}

fn text(value: Option<&String>, name: &str) -> Result<String, Failure> {
    value.cloned().ok_or_else(|| missing(name))
}

fn file(path: Option<&PathBuf>, name: &str) -> Result<Bytes, Failure> {
    input::read(path.ok_or_else(|| missing(name))?, INPUT)
}

fn optional_file(path: Option<&PathBuf>) -> Result<Option<Bytes>, Failure> {
    path.map(|path| input::read(path, INPUT)).transpose()
}
