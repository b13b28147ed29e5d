//! Real connections, and how they end: a line that breaks leaves nothing half
//! done, and a server that is told to stop ends what it has begun.

use std::future::IntoFuture;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::post;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;
use tashika::Code;
use tashika::jpki::VerifiedAuthentication;
use tashika_conformance::desk::NOW;
use tashika_tower::{MemoryTransactions, Nodes, Verified};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::browser::Browser;
use crate::challenge::{answer, logins, to};
use crate::house::{House, Watch};

/// A service on a socket, at which one client may hold one transaction.
struct Server {
    house: House,
    watch: Watch,
    store: MemoryTransactions,
    address: SocketAddr,
    /// Requests that it is busy with.
    busy: Arc<AtomicUsize>,
    /// Its handler goes on when it may.
    may: Arc<Semaphore>,
    stop: oneshot::Sender<()>,
    served: JoinHandle<std::io::Result<()>>,
}

/// How a client goes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Reset,
    Closed,
    /// It sends no more, and still listens.
    HalfClosed,
}

/// What came over the wire.
#[derive(Debug)]
struct Came {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

struct Busy(Arc<AtomicUsize>);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn count(busy: State<Arc<AtomicUsize>>, request: Request, next: Next) -> Response {
    busy.fetch_add(1, Ordering::SeqCst);
    let _busy = Busy(busy.0);
    next.run(request).await
}

impl Server {
    async fn start() -> Self {
        let room = NonZeroUsize::new(8).unwrap();
        let store = MemoryTransactions::new(room, NonZeroUsize::MIN);
        let watch = Watch::new();
        let house = House::over(Arc::new(store.clone()), Nodes::One).by(&watch);
        let (busy, may) = (Arc::default(), Arc::new(Semaphore::new(0)));
        let waits = Arc::clone(&may);
        let seen = move |_: Verified<VerifiedAuthentication>| async move {
            waits.acquire().await.unwrap().forget();
            "seen"
        };
        let app = Router::new()
            .route("/login/answer", post(seen))
            .layer(logins(&house))
            .layer(from_fn_with_state(Arc::clone(&busy), count))
            .into_make_service_with_connect_info::<SocketAddr>();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let served = axum::serve(listener, app).with_graceful_shutdown(async move {
            stopped.await.unwrap();
        });
        Self {
            house,
            watch,
            store,
            address,
            busy,
            may,
            stop,
            served: tokio::spawn(served.into_future()),
        }
    }

    /// Sends the head of a request, and as much of its body.
    async fn send(&self, browser: &mut Browser, path: &str, body: &str, sent: usize) -> TcpStream {
        let cookies = browser.cookies().iter();
        let cookies: Vec<_> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: bank.example\r\nConnection: close\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nCookie: {}\r\n\r\n",
            body.len(),
            cookies.join("; ")
        );
        let mut line = TcpStream::connect(self.address).await.unwrap();
        line.write_all(head.as_bytes()).await.unwrap();
        line.write_all(&body.as_bytes()[..sent]).await.unwrap();
        line
    }

    async fn begin(&self, browser: &mut Browser) -> Came {
        let line = self.send(browser, "/login/request", "", 0).await;
        let came = receive(line).await;
        for cookie in came.headers.get_all(SET_COOKIE) {
            let (pair, _) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            browser.cookies().insert(name.to_owned(), value.to_owned());
        }
        came
    }

    /// The path and the body of the card's answer.
    fn answer(&self, came: &Came) -> (String, String) {
        let begun: Value = serde_json::from_str(&came.body).unwrap();
        let answer = answer(self.house.desk.card(), &begun);
        (to(&begun).to_owned(), answer.to_string())
    }

    /// Sends a whole answer, which the service may serve.
    async fn comes_in(&self, browser: &mut Browser, path: &str, body: &str) -> Came {
        self.may.add_permits(1);
        let came = receive(self.send(browser, path, body, body.len()).await).await;
        if came.status != 200 {
            self.may.acquire().await.unwrap().forget();
        }
        came
    }

    async fn until_busy_with(&self, requests: usize) {
        let reached = async {
            while self.busy.load(Ordering::SeqCst) != requests {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(LONG, reached).await.unwrap();
    }

    fn open(&self) -> usize {
        self.store.len(NOW)
    }
}

const LONG: Duration = Duration::from_secs(20);

async fn receive(mut line: TcpStream) -> Came {
    let mut octets = Vec::new();
    let read = timeout(LONG, line.read_to_end(&mut octets)).await.unwrap();
    read.unwrap();
    let text = String::from_utf8(octets).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        let value = HeaderValue::from_str(value).unwrap();
        (name.parse().unwrap(), value)
    });
    Came {
        status: status.parse().unwrap(),
        headers: headers.collect(),
        body: body.to_owned(),
    }
}

