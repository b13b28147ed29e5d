//! The transport against servers that fail: each failure has its kind, and
//! none of them costs more than its budget.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use tashika::transport::{Budget, Client, Load, Origins, Timeouts, Tls, Transport, TransportError};
use tashika_testbed::{Answer, Server};

const TEXT: &str = "text/plain";

fn client_with(server: &Server, load: &Load) -> Client {
    let origins = Origins::none().plain_http(&server.url("")).unwrap();
    let timeouts = Timeouts {
        connect: Duration::from_secs(5),
        total: Duration::from_secs(5),
    };
    let transport = Transport::builder(origins, Tls::no_roots())
        .timeouts(timeouts)
        .body_cap(1000);
    transport.build().unwrap().under(load)
}

fn client(server: &Server) -> Client {
    client_with(server, &once())
}

fn once() -> Load {
    Load {
        retries: 0,
        ..Load::standard()
    }
}

fn get(server: &Server) -> Request<Bytes> {
    Request::get(server.url("/secret-path"))
        .body(Bytes::new())
        .unwrap()
}

async fn fetch(answer: Answer) -> Result<Response<Bytes>, TransportError> {
    let server = Server::start().unwrap();
    server.push(answer);
    client(&server).fetch(get(&server)).await
}

async fn kind(answer: Answer) -> &'static str {
    let error = fetch(answer).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("secret-path"), "{shown}");
    error.kind()
}

#[tokio::test]
async fn an_answer_of_any_status_is_an_answer() {
    for status in [200, 304, 404, 410, 500, 503] {
        let answer = fetch(Answer::status(status)).await.unwrap();
        assert_eq!(answer.status().as_u16(), status);
    }
    let answer = fetch(Answer::ok(TEXT, "whole")).await.unwrap();
    assert_eq!(answer.body(), "whole");
    let answer = fetch(Answer::ok(TEXT, "whole").closing()).await.unwrap();
    assert_eq!(answer.body(), "whole");
}

#[tokio::test]
async fn every_failure_has_its_kind() {
    let long = "x".repeat(1001);
    for (answer, expected) in [
        (Answer::redirect("http://127.0.0.1:1/"), "redirect"),
        (Answer::status(301), "redirect"),
        (Answer::status(308).header("Location", "/"), "redirect"),
        (Answer::gzip_bomb(TEXT), "encoding"),
        (
            Answer::ok(TEXT, "x").header("Content-Encoding", "br"),
            "encoding",
        ),
        (Answer::ok(TEXT, "x").claiming(u64::MAX / 2), "too_large"),
        (Answer::ok(TEXT, "x").claiming(1001), "too_large"),
        (Answer::ok(TEXT, long.clone()).closing(), "too_large"),
        (Answer::ok(TEXT, "not all of it").short(3), "broken"),
        (Answer::ok(TEXT, "not all of it").reset(3), "broken"),
        (Answer::ok(TEXT, "").claiming(10).short(0), "broken"),
        (Answer::status(200).header("Bad Name", "x"), "protocol"),
    ] {
        assert_eq!(kind(answer.clone()).await, expected, "{answer:?}");
    }
}

#[tokio::test]
async fn heads_have_a_budget_too() {
    let mut many = Answer::ok(TEXT, "x");
    for number in 0..100 {
        many = many.header(&format!("x-{number}"), "y");
    }
    let long = Answer::ok(TEXT, "x").header("x-long", &"y".repeat(2 * 1024 * 1024));
    for answer in [many, long] {
        let refused = fetch(answer).await.map(|whole| whole.headers().len());
        assert_eq!(refused.unwrap_err().kind(), "protocol");
    }
}

#[tokio::test]
async fn a_bomb_is_refused_before_its_body_comes() {
    let server = Server::start().unwrap();
    server.push(Answer::gzip_bomb(TEXT));
    let refused = client(&server).send(get(&server)).await;
    assert_eq!(refused.unwrap_err().kind(), "encoding");
    assert_eq!(
        server.received()[0].header("accept-encoding"),
        Some("identity")
    );
}

