//! OpenID4VP 1.0, appendix B.2.6: the handovers and their transcripts.

use ciborium::Value;
use libtest_mimic::Failed;
use serde::Deserialize;
use tashika::mdoc::SessionTranscript;

use crate::{Check, hex, same, sha256};

pub(crate) const CHECKS: &[(&str, Check)] = &[("redirect", redirect), ("dc_api", dc_api)];

#[derive(Deserialize)]
struct Values {
    #[serde(rename = "OpenID4VPHandoverInfo")]
    redirect_info: String,
    #[serde(rename = "OpenID4VPDCAPIHandoverInfo")]
    dc_api_info: String,
    #[serde(rename = "SessionTranscript_redirect")]
    redirect: String,
    #[serde(rename = "SessionTranscript_dcapi")]
    dc_api: String,
    jwk_thumbprint_input: Jwk,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

impl Jwk {
    /// RFC 7638, 3.
    fn thumbprint(&self) -> Result<[u8; 32], Failed> {
        let Self { kty, crv, x, y } = self;
        let json = format!(r#"{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}"#);
        sha256(json.as_bytes())
            .try_into()
            .map_err(|_| "no SHA-256".into())
    }
}

/// The texts of the info, with the key's thumbprint where it stands.
fn texts<const N: usize>(info: &str, jwk: &Jwk) -> Result<[String; N], Failed> {
    let info: Value = ciborium::from_reader(&*hex(info)?)?;
    let parts = info.into_array().map_err(|_| "not an array")?;
    let thumbprint = Value::Bytes(jwk.thumbprint()?.to_vec());
    same("the thumbprint", &parts.get(2), &Some(&thumbprint))?;
    let texts = parts.into_iter().filter_map(|part| part.into_text().ok());
    let texts: Vec<_> = texts.collect();
    texts.try_into().map_err(|_| "other parts".into())
}

fn redirect(text: &str) -> Result<(), Failed> {
    let values: Values = serde_json::from_str(text)?;
    let jwk = &values.jwk_thumbprint_input;
    let [client_id, nonce, uri] = texts(&values.redirect_info, jwk)?;
    let thumbprint = jwk.thumbprint()?;
    let transcript =
        SessionTranscript::openid4vp_redirect(&client_id, &nonce, Some(&thumbprint), &uri);
    same(
        "the transcript",
        transcript.octets(),
        &hex(&values.redirect)?,
    )
}

fn dc_api(text: &str) -> Result<(), Failed> {
    let values: Values = serde_json::from_str(text)?;
    let jwk = &values.jwk_thumbprint_input;
    let [origin, nonce] = texts(&values.dc_api_info, jwk)?;
    let thumbprint = jwk.thumbprint()?;
    let transcript = SessionTranscript::openid4vp_dc_api(&origin, &nonce, Some(&thumbprint));
    same("the transcript", transcript.octets(), &hex(&values.dc_api)?)
}
