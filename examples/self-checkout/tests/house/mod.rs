//! A shop with everybody it deals with, a browser, and phones.

#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "each test uses some of it, and what cannot be set up fails it"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use relying_party::{
    Ask, AuthAppSettings, Backing, Certificates, Clock, Ocsp, OutagePolicy, ReaderSettings,
    Settings, Staff, terminal,
};
use self_checkout::PARTY;
use serde_json::{Value, json};
use tashika::Time;
use tashika::revocation::WhenOverdue;
use tashika_testbed::auth_app::{self, Choice, Citizen, ClientKey, Provider, RegisteredClient};
use tashika_testbed::mdoc::{
    AnnexC, DeviceRequest, Elements, Engagement, Handover, Holder, MdocTestbed, Response, Session,
    Transcript, elements,
};
use tashika_testbed::{Algorithm, Answer, Credential, KeyPair, Kind, Person, Rng, Server, Testbed};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;

pub(crate) const ORIGIN: &str = "http://self-checkout.localhost:8120";

/// People of the testbed, by what an age check says of them.
pub(crate) const ADULT: usize = 0;
pub(crate) const MINOR: usize = 1;
pub(crate) const BIRTHDAY_UNKNOWN: usize = 4;

/// Cards are not what this is about: their authorities are trusted, and that is all.
static CARDS: LazyLock<Testbed> = LazyLock::new(|| Testbed::fresh(1_800_000_000));

/// When it is, at first: noon in Japan.
pub(crate) const NOW: i64 = 1_800_068_400;

pub(crate) struct House {
    pub(crate) public: Router,
    pub(crate) staff: Router,
    pub(crate) backing: Backing,
    pub(crate) phones: MdocTestbed,
    pub(crate) provider: Provider,
    /// Who gives out lists; gone when it is taken away.
    pub(crate) mirror: Option<Server>,
    terminals: std::net::SocketAddr,
    seconds: Arc<AtomicI64>,
    folder: TempDir,
}

impl House {
    pub(crate) async fn open() -> Self {
        Self::with_revoked(|_| Vec::new()).await
    }

    /// That has never had a list.
    pub(crate) async fn without_lists() -> Self {
        Self::with(|_| Vec::new(), false).await
    }

    /// With these signers of documents revoked.
    pub(crate) async fn with_revoked(
        revoked: impl FnOnce(&MdocTestbed) -> Vec<&Credential>,
    ) -> Self {
        Self::with(revoked, true).await
    }

    async fn with(revoked: impl FnOnce(&MdocTestbed) -> Vec<&Credential>, lists_up: bool) -> Self {
        let phones = MdocTestbed::fresh(NOW);
        let authority = phones.japan_authority();
        let list = phones.list(authority, &revoked(&phones));
        let list = list.sign(authority.key());
        let mirror = Server::start().unwrap();
        mirror.otherwise(move |_| match lists_up {
            true => Answer::ok("application/pkix-crl", list.clone()),
            false => Answer::status(503),
        });
        let provider = provider();
        let folder = tempfile::tempdir().unwrap();
        let settings = settings(folder.path(), &phones, &mirror, &provider);
        let seconds = Arc::new(AtomicI64::new(0));
        let passed = Arc::clone(&seconds);
        let clock = Clock::told(move || Time::from_unix(NOW + passed.load(Ordering::SeqCst)));
        let backing = Backing::open(settings, clock).await.unwrap();
        backing.synchronise().await;
        let house = (PARTY.open)(backing.clone()).await.unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let terminals = listener.local_addr().unwrap();
        tokio::spawn(terminal::listen(
            listener,
            Arc::new(house.terminal.unwrap()),
        ));
        Self {
            public: house.public,
            staff: house.staff.unwrap(),
            backing,
            phones,
            provider,
            mirror: Some(mirror),
            terminals,
            seconds,
            folder,
        }
    }

    /// A browser comes back from the provider, where somebody chose this.
    pub(crate) async fn come_back(&self, browser: &mut Browser, url: &str, choice: Choice) -> Said {
        let back = self.provider.authorize(url, choice);
        let path = back.strip_prefix(ORIGIN).unwrap();
        browser.get(&self.public, path).await
    }

    /// So many seconds pass.
    pub(crate) fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
        self.provider
            .set_time(NOW + self.seconds.load(Ordering::SeqCst));
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The card in this person's phone.
    pub(crate) fn holder(&self, person: usize) -> Holder {
        let person = Person::everybody(NOW).swap_remove(person);
        let elements = Elements::japan(&person, NOW, b"portrait");
        let issued = self.phones.issuance(elements::JAPAN, &elements);
        Holder::new(
            issued.sign(self.phones.japan_signer()),
            self.phones.device_key(),
        )
    }

    /// What somebody's phone answers to what a page was offered.
    pub(crate) fn answer(&self, person: usize, offered: &Value) -> Value {
        answer(&self.holder(person), offered, ORIGIN)
    }

