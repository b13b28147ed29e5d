//! Lists from a server that fails: what arrives is one issue of a list as a
//! whole, or nothing.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

use std::fs::File;
use std::io::Read;
use std::time::Duration;

use http::Uri;
use tashika::revocation::mirror::{Fetched, Mirror, MirrorError, MirrorLimits, Validators};
use tashika::transport::{Origins, Tls, Transport};
use tashika_testbed::{Answer, Received, Server};

const CRL: &str = "application/pkix-crl";

/// Octets that begin like a list; `issue` tells two of the same length apart.
fn list(issue: u8) -> Vec<u8> {
    let mut list = vec![issue; 20_000];
    list.insert(0, 0x30);
    list
}

fn limits() -> MirrorLimits {
    MirrorLimits {
        total: Duration::from_secs(60),
        octets: 100_000,
        tries: 4,
        pause: Duration::from_millis(1),
        window: Duration::from_secs(5),
        floor: 1,
    }
}

/// A server, and a mirror of what it has.
struct Scene {
    server: Server,
    limits: MirrorLimits,
}

impl Scene {
    fn new() -> Self {
        let (server, limits) = (Server::start().unwrap(), limits());
        Self { server, limits }
    }

    /// One that gives these answers, and 404 to whatever else is asked.
    fn answering(answers: impl IntoIterator<Item = Answer>) -> Self {
        let scene = Self::new();
        scene.server.otherwise(|_| Answer::status(404));
        for answer in answers {
            scene.server.push(answer);
        }
        scene
    }

    async fn fetch(&self, known: &Validators) -> (Result<Fetched, MirrorError>, Vec<u8>) {
        let origins = Origins::none().plain_http(&self.server.url("")).unwrap();
        let transport = Transport::builder(origins, Tls::no_roots());
        let mirror = Mirror::new(transport.build().unwrap(), self.limits);
        let url: Uri = self.server.url("/secret-place").parse().unwrap();
        let mut file: File = tempfile::tempfile().unwrap();
        let fetched = mirror.fetch(&url, known, &mut file).await;
        let mut octets = Vec::new();
        file.read_to_end(&mut octets).unwrap();
        if let Ok(Fetched::List { octets: length, .. }) = fetched {
            assert_eq!(length, octets.len() as u64);
        } else {
            assert_eq!(octets, [] as [u8; 0]);
        }
        if let Err(error) = &fetched {
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains("secret-place"), "{shown}");
        }
        (fetched, octets)
    }

    /// The kind of the failure.
    async fn fails(&self) -> &'static str {
        self.fetch(&Validators::none()).await.0.unwrap_err().kind()
    }

    /// The list that arrives.
    async fn brings(&self) -> Vec<u8> {
        let (fetched, octets) = self.fetch(&Validators::none()).await;
        assert!(matches!(fetched, Ok(Fetched::List { .. })), "{fetched:?}");
        octets
    }

    fn asked(&self, request: usize, header: &str) -> Option<String> {
        let received = self.server.received();
        let received: &Received = received.get(request).unwrap();
        received.header(header).map(str::to_owned)
    }
}

/// An issue, with its entity tag.
fn issue(issue: u8, etag: &str) -> Answer {
    Answer::ok(CRL, list(issue)).header("ETag", etag)
}

/// The rest of an issue from an octet on.
fn rest(issue: u8, etag: &str, first: usize) -> Answer {
    let whole = list(issue);
    let range = format!("bytes {first}-{}/{}", whole.len() - 1, whole.len());
    let body = whole.get(first..).unwrap();
    Answer::status(206)
        .body(body)
        .header("ETag", etag)
        .header("Content-Range", &range)
}

#[tokio::test]
async fn a_list_that_has_not_changed_is_not_sent_again() {
    let date = "Thu, 01 Jan 2026 00:00:00 GMT";
    let scene = Scene::answering([
        issue(1, "\"one\"").header("Last-Modified", date),
        Answer::status(304),
    ]);
    let (first, octets) = scene.fetch(&Validators::none()).await;
    assert_eq!(octets, list(1));
    let Ok(Fetched::List { validators, .. }) = first else {
        panic!("{first:?}");
    };
    assert_eq!(scene.asked(0, "if-none-match"), None);
    let kept = Validators::from_octets(&validators.to_octets());
    assert_eq!(scene.fetch(&kept).await.0.unwrap(), Fetched::Unchanged);
    assert_eq!(scene.asked(1, "if-none-match").unwrap(), "\"one\"");
    assert_eq!(scene.asked(1, "if-modified-since").unwrap(), date);
    assert_eq!(scene.asked(1, "accept-encoding").unwrap(), "identity");
}

#[tokio::test]
async fn what_broke_off_is_gone_on_with() {
    for cut in [1, 7000, 20_000] {
        let scene = Scene::answering([issue(1, "\"one\"").reset(cut)]);
        scene.server.otherwise(|request: &Received| {
            let range = request.header("range").unwrap();
            let first = range.strip_prefix("bytes=").unwrap();
            let first = first.strip_suffix('-').unwrap().parse().unwrap();
            rest(1, "\"one\"", first)
        });
        assert_eq!(scene.brings().await, list(1));
        // A reset may overtake octets that were sent before it, even all of them.
        if scene.asked(1, "range").is_some() {
            assert_eq!(scene.asked(1, "if-range").unwrap(), "\"one\"");
            assert_eq!(scene.asked(1, "if-none-match"), None);
        }
    }
}

