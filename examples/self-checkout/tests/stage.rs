//! The shop as a visitor starts it: on a stage, over sockets, with the mirror that
//! goes down while the lanes go on.

#![cfg(feature = "stage")]
#![allow(clippy::unwrap_used, reason = "what cannot be had fails the test")]

use relying_party::Served;
use self_checkout::PARTY;
use serde_json::{Value, json};
use tashika_stage::Stage;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a browser gets that reads English, with this cookie.
async fn get(origin: &str, path: &str, cookie: &str) -> String {
    let host = origin.strip_prefix("http://").unwrap();
    let port = host.rsplit(':').next().unwrap();
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}"))
        .await
        .unwrap();
    let head = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n");
    let head = format!("{head}Accept-Language: en\r\nCookie: {cookie}\r\n");
    let request = format!("{head}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    said
}

/// The value of a header.
fn header<'s>(said: &'s str, name: &str) -> &'s str {
    let line = said.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().trim()
}

/// The cookie of a lane's screen, which the staff lets in.
async fn screen(shop: &Served, lane: &str) -> String {
    let said = get(shop.staff.as_deref().unwrap(), &format!("/lane/{lane}"), "").await;
    let path = header(&said, "location:")
        .strip_prefix(&shop.origin)
        .unwrap()
        .to_owned();
    let said = get(&shop.origin, &path, "").await;
    header(&said, "set-cookie:")
        .split(';')
        .next()
        .unwrap()
        .to_owned()
}

async fn tap(stage: &Stage, shop: &Served, place: &str, person: u8, defect: &str) -> Value {
    let terminal = shop.terminals.unwrap().to_string();
    let tap = json!({ "terminal": terminal, "place": place, "person": person, "defect": defect });
    stage.tap(&tap).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_lanes_go_on_while_the_mirror_is_down_and_show_how_old_its_lists_are() {
    let stage = Stage::start(0).await.unwrap();
    let shop = stage.host(PARTY).await.unwrap();
    assert!(
        get(&shop.origin, "/", "")
            .await
            .contains("All the shop learns")
    );
    let staff = shop.staff.as_deref().unwrap();
    assert!(get(staff, "/", "").await.contains("Revocation lists"));
    let (one, two) = (screen(&shop, "1").await, screen(&shop, "2").await);
    for (change, tag, verdict) in [
        (json!({}), "current", "reached"),
        (
            json!({ "lists": "stopped", "days": 3 }),
            "overdue, within grace",
            "reached",
        ),
        (json!({ "days": 6 }), "too old", "undetermined"),
        (json!({ "lists": "fresh" }), "current", "reached"),
    ] {
        stage.change(&change).await.unwrap();
        let said = tap(&stage, &shop, "1", 0, "none").await;
        let screen = get(&shop.origin, "/lane/1/screen", &one).await;
        assert!(screen.contains(tag), "{change}: {tag}\n{screen}");
        assert!(
            screen.contains(&format!("data-verdict=\"{verdict}\"")),
            "{said}\n{screen}"
        );
    }
    // What was broken is refused at the other lane, and stays there.
    for (defect, code) in [
        ("tampered-element", "mdoc.digest"),
        ("revoked-signer", "revoked"),
    ] {
        let said = tap(&stage, &shop, "2", 0, defect).await;
        assert_eq!(said["code"], code, "{said}");
        let screen = get(&shop.origin, "/lane/2/screen", &two).await;
        assert!(screen.contains("data-verdict=\"refused\""), "{screen}");
    }
    let screen = get(&shop.origin, "/lane/1/screen", &one).await;
    assert!(screen.contains("data-verdict=\"reached\""), "{screen}");
}
