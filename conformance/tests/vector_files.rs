//! The committed vectors are those that the seed gives, and they leave no
//! check and no code out.

#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

use std::collections::BTreeSet;
use std::fs;

use tashika::{CheckId, Code};
use tashika_conformance::vectors::{self, Vector};

/// Codes that no vector has.
const NOT_OF_INPUT: &[(&str, &str)] = &[
    (
        "revocation.too_large",
        "it takes a list of 64 MiB; the unit tests of the reader have one",
    ),
    (
        "revocation.damaged",
        "it takes a damaged file of ours; the unit tests of the index have every one",
    ),
    (
        "misuse.profile",
        "it takes a table of profiles that lacks a kind; the unit tests of the table have one",
    ),
    (
        "transaction.unknown",
        "it takes a store of transactions; the unit tests of the store have one",
    ),
    (
        "transaction.seal",
        "it takes state of ours that was sealed; the unit tests of the seal have every part of it changed",
    ),
    (
        "transaction.full",
        "it takes a store of transactions that is full; the unit tests of the store have one",
    ),
    (
        "transaction.browser",
        "it takes two browsers; the tests of the layers have them",
    ),
    (
        "misuse.layer",
        "it takes a layer in a wrong place; the tests of the layers have some",
    ),
    (
        "misuse.store",
        "it takes a store that several nodes cannot share; the unit tests of sites have one",
    ),
    (
        "misuse.entropy",
        "it takes a system without randomness; verification asks for none",
    ),
    (
        "misuse.signer",
        "it takes a key of ours that does not sign; the tests of the signers have some",
    ),
    (
        "auth_app.unreachable",
        "it takes a provider that cannot be reached; the tests of the driver have one",
    ),
    (
        "auth_app.timeout",
        "it takes a provider that is slow; the tests of the driver have one",
    ),
    (
        "auth_app.paused",
        "it takes a provider that failed before; the tests of the driver have one",
    ),
    (
        "auth_app.keys_missing",
        "it takes a provider whose keys cannot be had; the tests of the driver have one",
    ),
];

/// Checks that no vector fails: what a network does is not in a file. Servers
/// that fail in all these ways are in `tests/checker`.
const OF_THE_NETWORK: &[CheckId] = &[CheckId::Answered];

/// Checks that no vector fails: a signature takes several requests to two
/// servers, of which one has to decrypt. `tests/auth_app` asks both.
const OF_SIGNING: &[CheckId] = &[CheckId::AuthAppSigning];

/// Checks that no vector fails: they look at requests, sessions and stores.
/// `tests/layers`, `tests/stores` and `tests/audit` fail them all.
const IN_FRONT: &[CheckId] = &[
    CheckId::HttpRequest,
    CheckId::TransactionKept,
    CheckId::TransactionSession,
];

#[test]
fn the_committed_files_are_those_of_the_seed() {
    let directory = vectors::directory();
    let committed = vectors::read(&directory).unwrap();
    let generated = vectors::generate();
    for vector in &generated {
        let path = vector.path(&directory);
        let found = fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(found, vector.to_json(), "{} differs first", path.display());
    }
    let due: BTreeSet<_> = generated.iter().map(|v| v.path(&directory)).collect();
    let stale = committed.iter().find(|(path, _)| !due.contains(path));
    assert!(stale.is_none(), "{stale:?} is not generated");
}

#[test]
fn every_check_has_a_refusal() {
    let vectors = refusals();
    for check in CheckId::ALL {
        let has = vectors.iter().any(|v| v.check == check.as_str());
        let is_excepted = is_excepted(*check);
        assert!(has != is_excepted, "{check}: vector {has}");
    }
}

#[test]
fn every_code_has_a_refusal_or_a_reason() {
    let vectors = refusals();
    let found: BTreeSet<_> = vectors.iter().filter_map(|v| v.expected.clone()).collect();
    let excepted: BTreeSet<_> = NOT_OF_INPUT.iter().map(|(code, _)| *code).collect();
    for code in Code::ALL {
        let has = found.contains(code.as_str());
        let is_excepted = excepted.contains(code.as_str()) || is_excepted(code.check());
        assert!(
            has != is_excepted,
            "{code}: vector {has}, exception {is_excepted}"
        );
    }
    let known = |code: &str| Code::ALL.iter().any(|c| c.as_str() == code);
    assert!(excepted.iter().all(|code| known(code)));
    assert!(found.iter().all(|code| known(code)));
}

#[test]
fn every_procedure_and_kind_that_refuses_also_accepts() {
    let vectors = vectors::generate();
    let of = |expected: bool| -> BTreeSet<_> {
        let some = vectors.iter().filter(|v| v.expected.is_none() == expected);
        some.map(|v| (v.procedure, v.kind)).collect()
    };
    assert!(of(false).is_subset(&of(true)));
}

fn is_excepted(check: CheckId) -> bool {
    [OF_THE_NETWORK, OF_SIGNING, IN_FRONT]
        .concat()
        .contains(&check)
}

fn refusals() -> Vec<Vector> {
    let all = vectors::read(&vectors::directory()).unwrap();
    let vectors = all.into_iter().map(|(_, vector)| vector);
    vectors.filter(|v| v.expected.is_some()).collect()
}
