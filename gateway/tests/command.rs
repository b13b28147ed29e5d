//! The command as a user meets it: exit statuses, the shape of its answers,
//! and what it says when it is called wrongly. No answer tells of the
//! cardholder unless it was asked to; [`Desk::run`] sees to that every time.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod desk;

use desk::{AT, CONTRACT, Desk, impostors, pem, tashika, terminal_orders};
use serde_json::{Value, json};
use tashika_testbed::{Hash, Kind, Municipality, Reason, Register, oid};

const RAW: [&str; 6] = [
    "raw",
    "--certificate",
    "@sign.der",
    "--signature",
    "@contract.sig",
    "--message",
];

fn status_of<'a>(report: &'a Value, check: &str) -> &'a str {
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|row| row["id"] == check);
    check.map_or("(none)", |row| row["status"].as_str().unwrap())
}

#[test]
fn a_certificate_is_accepted() {
    let desk = Desk::new();
    desk.verify(&["cert", "@sign.der", "--crl", "@lists"])
        .exits(0)
        .says(&["ACCEPTED", "pass  x509.signature", "revocation  good"]);
    let answer = desk.verify(&["cert", "@sign.der", "--crl", "@lists", "--json"]);
    let report = answer.exits(0).json();
    assert_eq!(report["verdict"], "accepted");
    assert_eq!(report["code"], Value::Null);
    assert_eq!(report["kind"], "signing");
    assert_eq!(report["evaluated_at"], AT);
    assert_eq!(report["revocation"]["status"], "good");
    assert_eq!(report["revocation"]["reason"], Value::Null);
    assert_eq!(report["revocation"]["meaning"], Value::Null);
    assert_eq!(report["revocation"]["as_of"], "2027-01-15T07:00:00Z");
    let source = report["revocation"]["source"].as_str().unwrap();
    assert!(source.starts_with("crl "), "{source}");
    assert_eq!(report.get("holder"), None);
    for row in report["checks"].as_array().unwrap() {
        assert_eq!(row["status"], "pass", "{row}");
    }
    let issuer = report["checks"].as_array().unwrap();
    let issuer = issuer
        .iter()
        .find(|row| row["id"] == "x509.issuer")
        .unwrap();
    assert_eq!(issuer["evidence"]["anchor"].as_str().unwrap().len(), 64);
}

#[test]
fn a_login_certificate_is_accepted() {
    let desk = Desk::new();
    let arguments = [
        "verify",
        "cert",
        "@auth.der",
        "--kind",
        "auth",
        "--crl",
        "@lists",
    ];
    let common = [
        "--trust",
        "@trust",
        "--environment",
        "test",
        "--at",
        AT,
        "--json",
    ];
    let report = desk
        .run(&[&arguments[..], &common].concat())
        .exits(0)
        .json();
    assert_eq!(report["kind"], "authentication");
}

#[test]
fn the_kinds_are_not_mixed_up() {
    let desk = Desk::new();
    let answer = desk.verify(&["cert", "@auth.der", "--crl", "@lists", "--json"]);
    let report = answer.exits(1).json();
    assert_eq!(report["verdict"], "rejected");
    assert_eq!(report["code"], "trust.purpose");
    assert_eq!(status_of(&report, "x509.issuer"), "fail");
    assert_eq!(status_of(&report, "x509.signature"), "skipped");
}

#[test]
fn a_bare_signature_is_accepted() {
    let desk = Desk::new();
    let signed = [&RAW[..], &["@contract.txt", "--crl", "@lists"]].concat();
    desk.verify(&signed).exits(0);
    desk.verify(&[&signed[..], &["--scheme", "pkcs1-sha256"]].concat())
        .exits(0);
}

#[test]
fn a_digest_stands_for_its_message() {
    let desk = Desk::new();
    let verify = |digest: &[u8]| {
        let digits: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
        let digest = ["--digest", &digits, "--crl", "@lists", "--json"];
        desk.verify(&[&RAW[..5], &digest].concat())
    };
    let digest = Hash::Sha256.digest(CONTRACT);
    verify(&digest).exits(0);
    let report = verify(&Hash::Sha256.digest(b"another")).exits(1).json();
    assert_eq!(report["code"], "signature.invalid");
    verify(&digest[1..])
        .exits(64)
        .complains(&["--digest", "64"]);
}

