//! The vectors before OpenSSL, where it can be asked the same question.
//!
//! Every disagreement stands with its reason in `openssl_disagreements.json`;
//! one that is not there fails, and so does an entry that is no disagreement.
//! Without the `openssl` command every trial is ignored, and says so.

#![expect(
    clippy::expect_used,
    reason = "without a temporary directory or a committed file the test fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use tashika_conformance::vectors::{self, Environment, Kind, Octets, Procedure, Vector};
use tempfile::TempDir;

fn main() {
    let arguments = Arguments::from_args();
    let absent = Command::new("openssl").arg("version").output().is_err();
    if absent {
        eprintln!("no openssl command: OpenSSL is NOT asked about the vectors");
    }
    let vectors = vectors::read(&vectors::directory()).expect("the committed vectors");
    let vectors: Vec<Vector> = vectors.into_iter().map(|(_, vector)| vector).collect();
    let disagreements = Disagreements::read();
    let mut trials = vec![Trial::test("no_entry_is_stale", {
        let stale = disagreements.stale(&vectors);
        move || fail_if(!stale.is_empty(), format!("not asked about: {stale:?}"))
    })];
    for vector in vectors.into_iter().filter(is_asked) {
        let listed = disagreements.of(&vector);
        let id = vector.id.clone();
        trials.push(Trial::test(id, move || compare(&vector, listed)));
    }
    let trials = trials
        .into_iter()
        .map(|trial| trial.with_ignored_flag(absent))
        .collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn compare(vector: &Vector, listed: Option<Verdict>) -> Result<(), Failed> {
    let due = Verdict::of(vector.expected.is_none());
    let bench = Bench::new();
    let answer = bench.ask(vector);
    let found = Verdict::of(answer.is_ok());
    let said = answer.err().unwrap_or_default();
    match listed {
        None => fail_if(
            found != due,
            format!("OpenSSL {found:?}, we do not: {said}"),
        ),
        Some(listed) => {
            fail_if(found == due, "listed, and OpenSSL agrees".to_owned())?;
            fail_if(
                found != listed,
                format!("listed, and OpenSSL {found:?}: {said}"),
            )
        }
    }
}

fn fail_if(condition: bool, why: String) -> Result<(), Failed> {
    if condition { Err(why.into()) } else { Ok(()) }
}

/// Whether there is a command that answers the same question. Of the four
/// items OpenSSL knows nothing.
fn is_asked(vector: &Vector) -> bool {
    let inputs = &vector.inputs;
    let of_one_certificate = inputs.status_of.is_none() && inputs.max_age.is_none();
    let in_test = inputs.environment == Environment::Test && !inputs.anchors.is_empty();
    let asked = match vector.procedure {
        Procedure::Certificate => true,
        // `openssl cms` takes no file of lists.
        Procedure::Cms => inputs.lists.is_none(),
        Procedure::List => of_one_certificate,
        Procedure::Raw => inputs
            .scheme
            .as_deref()
            .is_some_and(|s| options(s).is_some()),
        // `openssl ocsp` checks times by the clock of the machine alone. Its
        // responder is asked in `ocsp_openssl`, its own rows in `ocsp_rows`.
        Procedure::Ocsp => false,
        Procedure::Anchor | Procedure::Challenge | Procedure::Request => false,
        // It knows no JSON.
        Procedure::Login | Procedure::Token => false,
        // It knows no CBOR.
        Procedure::Mdoc
        | Procedure::MdocList
        | Procedure::MdocStatus
        | Procedure::MdocEnvelope
        | Procedure::MdocSession => false,
    };
    asked && in_test && vector.check != "jpki.holder"
}

/// What OpenSSL says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Accepts,
    Refuses,
}

impl Verdict {
    fn of(accepted: bool) -> Self {
        if accepted {
            Self::Accepts
        } else {
            Self::Refuses
        }
    }
}

/// One reason for which OpenSSL answers otherwise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Disagreement {
    openssl: Verdict,
    reason: String,
    vectors: BTreeSet<String>,
}

struct Disagreements(BTreeMap<String, Verdict>);

impl Disagreements {
    fn read() -> Self {
        let path = vectors::directory().join("openssl_disagreements.json");
        let text = fs::read_to_string(path).expect("the list of disagreements");
        let all: Vec<Disagreement> = serde_json::from_str(&text).expect("a list");
        let mut by_id = BTreeMap::new();
        for entry in all {
            assert!(!entry.reason.is_empty(), "an entry without a reason");
            for id in entry.vectors {
                let twice = by_id.insert(id, entry.openssl);
                assert!(twice.is_none(), "a vector stands in two entries");
            }
        }
        Self(by_id)
    }

    fn of(&self, vector: &Vector) -> Option<Verdict> {
        self.0.get(&vector.id).copied()
    }

    fn stale(&self, vectors: &[Vector]) -> Vec<String> {
        let asked: BTreeSet<_> = vectors
            .iter()
            .filter(|v| is_asked(v))
            .map(|v| &v.id)
            .collect();
        let stale = self.0.keys().filter(|id| !asked.contains(id));
        stale.cloned().collect()
    }
}

/// The digest and the options that name a scheme to `openssl dgst`.
fn options(scheme: &str) -> Option<&'static [&'static str]> {
    match scheme {
        "pkcs1-sha256" | "ecdsa-sha256" => Some(&["-sha256"]),
        "ecdsa-sha384" => Some(&["-sha384"]),
        "pkcs1-sha512" => Some(&["-sha512"]),
        "pss-sha256" => Some(&[
            "-sha256",
            "-sigopt",
            "rsa_padding_mode:pss",
            "-sigopt",
            "rsa_pss_saltlen:digest",
        ]),
        _ => None,
    }
}

