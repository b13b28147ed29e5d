//! A public key as JSON (RFC 7517).

use serde_json::{Value, json};

#[cfg(feature = "auth-app")]
use crate::algorithm::{AlgorithmTable, KeyKind};
#[cfg(feature = "auth-app")]
use crate::asn1::{self, Reader};
#[cfg(feature = "auth-app")]
use crate::code::Code;
use crate::jose::encode;
use crate::trust::sha256;

/// A public key on P-256, or an RSA key, by its members in base64url.
#[derive(Clone, Debug)]
pub(crate) enum Jwk {
    /// RFC 7518, 6.2.1.
    P256 { x: String, y: String },
    /// RFC 7518, 6.3.1.
    #[cfg(feature = "auth-app")]
    Rsa { n: String, e: String },
}

impl Jwk {
    /// The key with this uncompressed point (SEC 1, 2.3.3).
    pub(crate) fn of_p256_point(point: &[u8]) -> Self {
        let coordinates = point.get(1..).unwrap_or_default();
        let (x, y) = coordinates.split_at(coordinates.len() / 2);
        Self::P256 {
            x: encode(x),
            y: encode(y),
        }
    }

    /// The key of a `SubjectPublicKeyInfo` (RFC 5280, 4.1.2.7).
    ///
    /// `misuse.argument` if it is none of ours, or a key on P-384.
    #[cfg(feature = "auth-app")]
    pub(crate) fn of_spki(spki: &[u8]) -> Result<Self, Code> {
        let misuse = Code::MisuseArgument;
        let key = AlgorithmTable::standard().key(spki).map_err(|_| misuse)?;
        let mut info = Reader::only(spki, asn1::SEQUENCE, misuse)?;
        info.element(asn1::SEQUENCE)?;
        let octets = info.octet_aligned_bits()?;
        match key.kind() {
            KeyKind::P256 => Ok(Self::of_p256_point(octets)),
            KeyKind::P384 => Err(misuse),
            KeyKind::Rsa => {
                let mut numbers = Reader::only(octets, asn1::SEQUENCE, misuse)?;
                // RFC 7518, 2: the fewest octets, so without that of the sign.
                let mut number = || {
                    let octets = numbers.integer()?;
                    Ok::<_, Code>(encode(octets.strip_prefix(&[0]).unwrap_or(octets)))
                };
                Ok(Self::Rsa {
                    n: number()?,
                    e: number()?,
                })
            }
        }
    }

    /// SHA-256 over the key's members alone (RFC 7638, 3): two keys with the
    /// same thumbprint are the same key.
    pub(crate) fn thumbprint(&self) -> [u8; 32] {
        let members = match self {
            Self::P256 { x, y } => format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#),
            #[cfg(feature = "auth-app")]
            Self::Rsa { n, e } => format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#),
        };
        sha256(&[members.as_bytes()])
    }

    /// The identifier by which those who encrypt to the key, or verify with
    /// it, name it.
    pub(crate) fn kid(&self) -> String {
        encode(&self.thumbprint())
    }

    /// The key, to be encrypted to with ECDH-ES (RFC 7518, 4.6).
    #[cfg(feature = "mdoc")]
    pub(crate) fn for_encryption(&self) -> Value {
        self.to_json("enc", "ECDH-ES")
    }

    /// The key, to verify with what we sign with it.
    #[cfg(feature = "auth-app")]
    pub(crate) fn for_verification(&self) -> Value {
        self.to_json("sig", super::sign::algorithm(self.kind()))
    }

    #[cfg(feature = "auth-app")]
    const fn kind(&self) -> KeyKind {
        match self {
            Self::P256 { .. } => KeyKind::P256,
            Self::Rsa { .. } => KeyKind::Rsa,
        }
    }

    fn to_json(&self, purpose: &str, algorithm: &str) -> Value {
        let mut key = match self {
            Self::P256 { x, y } => json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y }),
            #[cfg(feature = "auth-app")]
            Self::Rsa { n, e } => json!({ "kty": "RSA", "n": n, "e": e }),
        };
        let common = [
            ("use", purpose.into()),
            ("alg", algorithm.into()),
            ("kid", Value::from(self.kid())),
        ];
        if let Value::Object(members) = &mut key {
            let common = common.into_iter();
            members.extend(common.map(|(name, value)| (name.to_owned(), value)));
        }
        key
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(feature = "mdoc")]
    use crate::hex::Hex;
    use crate::jose::decode;

    /// The example of OpenID4VP 1.0, appendices B.2.6.1 and B.2.6.2.
    #[cfg(feature = "mdoc")]
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

    /// The modulus of the example of RFC 7638, 3.1.
    #[cfg(feature = "auth-app")]
    const MODULUS: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";

    /// A `SubjectPublicKeyInfo` with this modulus and the exponent 65537.
    #[cfg(feature = "auth-app")]
    fn rsa(modulus: &[u8]) -> Vec<u8> {
        use crate::asn1::write;
        let numbers = [write::unsigned(modulus), write::unsigned(&[1, 0, 1])];
        let key = write::element(asn1::SEQUENCE, &[&numbers[0], &numbers[1]]);
        let oid = write::element(asn1::OID, &[crate::algorithm::RSA_ENCRYPTION]);
        let algorithm = write::element(asn1::SEQUENCE, &[&oid, asn1::NULL]);
        write::element(asn1::SEQUENCE, &[&algorithm, &write::bits(&key)])
    }

    #[cfg(feature = "auth-app")]
    #[test]
    fn the_thumbprint_of_an_rsa_key_has_the_published_value() {
        let key = Jwk::of_spki(&rsa(&decode(MODULUS).unwrap())).unwrap();
        let kid = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        let expected = json!({
            "kty": "RSA", "n": MODULUS, "e": "AQAB", "use": "sig", "alg": "RS256", "kid": kid,
        });
        assert_eq!(key.for_verification(), expected);
    }

    #[cfg(feature = "auth-app")]
    #[test]
    fn what_is_no_key_of_ours_is_refused() {
        let sound = rsa(&decode(MODULUS).unwrap());
        assert!(Jwk::of_spki(&sound).is_ok());
        let behind = [&*sound, &[0]].concat();
        let short = rsa(&[0xff; 128]);
        for bad in [&behind, &short, &Vec::new()] {
            assert_eq!(Jwk::of_spki(bad).map(drop), Err(Code::MisuseArgument));
        }
    }
}
