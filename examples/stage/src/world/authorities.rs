//! The authorities' servers: lists, responders, and the platform operator.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH, RETRY_AFTER};
use http::{HeaderMap, StatusCode, Uri};
use tashika_testbed::{Kind, OcspAnswer, OcspBuilder, OcspQuestion, Received, ocsp_status};
use tokio::net::TcpListener;

use super::lists::Lists;
use super::register::Said;
use super::{GENERATION, ListsState, Reachable, World};

/// Where the authorities are, and whether they answer.
#[derive(Clone)]
pub(crate) struct Authorities {
    address: SocketAddr,
    responders_down: Arc<AtomicBool>,
}

#[derive(Clone)]
struct Office {
    world: Arc<World>,
    responders_down: Arc<AtomicBool>,
}

/// Serves the authorities on a loopback port of their own.
pub(crate) async fn serve(
    world: Arc<World>,
    tasks: &mut tokio::task::JoinSet<io::Result<()>>,
) -> io::Result<Authorities> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let authorities = Authorities {
        address: listener.local_addr()?,
        responders_down: Arc::default(),
    };
    let office = Office {
        world,
        responders_down: Arc::clone(&authorities.responders_down),
    };
    let routes = Router::new()
        .route("/lists/{name}", get(list))
        .route("/ocsp/{kind}", post(respond))
        .route("/pf/v1/{endpoint}", post(operator))
        .with_state(office);
    tasks.spawn(async move { axum::serve(listener, routes).await });
    Ok(authorities)
}

impl Authorities {
    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Where the lists are.
    pub(crate) fn lists(&self) -> Vec<String> {
        let paths = Lists::paths();
        paths.iter().map(|path| self.url(path)).collect()
    }

    /// Where the responder of a kind is.
    pub(crate) fn responder(&self, kind: Kind) -> String {
        self.url(&format!("/ocsp/{kind:?}").to_lowercase())
    }

    /// Where the platform operator is asked for `status` or `links`.
    pub(crate) fn operator(&self, endpoint: &str) -> String {
        self.url(&format!("/pf/v1/{endpoint}"))
    }

    pub(crate) fn responders(&self) -> Reachable {
        match self.responders_down.load(Ordering::SeqCst) {
            true => Reachable::Down,
            false => Reachable::Up,
        }
    }

    /// Puts responders and the operator out of service, or back into it.
    pub(crate) fn set_responders(&self, state: Reachable) {
        let is_down = state == Reachable::Down;
        self.responders_down.store(is_down, Ordering::SeqCst);
    }
}

fn out_of_service() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "30")]).into_response()
}

/// A list, unless whoever asks has it already.
async fn list(State(office): State<Office>, uri: Uri, headers: HeaderMap) -> Response {
    if office.world.lists.state() == ListsState::Down {
        return out_of_service();
    }
    let Some(list) = office.world.list(uri.path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // Of two lists in one place, the numbers may be the same.
    let tag = format!("\"{}-{}\"", list.number, digest(&list.der));
    let known = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|value| value.as_bytes() == tag.as_bytes());
    match known {
        true => (StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response(),
        false => {
            let media_type = "application/pkix-crl".to_owned();
            ([(ETAG, tag), (CONTENT_TYPE, media_type)], list.der).into_response()
        }
    }
}

fn digest(der: &[u8]) -> String {
    let digest = tashika_testbed::Hash::Sha256.digest(der);
    let octets = digest.iter().take(6);
    octets.map(|octet| format!("{octet:02x}")).collect()
}

/// What an OCSP responder, a delegate of its CA, answers.
async fn respond(State(office): State<Office>, Path(kind): Path<String>, body: Bytes) -> Response {
    if office.responders_down.load(Ordering::SeqCst) {
        return out_of_service();
    }
    let mut kinds = Kind::ALL.into_iter();
    let Some(kind) = kinds.find(|k| format!("{k:?}").to_lowercase() == kind) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let der = match OcspQuestion::read(&body) {
        Some(question) => office.world.ocsp(kind, &question),
        None => ocsp_status(1),
    };
    ([(CONTENT_TYPE, "application/ocsp-response")], der).into_response()
}

async fn operator(State(office): State<Office>, uri: Uri, body: Bytes) -> Response {
    if office.responders_down.load(Ordering::SeqCst) {
        return out_of_service();
    }
    let answer = office.world.operator().answer(&Received {
        method: "POST".to_owned(),
        target: uri.path().to_owned(),
        headers: Vec::new(),
        body: body.to_vec(),
    });
    let (status, headers, body) = answer.parts();
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, body.to_vec()).into_response();
    for (name, value) in headers {
        let pair = (name.parse::<http::HeaderName>(), value.parse());
        if let (Ok(name), Ok(value)) = pair {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

impl World {
    fn ocsp(&self, kind: Kind, question: &OcspQuestion) -> Vec<u8> {
        const UNAUTHORIZED: u8 = 6;
        let authority = self.cards.authority(kind, GENERATION);
        let about = question.about(authority);
        if about.is_empty() || about.len() != question.count() {
            return ocsp_status(UNAUTHORIZED);
        }
        let now = self.clock.now();
        let key = self.cards.key(
            tashika_testbed::Algorithm::P256,
            &format!("responder {kind:?}"),
        );
        let delegate = authority.delegate_to(key, now);
        let mut response = OcspBuilder::delegated(authority, &delegate, now);
        for (serial, id) in about {
            let good = OcspAnswer::good(authority, &serial, now).about(id);
            response = response.answer(&match self.registry.say(kind, &serial) {
                Said::Good => good,
                Said::Revoked(date, reason) => good.revoked_for(date, reason),
                Said::Unknown => good.unknown(),
            });
        }
        let response = match question.nonce() {
            Some(nonce) => response.nonce(nonce),
            None => response,
        };
        response.respond(delegate.key())
    }
}
