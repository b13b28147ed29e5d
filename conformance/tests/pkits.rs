//! NIST PKITS with the issuer as anchor: a one-hop verifier's part of it.
//!
//! The files come from the vectors beside the repository or from the archive
//! that `conformance/run peers` unpacks. Without either every row is ignored,
//! and none passes.

#![expect(clippy::expect_used, reason = "what cannot be read fails the test")]

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;
use serde_json::json;
use tashika_conformance::judge::{Answer, Verdict, answer};

#[derive(Deserialize)]
struct Suite {
    time: i64,
    rows: Vec<Row>,
}

/// One row: files by their names without the ending.
#[derive(Clone, Debug, Deserialize)]
struct Row {
    id: String,
    anchor: String,
    target: String,
    crls: Vec<String>,
    expect: Expect,
    /// The code with which it is refused; none if it is accepted.
    code: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expect {
    Accept,
    Reject,
    /// A one-hop verifier may do either: the row is about names that fold,
    /// lists that others sign, reasons in parts, or delta lists.
    Either,
}

/// A row that may differ from what is expected: refused, never accepted.
#[derive(Deserialize)]
struct Divergence {
    id: String,
    reason: String,
}

/// A row of the expectations that come with the vectors.
#[derive(Deserialize)]
struct Published {
    id: String,
    anchor: String,
    ee: String,
    crls: Vec<String>,
    time: i64,
    jpki: Expect,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let suite: Suite =
        serde_json::from_str(include_str!("../suites/pkits_onehop.json")).expect("the suite");
    let divergences = divergences();
    let folders = folders();
    if folders.is_empty() {
        eprintln!(
            "PKITS IS NOT HERE: every row is ignored. \
             `conformance/run peers` brings it; TASHIKA_PKITS_DIR says where it is."
        );
    }

    let mut trials = vec![
        Trial::test("the_suite_is_whole", {
            let rows = suite.rows.clone();
            let known = divergences.clone();
            move || whole(&rows, &known)
        }),
        published(&suite),
    ];
    for row in suite.rows {
        let reason = divergences.get(&row.id).cloned();
        let name = format!("{}_{}", row.id, row.target);
        let (folders, time) = (Arc::clone(&folders), suite.time);
        let ignored = folders.is_empty();
        let trial = Trial::test(name, move || {
            folders
                .iter()
                .try_for_each(|folder| row.check(folder, time, reason.as_deref()))
        });
        trials.push(trial.with_ignored_flag(ignored));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// No row got lost, and no divergence names one that is not there.
fn whole(rows: &[Row], divergences: &BTreeMap<String, String>) -> Result<(), Failed> {
    let count = |expect| rows.iter().filter(|row| row.expect == expect).count();
    let counts = [Expect::Accept, Expect::Reject, Expect::Either].map(count);
    if counts != [22, 74, 25] {
        return Err(format!("{counts:?} rows to accept, to refuse, to do either with").into());
    }
    match divergences
        .keys()
        .find(|id| !rows.iter().any(|row| row.id == **id))
    {
        Some(stale) => Err(format!("no row {stale} to diverge from").into()),
        None => Ok(()),
    }
}

/// The expectations that come with the vectors are those of the suite.
fn published(suite: &Suite) -> Trial {
    let path = vectors().join("pkits_onehop.json");
    let (ignored, time, rows) = (!path.exists(), suite.time, suite.rows.clone());
    let trial = Trial::test("the_suite_agrees_with_the_vectors", move || {
        let published: Vec<Published> = serde_json::from_slice(&fs::read(&path)?)?;
        if published.len() != rows.len() {
            return Err(format!("{} rows, not {}", published.len(), rows.len()).into());
        }
        for (row, theirs) in rows.iter().zip(&published) {
            let same = row.id == theirs.id
                && row.anchor == theirs.anchor
                && row.target == theirs.ee
                && row.crls == theirs.crls
                && row.expect == theirs.jpki
                && time == theirs.time;
            if !same {
                return Err(format!("row {} differs", row.id).into());
            }
        }
        Ok(())
    });
    trial.with_ignored_flag(ignored)
}

impl Row {
    fn check(&self, folder: &Path, time: i64, diverges: Option<&str>) -> Result<(), Failed> {
        let answer = self.ask(folder, time)?;
        let as_expected = match (self.expect, answer.verdict) {
            (Expect::Reject, Verdict::Accept) => return Err("FALSE ACCEPT".into()),
            (Expect::Accept, Verdict::Reject) => false,
            _ => true,
        };
        match diverges {
            None if !as_expected => return Err(format!("refused: {answer:?}").into()),
            Some(reason) if as_expected => return Err(format!("stale: {reason}").into()),
            _ => {}
        }
        if answer.code != self.code.as_deref() {
            return Err(format!("{:?}, not {:?}", answer.code, self.code).into());
        }
        Ok(())
    }

    fn ask(&self, folder: &Path, time: i64) -> Result<Answer, Failed> {
        let read = |kind: &str, name: &str, ending: &str| -> Result<String, Failed> {
            let path = folder.join(kind).join(format!("{name}.{ending}"));
            let octets = fs::read(&path).map_err(|e| format!("{}: {e}", path.display()))?;
            Ok(STANDARD.encode(octets))
        };
        let crls = self.crls.iter().map(|name| read("crls", name, "crl"));
        let line = json!({
            "id": self.id,
            "op": "path",
            "profile": "jpki",
            "time": time,
            "flags": { "any_policy": true, "dp_optional": true },
            "anchors": [read("certs", &self.anchor, "crt")?],
            "target": read("certs", &self.target, "crt")?,
            "crls": crls.collect::<Result<Vec<_>, _>>()?,
        });
        Ok(answer(line.to_string().as_bytes()))
    }
}

fn divergences() -> BTreeMap<String, String> {
    #[derive(Deserialize)]
    struct All {
        pkits: Vec<Divergence>,
    }
    let all: All = serde_json::from_str(include_str!("../suites/divergences.json")).expect("JSON");
    all.pkits.into_iter().map(|d| (d.id, d.reason)).collect()
}

/// Folders with `certs` and `crls`, of those that are known the ones that are there.
fn folders() -> Arc<[PathBuf]> {
    let archive = env::var_os("TASHIKA_PKITS_DIR").map_or_else(
        || root().join("target/peers/pyhanko-certvalidator-0.33.0"),
        PathBuf::from,
    );
    [vectors(), archive.join("tests/fixtures/nist_pkits")]
        .into_iter()
        .filter(|folder| folder.join("certs").is_dir() && folder.join("crls").is_dir())
        .collect()
}

fn vectors() -> PathBuf {
    env::var_os("TASHIKA_VECTORS_DIR")
        .map_or_else(|| root().join("../shared/vectors"), PathBuf::from)
        .join("pkits")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
