//! The testbed before OpenSSL: what it issues is valid to somebody else.
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

use tashika_testbed::{
    Algorithm, Attribute, Card, CmsBuilder, Encoding, Extension, Generation, Hash, KeyPair, Kind,
    LargeList, Municipality, Reason, Register, Scheme, Signer, Testbed, oid,
};
use tempfile::TempDir;

const NOW: i64 = 1_800_000_000;
const CONTENT: &[u8] = b"\x00contract\r\nof several lines\n";

#[test]
fn roots() {
    let bench = Bench::new(Algorithm::RSA_2048);
    for kind in Kind::ALL {
        for generation in Generation::ALL {
            let root = bench.root(kind, generation);
            let at = match generation {
                Generation::First => NOW - 400 * 86_400,
                Generation::Second | Generation::Third => NOW,
            };
            let arguments = [
                "verify",
                "-attime",
                &at.to_string(),
                "-check_ss_sig",
                "-CAfile",
            ];
            bench.accepts(&[&arguments[..], &[&root, &root]].concat());
        }
    }
}

#[test]
fn leaves() {
    for algorithm in [Algorithm::RSA_2048, Algorithm::P384, Algorithm::P256] {
        let bench = Bench::new(algorithm);
        for generation in [Generation::Second, Generation::Third] {
            let card = bench
                .testbed
                .issue(&bench.testbed.people()[0], generation, 7);
            for kind in Kind::ALL {
                let root = bench.root(kind, generation);
                let leaf = bench.file("leaf.der", card.credential(kind).certificate());
                bench.accepts(&[
                    "verify",
                    "-x509_strict",
                    "-attime",
                    AT,
                    "-CAfile",
                    &root,
                    &leaf,
                ]);
            }
        }
    }
}

#[test]
fn a_generation_does_not_vouch_for_another() {
    let bench = Bench::new(Algorithm::RSA_2048);
    let leaf = bench.file("leaf.der", bench.card().signing().certificate());
    let root = bench.root(Kind::Signing, Generation::Second);
    bench.refuses(
        &["verify", "-attime", AT, "-CAfile", &root, &leaf],
        "unable to get",
    );
}

#[test]
fn a_defect_leaves_the_signature_valid() {
    let bench = Bench::new(Algorithm::RSA_2048);
    let card = bench.card();
    let authority = bench.testbed.authority(Kind::Signing, Generation::Third);
    let terms = bench
        .testbed
        .terms(card.person(), Kind::Signing, Generation::Third, 0);
    let leaf = authority.leaf(card.person(), card.signing().key(), &terms);
    let root = bench.root(Kind::Signing, Generation::Third);

    let unknown = leaf
        .clone()
        .extension(Extension::unknown().critical())
        .sign(authority.key());
    let file = bench.file("leaf.der", &unknown);
    let arguments = ["verify", "-attime", AT, "-CAfile", &root, &file];
    bench.refuses(&arguments, "unhandled critical extension");
    bench.accepts(&[&["verify", "-ignore_critical"], &arguments[1..]].concat());

    bench.file("leaf.der", &leaf.corrupt_signature().sign(authority.key()));
    bench.refuses(&arguments, "certificate signature failure");
}

#[test]
fn revocation_lists() {
    for algorithm in [Algorithm::RSA_2048, Algorithm::P384] {
        let bench = Bench::new(algorithm);
        let (revoked, good) = (bench.testbed.card(0), bench.testbed.card(8));
        assert_eq!(revoked.person(), good.person());
        let mut register = Register::new();
        register.revoke(
            &revoked,
            Kind::Signing,
            Reason::AffiliationChanged,
            NOW - 7200,
        );
        let root = bench.root(Kind::Signing, Generation::Third);
        let lists = bench
            .testbed
            .lists(&register, Kind::Signing, Generation::Third);
        for list in &lists {
            let file = bench.file("list.crl", &list.der);
            let output = bench.run(&["crl", "-in", &file, "-CAfile", &root, "-noout"]);
            assert!(text(&output).contains("verify OK"), "{}", text(&output));

            let check = |card: &Card| {
                let leaf = bench.file("leaf.der", card.signing().certificate());
                let arguments = [
                    "verify",
                    "-crl_check",
                    "-extended_crl",
                    "-attime",
                    AT,
                    "-CRLfile",
                ];
                text(&bench.run(&[&arguments[..], &[&file, "-CAfile", &root, &leaf]].concat()))
            };
            if list.partition == revoked.partition(Kind::Signing) {
                assert!(
                    check(&revoked).contains("certificate revoked"),
                    "{}",
                    check(&revoked)
                );
                assert!(check(&good).ends_with(": OK\n"), "{}", check(&good));
            } else {
                assert!(
                    check(&good).contains("different CRL scope"),
                    "{}",
                    check(&good)
                );
            }
        }
    }
}

