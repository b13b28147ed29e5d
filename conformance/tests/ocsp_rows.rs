//! OpenSSL's own tests of OCSP responses (its `80-test_ocsp.t`), by the judge.
//!
//! The rows come from the vectors beside the repository. Without them every row
//! is ignored, and none passes.
//!
//! Each is asked about at the second at which its response was produced: what
//! OpenSSL tests is who may sign, and not how old it is. Its rows are signed
//! with SHA-1, for which the judge has a flag and the verifier none.

#![expect(clippy::expect_used, reason = "what cannot be read fails the test")]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use serde_json::json;
use tashika::revocation::OcspResponse;
use tashika_conformance::judge::{Verdict, answer};

/// How many rows there are, and how many of them OpenSSL accepts.
const ROWS: (usize, usize) = (58, 13);

#[derive(Clone, Deserialize)]
struct Row {
    group: String,
    title: String,
    ors: String,
    issuer: String,
    expect_ok: bool,
    no_check_time: bool,
    resp: String,
    issuer_pem: String,
    extra_pem: Option<String>,
}

/// A row that is answered otherwise than by OpenSSL: refused, never accepted.
#[derive(Clone, Deserialize)]
struct Divergence {
    id: String,
    code: String,
    reason: String,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let divergences = divergences();
    let path = vectors().join("revocation/openssl_ocsp.json");
    let Ok(text) = fs::read(&path) else {
        eprintln!("THE ROWS OF OPENSSL ARE NOT HERE: they are ignored.");
        let ignored = Trial::test("every_row", || Ok(())).with_ignored_flag(true);
        return libtest_mimic::run(&arguments, vec![ignored]).exit_code();
    };
    let rows: Vec<Row> = serde_json::from_slice(&text).expect("rows");
    let mut trials = vec![Trial::test("the_suite_is_whole", {
        let (rows, divergences) = (rows.clone(), divergences.clone());
        move || whole(&rows, &divergences)
    })];
    for row in rows {
        let divergence = divergences.get(&row.id()).cloned();
        trials.push(Trial::test(row.id(), move || row.check(divergence)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// No row got lost, and no divergence names one that is not there.
fn whole(rows: &[Row], divergences: &BTreeMap<String, Divergence>) -> Result<(), Failed> {
    let accepted = rows.iter().filter(|row| row.expect_ok).count();
    if (rows.len(), accepted) != ROWS {
        return Err(format!("{} rows, {accepted} to accept", rows.len()).into());
    }
    let known = |id: &&String| rows.iter().any(|row| row.id() == **id);
    match divergences.keys().find(|id| !known(id)) {
        Some(stale) => Err(format!("no row {stale} to diverge from").into()),
        None => Ok(()),
    }
}

impl Row {
    fn id(&self) -> String {
        let word = |file: &str| file.split('.').next().unwrap_or_default().to_owned();
        let time = if self.no_check_time { "_any_time" } else { "" };
        format!("{}_by_{}{time}", word(&self.ors), word(&self.issuer))
    }

    /// The code with which a row is refused, by its group.
    fn due(&self) -> Option<&'static str> {
        // Its CA is no anchor: see the divergences.
        if self.issuer.contains("D3_Issuer") && !self.issuer.contains("ND3") {
            return Some("trust.anchor");
        }
        let what = self
            .group
            .split_once(" in ")
            .or_else(|| self.group.split_once(" on "));
        match what? {
            ("INVALID SIGNATURE", "the OCSP RESPONSE") => Some("revocation.ocsp_signature"),
            ("WRONG RESPONDERID", _) => Some("revocation.ocsp_responder"),
            ("WRONG ISSUERNAMEHASH" | "WRONG ISSUERKEYHASH", _) => {
                Some("revocation.ocsp_certificate")
            }
            ("WRONG KEY", "the DELEGATED OCSP SIGNING CERTIFICATE") => {
                Some("revocation.ocsp_responder")
            }
            ("INVALID SIGNATURE", _) => Some("revocation.ocsp_delegate"),
            ("WRONG SUBJECT NAME" | "WRONG KEY", _) => Some("revocation.ocsp_certificate"),
            _ => None,
        }
    }

    fn check(&self, divergence: Option<Divergence>) -> Result<(), Failed> {
        let response = STANDARD.decode(&self.resp)?;
        // A response that cannot be read was produced at no time.
        let produced = OcspResponse::from_der(&response).map_or(0, |r| r.produced_at().as_unix());
        let issuer = self.extra_pem.as_deref().filter(|pem| !pem.is_empty());
        let issuer = der(issuer.unwrap_or(&self.issuer_pem));
        let line = json!({
            "op": "ocsp",
            "time": produced,
            "flags": { "allow_sha1": true },
            "anchors": [issuer],
            "ocsp": [self.resp],
        });
        let answer = answer(line.to_string().as_bytes());
        let accepted = answer.verdict == Verdict::Accept;
        let (group, title) = (&self.group, &self.title);
        match divergence {
            _ if accepted && !self.expect_ok => Err("FALSE ACCEPT".into()),
            None if accepted && self.expect_ok => Ok(()),
            None if !self.expect_ok && answer.code == self.due() => Ok(()),
            None => Err(format!("{group}, {title}: refused with {answer:?}").into()),
            Some(stale) if accepted => Err(format!("stale: {}", stale.reason).into()),
            Some(due) if answer.code == Some(&due.code) => Ok(()),
            Some(due) => Err(format!("{:?}, not {}", answer.code, due.code).into()),
        }
    }
}

/// The base64 between the lines of the first certificate of a PEM file.
fn der(pem: &str) -> String {
    let begin = |line: &&str| !line.starts_with("-----BEGIN");
    let end = |line: &&str| !line.starts_with("-----END");
    let lines = pem.lines().skip_while(begin).skip(1);
    lines.take_while(end).collect()
}

fn divergences() -> BTreeMap<String, Divergence> {
    #[derive(Deserialize)]
    struct All {
        openssl_ocsp: Vec<Divergence>,
    }
    let all: All = serde_json::from_str(include_str!("../suites/divergences.json")).expect("JSON");
    let by_id = |d: Divergence| (d.id.clone(), d);
    all.openssl_ocsp.into_iter().map(by_id).collect()
}

fn vectors() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/vectors");
    env::var_os("TASHIKA_VECTORS_DIR").map_or_else(beside, PathBuf::from)
}
