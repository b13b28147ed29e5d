//! What is carried is neither shown to anybody outside nor taken from them.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{self, Next};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use http::{HeaderName, HeaderValue, Method};
use serde_json::json;
use tashika::transaction::{ClientKey, TransactionId};
use tashika::{Code, Time};
use tashika_tower::{
    Carry, Entry, Mark, MemoryTransactions, Reach, Seen, StoreFuture, TransactionStore,
};

use super::scene::{NOTHING, Shop, Way};
use crate::browser::{Browser, request};

const FORM: &str = "name=Hanako&secret=3141592653589793";

/// Keeps what any store would be able to read.
#[derive(Debug)]
struct Reads(MemoryTransactions, Mutex<Vec<u8>>);

impl TransactionStore for Reads {
    fn reach(&self) -> Reach {
        Reach::Process
    }

    fn put(&self, entry: Entry, now: Time) -> StoreFuture<()> {
        self.1.lock().unwrap().extend(&entry.state);
        self.0.put(entry, now)
    }

    fn take(&self, transaction: TransactionId, now: Time) -> StoreFuture<Vec<u8>> {
        self.0.take(transaction, now)
    }

    fn mark(&self, mark: Mark, client: ClientKey, expires: Time, now: Time) -> StoreFuture<Seen> {
        self.0.mark(mark, client, expires, now)
    }
}

/// Whether octets have this within them, as it is or in base64, wherever it
/// begins.
fn holds(octets: &[u8], secret: &[u8]) -> bool {
    let within = |part: &[u8]| octets.windows(part.len()).any(|window| window == part);
    let shifted = (0..3).flat_map(|shift| {
        let text = &secret[shift..];
        [STANDARD_NO_PAD.encode(text), URL_SAFE_NO_PAD.encode(text)]
    });
    // The last digits depend on what follows.
    within(secret)
        || shifted
            .into_iter()
            .any(|text| within(&text.as_bytes()[..24]))
}

#[test]
fn what_is_looked_for_is_found() {
    let secret = FORM.as_bytes();
    for before in 0..3 {
        let octets = [&vec![7; before], secret, b"more"].concat();
        assert!(holds(&octets, secret));
        assert!(holds(STANDARD.encode(&octets).as_bytes(), secret));
    }
    assert!(!holds(b"name=Hanako&secret=2718281828459045", secret));
}

#[tokio::test]
async fn nobody_outside_sees_it() {
    let reads = Arc::new(Reads(MemoryTransactions::standard(), Mutex::default()));
    let shop = Shop::over(Arc::clone(&reads) as _);
    for way in Way::ALL {
        let mut browser = Browser::new();
        let asked = shop.ask(&mut browser, way, FORM).await;
        let mut seen = asked.body.to_vec();
        for value in asked.headers.values() {
            seen.extend(value.as_bytes());
        }
        assert!(!browser.cookies().is_empty());
        assert!(!holds(&seen, FORM.as_bytes()), "{way:?}");
        let stored = reads.1.lock().unwrap().clone();
        assert!(stored.len() > FORM.len());
        assert!(!holds(&stored, FORM.as_bytes()), "{way:?}");
        let told = shop.answer(&mut browser, way, &asked).await;
        assert_eq!(told.text(), FORM);
    }
}

/// Names by which somebody may try.
const NAMES: [&str; 4] = ["carry", "carried", "x-carry", "x-tashika-carried"];

#[tokio::test]
async fn nobody_outside_adds_to_it() {
    let shop = Shop::new();
    for way in Way::ALL {
        for form in ["", FORM] {
            let mut browser = Browser::new();
            let asked = shop.ask(&mut browser, way, form).await;
            let (path, body) = shop.reply(way, &asked);
            let method = if body.is_some() {
                Method::POST
            } else {
                Method::GET
            };
            let separator = if path.contains('?') { '&' } else { '?' };
            let path = format!("{path}{separator}carried=evil&carry=evil");
            let json = HeaderValue::from_static("application/json");
            let body = body.map_or(Body::empty(), |body| body.to_string().into());
            let mut request = request(method, &path, body);
            request.headers_mut().insert("content-type", json);
            for name in NAMES {
                let name = HeaderName::from_static(name);
                let evil = HeaderValue::from_static("evil");
                request.headers_mut().insert(name, evil);
            }
            let told = browser.send(&shop.app, request).await;
            let due = if form.is_empty() { NOTHING } else { form };
            assert_eq!((told.status.as_u16(), told.text()), (200, due), "{way:?}");
        }
    }
}

/// What cards answer has no other members; what phones answer may, which nobody
/// reads.
#[tokio::test]
async fn an_answer_has_no_member_for_it() {
    let shop = Shop::new();
    for way in [Way::Challenge, Way::Signature, Way::Presentation] {
        for name in ["carry", "carried"] {
            let mut browser = Browser::new();
            let asked = shop.ask(&mut browser, way, FORM).await;
            let (path, body) = shop.reply(way, &asked);
            let mut evil = body.clone().unwrap();
            evil[name] = json!("evil");
            let mut told = browser.post_json(&shop.app, &path, &evil).await;
            if way != Way::Presentation {
                assert_eq!(told.refused(), Code::InputAnswer, "{way:?}");
                told = browser.post_json(&shop.app, &path, &body.unwrap()).await;
            }
            assert_eq!((told.status.as_u16(), told.text()), (200, FORM), "{way:?}");
        }
    }
}

async fn carries_too_late(mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(Carry::new("late").unwrap());
    next.run(request).await
}

/// Neither does the house itself add to it when the answer has come.
#[tokio::test]
async fn what_was_not_known_at_the_beginning_is_not_carried() {
    let shop = Shop::new();
    let late = shop
        .app
        .clone()
        .layer(middleware::from_fn(carries_too_late));
    for way in Way::ALL {
        for form in ["", FORM] {
            let mut browser = Browser::new();
            let asked = shop.ask(&mut browser, way, form).await;
            let told = match shop.reply(way, &asked) {
                (path, Some(json)) => browser.post_json(&late, &path, &json).await,
                (path, None) => browser.get(&late, &path).await,
            };
            let due = if form.is_empty() { NOTHING } else { form };
            assert_eq!((told.status.as_u16(), told.text()), (200, due), "{way:?}");
        }
    }
}
