//! `x509-cert` and `cms` to read, aws-lc-rs to verify.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::ParsedPublicKey;
use cms::cert::CertificateChoices;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerInfo};
use der::oid::db::rfc5911::ID_MESSAGE_DIGEST;
use der::{Decode, Encode};
use x509_cert::Certificate;

use crate::scoreboard::cards::{Key, Message, Signed};
use crate::scoreboard::contest::{Cases, Contender};
use crate::scoreboard::failure::Faulty;
use crate::scoreboard::limit;

pub(crate) fn signed(cases: &Cases<Signed>) -> Result<Contender, Faulty> {
    let prepare = |signed: &Signed| Some((issuer(signed)?, signed.clone()));
    Contender::new(
        "x509-cert + aws-lc-rs",
        cases,
        prepare,
        |(issuer, signed)| verify(issuer, signed).is_some(),
    )
}

pub(crate) fn message(cases: &Cases<Message>) -> Result<Contender, Faulty> {
    let prepare = |message: &Message| Some((issuer(&message.attributes)?, message.clone()));
    Contender::new("cms + aws-lc-rs", cases, prepare, |(issuer, message)| {
        verify_message(issuer, &message.der).is_some()
    })
}

fn issuer(signed: &Signed) -> Option<ParsedPublicKey> {
    let anchor = Certificate::from_der(&signed.anchor).ok()?;
    limit::key(signed.key, &anchor)
}

fn verify(issuer: &ParsedPublicKey, signed: &Signed) -> Option<()> {
    let certificate = Certificate::from_der(&signed.certificate).ok()?;
    let holder = holder(
        issuer,
        signed.key,
        &certificate,
        limit::tbs(&signed.certificate)?,
    )?;
    holder.verify_sig(&signed.message, &signed.signature).ok()
}

/// The key of a certificate that the issuer signed.
fn holder(
    issuer: &ParsedPublicKey,
    key: Key,
    certificate: &Certificate,
    tbs: &[u8],
) -> Option<ParsedPublicKey> {
    issuer
        .verify_sig(tbs, certificate.signature().as_bytes()?)
        .ok()?;
    limit::key(key, certificate)
}

fn verify_message(issuer: &ParsedPublicKey, der: &[u8]) -> Option<()> {
    let info = ContentInfo::from_der(der).ok()?;
    let data: SignedData = info.content.decode_as().ok()?;
    let content = data.encap_content_info.econtent.as_ref()?;
    let signer = data.signer_infos.0.as_slice().first()?;
    let [CertificateChoices::Certificate(certificate)] = data.certificates.as_ref()?.0.as_slice()
    else {
        return None;
    };
    // It keeps no bytes: what was signed has to be encoded again.
    let tbs = certificate.tbs_certificate().to_der().ok()?;
    let holder = holder(issuer, Key::Rsa2048, certificate, &tbs)?;
    if message_digest(signer)? != digest(&SHA256, content.value()).as_ref() {
        return None;
    }
    let attributes = signer.signed_attrs.as_ref()?.to_der().ok()?;
    holder
        .verify_sig(&attributes, signer.signature.as_bytes())
        .ok()
}

fn message_digest(signer: &SignerInfo) -> Option<&[u8]> {
    let attributes = signer.signed_attrs.as_ref()?;
    let attribute = attributes.iter().find(|a| a.oid == ID_MESSAGE_DIGEST)?;
    Some(attribute.values.as_slice().first()?.value())
}
