use super::*;

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKey, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};

use crate::algorithm::{AlgorithmTable, SignatureScheme};
use crate::jose::decode;
use crate::signer::{AsyncSigner, Immediate, MemorySigner, Signer, Signing, algorithm};

const NOW: i64 = 1_800_000_000;
const TOKEN_ENDPOINT: &str = "https://idp.example/token";

fn ecdsa() -> MemorySigner {
    let curve = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(curve, &SystemRandom::new()).unwrap();
    MemorySigner::from_pkcs8(document.as_ref()).unwrap()
}

fn rsa() -> MemorySigner {
    let key = RsaKey::generate(KeySize::Rsa2048).unwrap();
    let document: Pkcs8V1Der<'_> = key.as_der().unwrap();
    MemorySigner::from_pkcs8(document.as_ref()).unwrap()
}

fn key(signer: impl AsyncSigner + 'static, from: i64) -> AssertionKey {
    AssertionKey::new(Arc::new(signer), Time::from_unix(from)).unwrap()
}

fn authentication(keys: Vec<AssertionKey>) -> PrivateKeyJwt {
    PrivateKeyJwt::new(
        ClientId::new("client0").unwrap(),
        AssertionAudience::new(TOKEN_ENDPOINT).unwrap(),
        AssertionKeys::new(keys).unwrap(),
    )
}

/// What a future that does not wait comes to.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

fn assertion(authentication: &PrivateKeyJwt, at: i64) -> Result<ClientAssertion, Error> {
    let id = AssertionId::from_entropy(*b"sixteen octets!!");
    now(authentication.prepare(id, Time::from_unix(at))?.sign())
}

fn part(assertion: &ClientAssertion, number: usize) -> String {
    let part = assertion.as_str().split('.').nth(number).unwrap();
    String::from_utf8(decode(part).unwrap()).unwrap()
}

