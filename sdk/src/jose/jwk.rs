//! A public key as JSON (RFC 7517).

use serde_json::{Value, json};

use crate::jose::encode;
use crate::trust::sha256;

/// A public key on P-256 (RFC 7518, 6.2.1).
pub(crate) struct Jwk {
    x: String,
    y: String,
}

impl Jwk {
    /// The key with this uncompressed point (SEC 1, 2.3.3).
    pub(crate) fn of_p256_point(point: &[u8]) -> Self {
        let coordinates = point.get(1..).unwrap_or_default();
        let (x, y) = coordinates.split_at(coordinates.len() / 2);
        Self {
            x: encode(x),
            y: encode(y),
        }
    }

    /// SHA-256 over the key's members alone (RFC 7638, 3): two keys with the
    /// same thumbprint are the same key.
    pub(crate) fn thumbprint(&self) -> [u8; 32] {
        let Self { x, y } = self;
        let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        sha256(&[members.as_bytes()])
    }

    /// The identifier by which those who encrypt to the key name it.
    pub(crate) fn kid(&self) -> String {
        encode(&self.thumbprint())
    }

    /// The key, to be encrypted to with ECDH-ES (RFC 7518, 4.6).
    pub(crate) fn for_encryption(&self) -> Value {
        json!({
            "kty": "EC",
            "crv": "P-256",
            "x": self.x,
            "y": self.y,
            "use": "enc",
            "alg": "ECDH-ES",
            "kid": self.kid(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::Hex;
    use crate::jose::decode;

    /// The example of OpenID4VP 1.0, appendices B.2.6.1 and B.2.6.2.
    #[test]
    fn the_thumbprint_has_the_published_value() {
        let x = decode("DxiH5Q4Yx3UrukE2lWCErq8N8bqC9CHLLrAwLz5BmE0").unwrap();
        let y = decode("XtLM4-3h5o3HUH0MHVJV0kyq0iBlrBwlh8qEDMZ4-Pc").unwrap();
        let key = Jwk::of_p256_point(&[&[4], &*x, &*y].concat());
        assert_eq!(
            Hex(&key.thumbprint()).to_string(),
            "4283ec927ae0f208daaa2d026a814f2b22dca52cf85ffa8f3f8626c6bd669047"
        );
        let json = key.for_encryption();
        assert_eq!(json["y"], "XtLM4-3h5o3HUH0MHVJV0kyq0iBlrBwlh8qEDMZ4-Pc");
        assert_eq!(json["kid"], "QoPsknrg8gjaqi0CaoFPKyLcpSz4X_qPP4Ymxr1mkEc");
        assert!(json.get("d").is_none());
    }
}
