//! A provider, the command as its client, and a browser between them.

use std::fs::Permissions;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::{fs, thread};

use serde_json::Value;
use tashika_testbed::auth_app::{
    Choice, Citizen, ClientKey, Clock, Endpoint, Event, Provider, RegisteredClient, Settings,
};
use tashika_testbed::{Algorithm, KeyPair, Person, Rng};

use crate::desk::{Answer, Desk, pem};

/// A redirect URI that is not on this machine.
pub(super) const ELSEWHERE: &str = "https://bank.example/callback";

/// A provider at which the command is registered, and Hanako can log in.
pub(super) struct Scene {
    pub(super) provider: Provider,
    pub(super) redirect_uri: String,
    pub(super) desk: Desk,
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(super) fn with(settings: Settings) -> Self {
        let provider = Provider::start(Settings {
            clock: Clock::System,
            ..settings
        });
        let (provider, desk) = (provider.unwrap(), Desk::new());
        let redirect_uri = format!("http://127.0.0.1:{}/callback", free_port());
        let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(51));
        write_key(&desk, "client.pem", &key);
        let other = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(52));
        write_key(&desk, "other.pem", &other);
        let client = RegisteredClient::new("shop", &redirect_uri, ClientKey::of(&key));
        provider.register(client.redirect_uri(ELSEWHERE));
        // The cardholder of the desk, whose marks no output may have.
        let people = Person::everybody(1_800_000_000);
        provider.enrol(Citizen::new("hanako", people.first().unwrap()));
        Self {
            provider,
            redirect_uri,
            desk,
        }
    }

    /// The arguments of somebody who is registered.
    pub(super) fn arguments(&self) -> Vec<String> {
        let (base, audience) = (self.provider.base(), self.provider.url(Endpoint::Token));
        let key = self.desk.path("client.pem");
        let pairs = [
            ("--provider", base),
            ("--client-id", "shop".to_owned()),
            ("--redirect-uri", self.redirect_uri.clone()),
            ("--key-file", key),
            ("--audience", audience),
        ];
        let pairs = pairs.map(|(name, value)| [name.to_owned(), value]);
        [
            vec!["auth-app".to_owned(), "login".to_owned()],
            pairs.concat(),
        ]
        .concat()
    }

    /// Starts the command, with more arguments, of which a later one of a name
    /// takes the place of an earlier one.
    pub(super) fn start(&self, more: &[&str]) -> Waiting {
        let mut arguments = self.arguments();
        let mut more = more.iter();
        while let Some(argument) = more.next() {
            let place = arguments.iter().position(|given| given == argument);
            match place.and_then(|place| arguments.get_mut(place + 1)) {
                Some(value) => *value = (*more.next().unwrap()).to_owned(),
                None => arguments.push((*argument).to_owned()),
            }
        }
        Waiting::start(&arguments)
    }

    /// A login in which the person does `choice`.
    pub(super) fn log_in(&self, choice: Choice, more: &[&str]) -> Answer {
        let waiting = self.start(more);
        let begun = waiting.begin();
        let back = self.provider.authorize(&begun.url, choice);
        waiting.get(&back, Some(&begun.cookie));
        waiting.end()
    }

    /// What the provider was asked at an endpoint.
    pub(super) fn asked(&self, endpoint: Endpoint) -> Vec<Event> {
        let all = self.provider.log().into_iter();
        all.filter(|event| event.endpoint == endpoint).collect()
    }
}

fn write_key(desk: &Desk, name: &str, key: &KeyPair) {
    let path = desk.write(name, pem("PRIVATE KEY", &key.pkcs8()));
    fs::set_permissions(path, Permissions::from_mode(0o600)).unwrap();
}

/// A port that was free a moment ago.
pub(super) fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// The command, waiting for a browser.
pub(super) struct Waiting {
    child: Child,
    steps: BufReader<ChildStderr>,
    told: String,
    start: String,
    /// Where it listens, if that is not where it is said to be.
    behind: Option<String>,
}

