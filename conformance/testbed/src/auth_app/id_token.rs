//! ID tokens, right and wrong.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::core::Core;
use super::jose::{self, base64url};
use super::json::Object;
use super::keys::Keys;
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
    switches.header.apply(&mut header);
    let token = jose::compact(&header.to_string(), &claims.to_string(), |signed| {
        method.sign(signed)
    });
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

type Sign<'k> = Box<dyn Fn(&[u8]) -> Vec<u8> + 'k>;

/// How a token is signed, and what its header says about it.
struct Method<'k> {
    algorithm: &'static str,
    id: &'k str,
    hash: Hash,
    sign: Sign<'k>,
}

impl<'k> Method<'k> {
    fn of(signature: Signature, keys: &'k Keys, algorithm: IdTokenAlgorithm) -> Self {
        let right = keys.id_token(algorithm);
        let es256 = &keys.es256;
        let by = |id: &'k str, key: &'k KeyPair| {
            let (algorithm, scheme) = jose::algorithm_of(key);
            let sign = move |signed: &[u8]| key.sign(scheme, signed);
            Self::new(algorithm, id, scheme.hash(), sign)
        };
        let hmac = |id: &'k str, key: &KeyPair| {
            let secret = pem(key);
            let sign = move |signed: &[u8]| jose::hmac_sha256(secret.as_bytes(), signed);
            Self::new("HS256", id, Hash::Sha256, sign)
        };
        let right_by = |sign: Sign<'k>| {
            let (algorithm, scheme) = jose::algorithm_of(&right.key);
            Self::new(algorithm, &right.id, scheme.hash(), sign)
        };
        let (_, scheme) = jose::algorithm_of(&right.key);
        match signature {
            Signature::Right => by(&right.id, &right.key),
            Signature::Unsigned => Self::new("none", &right.id, Hash::Sha256, |_| Vec::new()),
            Signature::HmacOfEs256Key => hmac(&es256.id, &es256.key),
            Signature::HmacOfRs256Key => hmac(&keys.rs256.id, &keys.rs256.key),
            Signature::Rs256 => by(&keys.rs256.id, &keys.rs256.key),
            Signature::Es384 => by(&es256.id, &keys.p384),
            Signature::P384UnderEs256 => {
                let scheme = Scheme::EcdsaFixed(Hash::Sha384);
                let sign = move |signed: &[u8]| keys.p384.sign(scheme, signed);
                Self::new("ES256", &es256.id, Hash::Sha256, sign)
            }
            Signature::Der => {
                let scheme = Scheme::Ecdsa(Hash::Sha256);
                let sign = move |signed: &[u8]| es256.key.sign(scheme, signed);
                Self::new("ES256", &es256.id, Hash::Sha256, sign)
            }
            Signature::Broken => right_by(Box::new(move |signed| {
                let mut signature = right.key.sign(scheme, signed);
                signature
                    .iter_mut()
                    .skip(20)
                    .take(1)
                    .for_each(|octet| *octet ^= 1);
                signature
            })),
            Signature::OtherKey => {
                let scheme = Scheme::EcdsaFixed(Hash::Sha256);
                let sign = move |signed: &[u8]| keys.stranger.sign(scheme, signed);
                Self::new("ES256", &es256.id, Hash::Sha256, sign)
            }
            Signature::Rs256UnderEs256 => {
                let scheme = Scheme::Pkcs1(Hash::Sha256);
                let sign = move |signed: &[u8]| keys.rs256.key.sign(scheme, signed);
                Self::new("ES256", &keys.rs256.id, Hash::Sha256, sign)
            }
        }
    }

    fn new(
        algorithm: &'static str,
        id: &'k str,
        hash: Hash,
        sign: impl Fn(&[u8]) -> Vec<u8> + 'k,
    ) -> Self {
        Self {
            algorithm,
            id,
            hash,
            sign: Box::new(sign),
        }
    }

    fn header(&self) -> Object {
        Object::new()
            .with("alg", self.algorithm)
            .with("typ", "JWT")
            .with("kid", self.id)
    }

    fn sign(&self, signed: &[u8]) -> Vec<u8> {
        (self.sign)(signed)
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
        Shape::Compact | Shape::Huge => token,
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
