//! An HTTP/1.1 server that misbehaves on request.

mod answer;
mod request;

pub use answer::{Answer, Ending};
pub use request::Received;

use std::collections::VecDeque;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A server on a loopback port of its own, gone when it is dropped.
///
/// What it does with a request is said by [`Server::push`] for the next ones,
/// in their order, and by [`Server::otherwise`] for all others; until then it
/// answers 404. It keeps what it was asked.
///
/// ```
/// use tashika_testbed::{Answer, Server};
///
/// let server = Server::start().unwrap();
/// server.push(Answer::ok("text/plain", "once"));
/// server.otherwise(|_| Answer::status(503).header("Retry-After", "5"));
/// assert!(server.url("/list").starts_with("http://127.0.0.1:"));
/// assert_eq!(server.count(), 0);
/// ```
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

type Script = dyn Fn(&Received) -> Answer + Send + Sync;

struct Shared {
    queue: Mutex<VecDeque<Answer>>,
    otherwise: Mutex<Arc<Script>>,
    received: Mutex<Vec<Received>>,
    arrived: Condvar,
    /// Connections that were ever accepted.
    accepted: AtomicUsize,
    /// Those that are open, to be closed at the end.
    open: Mutex<Vec<TcpStream>>,
    stopped: AtomicBool,
}

impl Server {
    /// Starts one.
    ///
    /// # Errors
    ///
    /// If no loopback port can be had.
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            otherwise: Mutex::new(Arc::new(|_| Answer::status(404))),
            received: Mutex::default(),
            arrived: Condvar::new(),
            accepted: AtomicUsize::new(0),
            open: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let at_work = Arc::clone(&shared);
        let acceptor = thread::spawn(move || at_work.accept(&listener));
        Ok(Self {
            address,
            shared,
            acceptor: Some(acceptor),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL with a path, which begins with a slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers the next request that nothing was said for yet.
    pub fn push(&self, answer: Answer) {
        lock(&self.shared.queue).push_back(answer);
    }

    /// Answers every request that nothing else was said for.
    pub fn otherwise(&self, script: impl Fn(&Received) -> Answer + Send + Sync + 'static) {
        *lock(&self.shared.otherwise) = Arc::new(script);
    }

    /// How many requests came.
    #[must_use]
    pub fn count(&self) -> usize {
        lock(&self.shared.received).len()
    }

    /// How many connections were opened.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// The requests that came.
    #[must_use]
    pub fn received(&self) -> Vec<Received> {
        lock(&self.shared.received).clone()
    }

    /// Waits until so many requests came, at most ten seconds; false if they
    /// did not.
    #[must_use]
    pub fn wait_for(&self, count: usize) -> bool {
        let end = Instant::now() + Duration::from_secs(10);
        let mut received = lock(&self.shared.received);
        while received.len() < count {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            received = self
                .shared
                .arrived
                .wait_timeout(received, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        for stream in lock(&self.shared.open).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Wakes the acceptor, which then sees that it is over.
        drop(TcpStream::connect(self.address));
        if let Some(acceptor) = self.acceptor.take() {
            let _ = acceptor.join();
        }
    }
}

impl Shared {
    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for stream in listener.incoming() {
            if self.is_stopped() {
                return;
            }
            let Ok(stream) = stream else { continue };
            self.accepted.fetch_add(1, Ordering::SeqCst);
            if let Ok(twin) = stream.try_clone() {
                lock(&self.open).push(twin);
            }
            let at_work = Arc::clone(self);
            // Ends with its connection, which ends with the server.
            thread::spawn(move || at_work.serve(&stream));
        }
    }

    /// Serves the requests of one connection.
    fn serve(&self, stream: &TcpStream) {
        let mut ending = Ending::KeepAlive;
        while ending == Ending::KeepAlive {
            let Ok(Some(received)) = Received::read(stream) else {
                break;
            };
            let answer = self.answer(&received);
            lock(&self.received).push(received);
            self.arrived.notify_all();
            let written = answer.write(stream, &|| self.is_stopped());
            ending = written.unwrap_or(Ending::Close);
        }
        let ours = stream.peer_addr().ok();
        // A reset comes of closing without this good-bye.
        if ending != Ending::Reset {
            let _ = stream.shutdown(Shutdown::Both);
        }
        // Its twin would keep the connection open.
        lock(&self.open).retain(|s| s.peer_addr().ok() != ours);
    }

    fn answer(&self, received: &Received) -> Answer {
        if let Some(next) = lock(&self.queue).pop_front() {
            return next;
        }
        let script = Arc::clone(&lock(&self.otherwise));
        script(received)
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }
}

/// A thread that panicked with a lock was a script of a test that failed.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}
