//! `tashika verify` that asks: a responder, a platform operator, servers that
//! fail. What the lists say, and when nobody needs to be asked.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;
use tashika_testbed::{Answer as Reply, Municipality, Operator, Reason, Server, Word};

use crate::desk::{Answer, Desk};

const CERT: [&str; 2] = ["cert", "@sign.der"];
const RESPONSE: &str = "application/ocsp-response";
/// An hour before the time of the desk.
const AS_OF: &str = "2027-01-15T07:00:00Z";

impl Desk {
    fn verify_online(&self, server: &Server, arguments: &[&str]) -> Answer {
        let origin = server.url("");
        let http = ["--plain-http", &origin];
        self.verify(&[&CERT[..], &http, arguments].concat())
    }

    /// Asks an operator.
    fn verify_by(&self, operator: &Operator, arguments: &[&str]) -> Answer {
        let url = operator.url("status");
        let asking = [&["--operator", &url][..], arguments].concat();
        self.verify_online(operator.server(), &asking)
    }

    fn operator(&self, word: Word) -> Operator {
        let operator = Operator::start().unwrap();
        operator.learn(|known| drop(known.words.insert(self.subject(), word)));
        operator
    }
}

#[test]
fn an_operator_is_asked_and_its_answer_shown() {
    let desk = Desk::new();
    let operator = desk.operator(Word::good(AS_OF));
    let answer = desk.verify_by(&operator, &["--purpose", "liveness", "--json"]);
    let report = answer.exits(0).json();
    assert_eq!(
        report["asked"],
        json!({
            "purpose": "liveness_check",
            "delivery": "asked",
            "checked_via": "operator",
            "source_time": AS_OF,
            "age_seconds": 3600,
            "reference_id": "ref-1",
            "retry_after_seconds": null,
        })
    );
    let asked = String::from_utf8(operator.server().received()[0].body.clone()).unwrap();
    assert!(asked.contains("\"liveness_check\"") && asked.contains("\"crl\""));
    desk.verify_by(&operator, &["--operator-by", "ocsp"])
        .exits(0)
        .says(&[
            "checked via operator (asked), for signature_verification",
            "age         3600 s",
            "reference   ref-1",
        ]);
    let asked = String::from_utf8(operator.server().received()[1].body.clone()).unwrap();
    assert!(asked.contains("\"ocsp\""));

    let operator = desk.operator(Word::revoked(AS_OF, AS_OF, 1).under(410));
    let report = desk.verify_by(&operator, &["--json"]).exits(1).json();
    assert_eq!(report["code"], "revoked.key_compromise");
    assert_eq!(report["asked"]["checked_via"], "operator");
}

#[test]
fn an_operator_is_shown_a_token_that_nobody_else_can_read() {
    let desk = Desk::new();
    let operator = desk.operator(Word::good(AS_OF));
    operator.learn(|known| known.token = Some("s3cret-token".to_owned()));
    let report = desk.verify_by(&operator, &["--json"]).exits(2).json();
    assert_eq!(report["code"], "revocation.not_permitted");

    let path = desk.write("token", "s3cret-token\n");
    let with_token = ["--operator-token-file", "@token"];
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    desk.verify_by(&operator, &with_token)
        .exits(64)
        .complains(&["chmod 600"]);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    desk.verify_by(&operator, &with_token).exits(0);
    fs::write(&path, "s3cret token").unwrap();
    let answer = desk.verify_by(&operator, &with_token).exits(64);
    assert!(!answer.stderr.contains("s3cret"), "{answer}");
    assert_eq!(operator.server().count(), 2);
}

