//! `tashika audit`: chains that are whole, and chains that are not.

#![expect(clippy::indexing_slicing, reason = "what is not there fails the test")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use tashika::audit::{Chain, ChainKey, Evidence, Flow, Record, Role, Terms, WriterId};
use tashika::jpki::{LookupKey, SignedDocument};
use tashika::{Code, Time};

use crate::desk::{Answer, Desk, NOW};

/// A desk with a chain in two files, evidence beside it, and its heads.
struct Office {
    desk: Desk,
    heads: Vec<String>,
}

const FILES: [&str; 2] = ["@one.jsonl", "@two.jsonl"];
const KEY: [&str; 2] = ["--key", "@chain.key"];

impl Office {
    fn new() -> Self {
        let desk = Desk::new();
        for (name, octet) in [
            ("chain.key", "01"),
            ("next.key", "02"),
            ("lookup.key", "09"),
        ] {
            write_key(&desk, name, octet);
        }
        let key = |octet| ChainKey::from_octets(&[octet; 32]);
        let mut chain = Chain::begin(WriterId::from_entropy([7; 16]), key(1));
        let terms = Terms::new(LookupKey::from_octets(&[9; 32]), Role::Verifier);
        let (mut lines, mut evidence, mut heads) = (Vec::new(), String::new(), Vec::new());
        for number in 0..4_u8 {
            let (at, error) = (Time::from_unix(NOW), Code::X509Expired.into());
            let octets = || vec![number; 30].into();
            let document = SignedDocument::raw(octets(), octets(), octets());
            let record = Record::refused(Flow::Signature, error, None, at);
            let record = record.with_evidence(Evidence::from_entropy(&document, &[number; 32]));
            let entry = terms.write(record).unwrap();
            lines.push(chain.append(&entry).unwrap());
            let head = chain.head().unwrap();
            evidence += &entry.evidence().unwrap().line(&head).unwrap();
            heads.push(head.to_string());
        }
        desk.write("one.jsonl", lines[..2].concat());
        desk.write("two.jsonl", lines[2..].concat());
        desk.write("evidence.jsonl", evidence);
        let rotated = chain.rotate(key(2)).unwrap();
        desk.write("rotated.jsonl", rotated);
        heads.push(chain.head().unwrap().to_string());
        Self { desk, heads }
    }

    fn verify(&self, arguments: &[&str]) -> Answer {
        let verify = ["audit", "verify"];
        self.desk
            .run(&[&verify, &FILES[..], &KEY, arguments].concat())
    }

    /// The fault of a chain whose files are these.
    fn fault(&self, arguments: &[&str]) -> Value {
        let answer = self.verify(&[arguments, &["--json"]].concat()).exits(1);
        let report = answer.json();
        assert_eq!(
            (&report["chain"], &report["head"]),
            (&json!("broken"), &Value::Null)
        );
        report["fault"].clone()
    }

    fn change(&self, name: &str, change: impl FnOnce(String) -> String) -> String {
        let text = fs::read_to_string(self.desk.path(name)).unwrap();
        self.desk.write(name, change(text.clone()));
        text
    }
}

fn write_key(desk: &Desk, name: &str, octet: &str) {
    desk.write(name, octet.repeat(32) + "\n");
    fs::set_permissions(desk.path(name), fs::Permissions::from_mode(0o600)).unwrap();
}

#[test]
fn a_whole_chain_is_told_with_its_head() {
    let office = Office::new();
    let head = office.heads[3].as_str();
    let text = office.verify(&[]).exits(0);
    text.says(&["WHOLE", head, "records    4", "rotations  0"]);
    for known in &office.heads[..4] {
        office.verify(&["--expect-head", known]).exits(0);
    }
    let report = office
        .verify(&["--evidence", "@evidence.jsonl", "--json"])
        .exits(0);
    assert_eq!(
        report.json(),
        json!({
            "chain": "whole",
            "head": head,
            "records": 4,
            "rotations": 0,
            "torn_octets": 0,
            "evidence": { "kept": 4, "absent": 0 },
            "fault": null,
        })
    );
    let print = |files: &[&str]| office.desk.run(&[&["audit", "head"], files, &KEY].concat());
    assert_eq!(print(&FILES).exits(0).stdout.trim_end(), head);
    office.desk.write("empty.jsonl", "");
    print(&["@empty.jsonl"]).exits(1).complains(&["no line"]);
    // The rest of a chain whose beginning is in the archive.
    let rest = ["audit", "verify", "@two.jsonl", "--key", "@chain.key"];
    office
        .desk
        .run(&[&rest[..], &["--after", &office.heads[1]]].concat())
        .exits(0);
    let missing = office.desk.run(&rest).exits(1);
    missing.says(&[
        "BROKEN",
        "two.jsonl: line 1",
        "lines are missing: 1 was due, this is 3",
    ]);
}

