//! The platform operator: who can read encrypted results and verifies what is in them.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::SigningNames;
use crate::auth_app::json::Object;
use crate::auth_app::refusal::Refusal;
use crate::auth_app::rsa::RsaPublic;
use crate::auth_app::switches::Reply;
use crate::auth_app::token;
use crate::element::Element;
use crate::mdoc::openid4vp::Jwe;
use crate::server::{Answer, Received, Server};
use crate::{Algorithm, Hash, KeyPair, PublicKey, Rng, der};

/// The names that an operator's messages use. The real ones are not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperatorNames {
    /// The encrypted result.
    pub jwe: &'static str,
    /// SHA-256 of the document, in hexadecimal.
    pub digest: &'static str,
    /// The transaction.
    pub transaction: &'static str,
    /// The verdict: `valid`, `invalid` or `unknown`.
    pub result: &'static str,
    /// Who signed, as the relying party knows the person.
    pub subject: &'static str,
    /// What is known of the certificate.
    pub certificate_status: &'static str,
}

impl Default for OperatorNames {
    fn default() -> Self {
        Self {
            jwe: "jwe",
            digest: "digest",
            transaction: "sign_transaction_id",
            result: "result",
            subject: "sub",
            certificate_status: "certificate_status",
        }
    }
}

/// How an operator answers at the moment.
#[derive(Clone, Debug)]
pub struct OperatorSwitches {
    /// What is wrong with its answers.
    pub reply: Reply,
    /// What it says of certificates.
    pub certificate_status: &'static str,
    /// Whether it names who signed.
    pub names_subject: bool,
}

impl Default for OperatorSwitches {
    fn default() -> Self {
        Self {
            reply: Reply::default(),
            certificate_status: "good",
            names_subject: true,
        }
    }
}

/// A platform operator on a loopback port of its own, gone when it is dropped.
///
/// It opens the result, takes the signature apart with arithmetic of its own, and says
/// whether what was padded is the digest: as it is, within a DigestInfo, or as the
/// document itself.
pub struct SigningOperator {
    server: Server,
    core: Arc<Core>,
}

struct Core {
    key: KeyPair,
    names: OperatorNames,
    /// What the provider calls what is in the result.
    inside: SigningNames,
    switches: Mutex<OperatorSwitches>,
}

impl SigningOperator {
    /// Starts one whose key follows from a seed.
    ///
    /// # Errors
    ///
    /// If no loopback port can be had.
    pub fn start(seed: u64) -> io::Result<Self> {
        Self::with_names(seed, OperatorNames::default(), SigningNames::default())
    }

    /// The same with other names, of its own messages and within results.
    ///
    /// # Errors
    ///
    /// If no loopback port can be had.
    pub fn with_names(seed: u64, names: OperatorNames, inside: SigningNames) -> io::Result<Self> {
        let mut rng = Rng::from_seed(seed).derive("signing operator");
        let server = Server::start()?;
        let core = Arc::new(Core {
            key: KeyPair::generate(Algorithm::P256, &mut rng),
            names,
            inside,
            switches: Mutex::default(),
        });
        let at_work = Arc::clone(&core);
        server.otherwise(move |received| at_work.answer(received));
        Ok(Self { server, core })
    }

    /// What results are encrypted for.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.core.key.public()
    }

    /// Where it is asked.
    #[must_use]
    pub fn url(&self) -> String {
        self.server.url("/pf/v1/signatures")
    }

    /// The server beneath, to see what was asked.
    #[must_use]
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Changes how it answers.
    pub fn switch(&self, change: impl FnOnce(&mut OperatorSwitches)) {
        change(&mut self.core.switches());
    }

    /// Answers the JSON of a request without a socket: status and body.
    #[must_use]
    pub fn ask(&self, body: &[u8]) -> (u16, Vec<u8>) {
        let answer = self.core.answer(&Received {
            method: "POST".to_owned(),
            target: "/pf/v1/signatures".to_owned(),
            headers: Vec::new(),
            body: body.to_vec(),
        });
        let (status, _, body) = answer.parts();
        (status, body.to_vec())
    }
}

impl Core {
    fn switches(&self) -> MutexGuard<'_, OperatorSwitches> {
        self.switches.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, received: &Received) -> Answer {
        if let Some(answer) = self.switches().reply.take() {
            return answer;
        }
        if (received.method.as_str(), received.target.as_str()) != ("POST", "/pf/v1/signatures") {
            return Answer::status(404);
        }
        match self.verdict(&received.body) {
            Ok(object) => self.switches().reply.json(object),
            Err(refusal) => token::error(&refusal),
        }
    }

    fn verdict(&self, body: &[u8]) -> Result<Object, Refusal> {
        let names = &self.names;
        let body: Value = serde_json::from_slice(body).map_err(|_| Refusal::request("no JSON"))?;
        let member = |name| body.get(name).and_then(Value::as_str);
        let jwe = member(names.jwe).ok_or(Refusal::request("no result"))?;
        let digest = member(names.digest).and_then(from_hex);
        let digest = digest.ok_or(Refusal::request("no digest"))?;
        let asked = member(names.transaction).ok_or(Refusal::request("no transaction"))?;
        let inside = Jwe::open(jwe, &self.key);
        let inside = inside.and_then(|inside| serde_json::from_slice::<Value>(&inside).ok());
        let inside = inside.ok_or(Refusal::request("the result cannot be read"))?;
        let text = |name| inside.get(name).and_then(Value::as_str).unwrap_or_default();

        let is_right = text(self.inside.transaction) == asked
            && is_signed(
                text(self.inside.certificate),
                text(self.inside.signature),
                &digest,
            );
        let switches = self.switches();
        let verdict = Object::new()
            .with(names.result, if is_right { "valid" } else { "invalid" })
            .with(names.digest, to_hex(&digest))
            .with(names.transaction, asked)
            .with(names.certificate_status, switches.certificate_status);
        Ok(match switches.names_subject {
            true => verdict.with(names.subject, text("sub")),
            false => verdict,
        })
    }
}

/// Whether the key of a certificate signed a digest in one of the three forms.
fn is_signed(certificate: &str, signature: &str, digest: &[u8]) -> bool {
    let octets = |text: &str| STANDARD.decode(text).ok();
    let payload = octets(certificate)
        .and_then(|certificate| key_of(&certificate))
        .and_then(|key| key.payload(&octets(signature)?));
    payload.is_some_and(|payload| {
        let info = der::sequence([Hash::Sha256.identifier(), der::octets(digest)]);
        payload == digest || payload == info || Hash::Sha256.digest(&payload) == digest
    })
}

/// The RSA key of a certificate.
fn key_of(certificate: &[u8]) -> Option<RsaPublic> {
    let parts = Element::within(certificate)?;
    let fields = Element::all(parts.first()?.content)?;
    // version, serial number, signature, issuer, validity, subject.
    RsaPublic::from_spki(fields.get(6)?.whole)
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<_>> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let digits = digits.filter(|digits| digits.len() == 64)?;
    let octet = |pair: &[u32]| pair.iter().fold(0, |sum, digit| sum * 16 + digit);
    digits
        .chunks(2)
        .map(|pair| u8::try_from(octet(pair)).ok())
        .collect()
}

fn to_hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

impl fmt::Debug for SigningOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningOperator")
            .field("address", &self.server.address())
            .finish_non_exhaustive()
    }
}
