//! Signed request objects (RFC 9101; OpenID4VP 1.0, 5.9 and A.3).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::{
    Algorithm, Hash,
    mdoc::{Reader, ReaderTrust, Refusal},
};

/// The parameters of a request that a known reader signed, as that reader.
pub(super) struct RequestObject {
    pub(super) parameters: Value,
    pub(super) reader: Reader,
}

impl RequestObject {
    pub(super) fn verify(token: &str, trust: &ReaderTrust) -> Result<Self, Refusal> {
        let parts: Vec<_> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            return Err(Refusal::Malformed);
        };
        let signed = token.rsplit_once('.').map_or("", |(signed, _)| signed);
        let header = json(header)?;
        let is = |name: &str, due: &str| header.get(name).is_some_and(|value| value == due);
        if !is("typ", "oauth-authz-req+jwt") {
            return Err(Refusal::Type);
        }
        let reader = trust.judge(&chain(&header)?)?;
        if !is("alg", "ES256") || reader.key().algorithm() != Algorithm::P256 {
            return Err(Refusal::Algorithm);
        }
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| Refusal::Malformed)?;
        if !reader
            .key()
            .verifies(Hash::Sha256, signed.as_bytes(), &signature)
        {
            return Err(Refusal::Signature);
        }
        let object = Self {
            parameters: json(payload)?,
            reader,
        };
        object.check_client()?;
        object.check_audience()?;
        Ok(object)
    }

    /// The client identifier is one that the certificate vouches for (5.9.3).
    fn check_client(&self) -> Result<(), Refusal> {
        let client = self.parameters.get("client_id").and_then(Value::as_str);
        let (prefix, value) = client
            .and_then(|id| id.split_once(':'))
            .ok_or(Refusal::ClientId)?;
        let vouched = match prefix {
            "x509_hash" => URL_SAFE_NO_PAD.encode(self.reader.digest()) == value,
            "x509_san_dns" => self.reader.hosts().iter().any(|host| host == value),
            _ => false,
        };
        if vouched {
            Ok(())
        } else {
            Err(Refusal::ClientId)
        }
    }

    /// Wallets that nobody registered with are named by this audience (5.8).
    fn check_audience(&self) -> Result<(), Refusal> {
        let audience = self.parameters.get("aud");
        if audience.is_none_or(|audience| audience == "https://self-issued.me/v2") {
            Ok(())
        } else {
            Err(Refusal::Audience)
        }
    }
}

/// x5c: base64, not base64url (RFC 7515, 4.1.6).
fn chain(header: &Value) -> Result<Vec<Vec<u8>>, Refusal> {
    let certificates = header
        .get("x5c")
        .and_then(Value::as_array)
        .ok_or(Refusal::Chain)?;
    let decode = |text: &Value| STANDARD.decode(text.as_str()?).ok();
    certificates
        .iter()
        .map(|text| decode(text).ok_or(Refusal::Chain))
        .collect()
}

fn json(part: &str) -> Result<Value, Refusal> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| Refusal::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Refusal::Malformed)
}
