//! `tashika watch` and `tashika certificate key`.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use tashika_testbed::{CrlBuilder, Kind, Reason, Register};

use crate::desk::{AT, Answer, Desk, NOW};

/// A key that belongs to nobody: the digest of a row's number would do as well.
const NOBODY: &str = "36a9df0ce0494ce8db2b012bb1b2bfb4fa2e348f15730d47b1d6fcbd9fbacc03";

/// A desk with a store, and a portfolio of a revoked and a good certificate.
struct Office {
    desk: Desk,
    signing: String,
    authentication: String,
}

impl Office {
    fn new() -> Self {
        let desk = Desk::new();
        desk.write("lookup.key", "07".repeat(32) + "\n");
        chmod(&desk.path("lookup.key"), 0o600);
        let mut register = Register::new();
        let register = desk.revoke(&mut register, Reason::AffiliationChanged);
        desk.write_lists("published", Kind::Signing, register);
        desk.write_lists("published", Kind::Authentication, &Register::new());
        desk.sync(&["@published"]).exits(0);
        let key = |file: &str| {
            let answer = desk.run(&["certificate", "key", file, "--key-file", "@lookup.key"]);
            answer.exits(0).stdout.trim_end().to_owned()
        };
        let signing = key("@sign.der");
        assert_eq!(key("@sign.pem"), signing);
        let authentication = key("@auth.der");
        Self {
            desk,
            signing,
            authentication,
        }
    }

    fn portfolio(&self) -> String {
        let (signing, authentication) = (&self.signing, &self.authentication);
        format!(
            "reference,key,kind\nC-1,{authentication},authentication\n\"C-2, \"\"x\"\"\",{signing},signing\nC-3,{NOBODY},\n"
        )
    }

    fn watch(&self, arguments: &[&str]) -> Answer {
        self.desk.run(&[&WATCH[..], arguments].concat())
    }
}

const WATCH: [&str; 11] = [
    "watch",
    "--store",
    "@store",
    "--trust",
    "@trust",
    "--environment",
    "test",
    "--key-file",
    "@lookup.key",
    "--at",
    AT,
];

fn copy_store(desk: &Desk, to: &str) {
    let mut copy = Command::new("cp");
    let copy = copy.args(["-a", &desk.path("store"), &desk.path(to)]);
    assert!(copy.status().unwrap().success());
}

