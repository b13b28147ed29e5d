use super::*;

use aws_lc_rs::encoding::{AsDer, EcPrivateKeyRfc5915Der, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKey, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair,
};

use crate::algorithm::AlgorithmTable;
use crate::code::Code;

const MESSAGE: &[u8] = b"a message";

fn on_both_curves() -> [EcdsaKeyPair; 2] {
    [
        &ECDSA_P256_SHA256_ASN1_SIGNING,
        &ECDSA_P384_SHA384_ASN1_SIGNING,
    ]
    .map(|curve| EcdsaKeyPair::generate(curve).unwrap())
}

fn rsa() -> Pkcs8V1Der<'static> {
    RsaKey::generate(KeySize::Rsa2048)
        .unwrap()
        .as_der()
        .unwrap()
}

/// The key that is told verifies what the signer makes.
#[track_caller]
fn is_sound(signer: &MemorySigner, kind: KeyKind) {
    let key = AlgorithmTable::standard().key(signer.public_key()).unwrap();
    assert_eq!(key.kind(), kind);
    assert_eq!(signer.algorithm(), algorithm(kind));
    let signature = signer.sign(MESSAGE).unwrap();
    key.verify(kind.usual_scheme(), MESSAGE, &signature)
        .unwrap();
}

#[test]
fn keys_tell_their_public_half() {
    for (key, kind) in on_both_curves()
        .into_iter()
        .zip([KeyKind::P256, KeyKind::P384])
    {
        let pkcs8 = key.to_pkcs8v1().unwrap();
        is_sound(&MemorySigner::from_pkcs8(pkcs8.as_ref()).unwrap(), kind);
        let sec1: EcPrivateKeyRfc5915Der<'_> = key.private_key().as_der().unwrap();
        let signer = EcdsaSigner::from_sec1(sec1.as_ref()).unwrap();
        is_sound(&MemorySigner::Ecdsa(signer), kind);
    }
    is_sound(
        &MemorySigner::from_pkcs8(rsa().as_ref()).unwrap(),
        KeyKind::Rsa,
    );
}

#[test]
fn what_is_no_private_key_is_refused() {
    for bad in [&[][..], b"key", &[0x30, 0]] {
        for outcome in [
            MemorySigner::from_pkcs8(bad).map(drop),
            EcdsaSigner::from_sec1(bad).map(drop),
            RsaSigner::from_pkcs1(bad).map(drop),
        ] {
            assert_eq!(outcome.unwrap_err().code(), Code::MisuseArgument);
        }
    }
}

#[test]
fn keys_are_not_printed() {
    let signer = MemorySigner::from_pkcs8(rsa().as_ref()).unwrap();
    assert_eq!(format!("{signer:?}"), "Rsa(RsaSigner { .. })");
    assert_eq!(format!("{:?}", Immediate::new(signer)), "Immediate { .. }");
}

#[cfg(feature = "auth-app")]
#[test]
fn keys_lie_in_files_of_three_kinds() {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    let pem = |label: &str, der: &[u8]| {
        let text = STANDARD.encode(der);
        format!("a comment\n-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    };
    let [key, _] = on_both_curves();
    let pkcs8 = key.to_pkcs8v1().unwrap();
    let sec1: EcPrivateKeyRfc5915Der<'_> = key.private_key().as_der().unwrap();
    let rsa = rsa();
    // The contents of the OCTET STRING, which is the last of PrivateKeyInfo.
    let mut info = asn1::Reader::only(rsa.as_ref(), asn1::SEQUENCE, Code::MisuseArgument).unwrap();
    info.any().unwrap();
    info.any().unwrap();
    let pkcs1 = info.element(asn1::OCTET_STRING).unwrap().contents;
    for (label, der, kind) in [
        ("PRIVATE KEY", pkcs8.as_ref(), KeyKind::P256),
        ("EC PRIVATE KEY", sec1.as_ref(), KeyKind::P256),
        ("PRIVATE KEY", rsa.as_ref(), KeyKind::Rsa),
        ("RSA PRIVATE KEY", pkcs1, KeyKind::Rsa),
    ] {
        let signer = MemorySigner::from_pem(pem(label, der).as_bytes()).unwrap();
        is_sound(&signer, kind);
    }
    for bad in [
        String::new(),
        pem("PUBLIC KEY", pkcs8.as_ref()),
        pem("ENCRYPTED PRIVATE KEY", pkcs8.as_ref()),
        pem("EC PRIVATE KEY", rsa.as_ref()),
        pem("PRIVATE KEY", b"key"),
    ] {
        let refused = MemorySigner::from_pem(bad.as_bytes());
        assert_eq!(refused.unwrap_err().code(), Code::MisuseArgument, "{bad}");
    }
}

#[cfg(feature = "fetch")]
mod threads {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    /// Signs with the name of the thread that it is asked on.
    struct Thread;

    fn here() -> Vec<u8> {
        format!("{:?}", thread::current().id()).into_bytes()
    }

    impl Signer for Thread {
        fn algorithm(&self) -> &[u8] {
            b"a thread"
        }

        fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
            match message {
                b"fail" => Err(Code::MisuseEntropy.into()),
                b"panic" => panic!("as it was told"),
                _ => Ok(here()),
            }
        }
    }

    fn sign(message: &[u8]) -> Result<Vec<u8>, Code> {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let signer = OnThreads::new(Thread);
        assert_eq!(signer.algorithm(), b"a thread");
        let signature = runtime.unwrap().block_on(signer.sign(message));
        signature.map_err(|error| error.code())
    }

    #[test]
    fn others_are_not_held_up() {
        assert_ne!(sign(MESSAGE).unwrap(), here());
    }

    /// Signs slowly, and counts how often at once.
    #[derive(Default)]
    struct Slow {
        now: AtomicUsize,
        most: Arc<AtomicUsize>,
    }

    impl Signer for Slow {
        fn algorithm(&self) -> &[u8] {
            b"slow"
        }

        fn sign(&self, _: &[u8]) -> Result<Vec<u8>, Error> {
            let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.most.fetch_max(now, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(20));
            self.now.fetch_sub(1, Ordering::SeqCst);
            Ok(Vec::new())
        }
    }

    /// A module that hangs must not take the threads of everything else.
    #[test]
    fn a_signer_takes_few_threads() {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let slow = Slow::default();
        let most = Arc::clone(&slow.most);
        let signer = Arc::new(OnThreads::new(slow));
        runtime.unwrap().block_on(async {
            let mut all = tokio::task::JoinSet::new();
            for _ in 0..64 {
                let signer = Arc::clone(&signer);
                all.spawn(async move { signer.sign(MESSAGE).await });
            }
            for signed in all.join_all().await {
                signed.unwrap();
            }
        });
        assert!(most.load(Ordering::SeqCst) <= OnThreads::<Slow>::AT_ONCE);
    }

    #[test]
    fn what_fails_there_fails_here() {
        assert_eq!(sign(b"fail"), Err(Code::MisuseEntropy));
        assert_eq!(sign(b"panic"), Err(Code::MisuseSigner));
    }

    #[test]
    fn without_a_runtime_there_are_no_threads() {
        use std::pin::pin;
        use std::task::{Context, Poll, Waker};

        let signer = OnThreads::new(Thread);
        let signing = pin!(signer.sign(MESSAGE));
        match signing.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Err(error)) => assert_eq!(error.code(), Code::MisuseSigner),
            other => panic!("{other:?}"),
        }
    }
}