#[test]
fn entries_say_why() {
    let bench = Bench::new(Algorithm::P256);
    let mut register = Register::new();
    register.revoke(
        &bench.card(),
        Kind::Signing,
        Reason::CessationOfOperation,
        NOW - 7200,
    );
    let list = bench
        .testbed
        .list(&register, bench.card().partition(Kind::Signing));
    let key = bench
        .testbed
        .authority(Kind::Signing, Generation::Third)
        .key();
    let file = bench.file("list.crl", &list.sign(key));
    let shown = text(&bench.run(&["crl", "-in", &file, "-noout", "-text"]));
    for expected in ["Cessation Of Operation", "Kiyose-shi CRLDP", "CRL Number"] {
        assert!(shown.contains(expected), "{shown}");
    }
}

#[test]
fn large_lists() {
    let bench = Bench::new(Algorithm::RSA_2048);
    let authority = bench.testbed.authority(Kind::Signing, Generation::Third);
    let builder = authority.list(Municipality::NAHA, 1, NOW - 3600);
    let mut der = Vec::new();
    let list = LargeList::new(builder, 20_000, 4, NOW - 86_400).serials(7, 3);
    list.write_to(&mut der, authority.key()).unwrap();
    let file = bench.file("list.crl", &der);
    let root = bench.root(Kind::Signing, Generation::Third);
    let output = bench.run(&["crl", "-in", &file, "-CAfile", &root, "-noout"]);
    assert!(text(&output).contains("verify OK"), "{}", text(&output));
}

#[test]
fn exported_keys() {
    let bench = Bench::new(Algorithm::RSA_2048);
    for algorithm in [Algorithm::RSA_2048, Algorithm::P256, Algorithm::P384] {
        let key = bench.testbed.key(algorithm, "exported");
        let file = bench.file("key.der", &key.pkcs8());
        let out = bench.file("public.der", b"");
        bench.accepts(&["pkey", "-inform", "DER", "-in", &file, "-check", "-noout"]);
        let public = ["-pubout", "-outform", "DER", "-out", &out];
        bench.accepts(&[&["pkey", "-inform", "DER", "-in", &file], &public[..]].concat());
        assert_eq!(fs::read(out).expect("the public key"), key.spki());
    }
}

#[test]
fn raw_signatures() {
    let bench = Bench::new(Algorithm::RSA_2048);
    let rsa = |bits| bench.testbed.key(Algorithm::Rsa(bits), "raw");
    for bits in [1024, 2048, 3072, 4096] {
        for (hash, name) in [
            (Hash::Sha1, "-sha1"),
            (Hash::Sha256, "-sha256"),
            (Hash::Sha512, "-sha512"),
        ] {
            bench.accepts_signature(&rsa(bits), Scheme::Pkcs1(hash), &[name]);
        }
    }
    let pss = [
        "-sha256",
        "-sigopt",
        "rsa_padding_mode:pss",
        "-sigopt",
        "rsa_pss_saltlen:32",
    ];
    bench.accepts_signature(&rsa(2048), Scheme::PSS_SHA256, &pss);
    for algorithm in [Algorithm::P256, Algorithm::P384] {
        let key = bench.testbed.key(algorithm, "raw");
        bench.accepts_signature(&key, Scheme::Ecdsa(Hash::Sha256), &["-sha256"]);
        bench.accepts_signature(&key, Scheme::Ecdsa(Hash::Sha384), &["-sha384"]);
    }
}

#[test]
fn other_public_exponents() {
    let bench = Bench::new(Algorithm::P256);
    let key = tashika_testbed::RsaKey::generate(2048, 3, &mut bench.testbed.rng("three"));
    bench.accepts_signature(&key.into(), Scheme::Pkcs1(Hash::Sha256), &["-sha256"]);
}

#[test]
fn explicit_curves() {
    let bench = Bench::new(Algorithm::P256);
    let key = bench.testbed.key(Algorithm::P256, "explicit");
    let spki = key.spki_with_explicit_curve().expect("a P-256 key");
    let file = bench.file("key.der", &spki);
    let shown = bench.run(&[
        "pkey", "-pubin", "-inform", "DER", "-in", &file, "-noout", "-text",
    ]);
    assert!(
        text(&shown).contains("Field Type: prime-field"),
        "{}",
        text(&shown)
    );
    let message = bench.file("message", CONTENT);
    let signature = bench.file("signature", &key.sign(key.default_scheme(), CONTENT));
    let files = [
        "-keyform",
        "DER",
        "-verify",
        &file,
        "-signature",
        &signature,
        &message,
    ];
    bench.accepts(&[&["dgst", "-sha256"][..], &files].concat());
}