#[tokio::test]
async fn a_list_that_was_swapped_is_fetched_anew() {
    let half = || issue(1, "\"one\"").short(7000);
    // The server does as it was asked: all of the new issue.
    let scene = Scene::answering([half(), issue(2, "\"two\"")]);
    assert_eq!(scene.brings().await, list(2));
    assert_eq!(scene.server.count(), 2);
    assert_eq!(scene.asked(1, "range").unwrap(), "bytes=7000-");

    // Servers that splice, or say nothing of what they send.
    let short = Answer::status(206).body("x");
    for spliced in [
        rest(2, "\"two\"", 7000),
        rest(2, "W/\"one\"", 7000),
        rest(2, "\"one\"", 7001),
        rest(2, "\"one\"", 0),
        short
            .clone()
            .header("ETag", "\"one\"")
            .header("Content-Range", "bytes 7000-7000/20001"),
        short.header("Content-Range", "bytes 7000-7000/7001"),
        Answer::status(416),
    ] {
        let scene = Scene::answering([half(), spliced.clone(), issue(2, "\"two\"")]);
        assert_eq!(scene.brings().await, list(2), "{spliced:?}");
        assert_eq!(scene.server.count(), 3);
        assert_eq!(scene.asked(2, "range"), None);
    }
}

#[tokio::test]
async fn without_a_strong_entity_tag_it_begins_anew() {
    for weak in [
        Answer::ok(CRL, list(1)),
        issue(1, "W/\"one\""),
        Answer::ok(CRL, list(1)).header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT"),
    ] {
        let scene = Scene::answering([weak.clone().short(7000), weak.clone()]);
        assert_eq!(scene.brings().await, list(1));
        assert_eq!(scene.asked(1, "range"), None);
    }
}

#[tokio::test]
async fn trouble_is_tried_again_and_refusals_are_not() {
    let scene = Scene::answering([
        Answer::status(503),
        Answer::status(500),
        Answer::status(429).header("Retry-After", "0"),
        issue(1, "\"one\""),
    ]);
    assert_eq!(scene.brings().await, list(1));
    for (answer, kind, asked) in [
        (Answer::status(404), "status", 1),
        (Answer::status(403), "status", 1),
        (Answer::status(204), "answer", 1),
        (Answer::status(304), "answer", 1),
        (rest(1, "\"one\"", 7000), "answer", 1),
        (Answer::redirect("http://127.0.0.1:1/"), "redirect", 1),
        (Answer::gzip_bomb(CRL), "encoding", 1),
        (Answer::html(), "not_a_list", 1),
        (Answer::ok(CRL, "-----BEGIN X509 CRL-----"), "not_a_list", 1),
        (Answer::ok(CRL, "").claiming(u64::MAX / 2), "too_large", 1),
        (
            Answer::ok(CRL, vec![0x30; 100_001]).closing(),
            "too_large",
            1,
        ),
        (Answer::status(503), "status", 4),
        (issue(1, "\"one\"").short(0), "broken", 4),
    ] {
        let scene = Scene::new();
        let script = answer.clone();
        scene.server.otherwise(move |_| script.clone());
        assert_eq!(scene.fails().await, kind, "{answer:?}");
        assert_eq!(scene.server.count(), asked, "{answer:?}");
    }
}

#[tokio::test]
async fn a_server_that_drips_is_given_up() {
    let pause = Duration::from_millis(20);
    for slow in [issue(1, "\"one\"").dripping(10, pause), Answer::never()] {
        let mut scene = Scene::new();
        scene.limits.tries = 2;
        scene.limits.window = Duration::from_millis(200);
        scene.limits.floor = 5000;
        scene.server.otherwise(move |_| slow.clone());
        assert_eq!(scene.fails().await, "slow");
        assert_eq!(scene.server.count(), 2);
    }
    // Slow, but not that slow: what counts is each window, not the sum.
    let mut scene = Scene::new();
    scene.limits.window = Duration::from_millis(500);
    scene.limits.floor = 100;
    let steady = issue(1, "\"one\"").dripping(2000, Duration::from_millis(100));
    scene.server.push(steady);
    assert_eq!(scene.brings().await, list(1));
}

#[tokio::test]
async fn all_tries_together_have_an_end() {
    let mut scene = Scene::new();
    scene.limits.total = Duration::from_millis(300);
    scene.limits.tries = u32::MAX;
    scene.server.otherwise(|_| Answer::status(503));
    assert_eq!(scene.fails().await, "timeout");
    let wait = Answer::status(503).header("Retry-After", "4000000000");
    scene.server.otherwise(move |_| wait.clone());
    assert_eq!(scene.fails().await, "timeout");
}
