//! A key in a token signs as the same key does in a file.

use std::fs;
use std::sync::Arc;
use std::thread;

use der::Document;
use tashika::algorithm::{AlgorithmTable, SignatureScheme};
use tashika::signer::{MemorySigner, Pkcs11Module, Pkcs11Signer, Signer, TokenKey};

use crate::Case;
use crate::tokens::{Signed, Tokens};

pub(crate) const CASES: &[Case] = &[
    ("signs_as_the_key_in_the_file", signs_as_the_key_in_the_file),
    ("a_key_has_several_names", a_key_has_several_names),
    ("many_threads_sign", many_threads_sign),
    ("a_module_is_loaded_once", a_module_is_loaded_once),
    ("is_not_printed", is_not_printed),
];

const MESSAGE: &[u8] = "契約書 / Contract".as_bytes();

/// The keys that we sign with, and how.
const KEYS: [(&str, &str, SignatureScheme); 3] = [
    ("p256", "-sha256", SignatureScheme::ECDSA_P256_SHA256),
    ("p384", "-sha384", SignatureScheme::ECDSA_P384_SHA384),
    ("rsa", "-sha256", SignatureScheme::RSA_PKCS1_SHA256),
];

fn labelled(label: &str) -> TokenKey {
    TokenKey::Label(label.to_owned())
}

#[track_caller]
fn verify(signer: &Pkcs11Signer, scheme: SignatureScheme, message: &[u8], signature: &[u8]) {
    let key = AlgorithmTable::standard().public_key(signer.public_key());
    let key = key.unwrap();
    key.danger_verify(scheme, message, signature).unwrap();
}

fn signs_as_the_key_in_the_file(tokens: &Tokens) {
    for (name, digest, scheme) in KEYS {
        let signer = tokens.open(labelled(name)).unwrap();
        let public = fs::read_to_string(tokens.file(&format!("{name}.pub"))).unwrap();
        let (_, public) = Document::from_pem(&public).unwrap();
        assert_eq!(signer.public_key(), public.as_bytes(), "{name}");
        let file = fs::read(tokens.file(&format!("{name}.pem"))).unwrap();
        let in_memory = MemorySigner::from_pem(&file).unwrap();
        assert_eq!(signer.algorithm(), in_memory.algorithm(), "{name}");
        assert_eq!(signer.public_key(), in_memory.public_key(), "{name}");

        let signature = signer.sign(MESSAGE).unwrap();
        verify(&signer, scheme, MESSAGE, &signature);
        let mut signed = Signed {
            case: name,
            message: MESSAGE,
            signature: &signature,
        };
        assert!(tokens.openssl_verifies(name, digest, &signed), "{name}");
        signed.message = b"something else";
        assert!(!tokens.openssl_verifies(name, digest, &signed), "{name}");
        if scheme == SignatureScheme::RSA_PKCS1_SHA256 {
            assert_eq!(signature, in_memory.sign(MESSAGE).unwrap());
        }
    }
}

fn a_key_has_several_names(tokens: &Tokens) {
    let by_label = tokens.open(labelled("p256")).unwrap();
    for key in [
        TokenKey::Id(vec![1]),
        TokenKey::LabelAndId("p256".to_owned(), vec![1]),
        TokenKey::LabelAndId("twice".to_owned(), vec![5]),
    ] {
        let signer = tokens.open(key).unwrap();
        assert_eq!(signer.public_key(), by_label.public_key());
    }
    let other = TokenKey::LabelAndId("twice".to_owned(), vec![6]);
    let other = tokens.open(other).unwrap();
    assert_ne!(other.public_key(), by_label.public_key());
}

/// Twice as many as there are sessions.
fn many_threads_sign(tokens: &Tokens) {
    for (name, _, scheme) in KEYS {
        let signer = Arc::new(tokens.open(labelled(name)).unwrap());
        let threads = (0..2 * Pkcs11Signer::SESSIONS).map(|thread| {
            let signer = Arc::clone(&signer);
            thread::spawn(move || {
                for number in 0..25 {
                    let message = format!("{thread}/{number}");
                    let signature = signer.sign_or_explain(message.as_bytes()).unwrap();
                    verify(&signer, scheme, message.as_bytes(), &signature);
                }
            })
        });
        let threads: Vec<_> = threads.collect();
        threads
            .into_iter()
            .for_each(|thread| thread.join().unwrap());
    }
}

fn a_module_is_loaded_once(tokens: &Tokens) {
    let one = tokens.open(labelled("p256")).unwrap();
    let other: Pkcs11Module = tokens.module();
    drop(other);
    drop(tokens.open(labelled("rsa")).unwrap());
    one.sign_or_explain(MESSAGE).unwrap();
}

fn is_not_printed(tokens: &Tokens) {
    let signer = tokens.open(labelled("p256")).unwrap();
    assert_eq!(format!("{signer:?}"), "Pkcs11Signer { kind: P256, .. }");
    assert_eq!(format!("{:?}", tokens.module()), "Pkcs11Module { .. }");
}
