//! Tokens from a server on a loopback port.

use std::future::Future;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration as Span;

use crate::code::Code;
use crate::mdoc::cbor::write;
use crate::mdoc::status::testing::{
    Draft, ONE_BIT, Scene, TWO_BITS, in_status_list, in_status_list_at, policy,
};
use crate::mdoc::status::{RecordState, StatusFetcher, StatusReference};
use crate::revocation::testing::now;
use crate::time::{Duration, Time};
use crate::transport::{Load, Origins, Tls, Transport};

type Answers = Arc<Mutex<Vec<Vec<u8>>>>;

/// Gives its answers one after the other, the last of them for ever, each on a
/// connection of its own.
struct Server {
    origin: String,
    answers: Answers,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let server = Self {
            origin: format!("http://{}", listener.local_addr().unwrap()),
            answers: Arc::default(),
            heads: Arc::default(),
        };
        let (answers, heads) = (Arc::clone(&server.answers), Arc::clone(&server.heads));
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(&mut stream.unwrap(), &answers, &heads);
            }
        });
        server
    }

    fn url(&self) -> String {
        format!("{}/lists/1", self.origin)
    }

    fn answer(&self, answers: Vec<Vec<u8>>) {
        *self.answers.lock().unwrap() = answers;
    }

    fn asked(&self) -> usize {
        self.heads.lock().unwrap().len()
    }

    fn reference(&self, index: u64) -> StatusReference {
        in_status_list_at(index, &self.url())
    }
}

fn serve(stream: &mut TcpStream, answers: &Answers, heads: &Mutex<Vec<String>>) {
    let lines = BufReader::new(stream.try_clone().unwrap()).lines();
    let head: Vec<_> = lines
        .map_while(Result::ok)
        .take_while(|line| !line.is_empty())
        .collect();
    heads.lock().unwrap().push(head.join("\n"));
    let mut answers = answers.lock().unwrap();
    let answer = match answers.len() {
        1 => answers[0].clone(),
        _ => answers.remove(0),
    };
    // Whoever asked may have gone.
    let _ = stream.write_all(&answer);
}

fn http(status: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n");
    [head.as_bytes(), b"\r\n", body].concat()
}

fn ok(token: &[u8]) -> Vec<u8> {
    http("200 OK", token)
}

fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(test)
}

struct World {
    scene: Scene,
    server: Server,
    fetcher: Arc<StatusFetcher>,
}

impl World {
    fn new() -> Self {
        let (scene, server) = (Scene::new(), Server::start());
        let origins = Origins::none().plain_http(&server.origin).unwrap();
        let fetcher = Arc::new(fetcher(&scene, origins));
        Self {
            scene,
            server,
            fetcher,
        }
    }

    /// A token about the server's own list.
    fn token(&self, draft: Draft) -> Vec<u8> {
        let own = draft.claim(2, write::text(&self.server.url()));
        self.scene.sign(&own)
    }

    fn one_bit(&self) -> Draft {
        self.scene.statuses(1, &ONE_BIT)
    }

    fn state(&self, index: u64, at: Time) -> RecordState {
        let reference = self.server.reference(index);
        run(self.fetcher.status(&reference, at)).state()
    }
}

fn fetcher(scene: &Scene, origins: Origins) -> StatusFetcher {
    let transport = Transport::builder(origins, Tls::no_roots());
    let load = Load {
        retries: 0,
        ..Load::standard()
    };
    let client = transport.build().unwrap().under(&load);
    let (total, room) = (Span::from_secs(10), 1024 * 1024);
    StatusFetcher::new(client, total, scene.verifier(), policy(), room)
}

fn undetermined(code: Code) -> RecordState {
    RecordState::Undetermined(code)
}

#[test]
fn one_request_serves_everybody() {
    let world = World::new();
    world.server.answer(vec![ok(&world.token(world.one_bit()))]);
    let states = run(async {
        let asked: Vec<_> = (0..16)
            .map(|index| {
                let reference = world.server.reference(index);
                let fetcher = Arc::clone(&world.fetcher);
                tokio::spawn(async move { fetcher.status(&reference, now()).await.state() })
            })
            .collect();
        let mut states = Vec::new();
        for task in asked {
            states.push(task.await.unwrap());
        }
        states
    });
    let revoked = states.iter().filter(|s| **s == RecordState::Revoked);
    assert_eq!(revoked.count(), 9);
    assert_eq!(states[2], RecordState::Good);
    assert_eq!(world.state(2, now()), RecordState::Good);
    assert_eq!(world.server.asked(), 1);
    let heads = world.server.heads.lock().unwrap();
    assert!(
        heads[0].starts_with("GET /lists/1 HTTP/1.1"),
        "{}",
        heads[0]
    );
    assert!(heads[0].contains("application/statuslist+cwt"));
}

