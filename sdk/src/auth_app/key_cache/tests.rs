//! The rules of the cache, by a clock that is moved and a provider in memory.

use std::convert::Infallible;
use std::sync::Mutex;
use std::task::{Context, Poll};

use http::StatusCode;
use http::header::CONTENT_TYPE;
use http_body_util::Full;
use tokio::time::{advance, sleep};
use tower::{Service, service_fn};

use super::*;
use crate::limits;
use crate::transport::{BreakerPolicy, Budget, TransportError};

const SECOND: Duration = Duration::from_secs(1);

const POLICY: KeyCachePolicy = KeyCachePolicy::standard();

/// A provider that answers after a second.
#[derive(Clone)]
struct Provider(Arc<Mutex<Says>>);

struct Says {
    status: StatusCode,
    set: String,
    asked: u32,
}

impl Provider {
    fn new(names: &[&str]) -> Self {
        let (status, set, asked) = (StatusCode::OK, set(names), 0);
        Self(Arc::new(Mutex::new(Says { status, set, asked })))
    }

    fn says(&self, names: &[&str]) {
        self.says_text(&set(names));
    }

    fn says_text(&self, set: &str) {
        let mut says = self.0.lock().unwrap();
        (says.status, says.set) = (StatusCode::OK, set.to_owned());
    }

    fn fails(&self) {
        self.0.lock().unwrap().status = StatusCode::INTERNAL_SERVER_ERROR;
    }

    fn asked(&self) -> u32 {
        self.0.lock().unwrap().asked
    }

    fn cache(&self) -> Arc<KeyCache<Self>> {
        self.cache_by(POLICY)
    }

    fn cache_by(&self, policy: KeyCachePolicy) -> Arc<KeyCache<Self>> {
        let budget = Budget {
            total: 10 * SECOND,
            body: limits::HTTP_BODY,
        };
        let breaker = BreakerPolicy::standard();
        let endpoint = Guarded::new(self.clone(), breaker, budget);
        let url = "https://op.example/jwks".to_owned();
        Arc::new(KeyCache::new(url, endpoint, policy, 10 * SECOND))
    }
}

impl Service<Request<Bytes>> for Provider {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future =
        std::pin::Pin<Box<dyn Future<Output = Result<Response<Full<Bytes>>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Bytes>) -> Self::Future {
        self.0.lock().unwrap().asked += 1;
        let says = Arc::clone(&self.0);
        Box::pin(async move {
            sleep(SECOND).await;
            let says = says.lock().unwrap();
            let response = Response::builder()
                .status(says.status)
                .header(CONTENT_TYPE, JWK_SET)
                .body(Full::from(says.set.clone()));
            Ok(response.unwrap())
        })
    }
}

