//! A message that we sign (RFC 7515), in compact serialization.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::algorithm::KeyKind;
use crate::code::Code;
use crate::error::Error;
use crate::jose::encode;
use crate::signer::{Signer, fixed};

/// `claims` as a message of this type, signed by `signer`, whose certificate
/// is the first of `chain` (`x5c`; RFC 7515, 4.1.6).
///
/// `misuse.argument` if the signer's algorithm is neither ES256 nor ES384.
pub(crate) fn compact(
    signer: &dyn Signer,
    chain: &[Vec<u8>],
    message_type: &str,
    claims: &Value,
) -> Result<String, Error> {
    let chain: Vec<_> = chain.iter().map(|der| STANDARD.encode(der)).collect();
    let header = json!({
        "alg": algorithm(fixed::scheme(signer)?.key())?,
        "typ": message_type,
        "x5c": chain,
    });
    let [header, claims] = [header, claims.clone()].map(|part| encode(part.to_string().as_bytes()));
    let input = format!("{header}.{claims}");
    let signature = fixed::sign(signer, input.as_bytes())?;
    Ok(format!("{input}.{}", encode(&signature)))
}

/// RFC 7518, 3.4.
fn algorithm(kind: KeyKind) -> Result<&'static str, Code> {
    match kind {
        KeyKind::P256 => Ok("ES256"),
        KeyKind::P384 => Ok("ES384"),
        KeyKind::Rsa => Err(Code::MisuseArgument),
    }
}

#[cfg(test)]
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
}
