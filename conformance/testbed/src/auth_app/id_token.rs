//! ID tokens, right and wrong.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::core::Core;
use super::jose::{self, VerifyingKey, base64url};
use super::json::Object;
use super::keys::{Keys, Named};
use super::settings::IdTokenAlgorithm;
use super::state::Grant;
use super::switches::{IdTokenSwitches, Shape, Signature};
use crate::mdoc::openid4vp::{ContentEncryption, Jwe};
use crate::{Hash, KeyPair, Rng, Scheme};

/// Longer than any budget for a JWT.
const HUGE: usize = 32 * 1024;

/// The ID token of a grant, beside an access token.
pub(super) fn issue(core: &Core, grant: &Grant, access: &str, nonce: Option<&str>) -> String {
    let switches = core.switches().id_token.clone();
    if switches.rotated {
        core.rotate();
        core.switches().id_token.rotated = false;
    }
    let keys = core.keys();
    let method = Method::of(switches.signature, &keys, core.settings.id_token);
    let mut claims = claims(core, grant, nonce);
    claims.set("at_hash", jose::half_hash(method.hash, access).into());
    if switches.shape == Shape::Huge {
        claims.set("filler", "x".repeat(HUGE).into());
    }
    switches.claims.apply(&mut claims);
    let mut header = method.header();
    if switches.signature == Signature::EmbeddedKey {
        let jwk = VerifyingKey::of(&keys.stranger).map(|key| key.jwk());
        header.set("jwk", jwk.unwrap_or_default().into());
    }
    switches.header.apply(&mut header);
    let payload = match switches.shape {
        Shape::Null => "null".to_owned(),
        _ => claims.to_string(),
    };
    let token = jose::compact(&header.to_string(), &payload, |signed| method.sign(signed));
    shaped(token, &switches, &keys)
}

fn claims(core: &Core, grant: &Grant, nonce: Option<&str>) -> Object {
    let settings = &core.settings;
    let client = &grant.request.client_id;
    let now = core.now();
    let mut claims = Object::new()
        .with("iss", core.issuer())
        .with("sub", core.subject(client, &grant.citizen))
        .with("aud", client.as_str())
        .with("exp", now + settings.lifetimes.id_token)
        .with("iat", now)
        .with("acr", grant.acr.as_str())
        .with("sid", grant.session.as_str());
    if let Some(nonce) = nonce {
        claims.set("nonce", nonce.into());
    }
    if settings.auth_time {
        claims.set("auth_time", grant.auth_time.into());
    }
    if settings.azp {
        claims.set("azp", client.as_str().into());
    }
    if let Some(amr) = &settings.amr {
        claims.set("amr", amr.clone().into());
    }
    claims
}

/// How a token is signed, and what its header says about it.
struct Method<'k> {
    algorithm: &'static str,
    id: &'k str,
    /// What at_hash is made with.
    hash: Hash,
    by: By<'k>,
    change: fn(Vec<u8>) -> Vec<u8>,
}

enum By<'k> {
    Nobody,
    Key(&'k KeyPair, Scheme),
    Secret(String),
}

impl<'k> Method<'k> {
    fn of(signature: Signature, keys: &'k Keys, algorithm: IdTokenAlgorithm) -> Self {
        let right = keys.id_token(algorithm);
        let (es256, rs256) = (&keys.es256, &keys.rs256);
        match signature {
            Signature::Right => Self::named(&right.id, &right.key),
            Signature::Unsigned => Self::new("none", &right.id, By::Nobody),
            Signature::HmacOfEs256Key => Self::hmac(es256),
            Signature::HmacOfRs256Key => Self::hmac(rs256),
            Signature::Rs256 => Self::named(&rs256.id, &rs256.key),
            Signature::Es384 => Self::named(&es256.id, &keys.p384),
            Signature::P384UnderEs256 => Self::es256(&es256.id, &keys.p384),
            Signature::Der => {
                let by = By::Key(&es256.key, Scheme::Ecdsa(Hash::Sha256));
                Self::new("ES256", &es256.id, by)
            }
            Signature::Broken => Self::named(&right.id, &right.key).changed(|mut signature| {
                let mut octets = signature.iter_mut().skip(20).take(1);
                octets.by_ref().for_each(|octet| *octet ^= 1);
                signature
            }),
            Signature::Zero => Self::named(&right.id, &right.key).changed(|s| vec![0; s.len()]),
            Signature::Missing => Self::named(&right.id, &right.key).changed(|_| Vec::new()),
            Signature::OtherKey | Signature::EmbeddedKey => Self::es256(&es256.id, &keys.stranger),
            Signature::Rs256UnderEs256 => Self::es256(&rs256.id, &rs256.key),
        }
    }

    fn new(algorithm: &'static str, id: &'k str, by: By<'k>) -> Self {
        Self {
            algorithm,
            id,
            hash: Hash::Sha256,
            by,
            change: std::convert::identity,
        }
    }

    /// By a key, with its algorithm.
    fn named(id: &'k str, key: &'k KeyPair) -> Self {
        let (algorithm, scheme) = jose::algorithm_of(key);
        let hash = scheme.hash();
        let method = Self::new(algorithm, id, By::Key(key, scheme));
        Self { hash, ..method }
    }

    /// By a key, and said to be ES256.
    fn es256(id: &'k str, key: &'k KeyPair) -> Self {
        let (_, scheme) = jose::algorithm_of(key);
        Self::new("ES256", id, By::Key(key, scheme))
    }

    /// By a public key that everybody knows, taken for a secret.
    fn hmac(named: &'k Named) -> Self {
        Self::new("HS256", &named.id, By::Secret(pem(&named.key)))
    }

    fn changed(mut self, change: fn(Vec<u8>) -> Vec<u8>) -> Self {
        self.change = change;
        self
    }

    fn header(&self) -> Object {
        Object::new()
            .with("alg", self.algorithm)
            .with("typ", "JWT")
            .with("kid", self.id)
    }

    fn sign(&self, signed: &[u8]) -> Vec<u8> {
        (self.change)(match &self.by {
            By::Nobody => Vec::new(),
            By::Key(key, scheme) => key.sign(*scheme, signed),
            By::Secret(secret) => jose::hmac_sha256(secret.as_bytes(), signed),
        })
    }
}

/// SubjectPublicKeyInfo in PEM, the most usual of the keys that HS256 is forged with.
fn pem(key: &KeyPair) -> String {
    let base64 = STANDARD.encode(key.spki());
    let lines: Vec<_> = base64.as_bytes().chunks(64).collect();
    let body = lines.join(&b'\n');
    let body = String::from_utf8_lossy(&body);
    format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
}

fn shaped(token: String, switches: &IdTokenSwitches, keys: &Keys) -> String {
    match switches.shape {
        Shape::Compact | Shape::Huge | Shape::Null => token,
        Shape::TrailingPart => token + ".",
        Shape::TwoParts => token
            .rsplit_once('.')
            .map_or("", |(signed, _)| signed)
            .to_owned(),
        Shape::Padded => {
            let pad = |part: &str| {
                let octets = jose::from_base64url(part).unwrap_or_default();
                URL_SAFE.encode(octets)
            };
            token.split('.').map(pad).collect::<Vec<_>>().join(".")
        }
        Shape::Encrypted => {
            let jwe = Jwe::new(&keys.stranger.public(), ContentEncryption::A256Gcm);
            let label = base64url(Hash::Sha256.digest(token.as_bytes()));
            jwe.seal(token.as_bytes(), &mut Rng::from_seed(1).derive(&label))
        }
        Shape::Points => "..".to_owned(),
    }
}
