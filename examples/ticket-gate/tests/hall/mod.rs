//! A hall with everybody it deals with: authorities and their lists, an operator,
//! people with cards and phones, and the readers at its gates.

#![allow(
    dead_code,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "each test uses some of it, and what cannot be set up fails it"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use relying_party::{
    Ask, Backing, Certificates, Clock, House, Ocsp, OperatorSettings, OutagePolicy, ReaderSettings,
    Settings, Staff, StartError, terminal,
};
use serde_json::{Value, json};
use tashika::Time;
use tashika_testbed::mdoc::{Engagement, Handover, Holder, MdocTestbed, Wallet, elements};
use tashika_testbed::{
    Algorithm, Card, Generation, Kind, Link, Municipality, Operator, Partition, Person, Reason,
    Register, Testbed,
};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tower::ServiceExt;

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const ORIGIN: &str = "http://ticket-gate.localhost:8130";

/// The authorities, which are the same for all tests of a process.
pub(crate) fn cards() -> &'static Testbed {
    static CARDS: OnceLock<Testbed> = OnceLock::new();
    CARDS.get_or_init(|| Testbed::from_seed(31, NOW))
}

pub(crate) fn phones() -> &'static MdocTestbed {
    static PHONES: OnceLock<MdocTestbed> = OnceLock::new();
    PHONES.get_or_init(|| MdocTestbed::from_seed(31, NOW))
}

/// A hall that is open.
pub(crate) struct Hall {
    folder: TempDir,
    backing: Backing,
    house: House,
    terminals: SocketAddr,
    listening: JoinHandle<io::Result<()>>,
    clock: Arc<AtomicI64>,
    /// The operator, who is told of renewals.
    pub(crate) operator: Option<Operator>,
}

/// What sets a hall apart from others.
#[derive(Default)]
pub(crate) struct Plan<'p> {
    /// Whose keys it has: those of another server of the same house.
    pub(crate) keys_of: Option<&'p Hall>,
    /// The database that it shares.
    pub(crate) postgres: Option<String>,
    /// That there is no operator to ask.
    pub(crate) without_operator: bool,
}

impl Hall {
    pub(crate) async fn open() -> Self {
        Self::planned(Plan::default()).await
    }

    /// One in which this person has bought with a phone.
    pub(crate) async fn with_phone(person: usize) -> (Self, Phone) {
        let (hall, phone) = (Self::open().await, Phone::of(&cards().people()[person]));
        let mut buyer = Browser::new();
        let offered = buyer.begin(hall.public(), "/buy/phone/request").await;
        let answer = phone.answer_page(&offered, ORIGIN);
        let bought = buyer.post(hall.public(), &to(&offered), &answer).await;
        assert_eq!(bought.json()["next"], "/ticket");
        assert_eq!(buyer.get(hall.public(), "/ticket").await.status, 200);
        (hall, phone)
    }

    pub(crate) async fn planned(plan: Plan<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let operator = (!plan.without_operator).then(|| Operator::start().unwrap());
        publish(folder.path());
        if let Some(other) = plan.keys_of {
            let (from, to) = (other.path("data/keys"), folder.path().join("data/keys"));
            fs::create_dir_all(&to).unwrap();
            for key in from.read_dir().unwrap().map(Result::unwrap) {
                fs::copy(key.path(), to.join(key.file_name())).unwrap();
            }
        }
        let path = folder.path().join("settings.toml");
        fs::write(
            &path,
            settings(operator.as_ref(), plan.postgres)
                .to_toml()
                .unwrap(),
        )
        .unwrap();
        let clock = Arc::new(AtomicI64::new(NOW));
        let (backing, house) = start(&path, &clock).await;
        let (terminals, listening) = listen(&house).await;
        Self {
            folder,
            backing,
            house,
            terminals,
            listening,
            clock,
            operator,
        }
    }