#[test]
fn a_scheme_is_the_callers_choice() {
    let desk = Desk::new();
    let with = |scheme| {
        let options = [
            "@contract.txt",
            "--crl",
            "@lists",
            "--json",
            "--scheme",
            scheme,
        ];
        desk.verify(&[&RAW[..], &options].concat())
    };
    let report = with("pss-sha256").exits(1).json();
    assert_eq!(report["code"], "signature.invalid");
    let report = with("ecdsa-sha384").exits(1).json();
    assert_eq!(report["code"], "signature.scheme");
    with("sha1").exits(64).complains(&["sha1", "pkcs1-sha256"]);
}

#[test]
fn cms_messages_are_accepted() {
    let desk = Desk::new();
    desk.verify(&["cms", "--input", "@attached.p7s", "--crl", "@lists"])
        .exits(0)
        .says(&["pass  cms.message_digest"]);
    let detached = [
        "cms",
        "--input",
        "@detached.p7s",
        "--crl",
        "@lists",
        "--json",
    ];
    let with = |content| desk.verify(&[&detached[..], &["--content", content]].concat());
    with("@contract.txt").exits(0);
    let report = with("@other.txt").exits(1).json();
    assert_eq!(report["code"], "cms.message_digest");
    assert_eq!(status_of(&report, "cms.message_digest"), "fail");
    let report = desk.verify(&detached).exits(1).json();
    assert_eq!(report["code"], "cms.content_missing");
}

#[test]
fn a_changed_document_is_rejected() {
    let desk = Desk::new();
    let changed = [&RAW[..], &["@other.txt", "--crl", "@lists"]].concat();
    desk.verify(&changed)
        .exits(1)
        .says(&["REJECTED  signature.invalid", "FAIL  signature.verified"]);
    let report = desk
        .verify(&[&changed[..], &["--json"]].concat())
        .exits(1)
        .json();
    assert_eq!(report["verdict"], "rejected");
    assert_eq!(report["code"], "signature.invalid");
    assert_eq!(report["revocation"]["status"], "unchecked");
    assert_eq!(status_of(&report, "signature.verified"), "fail");
    assert_eq!(status_of(&report, "revocation.not_revoked"), "skipped");
}

#[test]
fn what_is_no_certificate_is_rejected() {
    let desk = Desk::new();
    let code = |file: &str| {
        let report = desk.verify(&["cert", file, "--crl", "@lists", "--json"]);
        report.exits(1).json()["code"].clone()
    };
    desk.write("empty", b"");
    desk.write("noise", b"\x30\x82\xff\xff noise");
    assert_eq!(code("@empty"), "jpki.no_certificate");
    assert_eq!(code("@noise"), "input.certificate");
    assert_eq!(code("@contract.txt"), "input.certificate");
}

