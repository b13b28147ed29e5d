//! A platform operator's server.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::server::{Answer, Received, Server};

const JSON: &str = "application/json";

/// A platform operator who speaks the profile that the verifier's operator
/// client documents, with an encoder of its own.
///
/// It knows what it was told in its [`Register`] and answers 404 about all
/// else. What it answers wrongly is scripted on [`Operator::server`].
pub struct Operator {
    server: Server,
    register: Arc<Mutex<Register>>,
}

/// What an operator knows.
#[derive(Clone, Debug, Default)]
pub struct Register {
    /// The token that callers have to show, if any.
    pub token: Option<String>,
    /// By the SHA-256 over the issuer's key and the serial number, both in
    /// lower-case hexadecimal.
    pub words: BTreeMap<(String, String), Word>,
    /// Links, by the same.
    pub links: BTreeMap<(String, String), Vec<Link>>,
    /// When the issuer said so of links, in RFC 3339, if it matters.
    pub links_as_of: Option<String>,
}

/// What the operator says about a certificate.
#[derive(Clone, Debug)]
pub struct Word {
    /// The status code: 200, or 410 for a stored certificate that was revoked.
    pub status: u16,
    /// Members of the answer beside those that repeat the question, each as
    /// it stands in JSON. One whose name the question has replaces its copy.
    pub members: Vec<(String, String)>,
}

/// A link to another certificate.
#[derive(Clone, Debug)]
pub struct Link {
    /// `predecessor` and so on.
    pub relation: String,
    /// `jpki-signing` or `jpki-authentication`.
    pub certificate_kind: String,
    /// The SHA-256 over the issuer's key, in hexadecimal.
    pub issuer_key_sha256: String,
    /// The serial number, in hexadecimal.
    pub serial: String,
}

impl Word {
    /// Good, as of a time in RFC 3339.
    #[must_use]
    pub fn good(as_of: &str) -> Self {
        Self::of("good", as_of)
    }

    /// Revoked since a time, for a reason of RFC 5280.
    #[must_use]
    pub fn revoked(as_of: &str, since: &str, reason: u8) -> Self {
        Self::of("revoked", as_of)
            .with("revoked_at", &quoted(since))
            .with("revocation_reason", &reason.to_string())
    }

    /// Any status.
    #[must_use]
    pub fn of(status: &str, as_of: &str) -> Self {
        let word = Self {
            status: 200,
            members: Vec::new(),
        };
        word.with("certificate_status", &quoted(status))
            .with("source_updated_at", &quoted(as_of))
            .with("reference_id", &quoted("ref-1"))
    }

    /// The same with a member, its value in JSON, in the place of one of that
    /// name or in addition.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.members.retain(|(n, _)| n != name);
        self.members.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without a member.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.members.retain(|(n, _)| n != name);
        self
    }

    /// The same under another status code.
    #[must_use]
    pub fn under(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

impl Operator {
    /// Starts one that knows nothing.
    ///
    /// # Errors
    ///
    /// If no loopback port can be had.
    pub fn start() -> io::Result<Self> {
        let server = Server::start()?;
        let register = Arc::new(Mutex::new(Register::default()));
        let at_work = Arc::clone(&register);
        server.otherwise(move |received| lock(&at_work).answer(received));
        Ok(Self { server, register })
    }

    /// The server beneath, to script failures and to see what was asked.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The URL of `status` or `links`.
    #[must_use]
    pub fn url(&self, endpoint: &str) -> String {
        self.server.url(&format!("/pf/v1/{endpoint}"))
    }

    /// Changes what it knows.
    pub fn learn(&self, change: impl FnOnce(&mut Register)) {
        change(&mut lock(&self.register));
    }
}

impl Register {
    /// What an operator who knows this answers to a request.
    #[must_use]
    pub fn answer(&self, received: &Received) -> Answer {
        let shown = received.header("authorization");
        let due = self.token.as_ref().map(|token| format!("Bearer {token}"));
        if due.is_some() && shown != due.as_deref() {
            return Answer::status(401);
        }
        let body = String::from_utf8_lossy(&received.body);
        let asked = |name| member(&body, name).unwrap_or_default();
        let subject = (asked("issuer_key_sha256"), asked("serial"));
        match received.target.as_str() {
            "/pf/v1/status" => match self.words.get(&subject) {
                Some(word) => word.answer(&body),
                None => Answer::status(404),
            },
            "/pf/v1/links" => match self.links.get(&subject) {
                Some(links) => links_answer(&body, links, self.links_as_of.as_deref()),
                None => Answer::status(404),
            },
            _ => Answer::status(404),
        }
    }
}

impl Word {
    fn answer(&self, question: &str) -> Answer {
        let repeated = [
            "request_id",
            "issuer_key_sha256",
            "serial",
            "check_method",
            "check_purpose",
        ];
        let is_replaced = |name: &str| self.members.iter().any(|(n, _)| n == name);
        let repeated = repeated.iter().filter(|name| !is_replaced(name));
        let mut members: Vec<String> = repeated
            .map(|name| {
                format!(
                    "\"{name}\":{}",
                    quoted(&member(question, name).unwrap_or_default())
                )
            })
            .collect();
        members.extend(self.members.iter().map(|(n, v)| format!("\"{n}\":{v}")));
        let body = format!("{{{}}}", members.join(","));
        Answer::status(self.status)
            .header("Content-Type", JSON)
            .body(body)
    }
}

fn links_answer(question: &str, links: &[Link], as_of: Option<&str>) -> Answer {
    let mut body = String::from("{");
    for name in ["request_id", "issuer_key_sha256", "serial"] {
        let value = member(question, name).unwrap_or_default();
        body.push_str(&format!("\"{name}\":{},", quoted(&value)));
    }
    let links: Vec<String> = links
        .iter()
        .map(|link| {
            format!(
                "{{\"relation\":{},\"certificate_kind\":{},\"issuer_key_sha256\":{},\"serial\":{},\"carrier\":\"card\"}}",
                quoted(&link.relation),
                quoted(&link.certificate_kind),
                quoted(&link.issuer_key_sha256),
                quoted(&link.serial),
            )
        })
        .collect();
    let as_of = quoted(as_of.unwrap_or("2027-01-15T00:00:00Z"));
    body.push_str(&format!(
        "\"source_updated_at\":{as_of},\"links\":[{}]}}",
        links.join(",")
    ));
    Answer::ok(JSON, body)
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// The value of a string member of a flat object without escapes, which is all
/// that questions have.
fn member(object: &str, name: &str) -> Option<String> {
    let (_, rest) = object.split_once(&format!("\"{name}\":\""))?;
    let (value, _) = rest.split_once('"')?;
    Some(value.to_owned())
}

fn lock(register: &Mutex<Register>) -> MutexGuard<'_, Register> {
    register.lock().unwrap_or_else(PoisonError::into_inner)
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operator")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}
