//! OpenID4VP 1.0 over the Digital Credentials API (its appendix A).

use serde_json::{Map, Value, json};

use crate::code::Code;
use crate::error::Error;
use crate::jose::jwk::Jwk;
use crate::jose::{encode, sign};
use crate::mdoc::request::{ReaderIdentity, dcql};
use crate::mdoc::{EphemeralKey, Requested};
use crate::transaction::RelyingParty;
use crate::trust::sha256;

/// Whether a request tells who asks, beyond the origin of the page.
#[derive(Clone, Copy, Debug)]
pub enum ClientAuthentication<'a> {
    /// It does not: a wallet knows the origin alone.
    Unsigned,
    /// It is signed, and by this the wallet knows us.
    Signed(&'a ReaderIdentity, ClientIdentifier<'a>),
}

/// How a signed request names us (OpenID4VP 1.0, 5.9.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientIdentifier<'a> {
    /// By the digest of our certificate (`x509_hash`).
    X509Hash,
    /// By a DNS name that our certificate is for, in lower case
    /// (`x509_san_dns`).
    X509SanDns(&'a str),
}

/// How the answer comes (OpenID4VP 1.0, A.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// Encrypted to a key of this transaction (`dc_api.jwt`).
    DcApiJwt,
    /// In the clear (`dc_api`): every script of the page, and whatever else
    /// runs in it, reads what the person shows.
    DangerDcApi,
}

/// What of a request belongs to its transaction.
pub(crate) struct Parameters<'a> {
    pub(crate) relying_party: &'a RelyingParty,
    pub(crate) requested: &'a Requested,
    pub(crate) nonce: &'a str,
    /// The key to which the answer is encrypted, if it is.
    pub(crate) key: Option<&'a EphemeralKey>,
}

/// For wallets that ask who should read a request and need not be told
/// (OpenID4VP 1.0, 5.8).
const AUDIENCE: &str = "https://self-issued.me/v2";

impl Parameters<'_> {
    /// The request as the API takes it.
    pub(crate) fn request(&self, client: ClientAuthentication<'_>) -> Result<Value, Error> {
        let mut members = self.members();
        let ClientAuthentication::Signed(reader, identifier) = client else {
            return Ok(json!({ "protocol": "openid4vp-v1-unsigned", "data": members }));
        };
        // OpenID4VP 1.0, A.2: a page of another origin that got hold of a
        // signed request could show it as its own.
        let origins = json!([self.relying_party.as_str()]);
        members.insert("expected_origins".to_owned(), origins);
        members.insert("client_id".to_owned(), identifier.of(reader)?.into());
        members.insert("aud".to_owned(), AUDIENCE.into());
        let claims = Value::Object(members);
        let request = sign::compact(
            reader.signer(),
            reader.chain(),
            "oauth-authz-req+jwt",
            &claims,
        )?;
        Ok(json!({ "protocol": "openid4vp-v1-signed", "data": { "request": request } }))
    }

    fn members(&self) -> Map<String, Value> {
        let mode = match self.key {
            Some(_) => "dc_api.jwt",
            None => "dc_api",
        };
        let members = [
            ("response_type", "vp_token".into()),
            ("response_mode", mode.into()),
            ("nonce", self.nonce.into()),
            ("dcql_query", dcql::query(self.requested)),
            ("client_metadata", self.client_metadata()),
        ];
        let members = members.into_iter();
        members
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// What we can verify and decrypt (OpenID4VP 1.0, 5.1 and B.2.2): ES256 and
    /// ES384 of issuers and devices. No MAC: its key would be ours alone in a
    /// session face to face.
    fn client_metadata(&self) -> Value {
        let algorithms = json!([-7, -35]);
        let mut metadata = Map::new();
        let formats = json!({
            "mso_mdoc": {
                "issuerauth_alg_values": algorithms,
                "deviceauth_alg_values": algorithms,
            },
        });
        metadata.insert("vp_formats_supported".to_owned(), formats);
        if let Some(key) = self.key {
            let key = Jwk::of_p256_point(key.point()).for_encryption();
            metadata.insert("jwks".to_owned(), json!({ "keys": [key] }));
            let methods = json!(["A128GCM", "A256GCM"]);
            let name = "encrypted_response_enc_values_supported";
            metadata.insert(name.to_owned(), methods);
        }
        Value::Object(metadata)
    }
}

impl ClientIdentifier<'_> {
    fn of(self, reader: &ReaderIdentity) -> Result<String, Error> {
        match self {
            Self::X509Hash => Ok(format!("x509_hash:{}", encode(&sha256(&[reader.leaf()])))),
            Self::X509SanDns(name) if is_dns_name(name) && reader.has_dns_name(name)? => {
                Ok(format!("x509_san_dns:{name}"))
            }
            Self::X509SanDns(_) => Err(Code::MisuseRequest.into()),
        }
    }
}

/// Letters, digits and hyphens in labels (RFC 1034, 3.5), in lower case.
fn is_dns_name(name: &str) -> bool {
    let permitted = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(permitted);
    name.len() <= 253 && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests;
