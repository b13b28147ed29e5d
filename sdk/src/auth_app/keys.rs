//! The provider's keys.

use std::collections::HashSet;
use std::fmt;

use serde_json::{Map, Value};

use crate::algorithm::{KeyKind, PublicKey, SignatureScheme};
use crate::code::Code;
use crate::error::Error;
use crate::jose;
use crate::limits;

/// An algorithm of JOSE by which a provider may sign (RFC 7518, 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JwsAlgorithm {
    /// ECDSA on P-256 with SHA-256, as r‖s.
    Es256,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
}

impl JwsAlgorithm {
    /// The name in headers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Rs256 => "RS256",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Es256, Self::Rs256]
            .into_iter()
            .find(|a| a.as_str() == name)
    }

    pub(super) const fn scheme(self) -> SignatureScheme {
        match self {
            Self::Es256 => SignatureScheme::ECDSA_P256_SHA256_FIXED,
            Self::Rs256 => SignatureScheme::RSA_PKCS1_SHA256,
        }
    }
}

/// A provider's JSON Web Key Set (RFC 7517, 5), as far as signatures are
/// verified with it.
#[derive(Clone)]
pub struct KeySet {
    keys: Vec<ProviderKey>,
}

#[derive(Clone)]
struct ProviderKey {
    kid: Option<String>,
    /// None if it is not one to verify with: of another kind, on another curve,
    /// for encryption, or unsound.
    usable: Option<Usable>,
}

#[derive(Clone)]
struct Usable {
    key: PublicKey,
    /// The algorithm that it says to be for.
    algorithm: Option<String>,
}

impl KeySet {
    /// Reads a set, of at most [`limits::JWKS`] octets and
    /// [`limits::JWKS_KEYS`] keys.
    ///
    /// A key that is of no use here stays in it by its name alone, so that a
    /// token which names it is told from one that names no key at all.
    ///
    /// # Errors
    /// `input.jwks` if it is none or too large; `auth_app.jwks` if two keys
    /// have one name, or one tells what nobody but its owner may know.
    pub fn read(json: &[u8]) -> Result<Self, Error> {
        let malformed = Error::new(Code::InputJwks);
        if json.len() > limits::JWKS {
            return Err(malformed);
        }
        let set = jose::object_within(json, limits::JWKS_VALUES).ok_or(malformed)?;
        let Some(Value::Array(keys)) = set.get("keys") else {
            return Err(malformed);
        };
        if keys.len() > limits::JWKS_KEYS {
            return Err(malformed);
        }
        let keys = keys
            .iter()
            .map(|key| ProviderKey::read(key.as_object().ok_or(malformed)?));
        let keys: Vec<_> = keys.collect::<Result<_, Error>>()?;
        let mut names = HashSet::new();
        let mut named = keys.iter().filter_map(|key| key.kid.as_deref());
        if !named.all(|name| names.insert(name)) {
            return Err(Code::AuthAppJwks.into());
        }
        Ok(Self { keys })
    }

    /// Whether a key has this name.
    #[must_use]
    pub fn names(&self, kid: &str) -> bool {
        self.keys.iter().any(|key| key.kid.as_deref() == Some(kid))
    }

    /// The key for a token of this algorithm that names it so, or names none.
    pub(super) fn find(
        &self,
        kid: Option<&str>,
        algorithm: JwsAlgorithm,
    ) -> Result<&PublicKey, Code> {
        let mut fit = self.keys.iter().filter_map(|key| key.fit(algorithm));
        match kid {
            Some(kid) => {
                let mut keys = self.keys.iter();
                let named = keys.find(|key| key.kid.as_deref() == Some(kid));
                let named = named.ok_or(Code::AuthAppKeyUnknown)?;
                named.fit(algorithm).ok_or(Code::AuthAppKeyUse)
            }
            None => match (fit.next(), fit.next()) {
                (Some(only), None) => Ok(only),
                (Some(_), Some(_)) => Err(Code::AuthAppKeyAmbiguous),
                (None, _) => Err(Code::AuthAppKeyUnknown),
            },
        }
    }
}

/// Members that only the owner of a key may know (RFC 7518, 6.2.2, 6.3.2,
/// 6.4.1).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

impl ProviderKey {
    fn read(members: &Map<String, Value>) -> Result<Self, Error> {
        if PRIVATE.iter().any(|name| members.contains_key(*name)) {
            return Err(Code::AuthAppJwks.into());
        }
        let kid = match members.get("kid") {
            None => None,
            Some(Value::String(kid)) => Some(kid.clone()),
            Some(_) => return Err(Code::InputJwks.into()),
        };
        Ok(Self {
            kid,
            usable: Usable::read(members),
        })
    }

    fn fit(&self, algorithm: JwsAlgorithm) -> Option<&PublicKey> {
        let Usable {
            key,
            algorithm: stated,
        } = self.usable.as_ref()?;
        let is_for = stated
            .as_deref()
            .is_none_or(|name| name == algorithm.as_str());
        (is_for && key.kind() == algorithm.scheme().key()).then_some(key)
    }
}

impl Usable {
    fn read(members: &Map<String, Value>) -> Option<Self> {
        let text = |name: &str| members.get(name).and_then(Value::as_str);
        let is_for_signing = match (members.get("use"), members.get("key_ops")) {
            (Some(usage), _) if usage != "sig" => false,
            (_, Some(Value::Array(operations))) => operations.iter().any(|o| o == "verify"),
            (_, Some(_)) => false,
            (_, None) => true,
        };
        if !is_for_signing {
            return None;
        }
        let octets = |name: &str| jose::decode(text(name)?);
        let key = match (text("kty")?, text("crv")) {
            ("EC", Some("P-256")) => {
                let (x, y) = (octets("x")?, octets("y")?);
                let full = x.len() == 32;
                let point = [&[0x04][..], &x, &y].concat();
                full.then(|| PublicKey::of_point(KeyKind::P256, &point).ok())?
            }
            ("RSA", _) => PublicKey::of_rsa(&octets("n")?, &octets("e")?).ok(),
            _ => None,
        };
        let algorithm = match members.get("alg") {
            None => None,
            Some(name) => Some(name.as_str()?.to_owned()),
        };
        Some(Self {
            key: key?,
            algorithm,
        })
    }
}

impl fmt::Debug for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySet({} keys)", self.keys.len())
    }
}
