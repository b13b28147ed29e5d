//! Bodies that are too long, do not come or break off, and people who go away.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Method, Request};
use hyper::body::Frame;
use tashika::transaction::{ClientKey, TransactionId};
use tashika::{Code, Duration, Time};
use tashika_conformance::desk::NOW;
use tashika_testbed::Register;
use tashika_tower::{
    Entry, Mark, MemoryTransactions, Nodes, Reach, Seen, StoreFuture, TransactionStore,
};
use tokio::task::yield_now;

use super::{Visit, refused};
use crate::browser::{Browser, request};
use crate::flow::Flow;
use crate::house::House;

/// Gives this, and then never ends, or breaks off.
struct Unending(Option<Bytes>, End);

#[derive(Clone, Copy)]
enum End {
    Never,
    Broken,
}

impl hyper::body::Body for Unending {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        match (self.0.take(), self.1) {
            (Some(octets), _) => Poll::Ready(Some(Ok(Frame::data(octets)))),
            (None, End::Never) => Poll::Pending,
            (None, End::Broken) => Poll::Ready(Some(Err(std::io::Error::other("reset")))),
        }
    }
}

impl Visit {
    /// The answer, in a body of this kind.
    fn in_body(&self, body: Body) -> Request<Body> {
        let mut request = request(Method::POST, self.to(), body);
        let json = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, json);
        request
    }

    /// The right answer, whose last octet is on its way.
    fn unending(&self, end: End) -> Request<Body> {
        let mut octets = self.answer().to_string().into_bytes();
        octets.pop();
        self.in_body(Body::new(Unending(Some(octets.into()), end)))
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_comes_whole_and_in_time() {
    for flow in Flow::BOTH {
        let mut visit = Visit::new(flow).await;
        for (end, code, status) in [
            (End::Never, Code::InputSlow, 408),
            (End::Broken, Code::InputBody, 422),
        ] {
            let request = visit.unending(end);
            let answer = visit.browser.send(&visit.app, request).await;
            refused(&answer, code, status);
        }
        visit.passes().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_is_no_longer_than_an_answer_can_be() {
    const LONG: usize = 300 * 1024;
    for flow in Flow::BOTH {
        let mut visit = Visit::new(flow).await;
        let padded = format!("{}{}", visit.answer(), " ".repeat(LONG));
        let come = visit.in_body(padded.into());
        // One that says so is not waited for.
        let mut said = visit.unending(End::Never);
        said.headers_mut().insert(CONTENT_LENGTH, LONG.into());
        for request in [come, said] {
            let answer = visit.browser.send(&visit.app, request).await;
            refused(&answer, Code::InputTooLarge, 413);
        }
        visit.passes().await;
    }
}

#[tokio::test]
async fn whoever_goes_away_before_the_end_may_come_again() {
    for flow in Flow::BOTH {
        let mut visit = Visit::new(flow).await;
        let request = visit.unending(End::Never);
        let sending = visit.browser.send(&visit.app, request);
        assert!(polled(sending, 8).await.is_none());
        visit.passes().await;
    }
}

/// What a future comes to within so many looks at it; then it is dropped.
async fn polled<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let mut future = Box::pin(future);
    for _ in 0..times {
        let look = std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx)));
        if let Poll::Ready(output) = look.await {
            return Some(output);
        }
    }
    None
}

/// A store that is waited for, before it has done anything and after.
#[derive(Debug)]
struct Waiting(MemoryTransactions);

fn waited_for<T: Send + 'static>(
    work: impl Future<Output = Result<T, tashika::Error>> + Send + 'static,
) -> StoreFuture<T> {
    StoreFuture::coming(async {
        yield_now().await;
        let done = work.await;
        yield_now().await;
        done
    })
}

impl TransactionStore for Waiting {
    fn reach(&self) -> Reach {
        Reach::Process
    }

    fn put(&self, entry: Entry, now: Time) -> StoreFuture<()> {
        let store = self.0.clone();
        waited_for(async move { store.put(entry, now).await })
    }

    fn take(&self, transaction: TransactionId, now: Time) -> StoreFuture<Vec<u8>> {
        let store = self.0.clone();
        waited_for(async move { store.take(transaction, now).await })
    }

    fn mark(&self, mark: Mark, client: ClientKey, expires: Time, now: Time) -> StoreFuture<Seen> {
        self.0.mark(mark, client, expires, now)
    }
}

/// A house with such a store.
fn waiting() -> (House, MemoryTransactions) {
    let store = MemoryTransactions::standard();
    let house = House::over(Arc::new(Waiting(store.clone())), Nodes::One);
    (house, store)
}

#[tokio::test]
async fn an_answer_that_is_dropped_has_come_or_has_not() {
    for flow in Flow::BOTH {
        let (house, store) = waiting();
        let app = flow.service(&house, house.revocation(&Register::new()));
        let mut visit = Visit::of(flow, house, app).await;
        let mut outcomes = Vec::new();
        for times in 0.. {
            let response = visit.answer();
            let mut gone = visit.browser.clone();
            let to = visit.to().to_owned();
            let sending = gone.post_json(&visit.app, &to, &response);
            if let Some(seen) = polled(sending, times).await {
                assert_eq!(seen.status, 200);
                break;
            }
            let again = visit.send(&response).await;
            outcomes.push(again.refusal);
            assert!(store.is_empty(NOW));
            visit.browser = Browser::new();
            visit.request = flow.begin(&mut visit.browser, &visit.app).await;
        }
        // Until the store has done its work, and between that and the end.
        let unknown = Some(Code::TransactionUnknown);
        assert_eq!(outcomes, [None, None, unknown], "{flow:?}");
    }
}

#[tokio::test]
async fn a_request_that_is_dropped_holds_a_place_until_it_expires() {
    for flow in Flow::BOTH {
        let (house, store) = waiting();
        let app = flow.service(&house, house.revocation(&Register::new()));
        let path = format!("{}/request", flow.path());
        let mut open = Vec::new();
        for times in 0..3 {
            let mut browser = Browser::new();
            let asking = browser.post(&app, &path, "text/plain", "");
            assert!(polled(asking, times).await.is_none());
            open.push(store.len(NOW));
        }
        assert_eq!(open, [0, 0, 1], "{flow:?}");
        let after = Duration::seconds(house.site.lifetime().as_seconds() + 1);
        assert!(store.is_empty(NOW.plus(after)));
    }
}