#[test]
fn lists_can_say_revoked_whoever_else_is_asked() {
    let desk = Desk::new();
    desk.write_revoked("revoked", Reason::CertificateHold);
    let operator = desk.operator(Word::good(AS_OF));
    let report = desk.verify_by(&operator, &["--crl", "@revoked", "--json"]);
    let report = report.exits(1).json();
    assert_eq!(report["code"], "revoked.certificate_hold");
    assert_eq!(report["asked"]["checked_via"], "crl");
    assert_eq!(report["asked"]["delivery"], "listed");
    assert_eq!(operator.server().count(), 0);
    // Lists that know nothing leave it to the operator.
    desk.verify_by(&operator, &["--crl", "@lists"]).exits(0);
    assert_eq!(operator.server().count(), 1);
    let nobody_knows = Operator::start().unwrap();
    desk.verify_by(&nobody_knows, &["--crl", "@lists"]).exits(2);

    let server = Server::start().unwrap();
    let url = server.url("/ocsp");
    for ask in ["ocsp", "both", "crl-else-ocsp"] {
        let asking = ["--ocsp", &url, "--crl", "@revoked", "--ask", ask];
        desk.verify_online(&server, &asking).exits(1);
    }
    assert_eq!(server.count(), 0);
}

#[test]
fn a_fresh_list_may_be_enough() {
    let desk = Desk::new();
    let server = Server::start().unwrap();
    let url = server.url("/ocsp");
    let ask = |crl: &str, ask: &str| {
        let asking = ["--ocsp", &url, "--crl", crl, "--ask", ask, "--json"];
        desk.verify_online(&server, &asking)
    };
    let report = ask("@lists", "crl-else-ocsp").exits(0).json();
    assert_eq!(report["asked"]["delivery"], "listed");
    assert_eq!(server.count(), 0);
    // The list of another municipality is not.
    desk.write_list("other/other.crl", Municipality::NAHA);
    ask("@other", "crl-else-ocsp").exits(2);
    assert_eq!(server.count(), 1);
    // All that are given have to say so, unless it was asked otherwise.
    ask("@lists", "both").exits(2);
    let both = ["--ocsp", &url, "--crl", "@lists"];
    desk.verify_online(&server, &both).exits(2);
    assert_eq!(server.count(), 3);

    let store = ["crl", "sync", "@lists", "--store", "@store"];
    let trust = ["--trust", "@trust", "--environment", "test"];
    desk.run(&[&store[..], &trust].concat()).exits(0);
    let stored = ["--ocsp", &url, "--store", "@store", "--ask"];
    let else_ocsp = [&stored[..], &["crl-else-ocsp"]].concat();
    desk.verify_online(&server, &else_ocsp)
        .exits(0)
        .says(&["checked via crl (listed), for signature_verification"]);
    assert_eq!(server.count(), 3);
}

#[test]
fn who_does_not_answer_leaves_it_undetermined() {
    let desk = Desk::new();
    let server = Server::start().unwrap();
    let url = server.url("/ocsp");
    let ask = || desk.verify_online(&server, &["--ocsp", &url, "--json"]);
    for (reply, code) in [
        (Reply::status(500), "revocation.http"),
        (Reply::html(), "revocation.http"),
        (Reply::redirect(&url), "revocation.http"),
        (
            Reply::ok(RESPONSE, [0; 64]).reset(8),
            "revocation.unreachable",
        ),
        (Reply::ok(RESPONSE, [0x30, 0]), "input.ocsp"),
        // tryLater
        (
            Reply::ok(RESPONSE, tashika_testbed::ocsp_status(3)),
            "revocation.ocsp_try_later",
        ),
    ] {
        server.push(reply);
        let report = ask().exits(2).json();
        assert_eq!(report["code"], code);
        assert_eq!(report["revocation"]["status"], "undetermined");
        assert_eq!(report["asked"]["checked_via"], json!(null));
        assert_eq!(report["asked"]["retry_after_seconds"], json!(null));
    }
    server.otherwise(|_| Reply::status(503).header("Retry-After", "30"));
    let report = ask().exits(2).json();
    assert_eq!(report["code"], "revocation.busy");
    assert_eq!(report["asked"]["retry_after_seconds"], 30);
    desk.verify_online(&server, &["--ocsp", &url])
        .exits(2)
        .says(&["UNDETERMINED  revocation.busy", "retry after 30 s"]);
    for received in server.received() {
        assert_eq!((&*received.method, &*received.target), ("POST", "/ocsp"));
    }

    let origin = server.url("");
    drop(server);
    let gone = ["--ocsp", &url, "--plain-http", &origin, "--json"];
    let report = desk.verify(&[&CERT[..], &gone].concat()).exits(2).json();
    assert_eq!(report["code"], "revocation.unreachable");
}

