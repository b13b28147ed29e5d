//! JSON Web Keys on P-256 and P-384 (RFC 7518, 6.2).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::{Algorithm, Hash, PublicKey};

/// Keys of two coordinates as JSON.
#[derive(Clone, Copy, Debug)]
pub struct Jwk;

impl Jwk {
    /// The key as `kty`, `crv`, `x` and `y`.
    #[must_use]
    pub fn of(key: &PublicKey) -> Value {
        let (x, y) = key.coordinates();
        let text = |octets| URL_SAFE_NO_PAD.encode::<Vec<u8>>(octets);
        json!({ "kty": "EC", "crv": curve(key), "x": text(x), "y": text(y) })
    }

    /// The key in such an object; none if it is of another kind or not on its curve.
    #[must_use]
    pub fn read(jwk: &Value) -> Option<PublicKey> {
        let text = |name: &str| jwk.get(name)?.as_str();
        let octets = |name: &str| URL_SAFE_NO_PAD.decode(text(name)?).ok();
        let algorithm = match (text("kty")?, text("crv")?) {
            ("EC", "P-256") => Algorithm::P256,
            ("EC", "P-384") => Algorithm::P384,
            _ => return None,
        };
        PublicKey::from_coordinates(algorithm, &octets("x")?, &octets("y")?)
    }

    /// Its SHA-256 thumbprint (RFC 7638).
    #[must_use]
    pub fn thumbprint(key: &PublicKey) -> Vec<u8> {
        let (x, y) = key.coordinates();
        let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
        let curve = curve(key);
        let members = format!(r#"{{"crv":"{curve}","kty":"EC","x":"{x}","y":"{y}"}}"#);
        Hash::Sha256.digest(members.as_bytes())
    }
}

fn curve(key: &PublicKey) -> &'static str {
    match key.algorithm() {
        Algorithm::P384 => "P-384",
        Algorithm::P256 | Algorithm::Rsa(_) => "P-256",
    }
}
