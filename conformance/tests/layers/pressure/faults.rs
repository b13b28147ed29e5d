//! A store that does not answer, and a service that fails.

use std::future::{Ready, pending, ready};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use http::{Method, Response};
use tashika::Time;
use tashika::transaction::{ClientKey, TransactionId};
use tashika_tower::{
    Entry, Mark, MemoryTransactions, Nodes, Reach, Seen, StoreFuture, TransactionStore,
};
use tower::timeout::TimeoutLayer;
use tower::timeout::error::Elapsed;
use tower::{Layer, Service, service_fn};

use super::{Passed, SOON, Scene, begin, seen, send};
use crate::browser::{Answer, Browser, request};
use crate::challenge::logins;
use crate::house::House;

/// A store that does not answer.
#[derive(Debug)]
struct Hanging(MemoryTransactions);

impl TransactionStore for Hanging {
    fn reach(&self) -> Reach {
        self.0.reach()
    }

    fn put(&self, entry: Entry, now: Time) -> StoreFuture<()> {
        self.0.put(entry, now)
    }

    fn take(&self, _: TransactionId, _: Time) -> StoreFuture<Vec<u8>> {
        StoreFuture::coming(pending())
    }

    fn mark(&self, mark: Mark, client: ClientKey, expires: Time, now: Time) -> StoreFuture<Seen> {
        self.0.mark(mark, client, expires, now)
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_passes_while_a_store_does_not_answer() {
    let store = MemoryTransactions::standard();
    let house = House::over(Arc::new(Hanging(store.clone())), Nodes::One);
    let scene = Scene { house, store };
    let served = Arc::new(AtomicUsize::new(0));
    let counting = {
        let served = Arc::clone(&served);
        service_fn(move |request: Passed| {
            served.fetch_add(1, Ordering::SeqCst);
            seen(request)
        })
    };
    let service = TimeoutLayer::new(SOON).layer(scene.before(counting));
    let mut browser = Browser::new();
    let begun = begin(&service, &mut browser).await;
    let hung = send(&service, &mut browser, scene.answer(&begun)).await;
    assert!(hung.unwrap_err().is::<Elapsed>());
    assert_eq!(served.load(Ordering::SeqCst), 0);
    let passing = request(Method::GET, "/", Body::empty());
    let passed = send(&service, &mut browser, passing).await.unwrap();
    assert_eq!(passed.text(), "seen");
}

/// What a service may say that has nothing to do with us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    NotReady,
    Call,
}

/// Fails as it is told, and may be called once each time that it was ready.
#[derive(Debug)]
struct Failing {
    fault: Option<Fault>,
    ready: bool,
}

// A clone has not been asked whether it is ready.
impl Clone for Failing {
    fn clone(&self) -> Self {
        let fault = self.fault;
        Self {
            fault,
            ready: false,
        }
    }
}

impl Service<Passed> for Failing {
    type Response = Response<Body>;
    type Error = Fault;
    type Future = Ready<Result<Response<Body>, Fault>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        if self.fault == Some(Fault::NotReady) {
            return Poll::Ready(Err(Fault::NotReady));
        }
        self.ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Passed) -> Self::Future {
        assert!(std::mem::take(&mut self.ready), "not asked whether ready");
        ready(match self.fault {
            Some(fault) => Err(fault),
            None => Ok(Response::new(Body::from("seen"))),
        })
    }
}

#[tokio::test]
async fn the_service_that_was_ready_is_called_and_its_errors_pass() {
    let scene = Scene::new();
    let layer = logins(&scene.house);
    let failing = |fault| {
        layer.layer(Failing {
            fault,
            ready: false,
        })
    };
    let sound = failing(None);
    for (fault, status) in [
        (None, Ok("seen")),
        (Some(Fault::Call), Err(Fault::Call)),
        (Some(Fault::NotReady), Err(Fault::NotReady)),
    ] {
        let (service, mut browser) = (failing(fault), Browser::new());
        let begun = begin(&sound, &mut browser).await;
        let answered = send(&service, &mut browser, scene.answer(&begun)).await;
        assert_eq!(
            answered.as_ref().map(Answer::text),
            status.as_ref().copied()
        );
        let passing = request(Method::GET, "/", Body::empty());
        let passed = send(&service, &mut browser, passing).await;
        assert_eq!(passed.as_ref().map(Answer::text), status.as_ref().copied());
        // Who was not ready has not spent the transaction.
        let left = usize::from(fault == Some(Fault::NotReady));
        assert_eq!(scene.open(), left, "{fault:?}");
    }
}