struct Bench(TempDir);

impl Bench {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary directory"))
    }

    /// Whether OpenSSL accepts; if not, why.
    fn ask(&self, vector: &Vector) -> Result<(), String> {
        let inputs = &vector.inputs;
        match vector.procedure {
            Procedure::Cms => self.message(vector),
            Procedure::Raw => {
                self.certificate(vector)?;
                self.signature(vector)
            }
            _ if inputs.certificate.as_ref().is_some_and(|c| c.0.is_empty()) => {
                Err("no certificate".to_owned())
            }
            _ => self.certificate(vector),
        }
    }

    fn certificate(&self, vector: &Vector) -> Result<(), String> {
        let leaf = self.file("leaf.der", octets(&vector.inputs.certificate));
        let lists = vector.inputs.lists.as_ref().map(|lists| {
            let pem = lists.iter().map(|list| pem("X509 CRL", list.as_ref()));
            self.file("lists.pem", pem.collect::<String>().as_bytes())
        });
        let lists = match &lists {
            Some(lists) => vec!["-crl_check", "-extended_crl", "-CRLfile", lists],
            None => Vec::new(),
        };
        let path = self.path(vector);
        let path = path.iter().map(String::as_str).collect();
        self.run(&[vec!["verify"], path, lists, vec![&leaf]].concat())
    }

    fn signature(&self, vector: &Vector) -> Result<(), String> {
        let inputs = &vector.inputs;
        let leaf = self.file("leaf.der", octets(&inputs.certificate));
        let key = self.file("key.pem", &[]);
        self.run(&["x509", "-in", &leaf, "-noout", "-pubkey", "-out", &key])?;
        let signature = self.file("signature", octets(&inputs.signature));
        if let Some(digest) = &inputs.digest {
            let digest = self.file("digest", digest.as_ref());
            return self.run(&[
                "pkeyutl",
                "-verify",
                "-pubin",
                "-inkey",
                &key,
                "-sigfile",
                &signature,
                "-in",
                &digest,
                "-pkeyopt",
                "digest:sha256",
            ]);
        }
        let message = self.file("message", octets(&inputs.message));
        let scheme = inputs.scheme.as_deref().and_then(options);
        let files = ["-verify", &key, "-signature", &signature, &message];
        self.run(&[&["dgst"], scheme.unwrap_or_default(), &files].concat())
    }

    fn message(&self, vector: &Vector) -> Result<(), String> {
        let message = self.file("message.cms", octets(&vector.inputs.cms));
        let out = self.file("out", &[]);
        let content = vector.inputs.content.as_ref();
        let content = content.map(|content| self.file("content", content.as_ref()));
        let content = content.as_ref().map(|file| vec!["-content", file]);
        let path = self.path(vector);
        let path = path.iter().map(String::as_str).collect();
        let files = vec![
            "cms", "-verify", "-binary", "-inform", "DER", "-in", &message, "-out", &out,
        ];
        self.run(&[files, path, content.unwrap_or_default()].concat())
    }

    /// The options for the path: anchors of the kind alone, the time, and what
    /// of the profile OpenSSL can be told.
    fn path(&self, vector: &Vector) -> Vec<String> {
        let anchors = vector.inputs.anchors.iter();
        let anchors = anchors.filter(|anchor| anchor.purpose == vector.kind);
        let anchors = anchors.map(|anchor| pem("CERTIFICATE", anchor.certificate.as_ref()));
        let anchors = self.file("anchors.pem", anchors.collect::<String>().as_bytes());
        let (purpose, policy) = match vector.kind {
            Kind::Signing => ("smimesign", "1.2.392.200149.8.5.1.0.20"),
            Kind::Authentication => ("sslclient", "1.2.392.200149.8.5.1.0.30"),
            Kind::Mdoc | Kind::MdocStatus | Kind::AuthApp => {
                unreachable!("a certificate of no card is not asked about")
            }
        };
        let at = vector.now.to_string();
        [
            "-x509_strict",
            "-no-CApath",
            "-no-CAstore",
            "-CAfile",
            &anchors,
            "-attime",
            &at,
            "-purpose",
            purpose,
            "-policy",
            policy,
            "-explicit_policy",
            // 112 bits: neither SHA-1 nor RSA under 2048 bits.
            "-auth_level",
            "2",
        ]
        .map(str::to_owned)
        .to_vec()
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path: PathBuf = self.0.path().join(name);
        fs::write(&path, content).expect("a written file");
        path.display().to_string()
    }

    fn run(&self, arguments: &[&str]) -> Result<(), String> {
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new("openssl")
            .args(arguments)
            .output()
            .expect("the command openssl");
        let text = [stdout, stderr].concat();
        let text = String::from_utf8_lossy(&text).replace(&self.0.path().display().to_string(), "");
        if status.success() { Ok(()) } else { Err(text) }
    }
}

fn octets(octets: &Option<Octets>) -> &[u8] {
    octets.as_ref().map(AsRef::as_ref).unwrap_or_default()
}

/// RFC 7468.
fn pem(label: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines = text.as_bytes().chunks(64).map(String::from_utf8_lossy);
    let lines: Vec<_> = lines.collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
}
