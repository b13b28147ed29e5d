//! OpenSSL, the installed one.

use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::ocsp::{OcspFlag, OcspResponse};
use openssl::pkey::{PKey, Public};
use openssl::sign::Verifier;
use openssl::stack::Stack;
use openssl::x509::X509;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::X509VerifyParam;

use crate::scoreboard::cards::{Key, Message, NOW, Response, Signed};
use crate::scoreboard::contest::{Cases, Contender};
use crate::scoreboard::failure::Faulty;

const NAME: &str = "OpenSSL";

pub(crate) fn signed(cases: &Cases<Signed>) -> Result<Contender, Faulty> {
    let prepare = |signed: &Signed| Some((issuer(&signed.anchor).ok()?, signed.clone()));
    Contender::new(NAME, cases, prepare, |(issuer, signed)| {
        verify(issuer, signed).unwrap_or(false)
    })
}

/// `CMS_verify`, which builds and checks the path of the signer by itself.
pub(crate) fn message(cases: &Cases<Message>) -> Result<Contender, Faulty> {
    let prepare =
        |message: &Message| Some((store(&message.attributes.anchor).ok()?, message.clone()));
    Contender::new(NAME, cases, prepare, |(store, message)| {
        verify_message(store, &message.der).is_ok_and(|content| content == message.content)
    })
}

/// `OCSP_basic_verify`, which builds and checks the path of the responder.
pub(crate) fn response(cases: &Cases<Response>) -> Result<Contender, Faulty> {
    let prepare =
        |response: &Response| Some((store(&response.data.anchor).ok()?, response.clone()));
    Contender::new(NAME, cases, prepare, |(store, response)| {
        verify_response(store, &response.der).unwrap_or(false)
    })
}

fn verify_response(store: &X509Store, der: &[u8]) -> Result<bool, ErrorStack> {
    let basic = OcspResponse::from_der(der)?.basic()?;
    basic.verify(&*Stack::new()?, store, OcspFlag::empty())?;
    Ok(true)
}

fn verify(issuer: &PKey<Public>, signed: &Signed) -> Result<bool, ErrorStack> {
    let certificate = X509::from_der(&signed.certificate)?;
    if !certificate.verify(issuer)? {
        return Ok(false);
    }
    let digest = match signed.key {
        Key::Rsa2048 => MessageDigest::sha256(),
        Key::P384 => MessageDigest::sha384(),
    };
    let key = certificate.public_key()?;
    Verifier::new(digest, &key)?.verify_oneshot(&signed.signature, &signed.message)
}

fn verify_message(store: &X509Store, der: &[u8]) -> Result<Vec<u8>, ErrorStack> {
    let mut content = Vec::new();
    let mut message = CmsContentInfo::from_der(der)?;
    message.verify(
        None,
        Some(store),
        None,
        Some(&mut content),
        CMSOptions::BINARY,
    )?;
    Ok(content)
}

fn issuer(anchor: &[u8]) -> Result<PKey<Public>, ErrorStack> {
    X509::from_der(anchor)?.public_key()
}

fn store(anchor: &[u8]) -> Result<X509Store, ErrorStack> {
    let mut now = X509VerifyParam::new()?;
    now.set_time(NOW);
    let mut store = X509StoreBuilder::new()?;
    store.add_cert(X509::from_der(anchor)?)?;
    store.set_param(&now)?;
    Ok(store.build())
}