/// A login that began in a browser.
pub(super) struct Begun {
    pub(super) url: String,
    pub(super) cookie: String,
}

/// What a browser is answered.
pub(super) struct Page {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Waiting {
    /// Reads its steps until it says where to begin.
    fn start(arguments: &[String]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tashika"));
        let command = command.args(arguments);
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().unwrap();
        let steps = BufReader::new(child.stderr.take().unwrap());
        let mut waiting = Self {
            child,
            steps,
            told: String::new(),
            start: String::new(),
            behind: None,
        };
        let mut arguments = arguments.iter();
        if arguments.any(|argument| argument == "--listen") {
            waiting.behind = arguments.next().cloned();
        }
        while waiting.start.is_empty() {
            let mut step = String::new();
            waiting.steps.read_line(&mut step).unwrap();
            assert_ne!(step, "", "it does not wait: {}", waiting.told);
            if let Some(url) = step.strip_prefix("open ") {
                waiting.start = url.split(' ').next().unwrap().to_owned();
            }
            waiting.told.push_str(&step);
        }
        waiting
    }

    /// A browser goes to where it is told to.
    pub(super) fn begin(&self) -> Begun {
        let page = self.get(&self.start, None);
        assert_eq!(page.status, 302, "{}", page.head);
        let cookie = page.header("set-cookie").unwrap();
        assert_eq!(
            cookie.contains("; Secure"),
            self.start.starts_with("https:")
        );
        assert!(cookie.contains("; HttpOnly; SameSite=Lax"), "{cookie}");
        Begun {
            url: page.header("location").unwrap().to_owned(),
            cookie: cookie.split(';').next().unwrap().to_owned(),
        }
    }

    pub(super) fn get(&self, url: &str, cookie: Option<&str>) -> Page {
        let cookie = cookie.map(|cookie| format!("Cookie: {cookie}\r\n"));
        self.send("GET", url, self.host(), &cookie.unwrap_or_default())
    }

    pub(super) fn host(&self) -> &str {
        let (_, rest) = self.start.split_once("://").unwrap();
        rest.split_once('/').unwrap().0
    }

    /// A request over a connection of its own, as plain text.
    pub(super) fn send(&self, method: &str, url: &str, host: &str, fields: &str) -> Page {
        let behind = self.behind.as_deref();
        let mut stream = TcpStream::connect(behind.unwrap_or(self.host())).unwrap();
        let (_, rest) = url.split_once("://").unwrap();
        let path = rest.find('/').and_then(|slash| rest.get(slash..)).unwrap();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{fields}\r\n");
        // It may be refused before it is read whole.
        let _ = stream.write_all(request.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Page {
            status: status.unwrap_or_default(),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// The URL of another page of the command's.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.host())
    }

    /// Reads what else it says, and how it ends.
    pub(super) fn end(self) -> Answer {
        let Self {
            mut child,
            mut steps,
            mut told,
            ..
        } = self;
        let mut stdout = child.stdout.take().unwrap();
        let answer = thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).unwrap();
            text
        });
        steps.read_to_string(&mut told).unwrap();
        Answer {
            status: child.wait().unwrap().code().unwrap(),
            stdout: answer.join().unwrap(),
            stderr: told,
        }
    }

    /// Ends it before its time.
    pub(super) fn abandon(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Page {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(": "));
        let field = fields.find(|(found, _)| found.eq_ignore_ascii_case(name));
        field.map(|(_, value)| value)
    }
}

/// The value of a parameter of a URL, as it stands there.
pub(super) fn parameter<'u>(url: &'u str, name: &str) -> &'u str {
    let (_, query) = url.split_once('?').unwrap();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(found, _)| *found == name).unwrap();
    value
}

/// The code of an answer in JSON, or the verdict of one that has none.
pub(super) fn code(answer: &Answer) -> String {
    let answer = answer.json();
    let code = answer.get("code").or_else(|| answer.get("verdict"));
    code.and_then(Value::as_str).unwrap().to_owned()
}
