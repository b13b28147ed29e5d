//! `tashika health`: what is down, and what nobody knows.

use std::fs;

use serde_json::{Value, json};

use crate::desk::{AT, Answer, Desk};

const STORE: [&str; 6] = [
    "--store",
    "@store",
    "--trust",
    "@trust",
    "--environment",
    "test",
];

impl Desk {
    fn health(&self, arguments: &[&str]) -> Answer {
        self.run(&[&["health", "--at", AT], arguments].concat())
    }

    /// With a store of today's lists, and a notice that issuance is so.
    fn with_store(issuance: &str) -> Self {
        let desk = Self::new();
        desk.sync(&["@lists"]).exits(0);
        let notice = json!({
            "channels": ["card", "iphone"],
            "issuance": issuance,
            "as_of": "2027-01-15T12:00:00+09:00",
        });
        desk.write("notice.json", notice.to_string());
        desk
    }

    fn of_store(&self, arguments: &[&str]) -> Answer {
        let notice = ["--notice", "@notice.json"];
        self.health(&[&STORE[..], &notice, arguments].concat())
    }
}

fn situations(answer: &Answer) -> Vec<Value> {
    let report = answer.json();
    let channels = report.get("channels").unwrap().as_array().unwrap().iter();
    channels
        .map(|row| row.get("situation").unwrap().clone())
        .collect()
}

#[test]
fn what_was_not_given_is_unknown_and_not_fine() {
    let desk = Desk::new();
    let answer = desk.health(&["--json"]).exits(2);
    assert_eq!(situations(&answer), ["unknown", "unknown", "unknown"]);
    let report = answer.json();
    assert_eq!(report["lists"], json!(null));
    for row in report["channels"].as_array().unwrap() {
        for part in ["issuance", "revocation", "ourselves"] {
            assert_eq!(row[part], "unknown");
        }
    }
    let text = desk.health(&[]).exits(2);
    assert!(!text.stdout.contains("working"), "{text}");
    // That others work says nothing about ourselves.
    let answer = desk.health(&["--ocsp", "working", "--json"]).exits(2);
    assert_eq!(situations(&answer), ["unknown", "unknown", "unknown"]);
    let ourselves = ["--ocsp", "working", "--ourselves", "working", "--json"];
    let answer = desk.health(&ourselves).exits(2);
    assert_eq!(
        situations(&answer),
        ["issuance_unknown", "unknown", "unknown"]
    );
}

#[test]
fn everything_works_where_somebody_has_looked() {
    let desk = Desk::with_store("working");
    let answer = desk.of_store(&["--json"]).exits(0);
    assert_eq!(situations(&answer), ["working", "unknown", "unknown"]);
    assert_eq!(answer.json()["lists"], json!({ "fresh": 10, "of": 10 }));
    let channels = ["--channel", "card", "--channel", "iphone", "--json"];
    let answer = desk.of_store(&channels).exits(0);
    assert_eq!(situations(&answer), ["working", "unknown", "working"]);
    let android = ["--channel", "android", "--json"];
    let answer = desk.of_store(&android).exits(2);
    assert_eq!(
        situations(&answer),
        ["unknown", "issuance_unknown", "unknown"]
    );
    desk.of_store(&[]).exits(0).says(&[
        "My Number Card\n  Certificates can be checked as usual.",
        "fresh lists         10/10",
    ]);
}

#[test]
fn issuance_that_stopped_is_no_outage_of_verification() {
    let desk = Desk::with_store("stopped");
    let answer = desk.of_store(&["--json"]).exits(2);
    assert_eq!(situations(&answer)[0], "issuance_stopped");
    let card = &answer.json()["channels"][0];
    assert_eq!(card["revocation"], "working");
    assert!(
        card["text"]["ja"]
            .as_str()
            .unwrap()
            .contains("これまでどおり")
    );
    desk.of_store(&["--lang", "ja"]).exits(2).says(&[
        "マイナンバーカード",
        "新規発行・更新：停止中",
        "失効情報：通常どおり",
    ]);
    // Two days later nobody knows whether that is still so.
    let later = ["health", "--at", "2027-01-17T08:00:00Z", "--json"];
    let notice = ["--notice", "@notice.json", "--ourselves", "working"];
    let seen = ["--ocsp", "working"];
    let answer = desk.run(&[&later[..], &notice, &seen].concat()).exits(2);
    assert_eq!(situations(&answer)[0], "issuance_unknown");
}

#[test]
fn the_revocation_service_and_we_are_told_apart() {
    let desk = Desk::with_store("working");
    let situation = |arguments: &[&str]| {
        let answer = desk.of_store(&[arguments, &["--json"]].concat()).exits(2);
        situations(&answer)[0].clone()
    };
    assert_eq!(situation(&["--ocsp", "down"]), "revocation_down");
    assert_eq!(situation(&["--operator", "down"]), "revocation_down");
    assert_eq!(situation(&["--expect", "3482"]), "revocation_partly");
    assert_eq!(situation(&["--max-age", "0"]), "revocation_down");
    assert_eq!(situation(&["--ourselves", "overloaded"]), "we_are_down");
    assert_eq!(situation(&["--ourselves", "cut-off"]), "we_are_down");
    let one = ["--ocsp", "down", "--needs", "one", "--json"];
    let answer = desk.of_store(&one).exits(0);
    assert_eq!(situations(&answer)[0], "working");

    // A clock that is behind what has been issued.
    let at = ["health", "--at", "2026-12-01T00:00:00Z", "--json"];
    let answer = desk.run(&[&at[..], &STORE].concat()).exits(2);
    assert_eq!(situations(&answer)[0], "we_are_down");
    assert_eq!(answer.json()["channels"][0]["ourselves"], "clock_wrong");

    for entry in fs::read_dir(desk.path("store")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::write(path, b"damaged").unwrap();
        }
    }
    let answer = desk.of_store(&["--ourselves", "working", "--json"]);
    let answer = answer.exits(2);
    assert_eq!(situations(&answer)[0], "we_are_down");
    assert_eq!(answer.json()["channels"][0]["ourselves"], "store_broken");
}

#[test]
fn what_cannot_be_read_is_no_state() {
    let desk = Desk::new();
    desk.health(&STORE).exits(66).complains(&["no store"]);
    desk.health(&["--store", "@store"]).exits(64);
    desk.health(&["--notice", "@absent.json"]).exits(66);
    for text in [
        "",
        "{}",
        r#"{ "channels": ["fax"], "issuance": "working", "as_of": "2027-01-15T00:00:00Z" }"#,
        r#"{ "channels": ["card"], "issuance": "fine", "as_of": "2027-01-15T00:00:00Z" }"#,
        r#"[{ "channels": ["card"], "issuance": "working" }]"#,
    ] {
        desk.write("notice.json", text);
        desk.health(&["--notice", "@notice.json"])
            .exits(64)
            .complains(&["notice.json"]);
    }
    desk.write("notice.json", "[]");
    desk.health(&["--notice", "@notice.json"]).exits(2);
}