#[test]
fn pem_is_read_as_der_is() {
    let desk = Desk::new();
    desk.verify(&["cert", "@sign.pem", "--crl", "@lists"])
        .exits(0);
    let (kind, all) = (Kind::Signing, Register::new());
    desk.write_lists("pem-lists", kind, &all);
    for number in 0..5 {
        let name = format!("pem-lists/{kind:?}-{number}.crl");
        let der = std::fs::read(desk.path(&name)).unwrap();
        desk.write(&name, pem("X509 CRL", &der));
    }
    desk.verify(&["cert", "@sign.der", "--crl", "@pem-lists"])
        .exits(0);
    let anchors: String = ["First", "Second", "Third"]
        .iter()
        .map(|generation| desk.path(&format!("trust/Signing-{generation}.cer")))
        .map(|path| pem("CERTIFICATE", &std::fs::read(path).unwrap()))
        .collect();
    desk.write("bundle.pem", anchors);
    let shown = [
        "trust",
        "show",
        "@bundle.pem",
        "--environment",
        "test",
        "--json",
    ];
    let rows = desk.run(&shown).exits(0).json();
    assert_eq!(rows.as_array().unwrap().len(), 3);
}

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
fn an_expired_certificate_is_rejected() {
    let desk = Desk::new();
    let fixed = [
        "verify",
        "cert",
        "@sign.der",
        "--kind",
        "sign",
        "--trust",
        "@trust",
    ];
    let options = ["--environment", "test", "--no-revocation", "--json"];
    let at = |time| desk.run(&[&fixed[..], &options, &["--at", time]].concat());
    assert_eq!(
        at("2033-01-15T17:00:00+09:00").exits(1).json()["code"],
        "x509.expired"
    );
    assert_eq!(
        at("2026-01-15T17:00:00+09:00").exits(1).json()["code"],
        "x509.not_yet_valid"
    );
    at("tomorrow").exits(64).complains(&["tomorrow", "--at"]);
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
fn unreadable_evidence_is_a_verdict() {
    let desk = Desk::new();
    let broken = "-----BEGIN CERTIFICATE-----\n%%%\n-----END CERTIFICATE-----\n";
    desk.write("broken.pem", broken);
    desk.write("huge.der", vec![0x30; 1 << 20]);
    for (file, code) in [
        ("@broken.pem", "input.certificate"),
        ("@huge.der", "input.too_large"),
    ] {
        let report = desk.verify(&["cert", file, "--no-revocation", "--json"]);
        let report = report.exits(1).json();
        assert_eq!(report["verdict"], "rejected");
        assert_eq!(report["code"], code);
    }
    desk.write("broken.crl", b"no list");
    desk.run(&["crl", "show", "@broken.crl"]).exits(1);
    desk.run(&["certificate", "show", "@broken.pem"]).exits(1);
}

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
fn files_that_cannot_be_read_are_named() {
    let desk = Desk::new();
    for (arguments, file) in [
        (
            &["cert", "@absent.der", "--crl", "@lists"][..],
            "absent.der",
        ),
        (&["cert", "@sign.der", "--crl", "@absent.crl"], "absent.crl"),
        (
            &["cms", "--input", "@absent.p7s", "--crl", "@lists"],
            "absent.p7s",
        ),
    ] {
        desk.verify(arguments).exits(66).complains(&[file]);
    }
    desk.run(&["trust", "show", "@absent"])
        .exits(66)
        .complains(&["absent"]);
    desk.run(&["crl", "show", "@absent"]).exits(66);
    desk.run(&["certificate", "show", "@absent"]).exits(66);
}

#[test]
fn worlds_are_kept_apart() {
    let desk = Desk::new();
    let production = |trust| {
        let arguments = [
            "verify",
            "cert",
            "@sign.der",
            "--kind",
            "sign",
            "--trust",
            trust,
        ];
        desk.run(&[&arguments[..], &["--no-revocation", "--at", AT]].concat())
    };
    production("@trust").exits(64).complains(&[
        "trust.environment",
        "--environment test",
        "Authentication-First.cer",
    ]);
    desk.write_anchors("impostors", &impostors());
    production("@impostors")
        .exits(64)
        .complains(&["trust.unpinned", "--pin"]);
    desk.write("anchorless/readme.txt", b"");
    production("@anchorless")
        .exits(64)
        .complains(&["trust.empty", "anchorless"]);
    desk.write(
        "strange/leaf.der",
        std::fs::read(desk.path("sign.der")).unwrap(),
    );
    production("@strange").exits(64).complains(&["leaf.der"]);
}

#[test]
fn attributes_are_shown_when_asked_for() {
    let desk = Desk::new();
    let fixed = [
        "verify",
        "cms",
        "--input",
        "@attached.p7s",
        "--kind",
        "sign",
    ];
    let options = ["--trust", "@trust", "--environment", "test", "--at", AT];
    let asked = ["--crl", "@lists", "--show-attributes"];
    let arguments = [&fixed[..], &options, &asked].concat();
    let report = desk.run_showing(&[&arguments[..], &["--json"]].concat());
    let holder = &report.exits(0).json()["holder"];
    assert_eq!(holder["name"]["text"], "架空　花子");
    assert_eq!(holder["address"]["text"], "東京都清瀬市架空町１－２－３");
    assert_eq!(
        holder["birth_date"],
        json!({"year": 1985, "month": 7, "day": 4})
    );
    assert_eq!(holder["sex"], "female");
    desk.run_showing(&arguments)
        .exits(0)
        .says(&["架空　花子", "birth date  1985-07-04"]);
    // A refusal proves nobody, so that there is nobody to show.
    desk.write_revoked("revoked", Reason::Superseded);
    let refused = ["--crl", "@revoked", "--show-attributes"];
    desk.run(&[&fixed[..], &options, &refused].concat())
        .exits(1);
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

#[test]
fn a_list_is_shown_without_its_serial_numbers() {
    let desk = Desk::new();
    desk.write_revoked("revoked", Reason::AffiliationChanged);
    let list = "@revoked/Signing-0.crl";
    desk.run_showing(&["crl", "show", list]).exits(0).says(&[
        "unverified",
        "Kiyose-shi CRLDP",
        "entries      1",
        "affiliationChanged",
    ]);
    let shown = desk
        .run_showing(&["crl", "show", list, "--json"])
        .exits(0)
        .json();
    assert_eq!(shown["entries"], 1);
    assert_eq!(shown["reasons"]["affiliationChanged"], 1);
    assert_eq!(shown["this_update"], "2027-01-15T07:00:00Z");
    desk.run(&["crl", "show", "@contract.txt"])
        .complains(&["contract.txt", "input.crl"]);
}

#[test]
fn a_certificate_is_shown_with_its_person_masked() {
    let desk = Desk::new();
    for file in ["@sign.der", "@sign.pem", "@auth.der"] {
        desk.run(&["certificate", "show", file]).exits(0).says(&[
            "unverified",
            "subject      (masked)",
            "keyUsage",
        ]);
        let shown = desk
            .run(&["certificate", "show", file, "--json"])
            .exits(0)
            .json();
        assert_eq!(shown["sha256"], "(masked)");
        assert_eq!(shown["serial"], "(masked)");
        assert_eq!(shown["not_after"], "(masked)");
    }
    desk.run_showing(&["certificate", "show", "@sign.der", "--show-attributes"])
        .exits(0)
        .says(&["Kiyose-shi CRLDP", "架空　花子"]);
    desk.run(&["certificate", "show", "@trust/Signing-Third.cer"])
        .exits(0)
        .says(&["O=JPKI-TEST", "cA true", "sha256       "]);
    desk.run(&["certificate", "show", "@contract.txt"])
        .exits(1)
        .complains(&["contract.txt", "input.certificate"]);
}

#[test]
fn a_certificate_gives_no_orders_to_a_terminal() {
    let desk = Desk::new();
    desk.write("orders.der", terminal_orders());
    for options in [
        &[][..],
        &["--show-attributes"],
        &["--show-attributes", "--json"],
    ] {
        let shown = desk.run_showing(&[&["certificate", "show", "@orders.der"], options].concat());
        let shown = shown.exits(0);
        assert!(!shown.stdout.contains(['\u{1b}', '\u{202e}']), "{shown}");
    }
    desk.run_showing(&["certificate", "show", "@orders.der", "--show-attributes"])
        .says(&["=\\u{1b}[2J\\u{202e}"]);
}

#[test]
fn a_reader_may_close_the_pipe() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_tashika"));
    let output = command
        .args(["completions", "bash"])
        .stdout(writer)
        .output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(74));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn help_is_an_answer_and_misuse_is_not() {
    tashika(["--help"])
        .exits(0)
        .says(&["verify", "Exit status"]);
    tashika(["--version"]).exits(0).says(&["tashika 0."]);
    for command in ["cert", "raw", "cms"] {
        tashika(["verify", command, "--help"])
            .exits(0)
            .says(&["Example", "--no-revocation"]);
    }
    tashika([""; 0]).exits(64);
    tashika(["verify"]).exits(64);
    tashika(["verify", "cert"]).exits(64).complains(&["--help"]);
    tashika(["frobnicate"]).exits(64).complains(&["frobnicate"]);
}

#[test]
fn shells_are_helped() {
    tashika(["completions", "bash"])
        .exits(0)
        .says(&["_tashika()", "--no-revocation"]);
    for shell in ["zsh", "fish"] {
        tashika(["completions", shell]).exits(0).says(&["tashika"]);
    }
}

#[cfg(feature = "demo")]
#[test]
fn the_tour_shows_every_refusal() {
    let codes = [
        "signature.invalid",
        "cms.message_digest",
        "x509.expired",
        "trust.purpose",
        "x509.authority_key",
        "jpki.no_certificate",
        "transaction.expired",
        "transaction.foreign",
        "revoked.unspecified",
        "revoked.key_compromise",
        "revoked.ca_compromise",
        "revoked.affiliation_changed",
        "revoked.superseded",
        "revoked.cessation_of_operation",
        "revoked.certificate_hold",
        "revocation.missing",
        "revocation.stale",
        "revocation.scope",
        "revocation.no_scope",
    ];
    tashika(["tour", "--seed", "1"])
        .exits(0)
        .says(&codes)
        .says(&["ACCEPTED", "came out as expected."]);
    tashika(["tour", "--seed", "1", "--lang", "ja"])
        .exits(0)
        .says(&codes)
        .says(&["改ざん"]);
}
