//! x509-ocsp with aws-lc-rs: structures of RustCrypto, signatures of ours.

use aws_lc_rs::signature::ParsedPublicKey;
use der::Decode;
use der_0_7::Decode as _;
use der_0_7::Encode;
use x509_cert::Certificate;
use x509_ocsp::{BasicOcspResponse, CertStatus, OcspResponse};

use crate::scoreboard::cards::{Key, Response};
use crate::scoreboard::contest::{Cases, Contender};
use crate::scoreboard::failure::Faulty;
use crate::scoreboard::limit;

const NAME: &str = "x509-ocsp + aws-lc-rs";

pub(crate) fn response(cases: &Cases<Response>) -> Result<Contender, Faulty> {
    let prepare = |response: &Response| {
        let anchor = Certificate::from_der(&response.data.anchor).ok()?;
        Some((limit::key(response.data.key, &anchor)?, response.clone()))
    };
    Contender::new(NAME, cases, prepare, |(issuer, response)| {
        verify(issuer, response).is_some()
    })
}

/// Both signatures, and that the answer is about the card and good.
fn verify(issuer: &ParsedPublicKey, response: &Response) -> Option<()> {
    let outer = OcspResponse::from_der(&response.der).ok()?;
    let basic = outer.response_bytes?.response;
    let basic = BasicOcspResponse::from_der(basic.as_bytes()).ok()?;
    let data = &basic.tbs_response_data;
    let answer = data.responses.first()?;
    let about = answer.cert_id.serial_number.as_bytes() == response.serial;
    if !about || !matches!(answer.cert_status, CertStatus::Good(_)) {
        return None;
    }
    let responder = basic.certs.as_ref()?.first()?;
    let signed = responder.tbs_certificate.to_der().ok()?;
    issuer
        .verify_sig(&signed, responder.signature.as_bytes()?)
        .ok()?;
    let info = &responder.tbs_certificate.subject_public_key_info;
    let key = info.subject_public_key.as_bytes()?;
    let key = ParsedPublicKey::new(Key::Rsa2048.verifier(), key).ok()?;
    key.verify_sig(&data.to_der().ok()?, basic.signature.as_bytes()?)
        .ok()
}
