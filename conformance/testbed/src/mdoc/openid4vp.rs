//! OpenID for Verifiable Presentations 1.0, on the side of the wallet.

mod jwe;
mod jwk;
mod query;
mod request_object;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

pub use self::jwe::{ContentEncryption, Jwe};
pub use self::jwk::Jwk;
pub use self::query::Query;
use self::request_object::RequestObject;
use super::{Reader, ReaderTrust, Refusal, Transcript};
use crate::{PublicKey, Rng};

/// A request that a wallet accepts, and what it needs to answer.
#[derive(Clone, Debug)]
pub struct Openid4vp {
    channel: Channel,
    nonce: String,
    reader: Option<Reader>,
    encryption: Option<Encryption>,
    state: Option<String>,
    queries: Vec<Query>,
}

/// How request and response travel, with what binds the response to it.
#[derive(Clone, Debug)]
enum Channel {
    DigitalCredentials {
        origin: String,
    },
    Redirect {
        client_id: String,
        response_uri: String,
    },
}

/// For whom the response is encrypted.
#[derive(Clone, Debug)]
struct Encryption {
    key: PublicKey,
    key_id: String,
    content: ContentEncryption,
}

impl Openid4vp {
    /// The protocol of requests that nobody signed.
    pub const UNSIGNED: &'static str = "openid4vp-v1-unsigned";
    /// The protocol of signed requests.
    pub const SIGNED: &'static str = "openid4vp-v1-signed";

    /// Reads the `data` member of an unsigned request of the Digital Credentials API,
    /// which the browser says to come from `origin`. A client identifier in it is
    /// ignored.
    ///
    /// # Errors
    ///
    /// [`Refusal::Malformed`], [`Refusal::Nonce`], [`Refusal::ResponseMode`],
    /// [`Refusal::Key`] or [`Refusal::Items`].
    pub fn read_unsigned(data: &Value, origin: &str) -> Result<Self, Refusal> {
        Self::read(data, dc_api(origin), None)
    }

    /// Reads the `data` member of a signed request of the Digital Credentials API.
    ///
    /// # Errors
    ///
    /// As for unsigned requests; of the signature [`Refusal::Type`],
    /// [`Refusal::Algorithm`], [`Refusal::Chain`], [`Refusal::Untrusted`],
    /// [`Refusal::Expired`] or [`Refusal::Signature`]; [`Refusal::ClientId`],
    /// [`Refusal::Audience`], or [`Refusal::Origin`] if the origin is not expected.
    pub fn read_signed(data: &Value, origin: &str, trust: &ReaderTrust) -> Result<Self, Refusal> {
        let token = data.get("request").and_then(Value::as_str);
        let object = RequestObject::verify(token.ok_or(Refusal::Malformed)?, trust)?;
        let expected = object
            .parameters
            .get("expected_origins")
            .and_then(Value::as_array);
        if !expected.is_some_and(|all| all.iter().any(|one| one == origin)) {
            return Err(Refusal::Origin);
        }
        Self::read(&object.parameters, dc_api(origin), Some(object.reader))
    }

    /// Reads a signed request object that came by a redirect.
    ///
    /// # Errors
    ///
    /// As for the Digital Credentials API, but for the origin.
    pub fn read_redirect(token: &str, trust: &ReaderTrust) -> Result<Self, Refusal> {
        let object = RequestObject::verify(token, trust)?;
        let text = |name: &str| {
            let value = object.parameters.get(name).and_then(Value::as_str);
            value.map(str::to_owned).ok_or(Refusal::Malformed)
        };
        let channel = Channel::Redirect {
            client_id: text("client_id")?,
            response_uri: text("response_uri")?,
        };
        Self::read(&object.parameters, channel, Some(object.reader))
    }

    fn read(parameters: &Value, channel: Channel, reader: Option<Reader>) -> Result<Self, Refusal> {
        let text = |name: &str| parameters.get(name).and_then(Value::as_str);
        if text("response_type") != Some("vp_token") {
            return Err(Refusal::Malformed);
        }
        let nonce = text("nonce")
            .filter(|nonce| nonce.len() >= 16)
            .ok_or(Refusal::Nonce)?;
        let mode = text("response_mode").ok_or(Refusal::ResponseMode)?;
        let encryption = if channel.is_encrypted(mode)? {
            Some(Encryption::read(parameters)?)
        } else {
            None
        };
        Ok(Self {
            channel,
            reader,
            encryption,
            nonce: nonce.to_owned(),
            state: text("state").map(str::to_owned),
            queries: Query::read_all(parameters.get("dcql_query").ok_or(Refusal::Items)?)?,
        })
    }

