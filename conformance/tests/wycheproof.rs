//! Wycheproof's signatures through the judge's op `sig`, all of them.
//!
//! A set whose scheme is not in the table is asked all the same: its valid
//! signatures then stand refused in `divergences.json`, with the reason.

#![expect(clippy::expect_used, reason = "what cannot be read fails the test")]

use std::collections::BTreeMap;
use std::fmt::Debug;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use tashika_conformance::judge::{Verdict, answer};
use wycheproof::{HashFunction, TestResult, ecdsa, rsa_pkcs1_verify, rsa_pss_verify};

/// What stands in `divergences.json` under `wycheproof`.
#[derive(Deserialize)]
struct Divergences {
    /// Valid signatures that are refused.
    refused: Vec<Refused>,
    /// "Acceptable" signatures, which are all refused.
    acceptable: Acceptable,
}

#[derive(Deserialize)]
struct Refused {
    #[expect(dead_code, reason = "for readers")]
    reason: String,
    code: String,
    /// Valid signatures by set.
    sets: BTreeMap<String, usize>,
}

#[derive(Deserialize)]
struct Acceptable {
    #[expect(dead_code, reason = "for readers")]
    reason: String,
    /// Test numbers by set.
    sets: BTreeMap<String, Vec<usize>>,
}

/// What came of all the rows of one family.
#[derive(Debug, Default, PartialEq, Eq)]
struct Score {
    valid_accepted: usize,
    invalid_refused: usize,
    /// Set and code to number.
    valid_refused: BTreeMap<(String, String), usize>,
    acceptable_refused: BTreeMap<String, Vec<usize>>,
    false_accepts: Vec<(String, usize)>,
}

impl Score {
    fn ask(&mut self, set: &impl Debug, alg: &str, key: &[u8], test: &Test<'_>) {
        let line = json!({
            "id": test.id,
            "op": "sig",
            "alg": alg,
            "key": STANDARD.encode(key),
            "message": STANDARD.encode(test.message),
            "signature": STANDARD.encode(test.signature),
        });
        let answer = answer(line.to_string().as_bytes());
        let set = format!("{set:?}");
        match (test.result, answer.verdict) {
            (TestResult::Valid, Verdict::Accept) => self.valid_accepted += 1,
            (TestResult::Invalid, Verdict::Reject) => self.invalid_refused += 1,
            (TestResult::Valid, Verdict::Reject) => {
                let code = answer.code.expect("a refusal has a code").to_owned();
                *self.valid_refused.entry((set, code)).or_default() += 1;
            }
            (TestResult::Acceptable, Verdict::Reject) => {
                self.acceptable_refused
                    .entry(set)
                    .or_default()
                    .push(test.id);
            }
            (TestResult::Invalid | TestResult::Acceptable, Verdict::Accept) => {
                self.false_accepts.push((set, test.id));
            }
        }
    }

    /// The divergences are those on the list, and the list holds no other.
    fn check(&self, of_family: impl Fn(&str) -> bool, [accepted, refused]: [usize; 2]) {
        assert_eq!(self.false_accepts, []);
        let listed = divergences();
        let valid: BTreeMap<_, _> = listed
            .refused
            .iter()
            .flat_map(|group| group.sets.iter().map(move |set| (set, &group.code)))
            .filter(|((set, _), _)| of_family(set))
            .map(|((set, number), code)| ((set.clone(), code.clone()), *number))
            .collect();
        assert_eq!(self.valid_refused, valid, "valid signatures refused");
        let mut acceptable = listed.acceptable.sets;
        acceptable.retain(|set, _| of_family(set));
        assert_eq!(
            self.acceptable_refused, acceptable,
            "acceptable ones refused"
        );
        assert_eq!(
            [self.valid_accepted, self.invalid_refused],
            [accepted, refused],
            "valid signatures accepted, invalid ones refused"
        );
    }
}

struct Test<'a> {
    id: usize,
    message: &'a [u8],
    signature: &'a [u8],
    result: TestResult,
}

macro_rules! test {
    ($test:expr) => {
        &Test {
            id: $test.tc_id,
            message: &$test.msg,
            signature: &$test.sig,
            result: $test.result,
        }
    };
}

fn divergences() -> Divergences {
    #[derive(Deserialize)]
    struct All {
        wycheproof: Divergences,
    }
    let all: All = serde_json::from_str(include_str!("../suites/divergences.json")).expect("JSON");
    all.wycheproof
}

fn hash(hash: HashFunction) -> String {
    let name = format!("{hash:?}").to_lowercase();
    name.replace("sha2_", "sha")
}

/// By its plain name only the scheme that the table knows: one digest
/// throughout, and a salt of its length.
fn pss(group: &rsa_pss_verify::TestGroup) -> String {
    let name = format!("pss-{}", hash(group.hash));
    let salt = match group.hash {
        HashFunction::Sha2_256 => 32,
        HashFunction::Sha2_384 => 48,
        HashFunction::Sha2_512 => 64,
        _ => return name,
    };
    match group.mgf_hash {
        Some(mgf) if mgf == group.hash && group.salt_size == salt => name,
        mgf => format!("{name}-{mgf:?}-{}", group.salt_size),
    }
}

#[test]
fn rsa_pkcs1() {
    let mut score = Score::default();
    for set in rsa_pkcs1_verify::TestName::all() {
        for group in rsa_pkcs1_verify::TestSet::load(set).unwrap().test_groups {
            let alg = format!("pkcs1-{}", hash(group.hash));
            for test in &group.tests {
                score.ask(&set, &alg, &group.der, test!(test));
            }
        }
    }
    score.check(
        |set| set.starts_with("Rsa") && !set.starts_with("RsaPss"),
        [89, 6005],
    );
}

#[test]
fn rsa_pss() {
    let mut score = Score::default();
    for set in rsa_pss_verify::TestName::all() {
        for group in rsa_pss_verify::TestSet::load(set).unwrap().test_groups {
            let alg = pss(&group);
            for test in &group.tests {
                score.ask(&set, &alg, &group.der, test!(test));
            }
        }
    }
    score.check(|set| set.starts_with("RsaPss"), [514, 1089]);
}

#[test]
fn ecdsa() {
    let mut score = Score::default();
    for set in ecdsa::TestName::all() {
        for group in ecdsa::TestSet::load(set).unwrap().test_groups {
            let form = match group.test_type {
                ecdsa::TestGroupTypeId::EcdsaP1363 => "-fixed",
                ecdsa::TestGroupTypeId::Ecdsa | ecdsa::TestGroupTypeId::EcdsaBitcoin => "",
            };
            let alg = format!("ecdsa-{}{form}", hash(group.hash));
            for test in &group.tests {
                score.ask(&set, &alg, &group.der, test!(test));
            }
        }
    }
    score.check(|set| set.starts_with("Ecdsa"), [734, 16167]);
}
