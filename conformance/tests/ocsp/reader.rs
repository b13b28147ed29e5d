//! Other readers understand what we ask, and what the testbed answers.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use der_0_7::{Decode, Encode};
use tashika::algorithm::IdentifierHash;
use tashika::revocation::{OcspRequest, OcspResponse};
use tashika::signer::{EcdsaSigner, RsaSigner, Signer};
use tashika_conformance::responder::pem;
use tashika_conformance::vectors;
use tashika_testbed::{Algorithm, KeyPair, Kind, OcspAnswer, OcspBuilder};
use tempfile::TempDir;
use x509_ocsp::BasicOcspResponse;

use crate::scene::{RSA, Scene};

const ALGORITHMS: [Algorithm; 3] = [RSA, Algorithm::P256, Algorithm::P384];

fn openssl(directory: &Path, arguments: &[&str]) -> (bool, String) {
    let run = Command::new("openssl")
        .args(arguments)
        .current_dir(directory)
        .output();
    let Output {
        status,
        stdout,
        stderr,
    } = run.expect("openssl");
    let said = [stdout, stderr].concat();
    (
        status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

fn write(directory: &TempDir, name: &str, content: impl AsRef<[u8]>) {
    fs::write(directory.path().join(name), content).expect("a file");
}

fn signer(key: &KeyPair) -> Box<dyn Signer> {
    let pkcs8 = key.pkcs8();
    match key.algorithm() {
        Algorithm::Rsa(_) => Box::new(RsaSigner::from_pkcs8(&pkcs8).expect("a key")),
        _ => Box::new(EcdsaSigner::from_pkcs8(&pkcs8).expect("a key")),
    }
}

#[test]
fn openssl_reads_our_requests() {
    let directory = tempfile::tempdir().expect("a directory");
    let scene = Scene::new(Algorithm::P256);
    let query = scene.of_card();
    let nonce = *b"thirty-two octets of a nonce ...";
    let serial: String = scene
        .card
        .signing()
        .serial()
        .iter()
        .map(|o| format!("{o:02X}"))
        .collect();
    let serial = format!("Serial Number: {}", serial.trim_start_matches('0'));
    for (hash, name) in [
        (IdentifierHash::Sha1, "Hash Algorithm: sha1"),
        (IdentifierHash::Sha256, "Hash Algorithm: sha256"),
    ] {
        let request = OcspRequest::from_entropy(&query, hash, nonce);
        write(&directory, "request", request.der());
        let (read, said) = openssl(
            directory.path(),
            &["ocsp", "-reqin", "request", "-req_text"],
        );
        assert!(read, "{said}");
        for part in [name, "OCSP Nonce", "0420746869727479", serial.trim_end()] {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
    let request = OcspRequest::without_nonce(&query, IdentifierHash::Sha1);
    write(&directory, "request", request.der());
    let (read, said) = openssl(
        directory.path(),
        &["ocsp", "-reqin", "request", "-req_text"],
    );
    assert!(read && !said.contains("Nonce"), "{said}");
}

#[test]
fn openssl_writes_the_same_request() {
    let directory = tempfile::tempdir().expect("a directory");
    for algorithm in ALGORITHMS {
        let scene = Scene::new(algorithm);
        write(
            &directory,
            "ca.pem",
            pem("CERTIFICATE", scene.authority().certificate()),
        );
        let leaf = scene.card.signing().certificate();
        write(&directory, "leaf.pem", pem("CERTIFICATE", leaf));
        for (hash, option) in [
            (IdentifierHash::Sha1, "-sha1"),
            (IdentifierHash::Sha256, "-sha256"),
        ] {
            let arguments = [
                "ocsp",
                option,
                "-issuer",
                "ca.pem",
                "-cert",
                "leaf.pem",
                "-no_nonce",
                "-reqout",
                "theirs",
            ];
            let (written, said) = openssl(directory.path(), &arguments);
            assert!(written, "{said}");
            let theirs = fs::read(directory.path().join("theirs")).expect("a request");
            let ours = OcspRequest::without_nonce(&scene.of_card(), hash);
            assert_eq!(ours.der(), theirs, "{algorithm:?} {option}");
        }
    }
}

#[test]
fn signed_requests_bear_a_signature_and_a_name() {
    let directory = tempfile::tempdir().expect("a directory");
    for algorithm in ALGORITHMS {
        let scene = Scene::new(algorithm);
        let own = scene.card.credential(Kind::Authentication);
        let request = OcspRequest::generate(&scene.of_card(), IdentifierHash::Sha256)
            .and_then(|r| r.sign(&*signer(own.key()), &[own.certificate()]))
            .expect("a request");
        let read = x509_ocsp::OcspRequest::from_der(request.der()).expect("a request");
        let signature = read.optional_signature.expect("a signature");
        assert_eq!(signature.certs.map(|c| c.len()), Some(1));
        assert!(read.tbs_request.requestor_name.is_some());
        let signed = read.tbs_request.to_der().expect("an encoding");
        write(&directory, "signed", signed);
        write(&directory, "signature", signature.signature.raw_bytes());
        write(&directory, "key.pem", pem("PUBLIC KEY", &own.key().spki()));
        let digest = match algorithm {
            Algorithm::P384 => "-sha384",
            Algorithm::Rsa(_) | Algorithm::P256 => "-sha256",
        };
        let arguments = [
            "dgst",
            digest,
            "-verify",
            "key.pem",
            "-signature",
            "signature",
            "signed",
        ];
        let (verified, said) = openssl(directory.path(), &arguments);
        assert!(verified, "{algorithm:?}: {said}");
        write(&directory, "request", request.der());
        let (read, said) = openssl(
            directory.path(),
            &["ocsp", "-reqin", "request", "-req_text"],
        );
        assert!(read && said.contains("Requestor Name: DirName:"), "{said}");
    }
}

#[test]
fn openssl_believes_the_testbed() {
    let directory = tempfile::tempdir().expect("a directory");
    for algorithm in ALGORITHMS {
        let scene = Scene::new(algorithm);
        let now = scene.now.as_unix();
        let (ca, delegate) = (scene.authority(), &scene.delegate);
        write(&directory, "ca.pem", pem("CERTIFICATE", ca.certificate()));
        let leaf = scene.card.signing().certificate();
        write(&directory, "leaf.pem", pem("CERTIFICATE", leaf));
        let good = OcspAnswer::good(ca, scene.card.signing().serial(), now);
        let direct = OcspBuilder::direct(ca, now).answer(&good).respond(ca.key());
        let delegated = OcspBuilder::delegated(ca, delegate, now)
            .answer(&good)
            .respond(delegate.key());
        let forged = OcspBuilder::delegated(ca, delegate, now)
            .answer(&good)
            .corrupt_signature()
            .respond(delegate.key());
        for (response, sound) in [(direct, true), (delegated, true), (forged, false)] {
            write(&directory, "response", response);
            let arguments = [
                "ocsp",
                "-respin",
                "response",
                "-issuer",
                "ca.pem",
                "-cert",
                "leaf.pem",
                "-CAfile",
                "ca.pem",
                "-no_nonce",
            ];
            let (_, said) = openssl(directory.path(), &arguments);
            let verified = said.contains("Response verify OK") && said.contains("leaf.pem: good");
            assert_eq!(verified, sound, "{algorithm:?}: {said}");
        }
    }
}

/// What `x509-ocsp` makes of the DER of a response: when it was produced and
/// how many answers it has.
fn oracle(der: &[u8]) -> Option<(i64, usize)> {
    let response = x509_ocsp::OcspResponse::from_der(der).ok()?;
    let basic = response.response_bytes?.response.into_bytes();
    let data = BasicOcspResponse::from_der(&basic).ok()?.tbs_response_data;
    let produced = data.produced_at.0.to_unix_duration().as_secs();
    Some((i64::try_from(produced).ok()?, data.responses.len()))
}

/// Vectors that `x509-ocsp` cannot read although they can be read: it decodes
/// every certificate, knows the reasons that have names alone, and takes an
/// object identifier of two octets for malformed.
const TOO_STRICT: &[&str] = &[
    "ocsp/answer_extension",
    "ocsp/certificates_beside",
    "ocsp/delegate_critical",
    "ocsp/revoked_200",
    "ocsp/revoked_7",
    "ocsp/unknown_extension",
];

#[test]
fn another_reader_reads_what_we_read() {
    let all = vectors::read(&vectors::directory()).expect("the vectors");
    let all = all.into_iter().map(|(_, vector)| vector);
    let mut read = 0;
    for vector in all {
        let Some(ocsp) = &vector.inputs.ocsp else {
            continue;
        };
        let der = ocsp.response.as_ref();
        let Ok(ours) = OcspResponse::from_der(der) else {
            continue;
        };
        let ours = (ours.produced_at().as_unix(), ours.answers());
        let due = (!TOO_STRICT.contains(&vector.id.as_str())).then_some(ours);
        assert_eq!(oracle(der), due, "{}", vector.id);
        read += 1;
    }
    assert!(read > 90, "{read} vectors");
}