/// Keys that verify nothing, for their names.
fn set(names: &[&str]) -> String {
    let keys = names.iter().map(|kid| format!(r#"{{"kid":"{kid}"}}"#));
    format!(r#"{{"keys":[{}]}}"#, keys.collect::<Vec<_>>().join(","))
}

async fn code(cache: &KeyCache<Provider>, kid: &str) -> Result<(), Code> {
    let keys = cache.keys(Some(kid)).await;
    keys.map(drop).map_err(|fault| fault.code())
}

#[tokio::test(start_paused = true)]
async fn a_set_serves_for_its_lifetime() {
    let provider = Provider::new(&["a"]);
    let cache = provider.cache();
    assert_eq!(code(&cache, "a").await, Ok(()));
    advance(POLICY.lifetime - 2 * SECOND).await;
    assert_eq!(code(&cache, "a").await, Ok(()));
    assert!(cache.keys(None).await.is_ok());
    assert_eq!(provider.asked(), 1);
    advance(SECOND).await;
    assert!(cache.keys(None).await.is_ok());
    assert_eq!(provider.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_hundred_at_once_ask_once() {
    let provider = Provider::new(&["a"]);
    let cache = provider.cache();
    let ask = |cache: Arc<KeyCache<Provider>>| async move { code(&cache, "a").await };
    let all: Vec<_> = (0..100)
        .map(|_| tokio::spawn(ask(Arc::clone(&cache))))
        .collect();
    for one in all {
        assert_eq!(one.await.unwrap(), Ok(()));
    }
    assert_eq!(provider.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn who_asked_first_may_go_away_and_who_waits_leaves_alone() {
    let provider = Provider::new(&["a"]);
    let mut cache = provider.cache();
    assert!(timeout(SECOND / 2, cache.keys(None)).await.is_err());
    assert_eq!(code(&cache, "a").await, Ok(()));
    assert_eq!(provider.asked(), 1);

    advance(POLICY.lifetime).await;
    let impatient = Arc::get_mut(&mut cache).unwrap();
    impatient.wait = SECOND / 2;
    // What was known is known while the new set is on its way.
    assert_eq!(code(&cache, "a").await, Ok(()));
    assert_eq!(code(&cache, "b").await, Err(Code::AuthAppKeysMissing));
    assert_eq!(provider.asked(), 2);
    sleep(SECOND).await;
    advance(POLICY.interval).await;
    provider.says(&["b"]);
    assert_eq!(code(&cache, "b").await, Err(Code::AuthAppKeysMissing));
    sleep(SECOND).await;
    assert_eq!(code(&cache, "b").await, Ok(()));
    assert_eq!(provider.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_new_key_is_found_and_an_old_one_gone_at_once() {
    let provider = Provider::new(&["old"]);
    let cache = provider.cache();
    assert_eq!(code(&cache, "old").await, Ok(()));
    provider.says(&["new"]);
    advance(POLICY.interval).await;
    assert_eq!(code(&cache, "new").await, Ok(()));
    assert_eq!(code(&cache, "old").await, Err(Code::AuthAppKeysMissing));
    assert_eq!(provider.asked(), 2);
    advance(POLICY.interval).await;
    assert_eq!(code(&cache, "old").await, Err(Code::AuthAppKeyUnknown));
    assert_eq!(provider.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_unknown_names_asks_once_in_an_interval() {
    let provider = Provider::new(&["a"]);
    let cache = provider.cache();
    assert_eq!(code(&cache, "a").await, Ok(()));
    for round in 1..=3 {
        sleep(POLICY.interval).await;
        let flood: Vec<_> = (0..10_000)
            .map(|n| {
                let cache = Arc::clone(&cache);
                tokio::spawn(async move { code(&cache, &format!("{round}-{n}")).await })
            })
            .collect();
        for one in flood {
            assert_eq!(one.await.unwrap(), Err(Code::AuthAppKeyUnknown));
        }
        let late = cache.keys(Some("late")).await.unwrap_err();
        assert_eq!(late.code(), Code::AuthAppKeysMissing);
        assert_eq!(late.retry_after(), Some(POLICY.interval - SECOND));
        assert_eq!(code(&cache, "a").await, Ok(()));
        assert_eq!(provider.asked(), 1 + round);
    }
}

/// Between looking and asking, somebody else's answer may come.
#[tokio::test(start_paused = true)]
async fn whoever_comes_late_does_not_ask_again() {
    let provider = Provider::new(&["a"]);
    let cache = provider.cache();
    assert_eq!(code(&cache, "a").await, Ok(()));
    let landed = Arc::clone(&cache.inner).fly().await;
    assert!(landed.good.is_some());
    assert_eq!(provider.asked(), 1);
    advance(POLICY.interval).await;
    drop(Arc::clone(&cache.inner).fly().await);
    assert_eq!(provider.asked(), 2);
}

/// What was asked for before a token was here may be older than its key.
#[tokio::test(start_paused = true)]
async fn who_joins_a_request_is_not_told_that_a_key_is_none() {
    let provider = Provider::new(&["a"]);
    let cache = provider.cache();
    let first = Arc::clone(&cache);
    let first = tokio::spawn(async move { code(&first, "b").await });
    sleep(SECOND / 2).await;
    assert_eq!(code(&cache, "b").await, Err(Code::AuthAppKeysMissing));
    assert_eq!(first.await.unwrap(), Err(Code::AuthAppKeyUnknown));
    assert_eq!(provider.asked(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_last_good_set_serves_within_a_bound() {
    let provider = Provider::new(&["a"]);
    let cache = provider.cache();
    assert_eq!(code(&cache, "a").await, Ok(()));
    provider.fails();
    advance(POLICY.lifetime).await;
    assert_eq!(code(&cache, "a").await, Ok(()));
    assert_eq!(provider.asked(), 2);
    // Within the interval nobody is asked.
    assert_eq!(code(&cache, "a").await, Ok(()));
    let unknown = cache.keys(Some("b")).await.unwrap_err();
    assert_eq!(unknown.code(), Code::AuthAppKeysMissing);
    assert_eq!(unknown.retry_after(), Some(POLICY.interval - SECOND));
    assert_eq!(provider.asked(), 2);

    advance(POLICY.interval).await;
    let unknown = cache.keys(Some("b")).await.unwrap_err();
    assert_eq!(unknown.code(), Code::AuthAppKeysMissing);
    assert_eq!(unknown.status(), Some(500));
    assert_eq!(provider.asked(), 3);

    advance(POLICY.stale - POLICY.lifetime - POLICY.interval - 5 * SECOND).await;
    assert_eq!(code(&cache, "a").await, Ok(()));
    advance(SECOND).await;
    assert_eq!(code(&cache, "a").await, Err(Code::AuthAppKeysMissing));
    provider.says(&["a"]);
    assert_eq!(code(&cache, "a").await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_set_that_is_refused_replaces_none() {
    let provider = Provider::new(&["a"]);
    let cache = provider.cache();
    assert_eq!(code(&cache, "a").await, Ok(()));
    for (text, refused) in [
        (set(&["b", "b"]), Code::AuthAppJwks),
        (
            r#"{"keys":[{"kid":"b","d":""}]}"#.to_owned(),
            Code::AuthAppJwks,
        ),
        ("<html>".to_owned(), Code::InputJwks),
    ] {
        advance(POLICY.interval).await;
        provider.says_text(&text);
        assert_eq!(code(&cache, "b").await, Err(refused), "{text}");
        assert_eq!(code(&cache, "a").await, Ok(()));
    }
}

/// Nothing works before there is a set, so only the breaker keeps from asking.
#[tokio::test(start_paused = true)]
async fn without_a_set_the_breaker_alone_decides() {
    let provider = Provider::new(&["a"]);
    provider.fails();
    let cache = provider.cache();
    for _ in 0..10 {
        assert_eq!(code(&cache, "a").await, Err(Code::AuthAppKeysMissing));
    }
    assert_eq!(provider.asked(), BreakerPolicy::standard().failures);
    let paused = cache.keys(Some("a")).await.unwrap_err();
    assert_eq!(paused.retry_after(), Some(BreakerPolicy::standard().pause));
    provider.says(&["a"]);
    advance(BreakerPolicy::standard().pause).await;
    assert_eq!(code(&cache, "a").await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn any_spans_will_do() {
    let provider = Provider::new(&["a"]);
    for span in [Duration::ZERO, Duration::MAX] {
        let cache = provider.cache_by(KeyCachePolicy {
            lifetime: span,
            interval: span,
            stale: span,
        });
        assert_eq!(code(&cache, "a").await, Ok(()), "{span:?}");
    }
}

/// Nobody is told to wait for what we have configured wrong.
#[tokio::test(start_paused = true)]
async fn a_service_that_may_not_ask_is_our_fault() {
    let service = service_fn(async |_: Request<Bytes>| {
        Err::<Response<Full<Bytes>>, _>(TransportError::Origin)
    });
    let budget = Budget {
        total: 10 * SECOND,
        body: limits::HTTP_BODY,
    };
    let endpoint = Guarded::new(service, BreakerPolicy::standard(), budget);
    let url = "https://keys.example/jwks".to_owned();
    let cache = KeyCache::new(url, endpoint, POLICY, 10 * SECOND);
    let fault = cache.keys(Some("a")).await.unwrap_err();
    assert_eq!(fault.code(), Code::MisuseArgument);
}
