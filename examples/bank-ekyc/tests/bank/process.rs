//! The program by itself: it starts quickly, and tells nobody about people.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::browser::{Browser, Came};
use crate::scene::{FORM, HANAKO, path};

/// Somebody signs at the bank, with the card of the wallet's page.
async fn applies(bank: &str, wallet: &str, person: usize, defect: &str) -> Came {
    let (mut browser, body) = (Browser::at(bank), HANAKO.encoded());
    let offered = browser
        .send("POST", "/apply/card/request", FORM, body.as_bytes())
        .await
        .json();
    let mut question: Value = offered.clone();
    question["kind"] = "sign".into();
    question["form"] = "raw".into();
    question["origin"] = bank.into();
    question["person"] = person.into();
    question["defect"] = defect.into();
    let answered = Browser::at(wallet)
        .post("/api/answer", &question)
        .await
        .json();
    browser.post(path(&offered), &answered["answer"]).await
}

/// The address that stands in the line which begins so.
async fn address(child: &mut Child, said: &mut String) -> (String, String) {
    let mut lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
    let (mut bank, mut wallet) = (None, None);
    while bank.is_none() || wallet.is_none() {
        let line = lines.next_line().await.unwrap().unwrap();
        said.push_str(&line);
        let last = line.split_whitespace().last().map(str::to_owned);
        match line.split("  ").next() {
            Some("bank-ekyc") => bank = last,
            Some("phone and card") => wallet = last,
            _ => {}
        }
    }
    (bank.unwrap(), wallet.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_starts_in_seconds_and_says_nothing_about_anybody() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_bank-ekyc"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut said = String::new();
    let started = timeout(Duration::from_secs(20), address(&mut child, &mut said)).await;
    let (bank, wallet) = started.unwrap();
    let came = applies(&bank, &wallet, 0, "none").await;
    assert_eq!(came.status, 200, "{}", came.text());
    for defect in ["certificate-hold", "tampered-document", "expired"] {
        let came = applies(&bank, &wallet, 0, defect).await;
        assert_eq!(came.status, 403, "{defect}: {}", came.text());
    }
    let dead = json!({ "person": 0, "event": "deregistered" });
    assert_eq!(
        Browser::at(&wallet).post("/api/life", &dead).await.status,
        200
    );
    let stopped = json!({ "lists": "stopped", "responders": "down", "days": 5 });
    assert_eq!(
        Browser::at(&wallet)
            .post("/api/world", &stopped)
            .await
            .status,
        200
    );
    assert_eq!(applies(&bank, &wallet, 5, "none").await.status, 503);
    child.kill().await.unwrap();
    let output = child.wait_with_output().await.unwrap();
    for octets in [output.stdout, output.stderr] {
        said.push_str(&String::from_utf8(octets).unwrap());
    }
    for personal in [
        "花子",
        "架空",
        "清瀬",
        "1985",
        "19850704",
        "affiliation",
        "Hold",
        "/application/",
    ] {
        assert!(!said.contains(personal), "{personal}: {said}");
    }
    assert!(said.contains("http://bank-ekyc.localhost:"));
}