#[test]
fn an_answer_made_in_advance_counts_where_that_is_said() {
    let desk = Desk::new();
    let server = Server::start().unwrap();
    let response = desk.ocsp_made_in_advance();
    server.otherwise(move |_| Reply::ok(RESPONSE, response.clone()));
    let url = server.url("/ocsp");
    let ask = |nonce: &[&str]| {
        let asking = [&["--ocsp", &url, "--json"], nonce].concat();
        desk.verify_online(&server, &asking)
    };
    let report = ask(&[]).exits(2).json();
    assert_eq!(report["code"], "revocation.ocsp_nonce_missing");
    let report = ask(&["--ocsp-nonce", "optional"]).exits(0).json();
    assert_eq!(report["revocation"]["source"], "ocsp without nonce");
    assert_eq!(report["asked"]["checked_via"], "ocsp");
    assert_eq!(report["asked"]["age_seconds"], 0);
}

#[test]
fn overdue_answers_are_worth_what_the_use_case_says() {
    let desk = Desk::new();
    desk.write(
        "outage.json",
        r#"{
            "open-account": { "max_age": 864000 },
            "buy-tobacco": {
                "max_age": 864000, "grace": 864000, "within_grace": "danger_accept_and_flag"
            },
            "mistaken": { "max_age": 1, "expired": "danger_accept" }
        }"#,
    );
    let verify = |use_case: &str, more: &[&str]| {
        let fixed = ["verify", "cert", "@sign.der", "--kind", "sign", "--json"];
        let trust = ["--trust", "@trust", "--environment", "test"];
        let at = ["--crl", "@lists", "--at", "2027-01-22T08:00:00Z"];
        let policy = ["--outage-policy", "@outage.json", "--use-case", use_case];
        desk.run(&[&fixed[..], &trust, &at, &policy, more].concat())
    };
    let report = verify("open-account", &[]).exits(2).json();
    assert_eq!(report["code"], "revocation.stale");
    let report = verify("buy-tobacco", &[]).exits(0).json();
    assert_eq!(report["revocation"]["within_grace"], true);
    assert_eq!(report["revocation"]["flagged"], true);
    let refused = verify("other", &[]).exits(64);
    refused.complains(&["outage.json", "no such use case"]);
    verify("mistaken", &[])
        .exits(64)
        .complains(&["within grace"]);
    verify("buy-tobacco", &["--grace", "1"]).exits(64);
    desk.write("outage.json", r#"{ "open-account": { "maxage": 1 } }"#);
    verify("open-account", &[])
        .exits(64)
        .complains(&["outage.json", "maxage"]);
}

#[test]
fn what_is_asked_has_to_be_given_and_the_other_way_round() {
    let desk = Desk::new();
    let server = Server::start().unwrap();
    let url = server.url("/ocsp");
    for (arguments, complaint) in [
        (&["--ocsp", &*url, "--ask", "crl"][..], "--ask crl"),
        (&["--ocsp", &url, "--ask", "both"], "--ask both"),
        (
            &["--ocsp", &url, "--ask", "crl-else-ocsp"],
            "--ask crl-else-ocsp",
        ),
        (&["--ocsp", &url, "--ask", "operator"], "--ask operator"),
        (
            &["--crl", "@lists", "--ocsp", &url, "--ask", "crl"],
            "--ask crl",
        ),
        (&["--crl", "@lists", "--ask", "ocsp"], "--ask ocsp"),
        (&["--ocsp", &url, "--operator", &url], "together"),
        (&["--ocsp", &url, "--no-revocation"], "cannot be used with"),
        (&["--operator", &url, "--ocsp-nonce", "optional"], "--ocsp"),
        (&["--ocsp", "not a URL"], "URL"),
        (&["--ocsp", "ftp://localhost/"], "not an http or https URL"),
        (&["--ocsp", "https://localhost/"], "--tls-root"),
        (&["--ocsp", "https://user@localhost/"], "password"),
        (&["--ocsp", "http://localhost/"], "--plain-http"),
    ] {
        desk.verify_online(&server, arguments)
            .exits(64)
            .complains(&[complaint]);
    }
    assert_eq!(server.count(), 0);
}