    /// Who signed the request, if it is signed.
    #[must_use]
    pub fn reader(&self) -> Option<&Reader> {
        self.reader.as_ref()
    }

    /// What is asked for.
    #[must_use]
    pub fn queries(&self) -> &[Query] {
        &self.queries
    }

    /// The nonce.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// The transcript of this request.
    #[must_use]
    pub fn transcript(&self) -> Transcript {
        let key = self.encryption.as_ref().map(|encryption| &encryption.key);
        let thumbprint = key.map(Jwk::thumbprint);
        let thumbprint = thumbprint.as_deref();
        match &self.channel {
            Channel::DigitalCredentials { origin } => {
                Transcript::openid4vp_dc_api(origin, &self.nonce, thumbprint)
            }
            Channel::Redirect {
                client_id,
                response_uri,
            } => Transcript::openid4vp_redirect(client_id, &self.nonce, thumbprint, response_uri),
        }
    }

    /// What a response consists of before it is encrypted: `vp_token` with the encoded
    /// DeviceResponse for each query, and the state of a redirect.
    #[must_use]
    pub fn parameters(&self, presentations: &[(&str, &[u8])]) -> Value {
        let encode = |(id, response): &(&str, &[u8])| {
            ((*id).to_owned(), json!([URL_SAFE_NO_PAD.encode(response)]))
        };
        let tokens: Map<_, _> = presentations.iter().map(encode).collect();
        let mut parameters = json!({ "vp_token": tokens });
        if let (Some(state), Some(members)) = (&self.state, parameters.as_object_mut()) {
            members.insert("state".to_owned(), json!(state));
        }
        parameters
    }

    /// The encryption that the request asks for, to be changed or used; none if the
    /// response is not to be encrypted.
    #[must_use]
    pub fn jwe(&self) -> Option<Jwe> {
        let encryption = self.encryption.as_ref()?;
        let jwe = Jwe::new(&encryption.key, encryption.content);
        Some(jwe.key_id(&encryption.key_id))
    }

    /// The answer: as it is, or encrypted as `response`.
    #[must_use]
    pub fn answer(&self, presentations: &[(&str, &[u8])], rng: &mut Rng) -> Value {
        let parameters = self.parameters(presentations);
        match self.jwe() {
            Some(jwe) => json!({ "response": jwe.seal(parameters.to_string().as_bytes(), rng) }),
            None => parameters,
        }
    }
}

impl Channel {
    fn is_encrypted(&self, mode: &str) -> Result<bool, Refusal> {
        match (self, mode) {
            (Self::DigitalCredentials { .. }, "dc_api")
            | (Self::Redirect { .. }, "direct_post") => Ok(false),
            (Self::DigitalCredentials { .. }, "dc_api.jwt")
            | (Self::Redirect { .. }, "direct_post.jwt") => Ok(true),
            _ => Err(Refusal::ResponseMode),
        }
    }
}

impl Encryption {
    /// The first key that can be agreed with, and the first content encryption of those
    /// that the request names; without any named it is A128GCM.
    fn read(parameters: &Value) -> Result<Self, Refusal> {
        let metadata = parameters.get("client_metadata").ok_or(Refusal::Key)?;
        let keys = metadata.pointer("/jwks/keys").and_then(Value::as_array);
        let mut keys = keys.ok_or(Refusal::Key)?.iter();
        let text = |jwk: &Value, name: &str| jwk.get(name)?.as_str().map(str::to_owned);
        let usable = |jwk: &&Value| {
            text(jwk, "alg").is_some_and(|alg| alg == "ECDH-ES")
                && text(jwk, "use").is_none_or(|purpose| purpose == "enc")
        };
        let jwk = keys.find(usable).ok_or(Refusal::Key)?;
        let content = match metadata.get("encrypted_response_enc_values_supported") {
            None => Some(ContentEncryption::A128Gcm),
            Some(names) => {
                let mut names = names.as_array().into_iter().flatten();
                names.find_map(|name| ContentEncryption::of(name.as_str()?))
            }
        };
        Ok(Self {
            key: Jwk::read(jwk).ok_or(Refusal::Key)?,
            key_id: text(jwk, "kid").ok_or(Refusal::Key)?,
            content: content.ok_or(Refusal::Algorithm)?,
        })
    }
}

fn dc_api(origin: &str) -> Channel {
    Channel::DigitalCredentials {
        origin: origin.to_owned(),
    }
}
