//! The door itself: lines that are no questions, and a run over many.

use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tashika_conformance::judge::{self, LINE, Summary};
use tashika_testbed::Kind;

use crate::world::{But, World, ask_anything, octets};

/// What a run answers to a text.
fn run(input: &[u8]) -> (Vec<Value>, Summary) {
    let mut output = Vec::new();
    let summary = judge::run(Cursor::new(input), &mut output).expect("nothing to fail");
    let text = String::from_utf8(output).expect("JSON is text");
    let answers = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"));
    (answers.collect(), summary)
}

#[test]
fn a_bad_line_is_answered_like_any_other() {
    let nested = format!("{{\"id\":{}", "[".repeat(100_000));
    for (line, id, code) in [
        (&b"{"[..], Value::Null, "misuse.line"),
        (b"null", Value::Null, "misuse.argument"),
        (b"[]", Value::Null, "misuse.argument"),
        (b"{}", Value::Null, "misuse.argument"),
        (b"{\"id\":1}", json!(1), "misuse.argument"),
        (b"{\"id\":1,\"op\":7}", json!(1), "misuse.argument"),
        (b"{\"id\":1,\"op\":\"sig\"} {}", Value::Null, "misuse.line"),
        (b"{\"id\":1,\"op\":\"\xff\"}", json!(1), "misuse.line"),
        (
            b"{\"id\":1,\"op\":\"sig\",\"op\":\"sig\"}",
            json!(1),
            "misuse.argument",
        ),
        (nested.as_bytes(), Value::Null, "misuse.line"),
        (
            b"{\"id\":\"a\",\"op\":\"jwe\"}",
            json!("a"),
            "misuse.unsupported",
        ),
        (
            b"{\"id\":[1],\"op\":\"sig\"}",
            json!([1]),
            "misuse.argument",
        ),
        (
            b"{\"id\":1,\"op\":\"parse\",\"kind\":\"jwe\"}",
            json!(1),
            "misuse.unsupported",
        ),
    ] {
        let answer = ask_anything(line);
        let begin: Vec<u8> = line.iter().copied().take(40).collect();
        assert_eq!(answer["id"], id, "{}", begin.escape_ascii());
        assert_eq!(answer["code"], code, "{}", begin.escape_ascii());
        assert_eq!(answer["verdict"], "reject");
        assert_eq!(answer["disposition"], "misuse");
    }
}

#[test]
fn a_question_of_another_form_is_misuse() {
    let path = World::shared().path(Kind::Signing);
    for (field, value, code) in [
        ("time", Value::Null, "misuse.argument"),
        ("time", json!("2026"), "misuse.argument"),
        ("time", json!(1.5), "misuse.argument"),
        ("target", Value::Null, "misuse.argument"),
        ("target", json!("not base64!"), "misuse.argument"),
        ("target", json!([1, 2]), "misuse.argument"),
        ("anchors", json!("AA=="), "misuse.argument"),
        ("crls", json!([7]), "misuse.argument"),
        ("profile", json!("webpki"), "misuse.unsupported"),
        ("op", json!("jwe"), "misuse.unsupported"),
        ("flags", json!({ "allow_md5": true }), "misuse.argument"),
        ("flags", json!({ "any_policy": "yes" }), "misuse.argument"),
        ("flags", json!(["any_policy"]), "misuse.argument"),
    ] {
        let question = path.clone().but(field, value);
        let answer = ask_anything(question.to_string().as_bytes());
        assert_eq!(answer["code"], code, "{field}: {}", question[field]);
        assert_eq!(answer["id"], "path");
    }
    let cms = path.but("op", "cms").but("profile", "jpki-authentication");
    let answer = ask_anything(cms.to_string().as_bytes());
    assert_eq!(answer["code"], "misuse.unsupported");
}

