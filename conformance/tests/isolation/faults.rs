//! Services and stores that are broken on purpose: whoever looks for nothing
//! finds nothing, so here something has to be found.

mod sessions;

use std::rc::Rc;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use bytes::Bytes;
use http_body_util::BodyExt;
use tashika::jpki::VerifiedAuthentication;
use tashika::transaction::{ClientKey, TransactionId};
use tashika::{Code, Error, Time};
use tashika_tower::{
    Clock, Entry, Mark, MemoryTransactions, Reach, Seen, StoreFuture, TransactionStore, Verified,
};

use crate::flow::Flow;
use crate::flows::{Challenge, Signature};
use crate::ledger::{Finding, Ledger};
use crate::schedule::pause;
use crate::service::Memory;
use crate::steps::known;
use crate::world::{Over, Setting, World};

/// Fewer than come where nothing is broken: one of them is enough.
const PEOPLE: usize = 300;

/// What they find in a world that is broken so.
async fn found(broken: impl FnOnce(&mut Setting)) -> Vec<Finding> {
    found_in(Challenge::new(), broken).await
}

async fn found_in(flow: impl Flow, broken: impl FnOnce(&mut Setting)) -> Vec<Finding> {
    let mut setting = Setting::sound(1);
    broken(&mut setting);
    World::of(&Rc::new(flow), &setting).visited_by(PEOPLE).await
}

/// What they find over what this makes of a store.
async fn found_over(store: Over) -> Vec<Finding> {
    let setting = Setting::sound(1).over(store);
    let world = World::of(&Rc::new(Challenge::new()), &setting);
    world.visited_by(PEOPLE).await
}

fn some(findings: &[Finding], is: fn(&Finding) -> bool) {
    assert!(findings.iter().any(is), "{findings:?}");
}

fn all(findings: &[Finding], are: fn(&Finding) -> bool) {
    some(findings, are);
    assert!(findings.iter().all(are), "{findings:?}");
}

/// As it was in 2023: whoever comes later overwrites what was left for another.
#[tokio::test]
async fn a_service_that_remembers_one_person_is_found() {
    let shared = |setting: &mut Setting| setting.memory = Memory::Shared(Arc::default());
    for found in [
        found(shared).await,
        found_in(Signature::new(), shared).await,
    ] {
        all(&found, |finding| {
            matches!(finding, Finding::Mistaken { .. })
        });
    }
}

/// Responses kept under a path, without what stands in the query.
#[tokio::test]
async fn a_cache_that_answers_one_with_what_is_anothers_is_found() {
    async fn cached(last: State<Arc<Mutex<Bytes>>>, request: Request, next: Next) -> Response {
        let is_answer = request.uri().path().ends_with("/answer");
        let (head, body) = next.run(request).await.into_parts();
        if !(is_answer && head.status.is_success()) {
            return Response::from_parts(head, body);
        }
        let body = body.collect().await.unwrap().to_bytes();
        let kept = std::mem::replace(&mut *last.lock().unwrap(), body.clone());
        let body = if kept.is_empty() { body } else { kept };
        Response::from_parts(head, Body::from(body))
    }

    let kept = |app: Router| {
        let last = Arc::<Mutex<Bytes>>::default();
        app.layer(from_fn_with_state(last, cached))
    };
    let found = found(|setting| setting.around = kept).await;
    all(&found, |finding| {
        matches!(finding, Finding::Mistaken { .. })
    });
}

/// A buffer for one body, used by all: what a person sent is not what arrives, and
/// the layer lets nobody be taken for whoever sent it.
#[tokio::test]
async fn a_buffer_that_all_share_is_found() {
    async fn buffered(last: State<Arc<Mutex<Bytes>>>, request: Request, next: Next) -> Response {
        let (head, body) = request.into_parts();
        if !head.uri.path().ends_with("/answer") {
            return next.run(Request::from_parts(head, body)).await;
        }
        *last.lock().unwrap() = body.collect().await.unwrap().to_bytes();
        pause(2).await;
        let body = Body::from(last.lock().unwrap().clone());
        next.run(Request::from_parts(head, body)).await
    }

    let shared = |app: Router| {
        let last = Arc::<Mutex<Bytes>>::default();
        app.layer(from_fn_with_state(last, buffered))
    };
    let found = found(|setting| setting.around = shared).await;
    some(
        &found,
        |finding| matches!(finding, Finding::Refused { code, .. } if *code == Code::SignatureInvalid),
    );
    assert!(!found.iter().any(|f| matches!(f, Finding::Mistaken { .. })));
}