    /// Holds somebody's phone to a lane's reader, and gives what the house says in the
    /// end.
    pub(crate) async fn tap(&self, lane: &str, person: usize) -> Value {
        let tap = self.begin_tap(lane).await;
        tap.answer(&self.holder(person)).await
    }

    /// Engages a phone at a lane's reader, without an answer yet.
    pub(crate) async fn begin_tap(&self, lane: &str) -> Tap {
        let engagement = self.phones.engagement();
        let stream = TcpStream::connect(self.terminals).await.unwrap();
        let mut tap = Tap {
            stream: BufReader::new(stream),
            engagement,
            said: Value::Null,
        };
        let uri = tap.engagement.uri();
        tap.say(&json!({ "place": lane, "qr": uri })).await;
        tap
    }
}

/// A phone at a reader.
pub(crate) struct Tap {
    stream: BufReader<TcpStream>,
    engagement: Engagement,
    /// What the house said last.
    pub(crate) said: Value,
}

impl Tap {
    async fn say(&mut self, value: &Value) {
        let line = format!("{value}\n");
        self.stream
            .get_mut()
            .write_all(line.as_bytes())
            .await
            .unwrap();
        let mut line = String::new();
        self.stream.read_line(&mut line).await.unwrap();
        self.said = serde_json::from_str(&line).unwrap();
    }

    pub(crate) async fn answer(mut self, holder: &Holder) -> Value {
        let establishment = STANDARD.decode(text(&self.said, "establishment")).unwrap();
        let handover = Handover::Qr;
        let session = Session::establish(&self.engagement, &handover, &establishment);
        let (mut session, request) = session.unwrap();
        let transcript = session.transcript().clone();
        let response = response(holder, &request, &transcript);
        let data = STANDARD.encode(session.send(&response).encode());
        self.say(&json!({ "data": data })).await;
        self.said
    }
}

/// What a phone shows of what it is asked for, whoever asks.
fn response(holder: &Holder, request: &[u8], transcript: &Transcript) -> Vec<u8> {
    let request = DeviceRequest::read(request).unwrap();
    let document = holder.present(transcript);
    let document = document.select_asked(request.documents()[0].asked());
    Response::of(document.signed()).encode()
}

/// The request of `org-iso-mdoc`.
pub(crate) fn annex_c(offered: &Value, origin: &str) -> AnnexC {
    let data = offered.pointer("/request/digital/requests/0/data").unwrap();
    AnnexC::read(data, origin).unwrap()
}

/// The answer of a phone to a page that it takes for that of `origin`.
pub(crate) fn answer(holder: &Holder, offered: &Value, origin: &str) -> Value {
    let request = annex_c(offered, origin);
    let response = response(holder, request.device_request(), &request.transcript());
    let data = request.answer(&response, &mut Rng::from_seed(11));
    json!({ "protocol": AnnexC::PROTOCOL, "data": data })
}

pub(crate) fn text<'v>(value: &'v Value, member: &str) -> &'v str {
    value
        .get(member)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{member}: {value}"))
}

/// What came back.
pub(crate) struct Said {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Said {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}", self.text))
    }

    /// Where it sends people.
    pub(crate) fn location(&self) -> &str {
        self.headers[LOCATION].to_str().unwrap()
    }

    /// That it is a refusal with this status and code.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) {
        let found = (self.status.as_u16(), text(&self.json(), "code").to_owned());
        assert_eq!(found, (status, code.to_owned()));
    }
}

/// A browser that keeps its cookies, and whose person reads English.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
    /// Headers that its pages add.
    pub(crate) more: Vec<(&'static str, &'static str)>,
}

impl Browser {
    pub(crate) async fn get(&mut self, house: &Router, path: &str) -> Said {
        let request = Request::get(path).header(ACCEPT, "text/html");
        self.send(house, request, Body::empty()).await
    }

    /// Sends a form, as a page without a script does.
    pub(crate) async fn submit(&mut self, house: &Router, path: &str, form: &str) -> Said {
        let request = Request::post(path).header(ACCEPT, "text/html");
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(house, request, form.to_owned().into()).await
    }

    /// Begins at a lane's own screen, and gives what its script gets.
    pub(crate) async fn begin(&mut self, house: &House, lane: &str) -> Value {
        let path = format!("/lane/{lane}/request");
        let said = self.ask(&house.public, &path, "").await;
        assert_eq!(said.status, StatusCode::OK, "{}", said.text);
        said.json()
    }

    /// Brings the answer of this person's phone.
    pub(crate) async fn finish(&mut self, house: &House, person: usize, offered: &Value) -> Said {
        let answer = house.answer(person, offered);
        let path = text(offered, "answer");
        self.post(&house.public, path, &answer).await
    }