    /// The same after its process has ended and begun again.
    pub(crate) async fn again(self) -> Self {
        let path = self.path("settings.toml");
        self.listening.abort();
        let _ = self.listening.await;
        drop((self.backing, self.house));
        let (backing, house) = start(&path, &self.clock).await;
        let (terminals, listening) = listen(&house).await;
        Self {
            folder: self.folder,
            backing,
            house,
            terminals,
            listening,
            clock: self.clock,
            operator: self.operator,
        }
    }

    /// The same without the database that it shared.
    pub(crate) async fn alone(self) -> Self {
        let path = self.path("settings.toml");
        let settings = fs::read_to_string(&path).unwrap();
        let lines = settings
            .lines()
            .filter(|line| !line.starts_with("postgres"));
        fs::write(&path, lines.collect::<Vec<_>>().join("\n")).unwrap();
        self.again().await
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn public(&self) -> &Router {
        &self.house.public
    }

    pub(crate) fn staff(&self) -> &Router {
        self.house.staff.as_ref().unwrap()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Publishes a list on which a card's 利用者証明用 certificate stands.
    pub(crate) async fn revoke(&self, card: &Card, reason: Reason) {
        let mut register = Register::new();
        register.revoke(card, Kind::Authentication, reason, NOW - 7200);
        let partition = card.partition(Kind::Authentication);
        let authority = cards().authority(partition.kind, partition.generation);
        let list = register.list(authority, partition, 1_000_000, NOW - 600);
        fs::write(self.path(&file_of(partition)), list.sign(authority.key())).unwrap();
        self.backing.synchronise().await;
    }

    /// Tells the operator that one card came after another.
    pub(crate) fn renewed(&self, old: &Card, new: &Card) {
        let (issuer, serial) = subject(old);
        let link = Link {
            relation: "predecessor".to_owned(),
            certificate_kind: "jpki-authentication".to_owned(),
            issuer_key_sha256: issuer,
            serial,
        };
        let operator = self.operator.as_ref().unwrap();
        operator.learn(|known| drop(known.links.insert(subject(new), vec![link])));
    }

    /// Takes in another server's ledger, as the staff does.
    pub(crate) async fn take_in(&self, ledger: &str) {
        let encoded: String = ledger
            .bytes()
            .map(|octet| format!("%{octet:02X}"))
            .collect();
        let form = format!("ledger={encoded}");
        let taken = Browser::new().submit(self.staff(), "/ledger", &form).await;
        assert_eq!(taken.location(), "/");
    }

    /// What the staff sees of somebody's fate: how often each code was given.
    pub(crate) async fn codes(&self) -> BTreeMap<String, u32> {
        let page = Browser::new().get(self.staff(), "/").await.text;
        let mut codes = BTreeMap::new();
        for row in page.split("<tr><td><code>").skip(1) {
            let (code, rest) = row.split_once("</code>").unwrap();
            let (_, rest) = rest.split_once('>').unwrap().1.split_once('>').unwrap();
            let count = rest.split('<').next().unwrap();
            *codes.entry(code.to_owned()).or_default() += count.parse::<u32>().unwrap();
        }
        codes
    }

    /// Comes to a gate with a card.
    pub(crate) async fn enter(&self, gate: &str, card: &Card) -> Answer {
        let path = format!("/gate/{gate}/card/request");
        Browser::new().challenge(self.staff(), &path, card).await
    }

    /// Buys with a card.
    pub(crate) async fn buy(&self, card: &Card) -> Answer {
        Browser::new()
            .challenge(self.public(), "/buy/card/request", card)
            .await
    }

    /// A reader at a gate, which nobody has come to yet.
    pub(crate) async fn reader(&self, gate: &str) -> Reader {
        let (from, to) = TcpStream::connect(self.terminals)
            .await
            .unwrap()
            .into_split();
        Reader {
            gate: gate.to_owned(),
            from: BufReader::new(from),
            to,
        }
    }

    /// Comes to a gate with a phone.
    pub(crate) async fn hold(&self, gate: &str, phone: &Phone) -> Value {
        let engagement = engagement();
        let mut reader = self.reader(gate).await;
        let offered = reader.engage(&engagement.uri()).await.unwrap();
        let data = phone.answer(&engagement, &offered);
        reader
            .say(&json!({ "data": STANDARD.encode(data) }))
            .await
            .unwrap()
    }
}

async fn start(path: &Path, clock: &Arc<AtomicI64>) -> (Backing, House) {
    let clock = Arc::clone(clock);
    let clock = Clock::told(move || Time::from_unix(clock.load(Ordering::SeqCst)));
    let backing = backing(path, &clock).await;
    backing.synchronise().await;
    let house = (ticket_gate::PARTY.open)(backing.clone()).await.unwrap();
    (backing, house)
}

/// What is left of one that has ended may hold its locks for a moment.
async fn backing(path: &Path, clock: &Clock) -> Backing {
    for _ in 0..100 {
        match Backing::open(Settings::read(path).unwrap(), clock.clone()).await {
            Err(StartError::Unfit(..)) => sleep(Duration::from_millis(100)).await,
            opened => return opened.unwrap(),
        }
    }
    Backing::open(Settings::read(path).unwrap(), clock.clone())
        .await
        .unwrap()
}

async fn listen(house: &House) -> (SocketAddr, JoinHandle<io::Result<()>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Arc::new(house.terminal.clone().unwrap());
    (address, tokio::spawn(terminal::listen(listener, routes)))
}

fn file_of(partition: Partition) -> String {
    format!(
        "lists/{:?}-{}.crl",
        partition.kind, partition.municipality.code
    )
}

/// Writes down everything that the settings name.
fn publish(folder: &Path) {
    let issuers = folder.join("anchors/mdoc-issuer").join(elements::JAPAN);
    fs::create_dir_all(&issuers).unwrap();
    fs::create_dir_all(folder.join("lists")).unwrap();
    let (kind, generation) = (Kind::Authentication, Generation::Third);
    let authority = cards().authority(kind, generation);
    fs::write(folder.join("anchors/cards.cer"), authority.certificate()).unwrap();
    for municipality in Municipality::ALL {
        let partition = Partition {
            kind,
            generation,
            municipality,
        };
        let list = cards().list(&Register::new(), partition);
        fs::write(folder.join(file_of(partition)), list.sign(authority.key())).unwrap();
    }
    let issuer = phones().japan_authority();
    fs::write(issuers.join("root.cer"), issuer.certificate()).unwrap();
    let list = phones().list(issuer, &[]).sign(issuer.key());
    fs::write(folder.join("lists/documents.crl"), list).unwrap();
    fs::write(folder.join("reader.p8"), phones().reader().key().pkcs8()).unwrap();
    fs::write(folder.join("reader.cer"), phones().reader().certificate()).unwrap();
}

fn settings(operator: Option<&Operator>, postgres: Option<String>) -> Settings {
    let nowhere: SocketAddr = "127.0.0.1:0".parse().unwrap();
    Settings {
        origin: ORIGIN.to_owned(),
        listen: nowhere,
        staff: Some(Staff {
            origin: "http://staff.ticket-gate.localhost:8131".to_owned(),
            listen: nowhere,
        }),
        proxies: None,
        terminals: Some(nowhere),
        data: "data".into(),
        certificates: Certificates {
            test: true,
            anchors: "anchors".into(),
        },
        lists: vec!["lists".to_owned()],
        lists_every: 3600,
        ocsp: Ocsp::default(),
        ask: Ask::Crl,
        outage: OutagePolicy::strict(48 * 3600),
        operator: operator.map(|operator| OperatorSettings {
            status: operator.url("status"),
            links: operator.url("links"),
        }),
        reader: Some(ReaderSettings {
            key: "reader.p8".into(),
            certificate: "reader.cer".into(),
        }),
        auth_app: None,
        tls_roots: None,
        postgres,
        notices: Vec::new(),
        testbed_wallet: None,
    }
}

/// How an operator calls a card's 利用者証明用 certificate.
fn subject(card: &Card) -> (String, String) {
    let hex = |octets: &[u8]| octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let authority = cards().authority(Kind::Authentication, card.generation());
    let key = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &authority.key().spki());
    let serial: String = hex(card.authentication().serial());
    (
        hex(key.as_ref()),
        serial.trim_start_matches("00").to_owned(),
    )
}

/// Another card of the same person.
pub(crate) fn renewal(card: &Card, number: u32) -> Card {
    cards().issue(card.person(), card.generation(), number)
}

/// Somebody's phone.
pub(crate) struct Phone(MdocTestbed, Holder);

impl Phone {
    pub(crate) fn of(person: &Person) -> Self {
        let issuer = MdocTestbed::from_seed(31, NOW).person(person.clone());
        let document = issuer.japan();
        Self(issuer, document)
    }