/// A clock that stands still on the nodes, and for nobody else.
#[tokio::test]
async fn a_clock_that_stands_still_is_found() {
    let still = |ledger: &Ledger| {
        let now = ledger.now();
        Clock::told(move || now)
    };
    let found = found(|setting| setting.clock = still).await;
    some(&found, |finding| matches!(finding, Finding::Late { .. }));
}

/// A store that is not what a store has to be.
#[derive(Debug)]
struct Broken {
    store: MemoryTransactions,
    how: How,
}

#[derive(Debug)]
enum How {
    /// What is taken stays.
    Keeps(Mutex<Vec<(TransactionId, Vec<u8>)>>),
    /// Whoever takes gets what the one before was to get.
    Swaps(Mutex<Option<Vec<u8>>>),
    /// Some of what was put is dropped before its time, to make room.
    Drops,
}

impl Broken {
    fn taken(&self, transaction: TransactionId, state: Taken) -> Taken {
        match &self.how {
            How::Drops => state,
            How::Swaps(last) => {
                let state = state?;
                let before = last.lock().unwrap().replace(state.clone());
                Ok(before.unwrap_or(state))
            }
            How::Keeps(taken) => {
                let mut taken = taken.lock().unwrap();
                if let Ok(state) = &state {
                    taken.push((transaction, state.clone()));
                }
                let kept = taken.iter().find(|(kept, _)| *kept == transaction);
                kept.map_or(state, |(_, state)| Ok(state.clone()))
            }
        }
    }
}

type Taken = Result<Vec<u8>, Error>;

impl TransactionStore for Broken {
    fn reach(&self) -> Reach {
        Reach::Shared
    }

    fn put(&self, entry: Entry, now: Time) -> StoreFuture<()> {
        let dropped = entry.transaction.octets()[0].is_multiple_of(64);
        match self.how {
            How::Drops if dropped => StoreFuture::known(Ok(())),
            _ => self.store.put(entry, now),
        }
    }

    fn take(&self, transaction: TransactionId, now: Time) -> StoreFuture<Vec<u8>> {
        let state = known(self.store.take(transaction, now));
        StoreFuture::known(self.taken(transaction, state))
    }

    fn mark(&self, mark: Mark, client: ClientKey, expires: Time, now: Time) -> StoreFuture<Seen> {
        self.store.mark(mark, client, expires, now)
    }
}

fn broken(store: MemoryTransactions, how: How) -> Arc<dyn TransactionStore> {
    Arc::new(Broken { store, how })
}

/// A store that hands out twice.
pub(crate) fn keeping(store: MemoryTransactions) -> Arc<dyn TransactionStore> {
    broken(store, How::Keeps(Mutex::default()))
}

#[tokio::test]
async fn a_store_that_hands_out_twice_is_found() {
    let found = found_over(keeping).await;
    some(&found, |finding| matches!(finding, Finding::Twice { .. }));
}

/// Nobody is taken for another: what is sealed for one transaction opens in no
/// other, so that everybody is refused.
#[tokio::test]
async fn a_store_that_swaps_is_found() {
    let found = found_over(|store| broken(store, How::Swaps(Mutex::default()))).await;
    some(
        &found,
        |finding| matches!(finding, Finding::Refused { code, .. } if *code == Code::TransactionSeal),
    );
    assert!(!found.iter().any(|f| matches!(f, Finding::Mistaken { .. })));
}

#[tokio::test]
async fn a_store_that_drops_what_has_not_expired_is_found() {
    let found = found_over(|store| broken(store, How::Drops)).await;
    some(
        &found,
        |finding| matches!(finding, Finding::Refused { code, .. } if *code == Code::TransactionUnknown),
    );
}

/// A service that puts the last proof into requests that have none.
#[tokio::test]
async fn a_proof_that_outlives_its_request_is_found() {
    type Login = Verified<VerifiedAuthentication>;
    type Last = Arc<Mutex<Option<Login>>>;

    async fn remembered(last: State<Last>, mut request: Request, next: Next) -> Response {
        if let Some(fresh) = request.extensions().get::<Login>() {
            *last.lock().unwrap() = Some(fresh.clone());
        } else if let Some(stale) = last.lock().unwrap().clone() {
            request.extensions_mut().insert(stale);
        }
        next.run(request).await
    }

    let found = found(|setting| {
        setting.within = |app| app.layer(from_fn_with_state(Last::default(), remembered));
    })
    .await;
    all(&found, |finding| {
        matches!(finding, Finding::Lingering { .. })
    });
}

/// What all of these are compared with.
#[tokio::test]
async fn nothing_is_found_where_nothing_is_broken() {
    async fn around(request: Request, next: Next) -> Response {
        pause(1).await;
        next.run(request).await
    }

    let found = found(|setting| setting.around = |app| app.layer(from_fn(around))).await;
    assert_eq!(found, []);
}
