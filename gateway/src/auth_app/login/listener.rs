//! What the browser meets of us: a URL to begin at, and the redirect URI.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration as Span;

use bytes::Bytes;
use http::header::{COOKIE, HOST};
use http::{HeaderMap, HeaderName, Method, Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tashika::auth_app::RedirectUri;
use tashika::{Code, Duration, Error};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use url::{Host, Url};

use super::page;
use super::party::{Arrival, Outcome, Party};
use super::steps::say;
use crate::clock;
use crate::exit::Failure;

/// Connections at once: a browser opens some that it does not use.
const CONNECTIONS: usize = 16;
/// Octets of the head of a request: a callback's query is at most 8 KiB.
const HEAD: usize = 32 * 1024;
/// For the head of a request to arrive.
const PATIENCE: Span = Span::from_secs(10);
/// For a connection, with all that the provider is asked meanwhile.
const CONNECTION: Span = Span::from_secs(60);
/// For the last pages to reach the browser.
const LAST: Span = Span::from_secs(2);

/// Before another connection is taken, if one could not be.
const PAUSE: Span = Span::from_millis(100);

pub(super) struct Listener {
    socket: TcpListener,
    /// The URL that begins a login.
    start: String,
    shape: Arc<Shape>,
}

/// What a request has to look like to be for us.
struct Shape {
    /// `Host`: a page of somebody else's, whose name leads here, has another.
    hosts: Vec<String>,
    start: &'static str,
    callback: String,
}

impl Listener {
    /// On a port of its own, of this machine.
    #[cfg(feature = "demo")]
    pub(super) async fn anywhere() -> Result<(Self, RedirectUri), Failure> {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let socket = listen(here).await?;
        let redirect_uri = RedirectUri::new(&format!("http://{}/callback", socket.local_addr()?))?;
        let url = parse(&redirect_uri)?;
        Ok((Self::at(socket, &url, None), redirect_uri))
    }

    /// Where the redirect URI says, or behind it.
    pub(super) async fn bind(
        redirect_uri: &RedirectUri,
        behind: Option<SocketAddr>,
    ) -> Result<Self, Failure> {
        let url = parse(redirect_uri)?;
        let address = match (
            behind,
            url.scheme(),
            url.host(),
            url.port_or_known_default(),
        ) {
            (Some(behind), ..) if behind.ip().is_loopback() => behind,
            (Some(_), ..) => return Err(usage("--listen is an address of this machine alone")),
            (None, "http", Some(Host::Ipv4(ip)), Some(port)) => (ip, port).into(),
            (None, "http", Some(Host::Ipv6(ip)), Some(port)) => (ip, port).into(),
            (None, "http", Some(Host::Domain(_)), Some(port)) => (Ipv4Addr::LOCALHOST, port).into(),
            (None, ..) => {
                let text = "--redirect-uri is not on this machine: --listen says what it leads to";
                return Err(usage(text));
            }
        };
        Ok(Self::at(listen(address).await?, &url, behind))
    }

    fn at(socket: TcpListener, url: &Url, behind: Option<SocketAddr>) -> Self {
        let callback = url.path().to_owned();
        let start = match callback.as_str() {
            "/start" => "/begin",
            _ => "/start",
        };
        let origin = url.origin().ascii_serialization();
        let (_, host) = origin.split_once("://").unwrap_or_default();
        let hosts = [Some(host.to_owned()), behind.map(|b| b.to_string())];
        Self {
            socket,
            start: format!("{origin}{start}"),
            shape: Arc::new(Shape {
                hosts: hosts.into_iter().flatten().collect(),
                start,
                callback,
            }),
        }
    }

    /// The URL that begins a login.
    pub(super) fn start(&self) -> &str {
        &self.start
    }

    /// Answers browsers until one login has ended, or nobody may come any more.
    pub(super) async fn wait(&self, party: &Arc<Party>, lifetime: Duration) -> Outcome {
        let seconds = u64::try_from(lifetime.as_seconds()).unwrap_or_default();
        let over = Instant::now() + Span::from_secs(seconds);
        let (ended, mut outcomes) = mpsc::unbounded_channel();
        let mut connections = JoinSet::new();
        loop {
            let room = connections.len() < CONNECTIONS;
            tokio::select! {
                Some(outcome) = outcomes.recv() => {
                    let last = async { while connections.join_next().await.is_some() {} };
                    // Whoever does not read the page has not less logged in.
                    let _ = timeout(LAST, last).await;
                    return outcome;
                }
                Some(_) = connections.join_next() => {}
                accepted = self.socket.accept(), if room => match accepted {
                    Ok((stream, _)) => {
                        let visit = Visit {
                            shape: Arc::clone(&self.shape),
                            party: Arc::clone(party),
                            ended: ended.clone(),
                        };
                        connections.spawn(visit.serve(stream));
                    }
                    // Something is used up that others have to give back.
                    Err(_) => sleep(PAUSE).await,
                },
                () = sleep_until(over) => return Err(Code::TransactionExpired.into()),
            }
        }
    }
}

/// One connection of a browser's.
#[derive(Clone)]
struct Visit {
    shape: Arc<Shape>,
    party: Arc<Party>,
    ended: mpsc::UnboundedSender<Outcome>,
}

impl Visit {
    /// One request, and no other after it.
    async fn serve(self, stream: TcpStream) {
        let service = service_fn(move |request| {
            let visit = self.clone();
            async move { Ok::<_, Infallible>(visit.answer(&request).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .keep_alive(false)
            .max_buf_size(HEAD)
            .serve_connection(TokioIo::new(stream), service);
        // A browser that went away is nobody's loss.
        let _ = timeout(CONNECTION, connection).await;
    }

    async fn answer(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let host = text(request.headers(), HOST);
        let ours = self.shape.hosts.iter().any(|name| name == host);
        if request.method() != Method::GET || !ours {
            return page::nothing();
        }
        match request.uri().path() {
            path if path == self.shape.start => self.begin(),
            path if path == self.shape.callback => self.receive(request).await,
            _ => page::nothing(),
        }
    }

    fn begin(&self) -> Response<Full<Bytes>> {
        match self.party.begin(clock::now()) {
            Ok(departure) => page::departure(&departure),
            Err(error) => page::outcome(Some(error.code())),
        }
    }

    async fn receive(&self, request: &Request<Incoming>) -> Response<Full<Bytes>> {
        let query = request.uri().query().unwrap_or_default();
        let cookies = text(request.headers(), COOKIE);
        say("← a browser comes back");
        match self.party.receive(query, cookies, clock::now()).await {
            Arrival::Login(outcome) => {
                let code = outcome.as_ref().err().map(tashika::auth_app::Fault::code);
                // There is nobody to hear it once one login has ended.
                let _ = self.ended.send(outcome);
                page::outcome(code)
            }
            Arrival::Stray(error) => {
                say(&format!(
                    "  nobody waits for that ({}): still waiting",
                    error.code()
                ));
                page::outcome(Some(error.code()))
            }
        }
    }
}

/// The one value of a header; nothing if it is there twice.
fn text(headers: &HeaderMap, name: HeaderName) -> &str {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().unwrap_or_default(),
        _ => "",
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    let socket = TcpListener::bind(address).await;
    socket.map_err(|source| Failure::unreadable(Path::new(&address.to_string()), source))
}

fn parse(redirect_uri: &RedirectUri) -> Result<Url, Failure> {
    let url = Url::parse(redirect_uri.as_str());
    url.map_err(|_| Error::new(Code::MisuseArgument).into())
}

fn usage(text: &str) -> Failure {
    Failure::Usage(text.to_owned())
}
