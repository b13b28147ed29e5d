//! Messages that the command line of OpenSSL signs, where there is one.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use super::draft::Draft;
use super::pki::Pki;
use super::{CONTENT, verify};
use crate::algorithm::AlgorithmTable;
use crate::code::{CheckId, Code};
use crate::error::Trace;

/// A directory with the keys and certificates of a [`Pki`], removed at the end.
struct Bench {
    pki: &'static Pki,
    directory: PathBuf,
}

impl Bench {
    /// None where there is no OpenSSL.
    fn new(name: &str, pki: &'static Pki) -> Option<Self> {
        if Command::new("openssl").arg("version").output().is_err() {
            eprintln!("skipped: no command `openssl`");
            return None;
        }
        let unique = format!("tashika-cms-{name}-{}", std::process::id());
        let directory = std::env::temp_dir().join(unique);
        fs::create_dir_all(&directory).unwrap();
        let bench = Self { pki, directory };
        bench.write("root.der", &pki.root_certificate);
        bench.write("leaf.der", &pki.leaf_certificate);
        bench.write("root.key.der", &pki.root.pkcs8());
        bench.write("leaf.key.der", &pki.leaf.pkcs8());
        bench.run("x509 -inform DER -in root.der -out root.pem");
        bench.run("x509 -inform DER -in leaf.der -out leaf.pem");
        bench.run("pkey -inform DER -in root.key.der -out root.key.pem");
        bench.run("pkey -inform DER -in leaf.key.der -out leaf.key.pem");
        Some(bench)
    }

    fn write(&self, name: &str, octets: &[u8]) {
        fs::write(self.directory.join(name), octets).unwrap();
    }

    fn run(&self, arguments: &str) {
        let output = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(&self.directory)
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {complaint}");
    }

    fn sign(&self, content: &[u8], options: &str) -> Vec<u8> {
        self.write("content", content);
        self.run(&format!(
            "cms -sign -binary -in content -outform DER -out message \
             -signer leaf.pem -inkey leaf.key.pem {options}"
        ));
        fs::read(self.directory.join("message")).unwrap()
    }

    /// What becomes of a message with attached content.
    fn outcome(&self, content: &[u8], options: &str) -> Result<Trace, Code> {
        let message = self.sign(content, &format!("-nodetach {options}"));
        let table = AlgorithmTable::standard();
        let (signed, trace) = verify(self.pki, &message, None, &table).map_err(|e| e.code())?;
        assert_eq!(signed, content, "{options}");
        Ok(trace)
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.directory);
    }
}

#[test]
fn rsa_messages_are_verified() {
    let Some(bench) = Bench::new("rsa", Pki::rsa()) else {
        return;
    };
    let large = CONTENT.repeat(1000);
    for options in [
        "-md sha256",
        "-md sha384",
        "-md sha512",
        "-md sha256 -noattr",
        "-md sha256 -keyid",
        "-md sha256 -nosmimecap",
        "-md sha256 -certfile root.pem",
        "-md sha256 -stream",
        "-md sha256 -stream -noattr",
        "-md sha256 -indef -keyid -cades",
    ] {
        for content in [CONTENT, &large] {
            bench.outcome(content, options).expect(options);
        }
    }
    bench.outcome(&[], "-md sha256").unwrap();
    let trace = bench.outcome(CONTENT, "-md sha256 -cades").unwrap();
    assert!(trace.passed(CheckId::CmsSigningCertificate));
    let weak = bench.outcome(CONTENT, "-md sha1").unwrap_err();
    assert_eq!(weak, Code::CmsDigestAlgorithm);
    let without = bench.outcome(CONTENT, "-md sha256 -nocerts").unwrap_err();
    assert_eq!(without, Code::CmsSignerCertificate);
    let two = "-md sha256 -signer root.pem -inkey root.key.pem";
    let two = bench.outcome(CONTENT, two).unwrap_err();
    assert_eq!(two, Code::CmsSignerCount);
}

#[test]
fn a_streamed_message_is_ber() {
    let Some(bench) = Bench::new("ber", Pki::rsa()) else {
        return;
    };
    let streamed = bench.sign(&CONTENT.repeat(1000), "-md sha256 -nodetach -stream");
    assert_eq!(streamed[..2], [0x30, 0x80]);
    let trailing = [&streamed[..], &[0, 0]].concat();
    let table = AlgorithmTable::standard();
    let error = verify(bench.pki, &trailing, None, &table).unwrap_err();
    assert_eq!(error.code(), Code::InputCms);
}

#[test]
fn detached_content_is_verified() {
    let Some(bench) = Bench::new("detached", Pki::rsa()) else {
        return;
    };
    let table = AlgorithmTable::standard();
    for (options, expected) in [
        ("-md sha256", Code::CmsMessageDigest),
        ("-md sha256 -noattr", Code::SignatureInvalid),
    ] {
        let message = bench.sign(CONTENT, options);
        verify(bench.pki, &message, Some(CONTENT), &table).expect(options);
        let error = verify(bench.pki, &message, Some(b"other"), &table).unwrap_err();
        assert_eq!(error.code(), expected, "{options}");
    }
}

#[test]
fn pss_needs_a_table_that_has_it() {
    let Some(bench) = Bench::new("pss", Pki::rsa()) else {
        return;
    };
    let options = "-md sha256 -nodetach -keyopt rsa_padding_mode:pss -keyopt rsa_pss_saltlen:-1";
    let message = bench.sign(CONTENT, options);
    let with = AlgorithmTable::standard().with_pss();
    verify(bench.pki, &message, None, &with).unwrap();
    let without = AlgorithmTable::standard();
    let error = verify(bench.pki, &message, None, &without).unwrap_err();
    assert_eq!(error.code(), Code::CmsSignatureAlgorithm);
}

#[test]
fn ecdsa_messages_are_verified() {
    let Some(bench) = Bench::new("p384", Pki::p384()) else {
        return;
    };
    for options in ["-md sha384", "-md sha384 -keyid -noattr"] {
        bench.outcome(CONTENT, options).expect(options);
    }
    // P-384 goes with SHA-384 alone.
    let other = bench.outcome(CONTENT, "-md sha256").unwrap_err();
    assert_eq!(other, Code::SignatureScheme);
}

#[test]
fn openssl_accepts_the_draft_that_the_defects_start_from() {
    let Some(bench) = Bench::new("draft", Pki::shared()) else {
        return;
    };
    let mut draft = Draft::good();
    for indefinite in [false, true] {
        draft.indefinite = indefinite;
        bench.write("draft", &draft.sign());
        bench.run(
            "cms -verify -binary -inform DER -in draft -CAfile root.pem -purpose any -out verified",
        );
        let verified = fs::read(bench.directory.join("verified")).unwrap();
        assert_eq!(verified, CONTENT);
    }
}