#[test]
fn messages() {
    let bench = Bench::new(Algorithm::RSA_2048);
    let card = bench.card();
    let streamed = |chunk| Encoding::Indefinite { chunk };
    let throughout = Encoding::IndefiniteThroughout { chunk: 3 };
    let time = Attribute::signing_time(NOW);
    let certificate = Attribute::signing_certificate(card.signing());
    let plain = |signer: Signer| signer;

    bench.accepts_message(&card, |cms| cms, plain);
    bench.accepts_message(&card, CmsBuilder::detached, plain);
    bench.accepts_message(&card, |cms| cms.encoding(streamed(5)), plain);
    bench.accepts_message(&card, |cms| cms.encoding(streamed(0)), plain);
    bench.accepts_message(&card, |cms| cms.encoding(throughout), plain);
    bench.accepts_message(&card, |cms| cms.detached().encoding(throughout), plain);
    bench.accepts_message(&card, |cms| cms, Signer::by_key_id);
    bench.accepts_message(&card, |cms| cms, Signer::without_attributes);
    bench.accepts_message(
        &card,
        |cms| cms,
        |s| s.attribute(time).attribute(certificate),
    );
    bench.accepts_message(&card, |cms| cms, |s| s.scheme(Scheme::PSS_SHA256));
    bench.accepts_message(&card, |cms| cms, |s| s.scheme(Scheme::Pkcs1(Hash::Sha512)));
    bench.accepts_message(
        &card,
        |cms| cms,
        |s| s.countersigned_by(card.authentication()),
    );
    bench.accepts_message(
        &card,
        |cms| cms,
        |s| {
            s.digest_identifier(Hash::Sha256.identifier())
                .signature_identifier(Scheme::Pkcs1(Hash::Sha256).identifier())
        },
    );
}

#[test]
fn messages_of_the_next_card() {
    let bench = Bench::new(Algorithm::P384);
    bench.accepts_message(&bench.card(), |cms| cms, |signer| signer);
    bench.accepts_message(
        &bench.card(),
        CmsBuilder::detached,
        Signer::without_attributes,
    );
}

#[test]
fn defective_messages() {
    let bench = Bench::new(Algorithm::RSA_2048);
    let card = bench.card();
    let wrong = Attribute::message_digest_of(&Hash::Sha256.digest(b"another"));
    let corrupt = "digest failure|signature failure|verification failure";
    let refused = |change: &dyn Fn(Signer) -> Signer, why: &str| {
        let message = CmsBuilder::new(CONTENT)
            .signer(card.signing(), change)
            .build();
        let shown = text(&bench.verify_message(&message));
        assert!(why.split('|').any(|why| shown.contains(why)), "{shown}");
    };
    refused(
        &|signer| signer.attribute(wrong.clone()),
        "messageDigest|verification failure",
    );
    refused(
        &|signer| signer.attributes(|list| list.remove(oid::MESSAGE_DIGEST)),
        "error",
    );
    refused(&|signer| signer.sign_content(), corrupt);
    refused(&|signer| signer.corrupt_signature(), corrupt);
    refused(
        &|signer| signer.signed_by(card.authentication().key()),
        corrupt,
    );
}

/// A directory, a testbed, and the command.
struct Bench {
    dir: TempDir,
    testbed: Testbed,
}

const AT: &str = "1800000000";

impl Bench {
    fn new(algorithm: Algorithm) -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        Self {
            dir,
            testbed: Testbed::from_seed(3, NOW).algorithm(algorithm),
        }
    }

    fn card(&self) -> Card {
        self.testbed.card(0)
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path: PathBuf = self.dir.path().join(name);
        fs::write(&path, content).expect("a written file");
        path.display().to_string()
    }

    /// In PEM, as `-CAfile` wants it.
    fn root(&self, kind: Kind, generation: Generation) -> String {
        let der = self.file(
            "root.der",
            self.testbed.authority(kind, generation).certificate(),
        );
        let pem = self.file("root.pem", b"");
        self.accepts(&["x509", "-inform", "DER", "-in", &der, "-out", &pem]);
        pem
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new("openssl")
            .args(arguments)
            .output()
            .expect("the command openssl")
    }

    fn accepts(&self, arguments: &[&str]) {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output));
    }

    fn refuses(&self, arguments: &[&str], why: &str) {
        let output = self.run(arguments);
        assert!(!output.status.success(), "accepted: {arguments:?}");
        assert!(text(&output).contains(why), "{}", text(&output));
    }

    fn accepts_signature(&self, key: &KeyPair, scheme: Scheme, options: &[&str]) {
        let public = self.file("key.der", &key.spki());
        let message = self.file("message", CONTENT);
        let signature = self.file("signature", &key.sign(scheme, CONTENT));
        let files = [
            "-keyform",
            "DER",
            "-verify",
            &public,
            "-signature",
            &signature,
            &message,
        ];
        self.accepts(&[&["dgst"], options, &files].concat());
    }

    fn accepts_message(
        &self,
        card: &Card,
        cms: impl FnOnce(CmsBuilder) -> CmsBuilder,
        signer: impl FnOnce(Signer) -> Signer,
    ) {
        let message = cms(CmsBuilder::new(CONTENT))
            .signer(card.signing(), signer)
            .build();
        let output = self.verify_message(&message);
        assert!(output.status.success(), "{}", text(&output));
    }

    fn verify_message(&self, message: &[u8]) -> Output {
        let root = self.root(Kind::Signing, Generation::Third);
        let message = self.file("message.cms", message);
        let content = self.file("content", CONTENT);
        let out = self.file("out", b"");
        self.run(&[
            "cms", "-verify", "-binary", "-inform", "DER", "-in", &message, "-CAfile", &root,
            "-purpose", "any", "-attime", AT, "-content", &content, "-out", &out,
        ])
    }
}

fn text(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}
