//! Private keys of sessions, from files that nobody else can read.

use std::path::Path;

use aws_lc_rs::agreement::{ECDH_P256, ECDH_P384, PrivateKey};
use aws_lc_rs::encoding::{AsBigEndian, EcPrivateKeyBin};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use serde_json::Value;
use tashika::mdoc::{Curve, EphemeralKey};

use crate::exit::Failure;
use crate::{input, key};

/// Octets of a file with a key.
const KEY: usize = 16 * 1024;

const FORMS: &str =
    "a key on P-256 or P-384 is PKCS#8, a JWK, or its scalar in octets or hexadecimal digits";

/// Reads a private key.
pub(super) fn read(path: &Path) -> Result<EphemeralKey, Failure> {
    key::refuse_exposed(path)?;
    let octets = input::read(path, KEY)?;
    let found = der(&octets)
        .or_else(|| jwk(&octets))
        .or_else(|| scalar(&octets));
    found.ok_or_else(|| Failure::Usage(format!("{}: {FORMS}", path.display())))
}

/// PKCS#8 (RFC 5958) or SEC 1, in DER or PEM.
fn der(octets: &Bytes) -> Option<EphemeralKey> {
    let pem = PrivateKeyDer::from_pem_slice(octets).ok();
    let der = pem.as_ref().map_or(&**octets, PrivateKeyDer::secret_der);
    [(Curve::P256, &ECDH_P256), (Curve::P384, &ECDH_P384)]
        .into_iter()
        .find_map(|(curve, algorithm)| {
            let private = PrivateKey::from_private_key_der(algorithm, der).ok()?;
            let scalar: EcPrivateKeyBin<'_> = private.as_be_bytes().ok()?;
            EphemeralKey::from_entropy(curve, scalar.as_ref()).ok()
        })
}

/// RFC 7518, 6.2.2.
fn jwk(octets: &Bytes) -> Option<EphemeralKey> {
    let value: Value = serde_json::from_slice(octets).ok()?;
    let curve = match value.get("crv")?.as_str()? {
        "P-256" => Curve::P256,
        "P-384" => Curve::P384,
        _ => return None,
    };
    let scalar = URL_SAFE_NO_PAD.decode(value.get("d")?.as_str()?).ok()?;
    EphemeralKey::from_entropy(curve, &scalar).ok()
}

fn scalar(octets: &Bytes) -> Option<EphemeralKey> {
    let text = str::from_utf8(octets).ok();
    let digits = text.and_then(|text| input::hexadecimal(text.trim_end()));
    let scalar = digits.as_deref().unwrap_or(octets);
    let curve = match scalar.len() {
        32 => Curve::P256,
        48 => Curve::P384,
        _ => return None,
    };
    EphemeralKey::from_entropy(curve, scalar).ok()
}
