//! The chain as somebody else computes it: from what is written about it, with
//! another language's JSON, HMAC and SHA-256.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use serde_json::Value;
use tashika::audit::Evidence;
use tashika::jpki::SignedDocument;
use tashika_tower::{ChainKeys, FileOptions, FileSink};

use crate::bench::{Bench, key, record, terms, write};

fn python() -> OsString {
    let given = std::env::var_os("TASHIKA_PEERS_PYTHON");
    let given = given.filter(|path| Path::new(path).exists());
    given.unwrap_or_else(|| "python3".into())
}

pub(crate) fn is_here() -> bool {
    let version = Command::new(python()).arg("--version").output();
    let here = version.is_ok_and(|output| output.status.success());
    if !here {
        eprintln!("IGNORED: no Python");
    }
    here
}

pub(crate) fn computed_again() {
    let bench = Bench::new();
    let document = |number: u8| {
        let octets = || Bytes::from(vec![number; 50]);
        SignedDocument::raw(octets(), octets(), octets())
    };
    for (number, keys) in [
        (1, ChainKeys::new(key(1), Vec::new())),
        (2, ChainKeys::new(key(2), vec![key(1)])),
    ] {
        let options = FileOptions::standard().rotate_at(4000);
        let sink = FileSink::open(&bench.directory(), keys, terms(), options).unwrap();
        for _ in 0..10 {
            let evidence = Evidence::generate(&document(number)).unwrap();
            write(&sink, record(1).with_evidence(evidence)).unwrap();
            write(&sink, record(2)).unwrap();
        }
    }
    let found = bench.verify().unwrap();

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers/audit_chain.py");
    let mut command = Command::new(python());
    command
        .arg(script)
        .arg("01".repeat(32))
        .arg("02".repeat(32));
    let output = command.arg(bench.directory()).output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["head"], found.head.unwrap().to_string());
    assert_eq!(answer["records"], 40);
    assert_eq!(answer["rotations"], 1);
    assert_eq!(answer["commitments"], 60);
    assert!(answer["files"].as_u64().unwrap() > 3);
}
