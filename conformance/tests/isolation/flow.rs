//! A way to prove who one is, from a browser's request to the answer.

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Method, Request};
use tashika::transaction::TransactionId;
use tashika::{Code, Time};

use crate::browser::{Answer, request};
use crate::house::House;
use crate::service::{NOBODY, Service};
use crate::steps::{Pauses, Pieces};

/// One of the flows that the layers know.
pub(crate) trait Flow: 'static {
    /// A service with the layer in front of it, on one node.
    fn app(&self, node: &House, service: Service) -> Router;

    /// How somebody begins.
    fn begin(&self, who: usize) -> Sent;

    /// The transaction that began with this.
    fn transaction(&self, begun: &Answer) -> TransactionId;

    /// What somebody's device makes of it.
    fn answer(&self, who: usize, begun: &Answer) -> Sent;

    /// What the service has to call them.
    fn name(&self, who: usize) -> String;

    /// What somebody asks for who has been let in, and what they have to hear.
    fn afterwards(&self, _: usize) -> (Sent, String) {
        (Sent::get("/"), NOBODY.to_owned())
    }

    /// What somebody else gave, as the answer of another transaction.
    fn swap(&self, stolen: &Sent, bait: &Sent) -> Sent {
        let path = bait.path.clone();
        Sent {
            path,
            ..stolen.clone()
        }
    }

    /// Why that is refused.
    fn swapped(&self) -> Code;

    /// Why an answer is refused that comes from another browser.
    fn elsewhere(&self) -> Code {
        Code::TransactionBrowser
    }

    /// Whether somebody may be refused so because a thief has used their answer
    /// up, elsewhere than here.
    fn is_spoilt_by_theft(&self, _: Code) -> bool {
        false
    }

    /// Time has passed.
    fn tells_time(&self, _: Time) {}

    /// How many groups of people may come at once, and some more.
    fn at_a_time(&self) -> usize {
        40
    }
}

/// A request that can be sent again.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) media_type: &'static str,
    pub(crate) body: Bytes,
}

impl Sent {
    pub(crate) fn post(path: &str, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            method: Method::POST,
            path: path.to_owned(),
            media_type,
            body: body.into(),
        }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self {
            method: Method::GET,
            ..Self::post(path, "text/plain", "")
        }
    }

    /// The request, whose body comes in so many pieces.
    pub(crate) fn request(&self, pieces: usize, pauses: Pauses) -> Request<Body> {
        let body = Pieces::of(self.body.clone(), pieces, pauses);
        let mut request = request(self.method.clone(), &self.path, Body::new(body));
        let media_type = self.media_type.parse().unwrap();
        request.headers_mut().insert(CONTENT_TYPE, media_type);
        request
    }
}
