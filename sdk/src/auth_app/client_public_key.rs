//! What a provider is told of our key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::error::Error;
use crate::jose::jwk::Jwk;

/// The public half of a key with which we sign client assertions, in the forms
/// in which an application for the auth app, and other providers, want it.
#[derive(Clone, Debug)]
pub struct ClientPublicKey {
    spki: Vec<u8>,
    jwk: Jwk,
}

impl ClientPublicKey {
    /// The key of a `SubjectPublicKeyInfo` in DER (RFC 5280, 4.1.2.7): what
    /// `public_key` of a signer gives.
    ///
    /// # Errors
    /// `misuse.argument` if it is neither a key on P-256 nor an RSA key of 2048
    /// to 8192 bits.
    pub fn from_spki(der: &[u8]) -> Result<Self, Error> {
        let jwk = Jwk::of_spki(der)?;
        let spki = der.to_vec();
        Ok(Self { spki, jwk })
    }

    /// What names the key in headers of assertions, if the provider goes by
    /// that: its thumbprint (RFC 7638) in base64url.
    #[must_use]
    pub fn kid(&self) -> String {
        self.jwk.kid()
    }

    /// The key as JSON (RFC 7517), with `use`, `alg` and `kid`.
    #[must_use]
    pub fn jwk(&self) -> Value {
        self.jwk.for_verification()
    }

    /// The key as PEM, `PUBLIC KEY` (RFC 7468, 13).
    #[must_use]
    pub fn pem(&self) -> String {
        let text = STANDARD.encode(&self.spki);
        let mut pem = String::from("-----BEGIN PUBLIC KEY-----\n");
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, behind) = rest.split_at(rest.len().min(LINE));
            pem.extend([line, "\n"]);
            rest = behind;
        }
        pem + "-----END PUBLIC KEY-----\n"
    }
}

/// RFC 7468, 2: the characters of a line.
const LINE: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair,
        EcdsaSigningAlgorithm,
    };
    use rustls_pki_types::SubjectPublicKeyInfoDer;
    use rustls_pki_types::pem::PemObject;

    use crate::code::Code;
    use crate::signer::EcdsaSigner;

    fn key(curve: &'static EcdsaSigningAlgorithm) -> EcdsaSigner {
        let document = EcdsaKeyPair::generate_pkcs8(curve, &SystemRandom::new()).unwrap();
        EcdsaSigner::from_pkcs8(document.as_ref()).unwrap()
    }

    #[test]
    fn a_key_is_written_so_that_others_read_it() {
        let signer = key(&ECDSA_P256_SHA256_ASN1_SIGNING);
        let public = ClientPublicKey::from_spki(signer.public_key()).unwrap();
        let read = SubjectPublicKeyInfoDer::from_pem_slice(public.pem().as_bytes()).unwrap();
        assert_eq!(&*read, signer.public_key());
        assert!(public.pem().lines().all(|line| line.len() <= 64));

        let jwk = public.jwk();
        let stated = ["kty", "crv", "use", "alg"].map(|name| jwk[name].as_str().unwrap());
        assert_eq!(stated, ["EC", "P-256", "sig", "ES256"]);
        assert_eq!(jwk["kid"], public.kid());
        assert!(jwk.get("d").is_none());
    }

    #[test]
    fn no_provider_takes_p384() {
        let signer = key(&ECDSA_P384_SHA384_ASN1_SIGNING);
        let refused = ClientPublicKey::from_spki(signer.public_key());
        assert_eq!(refused.unwrap_err().code(), Code::MisuseArgument);
    }
}
