//! Hybrid public key encryption (RFC 9180) in base mode, with
//! DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-128-GCM: the recipient's side
//! of one message.
//!
//! The implementation that comes with rustls takes a private key as octets, and
//! reads it and multiplies it out again for every message, which makes opening
//! one cost half as much again. It stays the sender in the tests.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use zeroize::Zeroizing;

use crate::code::Code;
use crate::mdoc::{Curve, EphemeralKey};

/// The octets of an encapsulated key on P-256, which is an uncompressed point.
pub(super) const ENCAPSULATED: usize = 65;

/// RFC 9180, 4.1: DHKEM(P-256, HKDF-SHA256).
const KEM: &[u8] = b"KEM\x00\x10";
/// RFC 9180, 5.1: that, HKDF-SHA256 and AES-128-GCM.
const SUITE: &[u8] = b"HPKE\x00\x10\x00\x01\x00\x01";
/// RFC 9180, 5: nothing but the recipient's key is known beforehand.
const BASE: &[u8] = &[0];
/// AES-128 (RFC 9180, 7.3).
const KEY: u8 = 16;
const NONCE: u8 = 12;
const HASH: u8 = 32;

type Secret = Zeroizing<[u8; HASH as usize]>;

/// Opens the one message that was sealed to `key` with `info` (RFC 9180, 6.1):
/// `input.envelope` if `enc` is no point of the curve, `mdoc.envelope_seal` if
/// the message was not sealed so, `misuse.argument` if `key` is on another
/// curve.
pub(super) fn open(
    key: &EphemeralKey,
    enc: &[u8],
    info: &[u8],
    aad: &[u8],
    mut ciphertext: Vec<u8>,
) -> Result<Vec<u8>, Code> {
    if key.curve() != Curve::P256 {
        return Err(Code::MisuseArgument);
    }
    if enc.len() != ENCAPSULATED {
        return Err(Code::InputEnvelope);
    }
    let agreed = key.agree(enc, Code::InputEnvelope)?;
    let shared = decapsulated(&agreed, enc, key.point());
    let (key, nonce) = schedule(&shared, info);
    let key = key.split_at(KEY.into()).0;
    let seal = Code::MdocEnvelopeSeal;
    let key = UnboundKey::new(&AES_128_GCM, key).map_err(|_| seal)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce.split_at(NONCE.into()).0);
    let nonce = nonce.map_err(|_| seal)?;
    let opened = LessSafeKey::new(key).open_in_place(nonce, Aad::from(aad), &mut ciphertext);
    let length = opened.map_err(|_| seal)?.len();
    ciphertext.truncate(length);
    Ok(ciphertext)
}

/// `Decap` after the agreement (RFC 9180, 4.1).
fn decapsulated(agreed: &[u8], enc: &[u8], recipient: &[u8]) -> Secret {
    let extracted = extract(KEM, &[], "eae_prk", agreed);
    expand(KEM, &extracted, "shared_secret", &[enc, recipient], HASH)
}

/// `KeySchedule` in base mode (RFC 9180, 5.1): the first octets of each are the
/// key and the nonce of the first message.
fn schedule(shared: &Secret, info: &[u8]) -> (Secret, Secret) {
    let psk_id_hash = extract(SUITE, &[], "psk_id_hash", &[]);
    let info_hash = extract(SUITE, &[], "info_hash", info);
    let context: [&[u8]; 3] = [BASE, &*psk_id_hash, &*info_hash];
    let secret = extract(SUITE, &**shared, "secret", &[]);
    let key = expand(SUITE, &secret, "key", &context, KEY);
    let nonce = expand(SUITE, &secret, "base_nonce", &context, NONCE);
    (key, nonce)
}

/// `LabeledExtract` (RFC 9180, 4).
fn extract(suite: &[u8], salt: &[u8], label: &str, input: &[u8]) -> Secret {
    mac(salt, &[VERSION, suite, label.as_bytes(), input])
}

/// `LabeledExpand` (RFC 9180, 4) to no more than one hash, which is one round
/// of HKDF (RFC 5869, 2.3). `length` is part of what is hashed.
fn expand(suite: &[u8], key: &Secret, label: &str, info: &[&[u8]], length: u8) -> Secret {
    let length = [0, length];
    let before: &[&[u8]] = &[&length, VERSION, suite, label.as_bytes()];
    mac(&**key, &[before, info, &[&[1]]].concat())
}

