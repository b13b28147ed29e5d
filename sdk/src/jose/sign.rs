//! A message that we sign (RFC 7515), in compact serialization.

#[cfg(feature = "mdoc")]
use base64::Engine;
#[cfg(feature = "mdoc")]
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
#[cfg(feature = "mdoc")]
use serde_json::json;

use crate::algorithm::KeyKind;
use crate::code::Code;
use crate::error::Error;
use crate::jose::encode;
#[cfg(feature = "auth-app")]
use crate::signer::AsyncSigner;
#[cfg(feature = "mdoc")]
use crate::signer::Signer;
use crate::signer::fixed;

/// `claims` as a message of this type, signed by `signer`, whose certificate
/// is the first of `chain` (`x5c`; RFC 7515, 4.1.6).
///
/// `misuse.argument` if the signer's algorithm is neither ES256 nor ES384.
#[cfg(feature = "mdoc")]
pub(crate) fn compact(
    signer: &dyn Signer,
    chain: &[Vec<u8>],
    message_type: &str,
    claims: &Value,
) -> Result<String, Error> {
    let chain: Vec<_> = chain.iter().map(|der| STANDARD.encode(der)).collect();
    let kind = fixed::scheme(signer)?.key();
    let header = json!({
        "alg": algorithm(kind),
        "typ": message_type,
        "x5c": chain,
    });
    let unsigned = Unsigned::new(&header, claims);
    let signature = signer.sign(unsigned.input())?;
    Ok(unsigned.with(kind, &signature)?)
}

/// A message before it is signed: header and claims as they will be sent.
pub(crate) struct Unsigned(String);

impl Unsigned {
    pub(crate) fn new(header: &Value, claims: &Value) -> Self {
        let [header, claims] = [header, claims].map(|part| encode(part.to_string().as_bytes()));
        Self(format!("{header}.{claims}"))
    }

    /// What is signed (RFC 7515, 5.1).
    pub(crate) fn input(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The message, signed by a signer whose algorithm the header names.
    #[cfg(feature = "auth-app")]
    pub(crate) async fn sign(self, signer: &dyn AsyncSigner) -> Result<String, Error> {
        let kind = crate::signer::kind(signer.algorithm())?;
        let signature = signer.sign(self.input()).await?;
        Ok(self.with(kind, &signature)?)
    }

    /// The message with a signature in the form of [`Signer::sign`], of a key
    /// of this kind.
    ///
    /// [`Signer::sign`]: crate::signer::Signer::sign
    fn with(self, kind: KeyKind, signature: &[u8]) -> Result<String, Code> {
        let signature = match kind {
            KeyKind::P256 | KeyKind::P384 => encode(&fixed::numbers(kind, signature)?),
            KeyKind::Rsa => encode(signature),
        };
        Ok(self.0 + "." + &signature)
    }
}

/// What keys of this kind sign with here (RFC 7518, 3.3 and 3.4).
pub(crate) const fn algorithm(kind: KeyKind) -> &'static str {
    match kind {
        KeyKind::P256 => "ES256",
        KeyKind::P384 => "ES384",
        KeyKind::Rsa => "RS256",
    }
}

#[cfg(all(test, feature = "mdoc"))]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{
        ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_ASN1_SIGNING,
        ECDSA_P384_SHA384_FIXED, EcdsaKeyPair, KeyPair, UnparsedPublicKey,
    };

    use crate::jose::decode;
    use crate::signer::EcdsaSigner;

    #[test]
    fn what_is_signed_is_what_is_sent() {
        for (signing, verifying, name) in [
            (
                &ECDSA_P256_SHA256_ASN1_SIGNING,
                &ECDSA_P256_SHA256_FIXED,
                "ES256",
            ),
            (
                &ECDSA_P384_SHA384_ASN1_SIGNING,
                &ECDSA_P384_SHA384_FIXED,
                "ES384",
            ),
        ] {
            let document = EcdsaKeyPair::generate_pkcs8(signing, &SystemRandom::new()).unwrap();
            let signer = EcdsaSigner::from_pkcs8(document.as_ref()).unwrap();
            let chain = [vec![0xfb, 0xff, 0xfe], vec![1]];
            let sent = compact(&signer, &chain, "a+jwt", &json!({"nonce": "n"})).unwrap();

            let (input, signature) = sent.rsplit_once('.').unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(signing, document.as_ref()).unwrap();
            let key = UnparsedPublicKey::new(verifying, pair.public_key().as_ref());
            let signature = decode(signature).unwrap();
            key.verify(input.as_bytes(), &signature).unwrap();

            let (header, claims) = input.split_once('.').unwrap();
            assert_eq!(decode(claims).unwrap(), br#"{"nonce":"n"}"#);
            // RFC 7515, 4.1.6: certificates are in base64, not base64url.
            let expected = format!(r#"{{"alg":"{name}","typ":"a+jwt","x5c":["+//+","AQ=="]}}"#);
            assert_eq!(decode(header).unwrap(), expected.as_bytes());
        }
    }

    #[test]
    fn no_certificate_speaks_for_rsa() {
        let key = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let key: aws_lc_rs::encoding::Pkcs8V1Der<'_> =
            aws_lc_rs::encoding::AsDer::as_der(&key).unwrap();
        let signer = crate::signer::RsaSigner::from_pkcs8(key.as_ref()).unwrap();
        let refused = compact(&signer, &[], "a+jwt", &json!({}));
        assert_eq!(refused.unwrap_err().code(), Code::MisuseArgument);
    }
}