#[test]
fn both_alphabets_are_read() {
    let world = World::shared();
    let path = world.path(Kind::Signing);
    let target = path["target"].as_str().expect("a text");
    let url = target.replace('+', "-").replace('/', "_").replace('=', "");
    assert_ne!(url, target);
    let answer = ask_anything(path.but("target", url).to_string().as_bytes());
    assert_eq!(answer["verdict"], "accept");
}

#[test]
fn answers_come_in_order_and_none_is_missing() {
    let path = World::shared().path(Kind::Signing);
    let mut lines = Vec::new();
    for id in 0..4 {
        lines.extend(path.clone().but("id", id).to_string().into_bytes());
        lines.extend(b"\r\n\n  \n{\xff}\n");
    }
    lines.extend(path.but("id", "last").to_string().into_bytes());
    let (answers, summary) = run(&lines);
    let ids: Vec<_> = answers.iter().map(|answer| answer["id"].clone()).collect();
    let expected = json!([0, null, 1, null, 2, null, 3, null, "last"]);
    assert_eq!(Value::from(ids), expected);
    assert_eq!(
        answers.iter().filter(|a| a["verdict"] == "accept").count(),
        5
    );
    let nine = Summary {
        answers: 9,
        panics: 0,
    };
    assert_eq!(summary, nine);
    assert_eq!(run(b""), (vec![], Summary::default()));
}

#[test]
fn a_line_without_end_is_read_past() {
    let question = b"\n{\"id\":2,\"op\":\"none\"}\n";
    let long = u64::try_from(LINE).expect("a length") + 1;
    let input = std::io::repeat(b' ').take(long).chain(&question[..]);
    let mut output = Vec::new();
    let input = BufReader::with_capacity(1 << 20, input);
    let summary = judge::run(input, &mut output).expect("nothing to fail");
    assert_eq!(summary.answers, 2);
    let text = String::from_utf8(output).expect("JSON is text");
    let answers: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(answers[0]["code"], "input.too_large");
    assert_eq!(answers[0]["id"], Value::Null);
    assert_eq!(answers[1]["id"], 2);
}

#[test]
fn a_panic_is_one_failed_row() {
    let input = b"{\"id\":1}\n{\"id\":2,\"op\":\"panic\"}\n{\"id\":3}\n";
    let mut output = Vec::new();
    let summary = judge::run_with(Cursor::new(input), &mut output, |line| {
        assert!(!line.ends_with(b"\"panic\"}"), "a defect");
        judge::answer(line)
    });
    let three = Summary {
        answers: 3,
        panics: 1,
    };
    assert_eq!(summary.expect("nothing to fail"), three);
    let text = String::from_utf8(output).expect("JSON is text");
    let failed: Value = serde_json::from_str(text.lines().nth(1).expect("three")).expect("JSON");
    let expected = json!({
        "id": 2, "verdict": "reject", "status": null, "code": "panic",
        "crl_reason": null, "check": null, "disposition": null,
    });
    assert_eq!(failed, expected);
}

#[test]
fn the_binary_answers_before_the_next_question() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_judge"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary");
    let mut input = child.stdin.take().expect("a pipe");
    let mut output = BufReader::new(child.stdout.take().expect("a pipe"));
    let parse = json!({ "op": "parse", "kind": "certificate", "target": octets(b"") });
    for id in 0..3 {
        writeln!(input, "{}", parse.clone().but("id", id)).expect("it reads");
        let mut line = String::new();
        output.read_line(&mut line).expect("it answers");
        let answer: Value = serde_json::from_str(&line).expect("JSON");
        assert_eq!(answer["id"], id);
        assert_eq!(answer["code"], "input.certificate");
    }
    drop(input);
    assert_eq!(child.wait().expect("it ends").code(), Some(0));

    let mut misused = Command::new(env!("CARGO_BIN_EXE_judge"));
    let misused = misused.arg("--help").stderr(Stdio::null()).status();
    assert_eq!(misused.expect("the binary").code(), Some(64));
}
