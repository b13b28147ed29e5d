//! `tashika trust`.

use crate::desk::{AT, Desk};

#[test]
fn expired_anchors_are_counted() {
    let desk = Desk::new();
    let check = [
        "trust",
        "check",
        "@trust",
        "--environment",
        "test",
        "--json",
    ];
    let at = |time| [&check[..], &["--at", time]].concat();
    let today = desk.run(&at(AT)).exits(0).json();
    assert_eq!(today["anchors"], 6);
    assert_eq!(today["not_valid_now"], 2);
    let later = desk.run(&at("2050-01-01T00:00:00Z")).exits(0).json();
    assert_eq!(later["not_valid_now"], 6);
}

#[test]
fn anchors_are_checked_and_listed() {
    let desk = Desk::new();
    let options = ["@trust", "--environment", "test", "--at", AT];
    desk.run(&[&["trust", "check"][..], &options].concat())
        .exits(0)
        .says(&["6 anchors", "test"]);
    desk.run(&[&["trust", "show"][..], &options].concat())
        .exits(0)
        .says(&[
            "jpki-signing",
            "JPKI-TEST",
            "expired, ",
            "days ago",
            "days left",
        ]);
    let rows = desk.run(&[&["trust", "show"][..], &options, &["--json"]].concat());
    let rows = rows.exits(0).json();
    let states: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["state"])
        .collect();
    assert_eq!(
        states.iter().filter(|state| **state == "expired").count(),
        2
    );
    assert_eq!(states.iter().filter(|state| **state == "valid").count(), 4);
    assert_eq!(rows[0]["sha256"].as_str().unwrap().len(), 64);
    desk.run(&["trust", "check", "@trust"])
        .exits(64)
        .complains(&["trust.environment"]);
}
