//! Who may ask: relying parties as the provider knows them.

use serde_json::Value;

use super::jose::VerifyingKey;
use crate::KeyPair;

/// A relying party with what it handed over on paper.
#[derive(Clone, Debug)]
pub struct RegisteredClient {
    pub(super) id: String,
    pub(super) redirect_uris: Vec<String>,
    pub(super) keys: Vec<ClientKey>,
    pub(super) scopes: Vec<String>,
}

impl RegisteredClient {
    /// One with a redirect URI and a key, and with every scope.
    ///
    /// # Panics
    ///
    /// If the identifier has characters other than `[0-9a-zA-Z]`, none, or more
    /// than 255.
    #[must_use]
    pub fn new(id: &str, redirect_uri: &str, key: ClientKey) -> Self {
        let fits = id.bytes().all(|octet| octet.is_ascii_alphanumeric());
        assert!(
            fits && (1..=255).contains(&id.len()),
            "no client identifier"
        );
        Self {
            id: id.to_owned(),
            redirect_uris: vec![redirect_uri.to_owned()],
            keys: vec![key],
            scopes: super::SCOPES.map(str::to_owned).to_vec(),
        }
    }

    /// The same with one more redirect URI.
    #[must_use]
    pub fn redirect_uri(mut self, uri: &str) -> Self {
        self.redirect_uris.push(uri.to_owned());
        self
    }

    /// The same with one more key.
    #[must_use]
    pub fn key(mut self, key: ClientKey) -> Self {
        self.keys.push(key);
        self
    }

    /// The same with these scopes alone.
    #[must_use]
    pub fn scopes(mut self, scopes: &[&str]) -> Self {
        self.scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        self
    }

    pub(super) fn may_ask(&self, scope: &str) -> bool {
        self.scopes.iter().any(|allowed| allowed == scope)
    }
}

/// A public key of a relying party: RSA, or ECDSA on P-256.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientKey {
    pub(super) id: Option<String>,
    pub(super) key: VerifyingKey,
}

impl ClientKey {
    /// The public half of a key pair.
    ///
    /// # Panics
    ///
    /// If it is an RSA key of less than 2048 bits.
    #[must_use]
    pub fn of(key: &KeyPair) -> Self {
        let key = VerifyingKey::of(key);
        Self::from(key.unwrap_or_else(|| panic!("a key that is too short")))
    }

    /// The key of a JWK, with its `kid` if it has one.
    #[must_use]
    pub fn from_jwk(jwk: &Value) -> Option<Self> {
        let key = Self::from(VerifyingKey::from_jwk(jwk)?);
        let id = jwk.get("kid").and_then(Value::as_str);
        Some(id.map_or_else(|| key.clone(), |id| key.clone().with_id(id)))
    }

    /// The key of a SubjectPublicKeyInfo in PEM.
    #[must_use]
    pub fn from_pem(pem: &str) -> Option<Self> {
        VerifyingKey::from_pem(pem).map(Self::from)
    }

    /// The same with a `kid`: an assertion that names another does not fit.
    #[must_use]
    pub fn with_id(mut self, id: &str) -> Self {
        self.id = Some(id.to_owned());
        self
    }

    /// Its SHA-256 thumbprint (RFC 7638), which many software uses as its `kid`.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        self.key.thumbprint()
    }
}

impl From<VerifyingKey> for ClientKey {
    fn from(key: VerifyingKey) -> Self {
        Self { id: None, key }
    }
}
