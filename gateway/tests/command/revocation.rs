//! `tashika verify`: revocation lists, and what is said about the revoked.

use tashika_testbed::{Municipality, Reason, Register, oid};

use crate::desk::{Desk, status_of};

#[test]
fn evidence_that_is_too_old_is_undetermined() {
    let desk = Desk::new();
    let later = |options: &[&str]| {
        let fixed = [
            "verify",
            "cert",
            "@sign.der",
            "--kind",
            "sign",
            "--trust",
            "@trust",
        ];
        let options = [options, &["--environment", "test", "--json"]].concat();
        let at = ["--crl", "@lists", "--at", "2027-01-22T08:00:00Z"];
        desk.run(&[&fixed[..], &at, &options].concat())
    };
    let report = later(&[]).exits(2).json();
    assert_eq!(report["verdict"], "undetermined");
    assert_eq!(report["code"], "revocation.stale");
    assert_eq!(status_of(&report, "revocation.freshness"), "undetermined");
    later(&["--max-age", "200"]).exits(2);
    let report = later(&["--max-age", "200", "--grace", "200"])
        .exits(0)
        .json();
    assert_eq!(report["revocation"]["within_grace"], true);
}

#[test]
fn without_a_list_nothing_is_known() {
    let desk = Desk::new();
    desk.write("empty/readme.txt", b"no lists here");
    let report = desk.verify(&["cert", "@sign.der", "--crl", "@empty", "--json"]);
    let report = report.exits(2).json();
    assert_eq!(report["code"], "revocation.missing");
    assert_eq!(report["revocation"]["status"], "undetermined");
}

#[test]
fn the_list_of_another_municipality_says_nothing() {
    let desk = Desk::new();
    let other = desk.write_list("other.crl", Municipality::NAHA);
    let own = desk.write_list("own.crl", Municipality::KIYOSE);
    let report = desk.verify(&["cert", "@sign.der", "--crl", &other, "--json"]);
    assert_eq!(report.exits(2).json()["code"], "revocation.scope");
    desk.verify(&["cert", "@sign.der", "--crl", &other, "--crl", &own])
        .exits(0);
}

#[test]
fn a_list_that_does_not_verify_is_named() {
    let desk = Desk::new();
    let mut list = std::fs::read(desk.write_list("own.crl", Municipality::KIYOSE)).unwrap();
    *list.last_mut().unwrap() ^= 1;
    desk.write("own.crl", list);
    desk.verify(&["cert", "@sign.der", "--crl", "@own.crl"])
        .exits(2)
        .says(&["UNDETERMINED  revocation.missing"])
        .complains(&["own.crl", "revocation.signature"]);
}

#[test]
fn a_list_may_lack_only_what_is_named() {
    let desk = Desk::new();
    let nobody = Register::new();
    for (part, code, list) in [
        (
            "number",
            "revocation.number_missing",
            desk.write_changed("number.crl", &nobody, |l| l.without(oid::CRL_NUMBER)),
        ),
        (
            "next-update",
            "revocation.no_next_update",
            desk.write_changed("next.crl", &nobody, |l| l.without_next_update()),
        ),
        (
            "authority-key",
            "revocation.authority_key_missing",
            desk.write_changed("key.crl", &nobody, |l| {
                l.without(oid::AUTHORITY_KEY_IDENTIFIER)
            }),
        ),
        (
            "scope",
            "revocation.no_scope",
            desk.write_changed("scope.crl", &nobody, |l| {
                l.without(oid::ISSUING_DISTRIBUTION_POINT)
            }),
        ),
    ] {
        let verify = ["cert", "@sign.der", "--crl", &list];
        desk.verify(&verify).exits(2).says(&[code]);
        let other = if part == "scope" { "number" } else { "scope" };
        let lax = |part| [&verify[..], &["--danger-list-without", part]].concat();
        desk.verify(&lax(other)).exits(2).says(&[code]);
        desk.verify(&lax(part)).exits(0);
    }
}

