//! How a terminal, the reader at a till or a gate, reaches the house: a line of
//! JSON each way over a local socket, for what a real one brings from NFC and
//! Bluetooth.
//!
//! | the terminal says | the house says |
//! |---|---|
//! | `{"place": "1", "qr": "mdoc:…"}`, or `handover_select` and, if it was sent, `handover_request` in base64 in the place of `qr` | `{"establishment": "…", "termination": "…"}` in base64 |
//! | `{"data": "…"}`: the phone's SessionData in base64 | `{"status": 200, …}`: what the handler said, or the refusal |
//!
//! One connection is one person. What is said out of turn, twice, or beyond
//! [`LINE`] ends it. The house answers through its own layers:
//! [`REQUEST`] and [`RESPONSE`] are the paths below which they have to be.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::serve::Listener;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use serde_json::{Map, Value, json};
use tashika::limits;
use tashika_tower::Carry;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tower::ServiceExt;

/// Below this path the layers of terminals have to be.
pub const BASE: &str = "/terminal";
/// Where a layer below it hears of a phone.
pub const REQUEST: &str = "/terminal/proximity/request";
/// Where it hears what the phone says: the handler's route.
pub const RESPONSE: &str = "/terminal/proximity/response";

/// The place that a terminal says it stands at, in the extensions of both
/// requests. The handler finds it [carried](tashika_tower::Carried) too; what
/// stands outside of the layers learns by this whose refusal it sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place(pub String);

/// Octets of a line: a phone's longest answer in base64.
pub const LINE: u64 = (limits::SESSION_DATA as u64) * 4 / 3 + 4096;

/// How long a person may take, from one line to the next.
const PATIENCE: Duration = Duration::from_secs(90);

/// Serves terminals, for as long as nobody drops it.
///
/// # Errors
/// None: what keeps a connection from being accepted, such as that all files of
/// the process are open, is waited out.
pub async fn listen(mut listener: TcpListener, routes: Arc<Router>) -> io::Result<()> {
    loop {
        let (stream, _) = Listener::accept(&mut listener).await;
        let routes = Arc::clone(&routes);
        tokio::spawn(async move {
            // Whoever breaks off stands there alone: the transaction expires.
            let _ = converse(stream, &routes).await;
        });
    }
}

async fn converse(stream: TcpStream, routes: &Router) -> io::Result<()> {
    let (from, mut to) = stream.into_split();
    let mut lines = Lines(BufReader::new(from));
    let mut say = async |value: &Value| to.write_all(format!("{value}\n").as_bytes()).await;
    let Some(Value::Object(mut heard)) = lines.next().await? else {
        return Ok(());
    };
    let place = heard.remove("place");
    let place = place.as_ref().and_then(Value::as_str).unwrap_or_default();
    let place = Place(place.to_owned());
    let (offered, cookie) = engage(routes, &place, heard).await?;
    say(&offered).await?;
    let (Some(answer), Some(cookie)) = (offered.get("answer").and_then(Value::as_str), cookie)
    else {
        return Ok(());
    };
    let Some(said) = lines.next().await? else {
        return Ok(());
    };
    let data = said.get("data").and_then(Value::as_str).unwrap_or_default();
    let data = STANDARD.decode(data).map_err(io::Error::other)?;
    say(&finish(routes, &place, answer, &cookie, data).await?).await
}

/// Has the layer ask the phone. The place is carried to the handler of the answer.
async fn engage(
    routes: &Router,
    place: &Place,
    heard: Map<String, Value>,
) -> io::Result<(Value, Option<String>)> {
    let carry = Carry::new(place.0.as_bytes().to_vec());
    let carry = carry.map_err(|_| io::Error::other("a place is a short word"))?;
    let request = Request::post(REQUEST).header(CONTENT_TYPE, "application/json");
    let request = request
        .extension(carry)
        .extension(place.clone())
        .body(Body::from(Value::from(heard).to_string()));
    let response = ask(routes, request.map_err(io::Error::other)?).await;
    let cookie = response.headers().get(SET_COOKIE);
    let cookie = cookie.and_then(|cookie| cookie.to_str().ok()?.split(';').next());
    let cookie = cookie.map(str::to_owned);
    Ok((read(response).await?, cookie))
}

async fn finish(
    routes: &Router,
    place: &Place,
    answer: &str,
    cookie: &str,
    data: Vec<u8>,
) -> io::Result<Value> {
    let request = Request::post(answer)
        .header(CONTENT_TYPE, "application/cbor")
        .header(COOKIE, cookie)
        .extension(place.clone())
        .body(Body::from(data));
    read(ask(routes, request.map_err(io::Error::other)?).await).await
}

