//! `tashika verify`: the evidence.

use serde_json::{Value, json};
use tashika_testbed::{Hash, Kind, Reason, Register};

use crate::desk::{AT, CONTRACT, Desk, RAW, impostors, pem, status_of};

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