#[test]
fn a_document_does_not_choose_whom_we_ask() {
    let world = World::new();
    let elsewhere = Server::start();
    let status = run(world.fetcher.status(&elsewhere.reference(2), now()));
    assert_eq!(status.state(), undetermined(Code::MdocStatusUnreachable));
    assert_eq!(elsewhere.asked(), 0);
    for uri in ["file:///lists/1", "urn:lists:1", "/lists/1", "{}"] {
        let reference = in_status_list_at(2, uri);
        let status = run(world.fetcher.status(&reference, now()));
        assert_eq!(status.state(), undetermined(Code::MdocStatusUnreachable));
    }
}

#[test]
fn what_is_no_answer_is_unreachable() {
    let world = World::new();
    let token = world.token(world.one_bit());
    for status in [
        "404 Not Found",
        "500 Internal Server Error",
        "204 No Content",
    ] {
        world.server.answer(vec![http(status, &token)]);
        let state = world.state(2, now());
        assert_eq!(state, undetermined(Code::MdocStatusUnreachable), "{status}");
    }
    let redirect = b"HTTP/1.1 302 Found\r\nLocation: /lists/2\r\nContent-Length: 0\r\n\r\n";
    world.server.answer(vec![redirect.to_vec()]);
    let state = world.state(2, now());
    assert_eq!(state, undetermined(Code::MdocStatusUnreachable));
    world.server.answer(vec![Vec::new()]);
    let state = world.state(2, now());
    assert_eq!(state, undetermined(Code::MdocStatusUnreachable));
}

#[test]
fn what_is_too_large_is_not_read() {
    let world = World::new();
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 4194305\r\n\r\n";
    world.server.answer(vec![head.to_vec()]);
    let state = world.state(2, now());
    assert_eq!(state, undetermined(Code::MdocStatusTooLarge));
}

#[test]
fn a_refusal_is_not_remembered() {
    let world = World::new();
    let good = ok(&world.token(world.one_bit()));
    let another_list = ok(&world.scene.sign(&world.one_bit()));
    let identifiers = ok(&world.token(world.scene.identifiers(&[])));
    let answers = [ok(b"<html>"), another_list, identifiers, good];
    world.server.answer(answers.to_vec());
    for state in [
        undetermined(Code::InputStatusToken),
        undetermined(Code::MdocStatusSubject),
        undetermined(Code::InputStatusToken),
        RecordState::Good,
        RecordState::Good,
    ] {
        assert_eq!(world.state(2, now()), state);
    }
    assert_eq!(world.server.asked(), 4);
}

#[test]
fn a_token_is_fetched_again_when_it_ends_and_none_goes_back() {
    let world = World::new();
    let lives = |draft: Draft, ago: i64| {
        let draft = draft.claim(65534, write::unsigned(100));
        let draft = draft.claim(6, write::integer(now().as_unix() - ago));
        ok(&world.token(draft))
    };
    let newer = lives(world.scene.statuses(2, &TWO_BITS), 50);
    let older = lives(world.one_bit(), 80);
    world.server.answer(vec![newer, older]);
    let after = |seconds| now().plus(Duration::seconds(seconds));
    assert_eq!(world.state(1, after(0)), RecordState::Suspended);
    assert_eq!(world.state(1, after(50)), RecordState::Suspended);
    assert_eq!(world.server.asked(), 1);
    // By the older one it would be good.
    assert_eq!(world.state(1, after(51)), RecordState::Suspended);
    assert_eq!(world.server.asked(), 2);
}

/// Otherwise whoever keeps one request from its answer could have an older
/// token believed after it.
#[test]
fn a_failure_does_not_undo_what_is_known() {
    let world = World::new();
    let lives = |draft: Draft, ago: i64| {
        let draft = draft.claim(65534, write::unsigned(100));
        let draft = draft.claim(6, write::integer(now().as_unix() - ago));
        ok(&world.token(draft))
    };
    let newer = lives(world.scene.statuses(2, &TWO_BITS), 50);
    let older = lives(world.one_bit(), 80);
    let fails = http("503 Service Unavailable", b"");
    let answers = [newer, fails.clone(), fails, older];
    world.server.answer(answers.to_vec());
    let after = |seconds| now().plus(Duration::seconds(seconds));
    assert_eq!(world.state(10, after(0)), RecordState::Revoked);
    // What is revoked stays so; anything else may have changed.
    assert_eq!(world.state(10, after(51)), RecordState::Revoked);
    let unreachable = undetermined(Code::MdocStatusUnreachable);
    assert_eq!(world.state(1, after(51)), unreachable);
    // By the older one both would be good.
    assert_eq!(world.state(10, after(51)), RecordState::Revoked);
    assert_eq!(world.state(1, after(51)), RecordState::Suspended);
    assert_eq!(world.server.asked(), 5);
}

#[test]
fn nobody_listening_is_unreachable() {
    let scene = Scene::new();
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let origin = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let fetcher = fetcher(&scene, Origins::none().plain_http(&origin).unwrap());
    let reference = in_status_list_at(2, &format!("{origin}/lists/1"));
    let status = run(fetcher.status(&reference, now()));
    assert_eq!(status.state(), undetermined(Code::MdocStatusUnreachable));
    assert!(status.answers(&reference) && !status.answers(&in_status_list(2)));
    assert!(!format!("{fetcher:?}").contains("127.0.0.1"));
}