#[test]
fn a_changed_chain_is_told_with_the_place() {
    let office = Office::new();
    let whole = office.change("two.jsonl", |text| text.replacen("expired", "exPired", 1));
    let fault = office.fault(&[]);
    assert_eq!(
        (&fault["name"], &fault["line"]),
        (&json!("altered"), &json!(1))
    );
    assert!(fault["file"].as_str().unwrap().ends_with("two.jsonl"));
    office
        .verify(&[])
        .exits(1)
        .says(&["BROKEN", "line 1: not as it was written"]);
    let head = ["audit", "head", FILES[0], FILES[1], KEY[0], KEY[1]];
    office
        .desk
        .run(&head)
        .exits(1)
        .complains(&["two.jsonl: line 1"]);

    // The end is missed by whoever knows it.
    let (first, last) = whole.split_once('\n').unwrap();
    office.desk.write("two.jsonl", format!("{first}\n"));
    office.verify(&[]).exits(0).says(&["records    3"]);
    assert_eq!(
        office.fault(&["--expect-head", &office.heads[3]])["name"],
        "truncated"
    );
    // What a crash cut off is no fault.
    office
        .desk
        .write("two.jsonl", format!("{first}\n{}", &last[..100]));
    office.verify(&[]).exits(0).says(&["torn       100 octets"]);
    // In the middle nothing is cut off by a crash.
    office.desk.write("two.jsonl", whole);
    office.change("one.jsonl", |text| text.trim_end().to_owned());
    assert_eq!(office.fault(&[])["name"], "torn");
}

#[test]
fn evidence_is_compared_with_the_chain() {
    let office = Office::new();
    let evidence = ["--evidence", "@evidence.jsonl"];
    let whole = office.change("evidence.jsonl", |text| text.replacen("AgIC", "AgID", 1));
    let fault = office.fault(&evidence);
    assert_eq!(
        (&fault["name"], &fault["line"]),
        (&json!("evidence_altered"), &json!(1))
    );
    assert!(fault["text"].as_str().unwrap().contains("evidence, line 3"));
    // What was erased is absent, and in two files it is as in one.
    let lines: Vec<_> = whole.lines().collect();
    let erased = " ".repeat(lines[1].len());
    office
        .desk
        .write("evidence.jsonl", format!("{}\n{erased}\n", lines[0]));
    office
        .desk
        .write("more.jsonl", format!("{}\n{}\n", lines[2], lines[3]));
    let both = [&evidence[..], &["--evidence", "@more.jsonl"]].concat();
    office
        .verify(&both)
        .exits(0)
        .says(&["evidence   3 kept, 1 absent"]);
    office.desk.write("more.jsonl", whole);
    assert_eq!(office.fault(&both)["name"], "evidence_foreign");
}

#[test]
fn keys_are_those_of_the_chain() {
    let office = Office::new();
    let files = [&["audit", "verify"], &FILES[..], &["@rotated.jsonl"]].concat();
    let rotated = |arguments: &[&str]| office.desk.run(&[&files, arguments].concat());
    let both = ["--key", "@next.key", "--key", "@chain.key"];
    rotated(&both)
        .exits(0)
        .says(&["rotations  1", &office.heads[4]]);
    rotated(&["--key", "@next.key"])
        .exits(1)
        .says(&["a key that was not given"]);
    rotated(&["--key", "@lookup.key"]).exits(1);
}

#[test]
fn what_cannot_be_read_is_no_broken_chain() {
    let office = Office::new();
    office.verify(&["--evidence", "@absent.jsonl"]).exits(66);
    let absent = ["audit", "verify", "@one.jsonl", "@absent.jsonl"];
    office
        .desk
        .run(&[&absent, &KEY[..]].concat())
        .exits(66)
        .complains(&["absent.jsonl"]);
    let keyless = ["audit", "verify", "@one.jsonl", "--key", "@absent.key"];
    office.desk.run(&keyless).exits(66);
    office
        .desk
        .run(&["audit", "verify", "@one.jsonl"])
        .exits(64);
    for head in ["", "7", "07:1:08"] {
        office.verify(&["--expect-head", head]).exits(64);
    }
    office.desk.write("short.key", "01");
    let short = office.desk.path("short.key");
    fs::set_permissions(&short, fs::Permissions::from_mode(0o600)).unwrap();
    let with = |key| {
        office
            .desk
            .run(&["audit", "verify", "@one.jsonl", "--key", key])
    };
    with("@short.key").exits(64).complains(&["32 octets"]);
    fs::set_permissions(
        office.desk.path("chain.key"),
        fs::Permissions::from_mode(0o644),
    )
    .unwrap();
    with("@chain.key").exits(64).complains(&["chmod 600"]);
}