    /// The next phone of the same person: another key, another copy of the
    /// document, which shares nothing but the elements.
    pub(crate) fn next(self) -> Self {
        let document = self.0.japan_copy(2);
        Self(self.0, document)
    }

    fn wallet(&self) -> Wallet {
        let wallet = Wallet::new(self.0.reader_trust(), self.0.rng("wallet"));
        wallet.holder(self.1.clone())
    }

    /// What it answers to a reader that it was held to.
    pub(crate) fn answer(&self, engagement: &Engagement, offered: &Value) -> Vec<u8> {
        let establishment = STANDARD
            .decode(offered["establishment"].as_str().unwrap())
            .unwrap();
        let answer = self
            .wallet()
            .answer_proximity(engagement, &Handover::Qr, &establishment);
        answer.unwrap().1.encode()
    }

    /// What it answers to a page of this origin.
    pub(crate) fn answer_page(&self, offered: &Value, origin: &str) -> Value {
        let request = &offered["request"]["digital"]["requests"][0];
        assert_eq!(request["protocol"], "org-iso-mdoc");
        let data = self
            .wallet()
            .answer_annex_c(&request["data"], origin)
            .unwrap();
        json!({ "protocol": "org-iso-mdoc", "data": data })
    }
}

/// What a phone shows for a reader, with a key that no other has.
pub(crate) fn engagement() -> Engagement {
    static NUMBER: AtomicI64 = AtomicI64::new(0);
    let label = format!("session {}", NUMBER.fetch_add(1, Ordering::SeqCst));
    Engagement::new(phones().key(Algorithm::P256, &label))
}

/// A reader's connection to the house.
pub(crate) struct Reader {
    gate: String,
    from: BufReader<OwnedReadHalf>,
    to: OwnedWriteHalf,
}

impl Reader {
    pub(crate) async fn engage(&mut self, qr: &str) -> Option<Value> {
        self.say(&json!({ "place": self.gate.clone(), "qr": qr }))
            .await
    }

