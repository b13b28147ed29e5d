//! JWS, JWK and what is derived from them, written for this side alone.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::Sha256;

use super::{json::Object, rsa::RsaPublic};
use crate::{Algorithm, Hash, KeyPair, PublicKey, Scheme, mdoc::openid4vp::Jwk};

pub(super) fn base64url(octets: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

pub(super) fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// A JWS of three parts, its signature made over the first two by `sign`.
pub(super) fn compact(header: &str, payload: &str, sign: impl FnOnce(&[u8]) -> Vec<u8>) -> String {
    let signed = format!("{}.{}", base64url(header), base64url(payload));
    let signature = base64url(sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// at_hash for an algorithm with this hash: the left half, in base64url
/// (OpenID Connect Core 1.0, 3.1.3.6).
pub(super) fn half_hash(hash: Hash, token: &str) -> String {
    let mut digest = hash.digest(token.as_bytes());
    digest.truncate(digest.len() / 2);
    base64url(digest)
}

/// HS256.
pub(super) fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    // HMAC takes keys of any length.
    Hmac::<Sha256>::new_from_slice(key).map_or_else(
        |_| Vec::new(),
        |mut mac| {
            mac.update(message);
            mac.finalize().into_bytes().to_vec()
        },
    )
}

/// A public key of either kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum VerifyingKey {
    Point(PublicKey),
    Rsa(RsaPublic),
}

impl VerifyingKey {
    pub(super) fn of(key: &KeyPair) -> Option<Self> {
        Self::from_spki(&key.spki())
    }

    pub(super) fn from_spki(spki: &[u8]) -> Option<Self> {
        let point = PublicKey::from_spki(spki).map(Self::Point);
        point.or_else(|| RsaPublic::from_spki(spki).map(Self::Rsa))
    }

    pub(super) fn from_pem(pem: &str) -> Option<Self> {
        let text: String = pem.lines().filter(|line| !line.starts_with("--")).collect();
        Self::from_spki(&STANDARD.decode(text.trim()).ok()?)
    }

    pub(super) fn from_jwk(jwk: &Value) -> Option<Self> {
        let octets = |name: &str| from_base64url(jwk.get(name)?.as_str()?);
        match jwk.get("kty")?.as_str()? {
            "RSA" => RsaPublic::new(&octets("n")?, &octets("e")?).map(Self::Rsa),
            _ => Jwk::read(jwk).map(Self::Point),
        }
    }

    /// The members that make up the key, in the order of RFC 7638.
    pub(super) fn jwk(&self) -> Object {
        match self {
            Self::Point(key) => {
                let jwk = Jwk::of(key);
                let member = |name| jwk.get(name).cloned().unwrap_or_default();
                let names = ["crv", "kty", "x", "y"];
                let object = Object::new();
                names
                    .iter()
                    .fold(object, |o, name| o.with(name, member(name)))
            }
            Self::Rsa(key) => Object::new()
                .with("e", base64url(key.exponent()))
                .with("kty", "RSA")
                .with("n", base64url(key.modulus())),
        }
    }

    /// Its SHA-256 thumbprint (RFC 7638).
    pub(super) fn thumbprint(&self) -> String {
        base64url(Hash::Sha256.digest(self.jwk().to_string().as_bytes()))
    }

    /// Whether a signature by the algorithm of that name fits.
    pub(super) fn verifies(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        match (self, algorithm) {
            (Self::Point(key), "ES256") => {
                key.algorithm() == Algorithm::P256 && key.verifies(Hash::Sha256, message, signature)
            }
            (Self::Point(key), "ES384") => {
                key.algorithm() == Algorithm::P384 && key.verifies(Hash::Sha384, message, signature)
            }
            (Self::Rsa(key), "RS256") => key.verifies(Hash::Sha256, message, signature),
            _ => false,
        }
    }
}

/// The header, the payload and what was signed, of a JWS that nobody verified.
pub(super) struct Opened<'t> {
    pub(super) header: Value,
    pub(super) payload: Value,
    pub(super) signed: &'t [u8],
    pub(super) signature: Vec<u8>,
}

impl<'t> Opened<'t> {
    pub(super) fn of(token: &'t str) -> Option<Self> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, payload) = signed.split_once('.')?;
        let json = |part| serde_json::from_slice(&from_base64url(part)?).ok();
        Some(Self {
            header: json(header)?,
            payload: json(payload)?,
            signed: signed.as_bytes(),
            signature: from_base64url(signature)?,
        })
    }
}

/// ES256, RS256 or ES384, as the key has it, with its hash and how it signs.
pub(super) fn algorithm_of(key: &KeyPair) -> (&'static str, Scheme) {
    match key.algorithm() {
        Algorithm::Rsa(_) => ("RS256", Scheme::Pkcs1(Hash::Sha256)),
        Algorithm::P256 => ("ES256", Scheme::EcdsaFixed(Hash::Sha256)),
        Algorithm::P384 => ("ES384", Scheme::EcdsaFixed(Hash::Sha384)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const PAYLOAD: &str = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    fn verifies(jwk: &Value, header: &str, signature: &str) -> bool {
        let token = format!("{header}.{PAYLOAD}.{signature}");
        let opened = Opened::of(&token).unwrap();
        let key = VerifyingKey::from_jwk(jwk).unwrap();
        let algorithm = opened.header["alg"].as_str().unwrap();
        assert_eq!(opened.payload["iss"], "joe");
        key.verifies(algorithm, opened.signed, &opened.signature)
    }

    /// RFC 7515, A.3.
    #[test]
    fn the_published_es256_token_is_signed() {
        let jwk = json!({
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        });
        let signature = "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
        assert!(verifies(&jwk, "eyJhbGciOiJFUzI1NiJ9", signature));
        let other = signature.replacen('D', "E", 1);
        assert!(!verifies(&jwk, "eyJhbGciOiJFUzI1NiJ9", &other));
    }

    /// RFC 7515, A.2.
    #[test]
    fn the_published_rs256_token_is_signed() {
        let jwk = json!({
            "kty": "RSA",
            "n": "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
            "e": "AQAB",
        });
        let signature = "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
        assert!(verifies(&jwk, "eyJhbGciOiJSUzI1NiJ9", signature));
        let other = signature.replacen('c', "d", 1);
        assert!(!verifies(&jwk, "eyJhbGciOiJSUzI1NiJ9", &other));
    }

    /// RFC 7638, 3.1.
    #[test]
    fn the_thumbprint_is_the_published_one() {
        let jwk = json!({
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB",
            "alg": "RS256",
            "kid": "2011-04-29",
        });
        let key = VerifyingKey::from_jwk(&jwk).unwrap();
        assert_eq!(
            key.thumbprint(),
            "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
    }

    /// OpenID Connect Core 1.0, A.3.
    #[test]
    fn at_hash_is_the_published_one() {
        let token = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
        assert_eq!(half_hash(Hash::Sha256, token), "77QmUPtjPfzWtF2AnpK9RQ");
    }

    /// RFC 4231, 4.3.
    #[test]
    fn hmac_is_the_published_one() {
        let mac = hmac_sha256(b"Jefe", b"what do ya want for nothing?");
        assert_eq!(mac[..4], [0x5b, 0xdc, 0xc1, 0x46]);
    }
}
