//! `--provider testbed`: what a newcomer sees.

use crate::desk::{Desk, tashika};

/// Every choice, how the command ends, and with which code.
const OUTCOMES: [(&str, i32, &str); 13] = [
    ("hanako", 0, ""),
    ("shota", 0, ""),
    ("cancel", 1, "auth_app.cancelled"),
    ("expired-certificate", 1, "auth_app.certificate"),
    ("revoked-certificate", 1, "auth_app.certificate"),
    ("pin-locked", 1, "auth_app.pin_locked"),
    ("no-pin", 1, "auth_app.no_pin"),
    ("app-missing", 1, "auth_app.app_missing"),
    ("expired", 1, "auth_app.expired"),
    ("other-browser", 1, "auth_app.browser"),
    ("forged", 1, "auth_app.signature"),
    ("acr-removed", 1, "auth_app.acr"),
    ("unavailable", 2, "auth_app.unavailable"),
];

const LOGIN: [&str; 4] = ["auth-app", "login", "--provider", "testbed"];

#[test]
fn every_outcome_has_its_status_and_its_code() {
    let desk = Desk::new();
    for (choice, status, code) in OUTCOMES {
        let everything = ["--scope", "name,address,birthdate,gender", "--json"];
        let arguments = [&LOGIN[..], &["--choose", choice], &everything].concat();
        // Tells nothing of the cardholder.
        let answer = desk.run(&arguments).exits(status);
        let told = answer.json();
        assert_eq!(told["code"].as_str().unwrap_or_default(), code, "{choice}");
        assert_eq!(told.get("claims").is_some(), status == 0, "{choice}");
    }
}

#[test]
fn every_choice_is_tested() {
    let help = tashika(["auth-app", "login", "--help"]).exits(0);
    let (_, choices) = help.stdout.split_once("--choose").unwrap();
    let (choices, _) = choices.split_once("--wait").unwrap();
    let listed = choices.lines().filter(|line| line.trim().starts_with("- "));
    assert_eq!(listed.count(), OUTCOMES.len());
}

#[test]
fn the_person_is_shown_to_whoever_asks() {
    let desk = Desk::new();
    let arguments = [&LOGIN[..], &["--choose", "hanako"]].concat();
    let masked = [
        &arguments[..],
        &["--scope", "name,address,birthdate,gender"],
    ]
    .concat();
    desk.run(&masked).exits(0).says(&[
        "ACCEPTED",
        "架＊＊＊",
        "東京都＊＊＊",
        "birth date  1985 (age ",
        "sex         ＊\n",
        "--show-attributes",
    ]);
    let shown = [&masked[..], &["--show-attributes", "--lang", "ja"]].concat();
    desk.run_showing(&shown).exits(0).says(&[
        "確認できました。",
        "架空　花子",
        "東京都清瀬市架空町１－２－３",
        "birth date  19850704 (age ",
        "sex         2\n",
    ]);
    let nothing_asked = desk.run(&arguments).exits(0);
    assert!(!nothing_asked.stdout.contains("name  "), "{nothing_asked}");
}

#[test]
fn an_outage_says_when_to_come_back() {
    let arguments = [&LOGIN[..], &["--choose", "unavailable"]].concat();
    tashika(&arguments)
        .exits(2)
        .says(&["UNDETERMINED", "HTTP status 503", "retry after 30 s"])
        .complains(&["← 503 Service Unavailable"]);
}

#[test]
fn the_testbed_has_a_registration_of_its_own() {
    for (name, value) in [
        ("--client-id", "shop"),
        ("--redirect-uri", "http://127.0.0.1:1/callback"),
        ("--audience", "https://idp.example/token"),
        ("--kid", "k"),
        ("--key-file", "client.pem"),
    ] {
        let arguments = [&LOGIN[..], &[name, value]].concat();
        tashika(&arguments).exits(64).complains(&[name, "testbed"]);
    }
    let discover = [&LOGIN[..], &["--discover"]].concat();
    tashika(&discover).exits(64).complains(&["--discover"]);
}
