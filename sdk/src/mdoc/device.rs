//! Device authentication: the key that the issuer put into the document made
//! this presentation, in this transaction (ISO/IEC 18013-5, 9.1.3).

use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use crate::algorithm::PublicKey;
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::mdoc::cbor::{Reader, write};
use crate::mdoc::cose::{CoseKey, HMAC_256_256, MAC0, Message, SIGN1, scheme};
use crate::mdoc::issuer::Authentic;
use crate::mdoc::key::EphemeralKey;
use crate::mdoc::response::Document;
use crate::mdoc::transcript::SessionTranscript;
use crate::trust::sha256;

/// Whether a MAC can be told from a forgery.
///
/// Whoever holds either key can make one, so it proves something only to a
/// reader that made its own key and let nobody else have it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MacKey<'a> {
    None,
    Held(&'a EphemeralKey),
}

/// Checks that the device made `document`'s part of the presentation.
pub(crate) fn authenticate(
    document: &Document,
    authentic: &Authentic,
    transcript: &SessionTranscript,
    mac_key: MacKey<'_>,
    trace: &mut Trace,
) -> Result<(), Error> {
    let mut elements = document.device_elements.iter();
    let authorized = elements
        .all(|e| {
            authentic
                .authorizations
                .allow(e.namespace(), e.identifier())
        })
        .then_some(())
        .ok_or(Code::MdocDeviceSigned);
    trace.check(CheckId::MdocDeviceSigned, authorized)?;

    let authenticated = write::embedded(&authentication(
        transcript.octets(),
        &document.doc_type,
        &document.device_namespaces,
    ));
    let key = &authentic.device_key;
    match (&document.device_signature, &document.device_mac) {
        (Some(signature), None) => check_signature(signature, &authenticated, key, trace),
        (None, Some(mac)) => {
            let held = trace.check(CheckId::MdocDeviceAuth, held_for(transcript, mac_key))?;
            let e_mac_key = e_mac_key(held, key, &transcript.embedded());
            let e_mac_key = trace.check(CheckId::MdocDeviceKey, e_mac_key)?;
            let outcome = check_mac(mac, &authenticated, &e_mac_key);
            trace.check(CheckId::MdocDeviceAuth, outcome)
        }
        _ => trace.check(CheckId::MdocDeviceAuth, Err(Code::MdocDeviceAuth)),
    }
}

/// `DeviceAuthentication` (9.1.3.4), over what the device signed as it arrived.
/// Signed or authenticated is this under tag 24.
pub(crate) fn authentication(transcript: &[u8], doc_type: &str, namespaces: &[u8]) -> Vec<u8> {
    write::array(&[
        &*write::text("DeviceAuthentication"),
        transcript,
        &write::text(doc_type),
        namespaces,
    ])
}

fn check_signature(
    signature: &[u8],
    authenticated: &[u8],
    key: &CoseKey,
    trace: &mut Trace,
) -> Result<(), Error> {
    let message = trace.check(CheckId::MdocDeviceAuth, read(signature, SIGN1))?;
    let named = message.protected().algorithm().and_then(scheme);
    let named = named.map(drop).ok_or(Code::MdocDeviceAlgorithm);
    trace.check(CheckId::MdocDeviceAuth, named)?;
    let public_key = key.public_key(Code::MdocDeviceKey);
    let public_key = trace.check(CheckId::MdocDeviceKey, public_key)?;
    let outcome = verify(&message, authenticated, &public_key);
    trace.check(CheckId::MdocDeviceAuth, outcome)
}

/// Whether the device's key signed what is authenticated.
pub(crate) fn verify(
    message: &Message<'_>,
    authenticated: &[u8],
    key: &PublicKey,
) -> Result<(), Code> {
    message.verify(
        key,
        authenticated,
        Code::MdocDeviceAlgorithm,
        Code::MdocDeviceSignature,
    )
}

/// What is authenticated is computed, so the message carries none (9.1.3.5,
/// 9.1.3.6).
pub(crate) fn read(octets: &[u8], tag: u64) -> Result<Message<'_>, Code> {
    let message = Message::read(&mut Reader::new(octets, Code::MdocDeviceAuth), tag)?;
    if message.has_critical() {
        return Err(Code::MdocDeviceAuth);
    }
    if message.payload().is_some() {
        return Err(Code::MdocDevicePayload);
    }
    Ok(message)
}

/// Our key, if a MAC under it proves anything here.
fn held_for<'a>(transcript: &SessionTranscript, key: MacKey<'a>) -> Result<&'a EphemeralKey, Code> {
    match key {
        MacKey::Held(key) if transcript.flow().allows_mac() => Ok(key),
        MacKey::Held(_) | MacKey::None => Err(Code::MdocDeviceMacUnexpected),
    }
}

/// 9.1.3.5: agreed between the reader's key of this session and the device's
/// key in the document, with the digest of the session transcript under tag 24
/// as salt.
pub(crate) fn e_mac_key(
    ours: &EphemeralKey,
    device_key: &CoseKey,
    embedded_transcript: &[u8],
) -> Result<hmac::Key, Code> {
    let refusal = Code::MdocDeviceKey;
    if ours.curve() != device_key.curve() {
        return Err(refusal);
    }
    let shared = ours.agree(device_key.point(), refusal)?;
    let salt = sha256(&[embedded_transcript]);
    let extracted = Salt::new(HKDF_SHA256, &salt).extract(&shared);
    let expanded = extracted.expand(&[b"EMacKey"], hmac::HMAC_SHA256);
    let mut octets = Zeroizing::new([0; 32]);
    let outcome = expanded.and_then(|okm| okm.fill(&mut *octets));
    outcome.map_err(|_| refusal)?;
    Ok(hmac::Key::new(hmac::HMAC_SHA256, &*octets))
}

pub(crate) fn check_mac(mac: &[u8], authenticated: &[u8], key: &hmac::Key) -> Result<(), Code> {
    let message = read(mac, MAC0)?;
    if message.protected().algorithm() != Some(HMAC_256_256) {
        return Err(Code::MdocDeviceAlgorithm);
    }
    let covered = message.authenticated("MAC0", authenticated);
    hmac::verify(key, &covered, message.value()).map_err(|_| Code::MdocDeviceMac)
}