#[test]
fn an_assertion_says_who_asks_whom_for_a_minute() {
    let authentication = authentication(vec![key(Immediate::new(ecdsa()), 0)]);
    let sent = assertion(&authentication, NOW).unwrap();
    assert_eq!(part(&sent, 0), r#"{"alg":"ES256","typ":"JWT"}"#);
    let expected = concat!(
        r#"{"aud":"https://idp.example/token","exp":1800000060,"iat":1800000000,"#,
        r#""iss":"client0","jti":"c2l4dGVlbiBvY3RldHMhIQ","sub":"client0"}"#,
    );
    assert_eq!(part(&sent, 1), expected);

    let short = AssertionLifetime::seconds(20).unwrap();
    let sent = assertion(&authentication.with_lifetime(short), NOW).unwrap();
    assert!(part(&sent, 1).contains(r#""exp":1800000020,"#));
}

#[test]
fn its_key_signs_and_is_named() {
    for (signer, algorithm, scheme) in [
        (ecdsa(), "ES256", SignatureScheme::ECDSA_P256_SHA256_FIXED),
        (rsa(), "RS256", SignatureScheme::RSA_PKCS1_SHA256),
    ] {
        let public = AlgorithmTable::standard().key(signer.public_key()).unwrap();
        let key = key(Immediate::new(signer), 0).with_kid("k 1").unwrap();
        let sent = assertion(&authentication(vec![key]), NOW).unwrap();
        let header = format!(r#"{{"alg":"{algorithm}","kid":"k 1","typ":"JWT"}}"#);
        assert_eq!(part(&sent, 0), header);
        let (input, signature) = sent.as_str().rsplit_once('.').unwrap();
        let signature = decode(signature).unwrap();
        let outcome = public.verify(scheme, input.as_bytes(), &signature);
        assert_eq!(outcome, Ok(()), "{algorithm}");
    }
}

#[test]
fn keys_change_on_their_day() {
    let keys = [("old", NOW - 10), ("new", NOW)];
    let keys = keys.map(|(kid, from)| key(Immediate::new(ecdsa()), from).with_kid(kid).unwrap());
    let authentication = authentication(keys.to_vec());
    let named = |at| part(&assertion(&authentication, at).unwrap(), 0);
    assert!(named(NOW - 1).contains(r#""kid":"old""#));
    assert!(named(NOW).contains(r#""kid":"new""#));
    let early = assertion(&authentication, NOW - 11).unwrap_err();
    assert_eq!(early.code(), Code::MisuseArgument);
}

/// Gives as a signature what it was told to.
struct Told(Result<Vec<u8>, Code>);

impl Signer for Told {
    fn algorithm(&self) -> &[u8] {
        static ALGORITHM: std::sync::LazyLock<Vec<u8>> =
            std::sync::LazyLock::new(|| algorithm(crate::algorithm::KeyKind::P256));
        &ALGORITHM
    }

    fn sign(&self, _: &[u8]) -> Result<Vec<u8>, Error> {
        self.0.clone().map_err(Error::new)
    }
}

#[test]
fn a_key_that_does_not_sign_sends_nothing() {
    for (told, code) in [
        (Err(Code::MisuseSigner), Code::MisuseSigner),
        // r‖s, where the signer's trait has DER.
        (Ok(vec![1; 64]), Code::MisuseArgument),
    ] {
        let key = key(Immediate::new(Told(told)), 0);
        let refused = assertion(&authentication(vec![key]), NOW).unwrap_err();
        assert_eq!(refused.code(), code);
    }
}

/// Signs when it is polled for the second time.
struct Slow(MemorySigner);

impl AsyncSigner for Slow {
    fn algorithm(&self) -> &[u8] {
        self.0.algorithm()
    }

    fn sign<'a>(&'a self, message: &'a [u8]) -> Signing<'a> {
        let mut asked = false;
        Box::pin(std::future::poll_fn(move |context| {
            if std::mem::replace(&mut asked, true) {
                return Poll::Ready(self.0.sign(message));
            }
            context.waker().wake_by_ref();
            Poll::Pending
        }))
    }
}

#[test]
fn a_slow_key_is_waited_for() {
    let authentication = authentication(vec![key(Slow(ecdsa()), 0)]);
    let id = AssertionId::generate().unwrap();
    let unsigned = authentication.prepare(id, Time::from_unix(NOW)).unwrap();
    let mut signing = pin!(unsigned.sign());
    let mut context = Context::from_waker(Waker::noop());
    assert!(signing.as_mut().poll(&mut context).is_pending());
    assert!(matches!(signing.poll(&mut context), Poll::Ready(Ok(_))));
}

#[test]
fn no_two_assertions_are_the_same() {
    let [one, other] = [(); 2].map(|()| AssertionId::generate().unwrap().0);
    assert_ne!(one, other);
}

#[test]
fn audiences_are_protected_urls() {
    for sound in [
        TOKEN_ENDPOINT,
        "https://idp.example",
        "https://idp.example:8443/t?tenant=1",
        "http://localhost:8080/t",
        "http://127.0.0.1:8080/t",
        "http://[::1]:8080/t",
    ] {
        let audience = AssertionAudience::new(sound).unwrap();
        assert_eq!(audience.as_str(), sound);
    }
    let long = format!("https://idp.example/{}", "a".repeat(236));
    for bad in [
        "",
        "/token",
        "http://idp.example/token",
        "http://localhost.example/token",
        "http://192.0.2.1/token",
        "ftp://127.0.0.1/token",
        "urn:example:provider",
        "https://us@idp.example/token",
        "https://:secret@idp.example/token",
        "https://idp.example/token#here",
        " https://idp.example/token",
        "https://idp.example/to ken",
        "https://idp.example/token\n",
        "https://例え.example/",
        &long,
    ] {
        let refused = AssertionAudience::new(bad).map_err(|error| error.code());
        assert_eq!(refused, Err(Code::MisuseArgument), "{bad:?}");
    }
}

#[test]
fn lifetimes_end_within_a_minute() {
    assert_eq!(
        AssertionLifetime::seconds(60),
        Ok(AssertionLifetime::LONGEST)
    );
    assert!(AssertionLifetime::seconds(1).is_ok());
    for bad in [0, 61, u32::MAX] {
        let refused = AssertionLifetime::seconds(bad).map_err(|error| error.code());
        assert_eq!(refused, Err(Code::MisuseArgument), "{bad}");
    }
}

#[test]
fn neither_assertion_nor_key_is_printed() {
    let authentication = authentication(vec![key(Immediate::new(ecdsa()), 0)]);
    let id = AssertionId::from_entropy([7; 16]);
    assert_eq!(format!("{id:?}"), "AssertionId(…)");
    let unsigned = authentication.prepare(id, Time::from_unix(NOW)).unwrap();
    let printed = format!("{unsigned:?}");
    let message = str::from_utf8(unsigned.message.input()).unwrap();
    assert!(message.split('.').all(|part| !printed.contains(part)));
    assert_eq!(
        format!("{:?}", now(unsigned.sign()).unwrap()),
        "ClientAssertion(…)"
    );
}
