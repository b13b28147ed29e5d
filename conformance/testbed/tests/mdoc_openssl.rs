//! The certificates and keys of mdocs before OpenSSL.
//!
//! Needs the `openssl` command (3.0 or later).

#![expect(
    clippy::expect_used,
    reason = "without the command or a directory the test fails"
)]

use std::{
    fs,
    path::PathBuf,
    process::{Command, Output},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use tashika_testbed::{
    Algorithm, Extension,
    mdoc::{Authority, MdocTestbed},
};
use tempfile::TempDir;

const NOW: i64 = 1_800_000_000;
const AT: &str = "1800000000";

struct Bench {
    testbed: MdocTestbed,
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        Self {
            testbed: MdocTestbed::from_seed(1, NOW),
            folder: TempDir::new().expect("a directory"),
        }
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path: PathBuf = self.folder.path().join(name);
        fs::write(&path, content).expect("a file");
        path.to_str().expect("UTF-8").to_owned()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("openssl");
        command
            .args(arguments)
            .output()
            .expect("the command openssl")
    }

    /// `-CAfile` takes nothing but PEM.
    fn pem(&self, certificate: &[u8]) -> String {
        let body = STANDARD.encode(certificate);
        let pem = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        self.file("root.pem", pem.as_bytes())
    }

    fn verify(&self, root: &Authority, leaf: &[u8], more: &[&str]) -> String {
        let root = self.pem(root.certificate());
        let leaf = self.file("leaf.der", leaf);
        let arguments = ["verify", "-x509_strict", "-check_ss_sig", "-attime", AT];
        let files = ["-CAfile", root.as_str(), leaf.as_str()];
        text(&self.run(&[&arguments[..], more, &files].concat()))
    }
}

fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

#[test]
fn every_signer_chains_to_its_root() {
    let bench = Bench::new();
    let testbed = &bench.testbed;
    for (root, leaf) in [
        (testbed.japan_authority(), testbed.japan_signer()),
        (testbed.licence_authority(), testbed.licence_signer()),
        (testbed.reader_authority(), testbed.reader()),
        (testbed.status_authority(), testbed.status_signer()),
    ] {
        let said = bench.verify(root, leaf.certificate(), &[]);
        assert!(said.ends_with(": OK\n"), "{said}");
        let said = bench.verify(testbed.japan_authority(), root.certificate(), &[]);
        assert_eq!(
            said.ends_with(": OK\n"),
            root.name() == testbed.japan_authority().name()
        );
    }
}

#[test]
fn shapes_are_those_of_the_standard() {
    let bench = Bench::new();
    let shown = |certificate: &[u8]| {
        let file = bench.file("shown.der", certificate);
        text(&bench.run(&["x509", "-in", &file, "-noout", "-text"]))
    };
    let root = shown(bench.testbed.japan_authority().certificate());
    for part in [
        "Signature Algorithm: ecdsa-with-SHA384",
        "NIST CURVE: P-384",
        "CN = TEST mncmdocRootCA",
        "CA:TRUE, pathlen:0",
        "X509v3 Key Usage: critical\n                Certificate Sign, CRL Sign",
        "X509v3 Subject Key Identifier",
        "X509v3 Issuer Alternative Name",
        "X509v3 CRL Distribution Points",
    ] {
        assert!(root.contains(part), "{part} in {root}");
    }
    let signer = shown(bench.testbed.japan_signer().certificate());
    for part in [
        "X509v3 Key Usage: critical\n                Digital Signature",
        "X509v3 Extended Key Usage: critical\n                1.0.18013.5.1.2",
        "X509v3 Authority Key Identifier",
        "URI:https://mdoc-iaca.test.example/certificate/latest/list.crl",
    ] {
        assert!(signer.contains(part), "{part} in {signer}");
    }
}

#[test]
fn lists_of_both_kinds_of_scope() {
    let bench = Bench::new();
    let testbed = &bench.testbed;
    let (root, leaf) = (testbed.japan_authority(), testbed.japan_signer());
    let scoped = |revoked: &[_]| testbed.list(root, revoked).sign(root.key());
    let unscoped = root.list_without_scope(1, NOW - 3_600).sign(root.key());
    for (list, expected) in [
        (scoped(&[]), ": OK"),
        (scoped(&[leaf]), "certificate revoked"),
        (unscoped, ": OK"),
    ] {
        let list = bench.file("list.crl", &list);
        let more = ["-crl_check", "-extended_crl", "-CRLfile", &list];
        let said = bench.verify(root, leaf.certificate(), &more);
        assert!(said.contains(expected), "{said}");
    }
}

#[test]
fn a_defect_leaves_the_signature_valid() {
    let bench = Bench::new();
    let root = bench.testbed.japan_authority();
    let key = bench.testbed.japan_signer().key();
    let unknown = root
        .document_signer(key)
        .extension(Extension::unknown().critical());
    let unknown = unknown.sign(root.key());
    let said = bench.verify(root, &unknown, &[]);
    assert!(said.contains("unhandled critical extension"), "{said}");
    let said = bench.verify(root, &unknown, &["-ignore_critical"]);
    assert!(said.ends_with(": OK\n"), "{said}");
}

/// ECDH, on which MACs, sessions and envelopes rest.
#[test]
fn both_agree_on_the_same_secret() {
    let bench = Bench::new();
    for algorithm in [Algorithm::P256, Algorithm::P384] {
        let key = |label| bench.testbed.key(algorithm, label);
        let (own, other) = (key("own"), key("other"));
        let private = bench.file("own.der", &own.pkcs8());
        let public = bench.file("other.der", &other.spki());
        let arguments = [
            "pkeyutl", "-derive", "-inkey", &private, "-peerkey", &public,
        ];
        let output = bench.run(&arguments);
        assert!(output.status.success(), "{}", text(&output));
        assert_eq!(output.stdout, own.agree(&other.public()));
    }
}