fn chmod(path: &str, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A newer list of the card's municipality comes in, changed before it is signed.
fn tomorrow(desk: &Desk, change: impl FnOnce(CrlBuilder) -> CrlBuilder) {
    let mut register = Register::new();
    let register = desk.revoke(&mut register, Reason::AffiliationChanged);
    desk.write_changed("newer.crl", register, |list| {
        change(list.number(99_999).this_update(NOW - 60))
    });
    desk.sync(&["@newer.crl"]).exits(0);
}

fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

#[test]
fn a_revoked_customer_is_found_with_meaning_and_evidence() {
    let office = Office::new();
    let desk = &office.desk;
    desk.write("customers.csv", office.portfolio());
    let run = |out: &str, more: &[&str]| {
        let common = ["--portfolio", "@customers.csv", "--out", out];
        office.watch(&[&common, more].concat()).exits(0)
    };
    let summary = run("@found.jsonl", &["--json"]).json();
    assert_eq!(summary["rows"], 3);
    assert_eq!(summary["revoked"], 1);
    assert_eq!(summary["no_finding"], 2);
    assert_eq!(summary["malformed"], 0);
    assert_eq!(summary["reasons"]["signing"]["affiliationChanged"], 1);
    assert!(summary["note"].as_str().unwrap().contains("does not say"));

    office
        .watch(&["--portfolio", "@customers.csv", "--out", "@customers.csv"])
        .exits(64)
        .complains(&["--out is the portfolio"]);

    let rows = lines(&desk.read("found.jsonl"));
    let [row] = &rows[..] else {
        panic!("{rows:?}");
    };
    assert_eq!(row["row"], 2);
    assert_eq!(row["reference"], "C-2, \"x\"");
    assert_eq!(row["state"], "revoked");
    assert_eq!(row["kind"], "signing");
    assert_eq!(row["reason"], "affiliationChanged");
    assert_eq!(row["reason_code"], 3);
    assert_eq!(row["revoked_at"], "2027-01-15T06:00:00Z");
    assert!(row["meaning"].as_str().unwrap().contains("recorded item"));
    assert!(row["other_reading"].as_str().unwrap().contains("death"));
    assert_eq!(row["must_not"][0], "record_death");
    assert_eq!(row["evidence"]["this_update"], "2027-01-15T07:00:00Z");
    assert_eq!(row["evidence"]["coverage"], "not_compared");
    assert_eq!(row["evidence"]["listed"], "current");
    assert_eq!(row["evidence"]["digest"].as_str().unwrap().len(), 64);

    run("@all.jsonl", &["--all", "--lang", "ja"]);
    let all = lines(&desk.read("all.jsonl"));
    let states: Vec<_> = all
        .iter()
        .map(|row| row["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["no_finding", "revoked", "no_finding"]);
    assert!(all[1]["meaning"].as_str().unwrap().contains("住民票"));

    run("@found.csv", &[]).says(&["revoked      1", "no finding   2", "note"]);
    let found = desk.read("found.csv");
    let mut records = found.split("\r\n");
    assert!(
        records
            .next()
            .unwrap()
            .starts_with("row,reference,state,kind,")
    );
    let record = records.next().unwrap();
    assert!(record.starts_with("2,\"C-2, \"\"x\"\"\",revoked,signing,affiliationChanged,3,"));
    assert!(record.ends_with(",not_compared,current"));
    let mode = fs::metadata(desk.path("found.csv")).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    assert!(fs::metadata(desk.path("found.csv.watch")).is_err());
}

#[test]
fn only_what_has_changed_is_found() {
    let office = Office::new();
    let desk = &office.desk;
    desk.write("customers.csv", office.portfolio());
    let found = |more: &[&str]| {
        let common = [
            "--portfolio",
            "@customers.csv",
            "--out",
            "@found.csv",
            "--json",
        ];
        let summary = office.watch(&[&common, more].concat()).exits(0).json();
        summary["revoked"].as_u64().unwrap()
    };
    copy_store(desk, "before");
    assert_eq!(found(&["--since", "1"]), 0);
    assert_eq!(found(&["--since", "0"]), 1);
    assert_eq!(found(&["--diff", "@before"]), 0);
    // The list of tomorrow has another certificate, and still this one.
    tomorrow(desk, |list| {
        list.revoke(&[0x77; 5], NOW - 90, Reason::Superseded)
    });
    assert_eq!(found(&["--since", "1"]), 0);
    assert_eq!(found(&["--diff", "@before"]), 0);
    assert_eq!(found(&[]), 1);

    let portfolio = ["--portfolio", "@customers.csv", "--out", "@found.csv"];
    office
        .watch(&[&portfolio[..], &["--since", "99"]].concat())
        .exits(64)
        .complains(&["not yet in that generation"]);
    office
        .watch(&[&portfolio[..], &["--since", "1", "--diff", "@before"]].concat())
        .exits(64);
}

#[test]
fn lists_that_know_too_little_are_told() {
    let office = Office::new();
    let desk = &office.desk;
    desk.write("customers.csv", office.portfolio());
    let watch = |more: &[&str]| {
        let common = [
            "--portfolio",
            "@customers.csv",
            "--out",
            "@found.csv",
            "--json",
        ];
        office.desk.run(&[&WATCH[..9], &common, more].concat())
    };
    let lists = |answer: Answer| answer.json()["lists"].clone();
    let late = lists(watch(&["--at", "2027-02-15T08:00:00Z"]).exits(2));
    let labels = late["stale"].as_array().unwrap();
    assert_eq!(labels.len() as u64, late["partitions"].as_u64().unwrap());
    let early = lists(watch(&["--at", "2027-01-15T06:58:59Z"]).exits(2));
    assert_eq!(early["clock_behind"], true);

    // One file is damaged: the rest is looked for all the same.
    let mut files: Vec<_> = fs::read_dir(desk.path("store"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "index"))
        .collect();
    files.sort();
    fs::write(&files[0], b"damaged").unwrap();
    let damaged = lists(watch(&["--at", AT]).exits(2));
    assert_eq!(damaged["damaged"].as_array().unwrap().len(), 1);
    assert_eq!(damaged["stale"].as_array().unwrap().len(), 0);
}

#[test]
fn malformed_rows_are_counted_and_the_others_looked_for() {
    let office = Office::new();
    let rows = format!("{}C-4,{NOBODY}\nC-5,12,\n", office.portfolio());
    office.desk.write("customers.csv", rows);
    let arguments = ["--portfolio", "@customers.csv", "--out", "@found.jsonl"];
    let answer = office.watch(&arguments).exits(65);
    let answer = answer.says(&["revoked      1", "malformed    2", "row 4", "row 5"]);
    assert!(!answer.stdout.contains("C-"));
    assert_eq!(lines(&office.desk.read("found.jsonl")).len(), 1);
}

#[test]
fn lines_of_json_give_the_same_rows() {
    let office = Office::new();
    let desk = &office.desk;
    desk.write("customers.csv", office.portfolio());
    let (signing, authentication) = (&office.signing, &office.authentication);
    let rows = format!(
        "{{\"reference\":\"C-1\",\"key\":\"{authentication}\"}}\n{{\"reference\":\"C-2, \\\"x\\\"\",\"key\":\"{signing}\"}}\n{{\"reference\":\"C-3\",\"key\":\"{NOBODY}\"}}\n"
    );
    desk.write("customers.jsonl", rows);
    for name in ["csv", "jsonl"] {
        let portfolio = format!("@customers.{name}");
        let out = format!("@{name}.jsonl");
        office
            .watch(&["--portfolio", &portfolio, "--out", &out, "--all"])
            .exits(0);
    }
    assert_eq!(desk.read("csv.jsonl"), desk.read("jsonl.jsonl"));
}

#[test]
fn a_key_that_others_can_read_is_refused() {
    let office = Office::new();
    let desk = &office.desk;
    let key = |mode: u32| {
        chmod(&desk.path("lookup.key"), mode);
        desk.run(&[
            "certificate",
            "key",
            "@sign.der",
            "--key-file",
            "@lookup.key",
        ])
    };
    key(0o640).exits(64).complains(&["chmod 600"]);
    key(0o600).exits(0);
    desk.write("lookup.key", "07".repeat(31));
    key(0o600).exits(64).complains(&["32 octets"]);
    desk.write("lookup.key", [7; 32]);
    assert_eq!(key(0o400).exits(0).stdout.trim_end(), office.signing);
    desk.run(&[
        "certificate",
        "key",
        "@contract.txt",
        "--key-file",
        "@lookup.key",
    ])
    .exits(1)
    .complains(&["input.certificate"]);
}

#[test]
fn a_run_that_is_killed_goes_on_to_the_same_end() {
    let office = Office::new();
    let desk = &office.desk;
    let mut rows = "reference,key\n".to_owned();
    for number in 0..120_000 {
        let key = match number % 5000 {
            4999 => office.signing.clone(),
            4998 => "malformed".to_owned(),
            _ => format!("{number:064x}"),
        };
        rows.push_str(&format!("C-{number},{key}\n"));
    }
    desk.write("customers.csv", rows);
    let arguments = ["--portfolio", "@customers.csv", "--json", "--all"];
    let watch = |out: &str| office.watch(&[&arguments[..], &["--out", out]].concat());
    let begun = Instant::now();
    let whole = watch("@whole.csv").exits(65).json();
    let length = begun.elapsed();

    let mut interrupted = 0;
    for round in 0..24_u32 {
        let out = desk.path("killed.csv");
        let arguments = [&WATCH[..], &arguments, &["--out", &out]].concat();
        let mut child = start(desk, &arguments);
        // Anywhere in a run, at the end as well as in the first milliseconds.
        sleep(length * (round * 7 % 11) / 16 + Duration::from_millis(u64::from(round)));
        child.kill().unwrap();
        interrupted += u32::from(child.wait().unwrap().code().is_none());
        if fs::metadata(&out).is_ok() {
            assert_eq!(desk.read("killed.csv"), desk.read("whole.csv"));
            fs::remove_file(&out).unwrap();
        }
    }
    assert!(interrupted > 0);
    assert_eq!(watch("@killed.csv").exits(65).json(), whole);
    assert_eq!(desk.read("killed.csv"), desk.read("whole.csv"));
    assert!(fs::metadata(desk.path("killed.csv.watch")).is_err());
}

fn start(desk: &Desk, arguments: &[&str]) -> std::process::Child {
    let arguments = arguments.iter().map(|argument| {
        let file = argument.strip_prefix('@').map(|name| desk.path(name));
        file.unwrap_or_else(|| (*argument).to_owned())
    });
    let mut command = Command::new(env!("CARGO_BIN_EXE_tashika"));
    let command = command.args(arguments).stdout(Stdio::null());
    command.stderr(Stdio::null()).spawn().unwrap()
}

#[test]
fn a_run_that_was_broken_off_goes_on_with_nothing_else() {
    let office = Office::new();
    let desk = &office.desk;
    let rows = |end: &str| -> String {
        let rows = (0..150_000).map(|number| format!("C-{number},{number:064x}\n"));
        format!("reference,key\n{}{end}", rows.collect::<String>())
    };
    let arguments = ["--portfolio", "@customers.csv", "--out", "@found.csv"];
    let checkpoint = desk.path("found.csv.watch/checkpoint");
    let break_off = || {
        desk.write("customers.csv", rows(""));
        let mut child = start(desk, &[&WATCH[..], &arguments, &["--restart"]].concat());
        while fs::metadata(&checkpoint).is_err() && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(fs::metadata(&checkpoint).is_ok());
    };
    let refused = |more: &[&str], reason: &str| {
        let answer = office.watch(&[&arguments[..], more].concat());
        answer.exits(64).complains(&[reason, "--restart"]);
        assert!(fs::metadata(desk.path("found.csv")).is_err());
    };
    break_off();
    refused(&["--all"], "the options are others");
    desk.write("customers.csv", rows("C-x,00\n"));
    refused(&[], "the portfolio has changed");
    break_off();
    tomorrow(desk, |list| list);
    refused(&[], "the store has changed");
    office
        .watch(&[&arguments[..], &["--restart"]].concat())
        .exits(0)
        .says(&["rows         150000"]);
}