async fn ask(routes: &Router, request: Request<Body>) -> Response {
    match routes.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// What a response says, with its status.
async fn read(response: Response) -> io::Result<Value> {
    let status = response.status();
    let body = Limited::new(response.into_body(), 64 * 1024);
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    let mut said = match serde_json::from_slice(&body) {
        Ok(Value::Object(said)) => said,
        _ => Map::new(),
    };
    if status != StatusCode::OK || !said.contains_key("status") {
        said.insert("status".to_owned(), json!(status.as_u16()));
    }
    Ok(Value::from(said))
}

struct Lines<R>(BufReader<R>);

impl<R: tokio::io::AsyncRead + Unpin> Lines<R> {
    /// The next line, if it is JSON; none at the end, and when nothing comes.
    async fn next(&mut self) -> io::Result<Option<Value>> {
        let mut line = Vec::new();
        let mut limited = (&mut self.0).take(LINE);
        let read = timeout(PATIENCE, limited.read_until(b'\n', &mut line)).await;
        match read {
            Ok(read) => read?,
            Err(_) => return Ok(None),
        };
        Ok(serde_json::from_slice(&line).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;
    use axum::routing::post;
    use axum::{Extension, Json};
    use http::HeaderMap;

    /// A house that says what it hears.
    fn house() -> Router {
        let begin = |carry: Extension<Carry>, Json(heard): Json<Value>| async move {
            let carried = *carry == Carry::new("7").unwrap();
            let said = json!({
                "answer": format!("{RESPONSE}?transaction=1"),
                "establishment": "AA==",
                "heard": heard,
                "carried": carried,
            });
            ([(SET_COOKIE, "t=secret; Path=/; HttpOnly")], Json(said))
        };
        let end = |headers: HeaderMap, body: Bytes| async move {
            let cookie = headers[COOKIE].to_str().unwrap().to_owned();
            (
                StatusCode::FORBIDDEN,
                Json(json!({ "cookie": cookie, "octets": body.len() })),
            )
        };
        Router::new()
            .route(REQUEST, post(begin))
            .route(RESPONSE, post(end))
    }

    /// Says these lines one after the other, and gives what came back.
    async fn say(lines: &[&str]) -> Vec<Value> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let listening = tokio::spawn(listen(listener, Arc::new(house())));
        let stream = TcpStream::connect(address).await.unwrap();
        let (from, mut to) = stream.into_split();
        let mut from = BufReader::new(from);
        let mut heard = Vec::new();
        for line in lines {
            // It may have hung up.
            let _ = to.write_all(format!("{line}\n").as_bytes()).await;
            let mut answer = String::new();
            if from.read_line(&mut answer).await.unwrap_or_default() == 0 {
                break;
            }
            heard.push(serde_json::from_str(&answer).unwrap());
        }
        listening.abort();
        heard
    }

    #[tokio::test]
    async fn a_terminal_brings_both_messages_and_keeps_the_cookie() {
        let heard = say(&[r#"{"place":"7","qr":"mdoc:x"}"#, r#"{"data":"AAAA"}"#]).await;
        assert_eq!(heard[0]["heard"], json!({ "qr": "mdoc:x" }));
        assert_eq!(heard[0]["carried"], true);
        assert!(!heard[0].to_string().contains("secret"));
        assert_eq!(
            heard[1],
            json!({ "cookie": "t=secret", "octets": 3, "status": 403 })
        );
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_connection_that_cannot_be_accepted_ends_nothing() {
        use std::net::Shutdown;
        use std::os::fd::AsFd;

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        // Every attempt fails from now on, as it does where files run out.
        let socket = listener.as_fd().try_clone_to_owned().unwrap();
        let socket = std::net::TcpStream::from(socket);
        socket.shutdown(Shutdown::Both).unwrap();
        let listening = listen(listener, Arc::new(house()));
        let ended = timeout(Duration::from_millis(200), listening).await;
        assert!(ended.is_err(), "{ended:?}");
    }

    #[tokio::test]
    async fn what_is_no_line_of_ours_ends_the_conversation() {
        let begin = r#"{"place":"7","qr":"mdoc:x"}"#;
        let long = "x".repeat(usize::try_from(LINE).unwrap() + 1);
        for bad in ["", "no JSON", "[]", &long] {
            assert_eq!(say(&[bad]).await, Vec::<Value>::new());
        }
        let place = format!(
            r#"{{"place":"{}","qr":"mdoc:x"}}"#,
            "7".repeat(Carry::MOST + 1)
        );
        assert_eq!(say(&[&place]).await, Vec::<Value>::new());
        for bad in ["no JSON", r#"{"data":"***"}"#] {
            assert_eq!(say(&[begin, bad]).await.len(), 1, "{bad}");
        }
        // A third line is nobody's.
        let heard = say(&[begin, r#"{"data":"AAAA"}"#, r#"{"data":"AAAA"}"#]).await;
        assert_eq!(heard.len(), 2);
    }
}