const VERSION: &[u8] = b"HPKE-v1";

fn mac(key: &[u8], parts: &[&[u8]]) -> Secret {
    let mut context = hmac::Context::with_key(&hmac::Key::new(HMAC_SHA256, key));
    parts.iter().for_each(|part| context.update(part));
    let mut secret = Secret::default();
    secret.copy_from_slice(context.sign().as_ref());
    secret
}

#[cfg(test)]
pub(super) mod tests {
    use rustls::crypto::aws_lc_rs::hpke::DH_KEM_P256_HKDF_SHA256_AES_128;
    use rustls::crypto::hpke::{Hpke, HpkePublicKey};

    use super::*;
    use crate::hex::decode;

    /// Seals to `key` by another implementation: the encapsulated key and the
    /// ciphertext.
    pub(in crate::mdoc::envelope) fn seal(
        key: &EphemeralKey,
        info: &[u8],
        aad: &[u8],
        plaintext: &[u8],
    ) -> (Vec<u8>, Vec<u8>) {
        let suite: &dyn Hpke = DH_KEM_P256_HKDF_SHA256_AES_128;
        let recipient = HpkePublicKey(key.point().to_vec());
        let (enc, sealed) = suite.seal(info, aad, plaintext, &recipient).unwrap();
        (enc.0, sealed)
    }

    /// RFC 9180, A.3.1: the first message.
    #[test]
    fn the_published_message_opens() {
        let scalar =
            decode::<32>("f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2")
                .unwrap();
        let key = EphemeralKey::from_entropy(Curve::P256, &scalar).unwrap();
        let enc = decode::<65>(
            "04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9\
                       8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4",
        )
        .unwrap();
        let sealed = decode::<45>(
            "5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f\
                          9076ac232e3ab2523f39513434",
        )
        .unwrap();
        let opened = open(
            &key,
            &enc,
            b"Ode on a Grecian Urn",
            b"Count-0",
            sealed.to_vec(),
        );
        let plaintext = "Beauty is truth, truth beauty";
        assert_eq!(opened.as_deref(), Ok(plaintext.as_bytes()));
    }

    #[test]
    fn a_message_opens_for_its_key_and_its_transaction() {
        let key = EphemeralKey::generate(Curve::P256).unwrap();
        let other = EphemeralKey::generate(Curve::P256).unwrap();
        for plaintext in [&b""[..], b"response", &[7; 100_000]] {
            let (enc, sealed) = seal(&key, b"info", b"aad", plaintext);
            let open = |key, info, aad| open(key, &enc, info, aad, sealed.clone());
            assert_eq!(open(&key, b"info", b"aad").as_deref(), Ok(plaintext));
            let seal = Err(Code::MdocEnvelopeSeal);
            assert_eq!(open(&other, b"info", b"aad"), seal);
            assert_eq!(open(&key, b"other", b"aad"), seal);
            assert_eq!(open(&key, b"info", b""), seal);
        }
        let (enc, mut sealed) = seal(&key, b"", b"", b"response");
        sealed[0] ^= 1;
        let seal = Err(Code::MdocEnvelopeSeal);
        assert_eq!(open(&key, &enc, b"", b"", sealed), seal);
        assert_eq!(open(&key, &enc, b"", b"", vec![0; 15]), seal);
        assert_eq!(open(&key, &enc, b"", b"", vec![]), seal);
    }

    #[test]
    fn an_encapsulated_key_is_a_point_of_the_curve() {
        let key = EphemeralKey::generate(Curve::P256).unwrap();
        let (enc, sealed) = seal(&key, b"", b"", b"response");
        let mut off_curve = enc.clone();
        off_curve[64] ^= 1;
        let compressed = [&[2 + (enc[64] & 1)], &enc[1..33]].concat();
        let longer = [&enc[..], &[0]].concat();
        for enc in [&off_curve[..], &compressed, &longer, &[0], &[]] {
            let outcome = open(&key, enc, b"", b"", sealed.clone());
            assert_eq!(outcome, Err(Code::InputEnvelope), "{enc:02x?}");
        }
        let key = EphemeralKey::generate(Curve::P384).unwrap();
        let outcome = open(&key, &enc, b"", b"", sealed);
        assert_eq!(outcome, Err(Code::MisuseArgument));
    }
}