#[tokio::test]
async fn time_runs_while_the_head_and_the_body_come() {
    let second = Duration::from_secs(1);
    for answer in [
        Answer::never(),
        Answer::ok(TEXT, "late").after(60 * second),
        Answer::ok(TEXT, "drop by drop").dripping(1, second),
    ] {
        let server = Server::start().unwrap();
        server.push(answer);
        let mut request = get(&server);
        let budget = Budget {
            total: second / 4,
            body: 1000,
        };
        request.extensions_mut().insert(budget);
        let error = client(&server).fetch(request).await.unwrap_err();
        assert!(matches!(error, TransportError::Timeout), "{error}");
    }
}

#[tokio::test]
async fn a_request_may_bring_its_own_budget() {
    let server = Server::start().unwrap();
    server.push(Answer::ok(TEXT, "x".repeat(5000)));
    let mut request = get(&server);
    let budget = Budget {
        total: Duration::from_secs(5),
        body: 5000,
    };
    request.extensions_mut().insert(budget);
    let mut body = client(&server).send(request).await.unwrap().into_body();
    let mut length = 0;
    while let Some(chunk) = body.chunk().await.unwrap() {
        length += chunk.len();
    }
    assert_eq!(length, 5000);
}

#[tokio::test]
async fn nobody_else_is_asked() {
    let (ours, other) = (Server::start().unwrap(), Server::start().unwrap());
    let error = client(&ours).fetch(get(&other)).await.unwrap_err();
    assert!(matches!(error, TransportError::Origin));
    ours.push(Answer::redirect(&other.url("/")));
    let error = client(&ours).fetch(get(&ours)).await.unwrap_err();
    assert!(matches!(error, TransportError::Redirect));
    assert_eq!((ours.count(), other.connections()), (1, 0));
}

#[tokio::test]
async fn nobody_there_is_no_connection() {
    let server = Server::start().unwrap();
    let (client, request) = (client(&server), get(&server));
    drop(server);
    assert_eq!(client.fetch(request).await.unwrap_err().kind(), "connect");
}

#[tokio::test]
async fn a_get_is_tried_again_and_a_post_is_not() {
    let load = Load {
        retries: 2,
        pause: Duration::from_millis(1),
        ..Load::standard()
    };
    let server = Server::start().unwrap();
    let client = client_with(&server, &load);
    server.push(Answer::status(503));
    server.push(
        Answer::ok(TEXT, "cut")
            .claiming(100)
            .reset(0)
            .header("x", "y"),
    );
    let answer = client.send(get(&server)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(server.count(), 2);

    server.otherwise(|_| Answer::status(502));
    let answer = client.send(get(&server)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(server.count(), 5);

    server.otherwise(|_| Answer::status(503).header("Retry-After", "1"));
    client.send(get(&server)).await.unwrap();
    assert_eq!(server.count(), 6);

    let post = Request::post(server.url("/")).body(Bytes::from_static(b"question"));
    server.otherwise(|_| Answer::status(502));
    client.send(post.unwrap()).await.unwrap();
    assert_eq!(server.count(), 7);
    assert_eq!(server.received()[6].body, b"question");
}

#[tokio::test]
async fn what_is_too_much_is_shed_and_not_queued() {
    let load = Load {
        concurrent: 1,
        ..once()
    };
    let server = Server::start().unwrap();
    server.push(Answer::never());
    let client = client_with(&server, &load);
    let first = tokio::spawn({
        let (client, request) = (client.clone(), get(&server));
        async move { client.send(request).await.map(drop) }
    });
    while server.count() == 0 {
        tokio::task::yield_now().await;
    }
    let second = client.send(get(&server)).await.unwrap_err();
    assert!(matches!(second, TransportError::Overloaded));
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    server.push(Answer::ok(TEXT, "room again"));
    assert_eq!(client.send(get(&server)).await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let server = Server::start().unwrap();
    server.otherwise(|_| Answer::ok(TEXT, "again"));
    let client = client(&server);
    for _ in 0..5 {
        client.fetch(get(&server)).await.unwrap();
    }
    assert_eq!((server.count(), server.connections()), (5, 1));
}