/// Goes away, and gives what came nevertheless.
async fn end(mut line: TcpStream, ending: Ending) -> Option<Came> {
    match ending {
        Ending::Reset => line.set_zero_linger().unwrap(),
        Ending::Closed => {}
        Ending::HalfClosed => {
            line.shutdown().await.unwrap();
            return Some(receive(line).await);
        }
    }
    None
}

fn code(came: &Came) -> String {
    let told: Value = serde_json::from_str(&came.body).unwrap();
    told["code"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_line_that_breaks_in_a_body_has_spent_nothing() {
    for ending in [Ending::Reset, Ending::Closed, Ending::HalfClosed] {
        let (server, mut browser) = (Server::start().await, Browser::new());
        let begun = server.begin(&mut browser).await;
        let (path, body) = server.answer(&begun);
        for sent in [0, body.len() / 2, body.len() - 1] {
            let line = server.send(&mut browser, &path, &body, sent).await;
            server.until_busy_with(1).await;
            let came = end(line, ending).await;
            server.until_busy_with(0).await;
            let codes = came.map(|came| (came.status.as_u16(), code(&came)));
            let due = (ending == Ending::HalfClosed).then_some((422, "input.body".to_owned()));
            assert_eq!(codes, due, "{ending:?} after {sent}");
            assert_eq!(server.open(), 1, "{ending:?} after {sent}");
        }
        let came = server.comes_in(&mut browser, &path, &body).await;
        assert_eq!((came.status.as_u16(), &*came.body), (200, "seen"));
        assert_eq!(server.open(), 0);
    }
}

/// What was proved is not proved again, and makes room.
#[tokio::test]
async fn a_line_that_breaks_while_the_service_works_has_spent_its_transaction() {
    for ending in [Ending::Reset, Ending::Closed] {
        let (server, mut browser) = (Server::start().await, Browser::new());
        let begun = server.begin(&mut browser).await;
        let (path, body) = server.answer(&begun);
        let line = server.send(&mut browser, &path, &body, body.len()).await;
        server.until_busy_with(1).await;
        let taken = async {
            while server.open() > 0 {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(LONG, taken).await.unwrap();
        assert!(end(line, ending).await.is_none());
        server.until_busy_with(0).await;

        let again = server.comes_in(&mut browser, &path, &body).await;
        let told = (again.status.as_u16(), code(&again));
        assert_eq!(
            told,
            (403, Code::TransactionUnknown.to_string()),
            "{ending:?}"
        );
        let begun = server.begin(&mut browser).await;
        let (path, body) = server.answer(&begun);
        let came = server.comes_in(&mut browser, &path, &body).await;
        assert_eq!((came.status.as_u16(), &*came.body), (200, "seen"));
    }
}

/// A transaction whose cookie reached nobody is in the way of one client, until
/// its time is over.
#[tokio::test]
async fn a_beginning_that_nobody_heard_of_ends_with_its_time() {
    let server = Server::start().await;
    let mut browser = Browser::new();
    let line = server.send(&mut browser, "/login/request", "", 0).await;
    // It has been answered when the connection is at its end.
    let begun = async {
        while server.open() == 0 {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(LONG, begun).await.unwrap();
    end(line, Ending::Reset).await;
    server.until_busy_with(0).await;
    let full = server.begin(&mut browser).await;
    let told = (full.status.as_u16(), code(&full));
    assert_eq!(told, (503, Code::TransactionFull.to_string()));
    server.watch.put_forward(601);
    let begun = server.begin(&mut browser).await;
    assert_eq!(begun.status, 200, "{begun:?}");
}

#[tokio::test]
async fn a_server_that_is_told_to_stop_ends_what_it_has_begun() {
    let (server, mut browser) = (Server::start().await, Browser::new());
    let begun = server.begin(&mut browser).await;
    let (path, body) = server.answer(&begun);
    let half = body.len() / 2;
    let mut line = server.send(&mut browser, &path, &body, half).await;
    server.until_busy_with(1).await;
    server.stop.send(()).unwrap();
    let closed = async {
        while TcpStream::connect(server.address).await.is_ok() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(LONG, closed).await.unwrap();
    assert!(!server.served.is_finished());

    line.write_all(&body.as_bytes()[half..]).await.unwrap();
    server.may.add_permits(1);
    let came = receive(line).await;
    assert_eq!((came.status.as_u16(), &*came.body), (200, "seen"));
    timeout(LONG, server.served)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
}