    /// Says a line, and gives what the house says; none if it hung up.
    pub(crate) async fn say(&mut self, line: &Value) -> Option<Value> {
        let _ = self.to.write_all(format!("{line}\n").as_bytes()).await;
        let mut heard = String::new();
        let read = self.from.read_line(&mut heard).await.unwrap_or_default();
        (read > 0).then(|| serde_json::from_str(&heard).unwrap())
    }
}

/// A browser with its cookies.
#[derive(Clone, Default)]
pub(crate) struct Browser {
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) language: Option<&'static str>,
}

/// What a house answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Browser {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    pub(crate) async fn get(&mut self, house: &Router, path: &str) -> Answer {
        let request = Request::get(path).header(ACCEPT, "text/html");
        self.send(house, request.body(Body::empty()).unwrap()).await
    }

    /// Sends a form as a page does without a script.
    pub(crate) async fn submit(&mut self, house: &Router, path: &str, form: &str) -> Answer {
        let headers = [("accept", "text/html")];
        self.submit_with(house, path, form, &headers).await
    }

    /// The same with headers of its own.
    pub(crate) async fn submit_with(
        &mut self,
        house: &Router,
        path: &str,
        form: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request.body(Body::from(form.to_owned()));
        self.send(house, request.unwrap()).await
    }

    /// Sends what a script sends.
    pub(crate) async fn post(&mut self, house: &Router, path: &str, json: &Value) -> Answer {
        let request = Request::post(path)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json");
        self.send(house, request.body(Body::from(json.to_string())).unwrap())
            .await
    }

    /// Begins a transaction.
    pub(crate) async fn begin(&mut self, house: &Router, path: &str) -> Value {
        let headers = [("accept", "application/json")];
        let begun = self.submit_with(house, path, "", &headers).await;
        assert_eq!(begun.status, 200, "{begun:?}");
        begun.json()
    }

    /// Goes through a challenge with a card.
    pub(crate) async fn challenge(&mut self, house: &Router, path: &str, card: &Card) -> Answer {
        let offered = self.begin(house, path).await;
        self.post(house, &to(&offered), &signed(card, &offered))
            .await
    }

    async fn send(&mut self, house: &Router, mut request: Request<Body>) -> Answer {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        if !cookies.is_empty() {
            request
                .headers_mut()
                .insert(COOKIE, cookies.join("; ").parse().unwrap());
        }
        if let Some(language) = self.language {
            request
                .headers_mut()
                .insert(ACCEPT_LANGUAGE, language.parse().unwrap());
        }
        let peer: SocketAddr = "127.0.0.1:40000".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = house.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        for cookie in head.headers.get_all(SET_COOKIE) {
            let (pair, attributes) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match attributes.contains("Max-Age=0") {
                true => drop(self.cookies.remove(name)),
                false => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(body.to_vec()).unwrap();
        Answer {
            status: head.status,
            headers: head.headers,
            text,
        }
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    /// Status and code.
    pub(crate) fn outcome(&self) -> (u16, String) {
        let code = self.json()["code"].as_str().unwrap_or_default().to_owned();
        (self.status.as_u16(), code)
    }

    pub(crate) fn location(&self) -> &str {
        self.headers[LOCATION].to_str().unwrap()
    }
}

/// Where the answer to a question goes.
pub(crate) fn to(offered: &Value) -> String {
    offered["answer"].as_str().unwrap().to_owned()
}

/// A card's answer to a challenge.
pub(crate) fn signed(card: &Card, offered: &Value) -> Value {
    let challenge = STANDARD
        .decode(offered["to_be_signed"].as_str().unwrap())
        .unwrap();
    json!({
        "certificate": STANDARD.encode(card.authentication().certificate()),
        "signature": STANDARD.encode(card.answer(&challenge)),
    })
}

/// That a person hears the same as everybody whom a gate does not let in.
pub(crate) fn assert_refused(answer: &Answer) {
    assert_eq!(answer.outcome(), (403, "refused".to_owned()), "{answer:?}");
    assert_eq!(
        answer.json()["detail"],
        "お通しできません。係員にお声がけください。"
    );
    assert_eq!(answer.json().as_object().unwrap().len(), 3);
    assert_eq!(answer.headers[CONTENT_TYPE], "application/problem+json");
}

/// That somebody was let in.
pub(crate) fn assert_admitted(answer: &Answer) {
    assert_eq!(answer.outcome(), (200, "admitted".to_owned()), "{answer:?}");
}

pub(crate) fn counted(codes: &[(&str, u32)]) -> BTreeMap<String, u32> {
    codes
        .iter()
        .map(|(code, count)| ((*code).to_owned(), *count))
        .collect()
}