#[test]
fn a_list_that_drops_a_certificate_raises_an_alert() {
    let desk = Desk::new();
    let mut register = Register::new();
    let revoked = desk.revoke(&mut register, Reason::Superseded);
    let older = desk.write_changed("1.crl", revoked, |list| list.number(1));
    let newer = desk.write_changed("2.crl", &Register::new(), |list| list.number(2));
    desk.verify(&["cert", "@sign.der", "--crl", &older, "--crl", &newer])
        .exits(1)
        .says(&["revoked.superseded"])
        .complains(&["2.crl: ALERT: 1 revoked"]);
}

#[test]
fn a_revocation_is_explained_to_the_operator() {
    let desk = Desk::new();
    desk.write_revoked("revoked", Reason::CessationOfOperation);
    let answer = desk.verify(&["cert", "@sign.der", "--crl", "@revoked", "--json"]);
    let report = answer.exits(1).json();
    assert_eq!(report["verdict"], "rejected");
    assert_eq!(report["code"], "revoked.cessation_of_operation");
    assert_eq!(status_of(&report, "revocation.not_revoked"), "fail");
    let revocation = &report["revocation"];
    assert_eq!(revocation["status"], "revoked");
    assert_eq!(revocation["reason"], "cessationOfOperation");
    for member in ["meaning", "may", "must_not"] {
        assert!(!revocation["meaning"][member].is_null(), "{revocation}");
    }
    desk.verify(&["cert", "@sign.der", "--crl", "@revoked"])
        .exits(1)
        .says(&["reason      cessationOfOperation", "means: ", "must not: "]);
}

#[test]
fn no_text_for_people_tells_why() {
    let desk = Desk::new();
    let message = |reason| {
        desk.write_revoked("revoked", reason);
        let answer = desk.verify(&["cert", "@sign.der", "--crl", "@revoked", "--json"]);
        answer.exits(1).json()["message"].clone()
    };
    let lost = message(Reason::CertificateHold);
    assert_eq!(message(Reason::CessationOfOperation), lost);
    assert_eq!(message(Reason::AffiliationChanged), lost);
}

#[test]
fn revocation_can_be_left_out() {
    let desk = Desk::new();
    let report = desk.verify(&["cert", "@sign.der", "--no-revocation", "--json"]);
    let report = report.exits(0).json();
    assert_eq!(report["revocation"]["status"], "unchecked");
    assert_eq!(status_of(&report, "revocation.not_revoked"), "skipped");
    desk.verify(&["cert", "@sign.der"])
        .exits(64)
        .complains(&["--crl", "--no-revocation"]);
    desk.verify(&["cert", "@sign.der", "--crl", "@lists", "--no-revocation"])
        .exits(64);
}

#[test]
fn texts_for_people_are_in_both_languages() {
    let desk = Desk::new();
    desk.write_revoked("revoked", Reason::Superseded);
    let message = |language| {
        let arguments = ["cert", "@sign.der", "--crl", "@revoked", "--json"];
        let answer = desk.verify(&[&arguments[..], &["--lang", language]].concat());
        answer.exits(1).json()["message"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(message("en").is_ascii());
    assert!(!message("ja").is_ascii());
    desk.verify(&["cert", "@sign.der", "--crl", "@revoked", "--lang", "ja"])
        .exits(1)
        .says(&["REJECTED  revoked.superseded", &message("ja")]);
}

#[test]
fn meanings_can_be_replaced() {
    let desk = Desk::new();
    desk.write_revoked("revoked", Reason::Superseded);
    desk.write("meanings.json", "[{]");
    desk.verify(&[
        "cert",
        "@sign.der",
        "--crl",
        "@revoked",
        "--meanings",
        "@meanings.json",
    ])
    .exits(64)
    .complains(&["meanings.json"]);
}