    /// Sends a form, as a script does.
    pub(crate) async fn ask(&mut self, house: &Router, path: &str, form: &str) -> Said {
        let request = Request::post(path).header(ACCEPT, "application/json");
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(house, request, form.to_owned().into()).await
    }

    pub(crate) async fn post(&mut self, house: &Router, path: &str, json: &Value) -> Said {
        let request = Request::post(path).header(ACCEPT, "application/json");
        let request = request.header(CONTENT_TYPE, "application/json");
        self.send(house, request, json.to_string().into()).await
    }

    /// A screen of both lanes, which the staff has let in.
    pub(crate) async fn till(house: &House) -> Self {
        let mut till = Self::default();
        for lane in ["1", "2"] {
            let said = till.get(&house.staff, &format!("/lane/{lane}")).await;
            let path = said.location().strip_prefix(ORIGIN).unwrap().to_owned();
            let said = till.get(&house.public, &path).await;
            assert_eq!(said.location(), format!("/lane/{lane}"), "{}", said.text);
        }
        till
    }

    /// What a lane's screen shows.
    pub(crate) async fn screen(&mut self, house: &House, lane: &str) -> String {
        let said = self
            .get(&house.public, &format!("/lane/{lane}/screen"))
            .await;
        assert_eq!(said.status, StatusCode::OK);
        said.text
    }

    async fn send(&mut self, house: &Router, request: http::request::Builder, body: Body) -> Said {
        let cookies = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookies: Vec<_> = cookies.collect();
        let mut request = request.header(ACCEPT_LANGUAGE, "en");
        request = request.header(COOKIE, cookies.join("; "));
        for (name, value) in &self.more {
            request = request.header(*name, *value);
        }
        let response = house
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, attributes) = cookie.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match attributes.contains("Max-Age=0") {
                true => self.cookies.remove(name),
                false => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        let body = body.collect().await.unwrap().to_bytes();
        Said {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

/// What a screen shows, by the attribute that says it; none while it shows no verdict.
pub(crate) fn verdict(screen: &str) -> Option<&str> {
    let (_, rest) = screen.split_once("data-verdict=\"")?;
    rest.split('"').next()
}

fn provider() -> Provider {
    let provider = Provider::start(auth_app::Settings {
        clock: auth_app::Clock::Fixed(NOW),
        ..auth_app::Settings::default()
    });
    let provider = provider.unwrap();
    for (number, person) in Person::everybody(NOW).iter().enumerate() {
        provider.enrol(Citizen::new(&format!("person{number}"), person));
    }
    provider
}

/// Settings as a stage would write them, with the grace of a shop.
fn settings(folder: &Path, phones: &MdocTestbed, lists: &Server, provider: &Provider) -> Settings {
    let write = |path: &str, octets: &[u8]| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, octets).unwrap();
        path
    };
    for kind in Kind::ALL {
        for (number, authority) in CARDS.authorities(kind).iter().enumerate() {
            let path = format!("anchors/{kind:?}-{number}.cer");
            write(&path, authority.certificate());
        }
    }
    let issuers = format!("anchors/mdoc-issuer/{}", elements::JAPAN);
    write(
        &format!("{issuers}/root.cer"),
        phones.japan_authority().certificate(),
    );
    let client = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(5));
    let redirect_uri = format!("{ORIGIN}/app/callback");
    let registered = RegisteredClient::new("selfcheckout", &redirect_uri, ClientKey::of(&client));
    provider.register(registered);
    Settings {
        origin: ORIGIN.to_owned(),
        listen: ([127, 0, 0, 1], 8120).into(),
        staff: Some(Staff {
            origin: "http://staff.self-checkout.localhost:8121".to_owned(),
            listen: ([127, 0, 0, 1], 8121).into(),
        }),
        proxies: None,
        terminals: None,
        data: folder.join("data"),
        certificates: Certificates {
            test: true,
            anchors: folder.join("anchors"),
        },
        lists: vec![lists.url("/documents.crl")],
        // When tests say so.
        lists_every: 3600,
        ocsp: Ocsp::default(),
        ask: Ask::Crl,
        outage: OutagePolicy {
            grace: 72 * 3600,
            within_grace: WhenOverdue::DangerAcceptAndFlag,
            ..OutagePolicy::strict((48 + 72) * 3600)
        },
        operator: None,
        reader: Some(ReaderSettings {
            key: write("reader.p8", &phones.reader().key().pkcs8()),
            certificate: write("reader.cer", phones.reader().certificate()),
        }),
        auth_app: Some(AuthAppSettings {
            base: provider.base(),
            client_id: "selfcheckout".to_owned(),
            key: write("client.p8", &client.pkcs8()),
            refusals: BTreeMap::new(),
        }),
        tls_roots: None,
        postgres: None,
        notices: Vec::new(),
        testbed_wallet: None,
    }
}
