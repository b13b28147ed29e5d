//! Signing documents: transactions, what the card does, and the result.

mod operator;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::citizen::Citizen;
use super::core::Core;
use super::event::Endpoint;
use super::json::Object;
use super::refusal::Refusal;
use super::state::Holder;
use super::switches::{Reply, Switches};
use super::{token, userinfo};
use crate::mdoc::openid4vp::{ContentEncryption, Jwe};
use crate::server::{Answer, Received};
use crate::{Hash, PublicKey, Rng};

pub use self::operator::{OperatorNames, OperatorSwitches, SigningOperator};

/// The longest that fits into a PKCS#1 type 1 block of 2048 bits.
const LONGEST: usize = 245;

/// How documents are signed.
#[derive(Clone, Debug)]
pub struct SigningSettings {
    /// The names that the messages use.
    pub names: SigningNames,
    /// What the result is.
    pub form: ResultForm,
    /// Who can read encrypted results: a key on P-256 or P-384.
    pub operator: Option<PublicKey>,
}

impl Default for SigningSettings {
    fn default() -> Self {
        Self {
            names: SigningNames::default(),
            form: ResultForm::Plain,
            operator: None,
        }
    }
}

/// Names of members. The real ones are not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningNames {
    /// What is to be signed, in base64.
    pub data: &'static str,
    /// The transaction.
    pub transaction: &'static str,
    /// An encrypted result, or where one would be.
    pub result: &'static str,
    /// The signature, in base64.
    pub signature: &'static str,
    /// The certificate in DER, in base64.
    pub certificate: &'static str,
    /// Whether something is signed yet, and what is known of the certificate.
    pub status: &'static str,
}

impl Default for SigningNames {
    fn default() -> Self {
        Self {
            data: "data",
            transaction: "sign_transaction_id",
            result: "result",
            signature: "signature",
            certificate: "certificate",
            status: "status",
        }
    }
}

/// What the result of a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultForm {
    /// A JWE that the platform operator alone can read.
    Jwe,
    /// Signature and certificate in the clear.
    Plain,
}

/// A transaction in which something is to be signed.
pub(super) struct Transaction {
    client: String,
    data: Vec<u8>,
    expires: i64,
    signed: Option<Signed>,
}

#[derive(Clone)]
struct Signed {
    /// Who signed, by this side's name.
    citizen: String,
    subject: String,
    signature: Vec<u8>,
    certificate: Vec<u8>,
}

/// Begins a transaction, for a relying party in its own name.
pub(super) fn start(core: &Core, received: &Received) -> Answer {
    let instead = core.switches().signing_start.take();
    if let Some(answer) = instead {
        return answer;
    }
    let client = match userinfo::holder(core, received) {
        Ok(Holder::Client(client)) => client,
        Ok(Holder::Person(_)) => return userinfo::forbidden("the token is a person's"),
        Err(refusal) => return userinfo::unauthorized(&refusal),
    };
    let names = core.settings.signing.names;
    let data = match data(&received.body, names.data) {
        Ok(data) => data,
        Err(refusal) => return token::error(&refusal),
    };
    let expires = core.now() + core.settings.lifetimes.transaction;
    let mut state = core.state();
    let id = state.uuid();
    let transaction = Transaction {
        client,
        data,
        expires,
        signed: None,
    };
    state.transactions.insert(id.clone(), transaction);
    drop(state);
    let reply = core.switches().signing_start.clone();
    reply.json(Object::new().with(names.transaction, id))
}

fn data(body: &[u8], name: &str) -> Result<Vec<u8>, Refusal> {
    let body: Value = serde_json::from_slice(body).map_err(|_| Refusal::request("no JSON"))?;
    let data = body.get(name).and_then(Value::as_str);
    let data = data.ok_or(Refusal::request("nothing to sign"))?;
    let data = STANDARD
        .decode(data)
        .map_err(|_| Refusal::request("no base64"))?;
    if (1..=LONGEST).contains(&data.len()) {
        Ok(data)
    } else {
        Err(Refusal::request("more or less than a card signs"))
    }
}

/// The card signs the bytes of a transaction as they are, padded and no more.
pub(super) fn sign(
    core: &Core,
    id: &str,
    client: &str,
    citizen: &Citizen,
    switches: &Switches,
) -> Result<(), (&'static str, &'static str)> {
    let now = core.now();
    let subject = core.subject(client, citizen);
    let mut state = core.state();
    let transaction = state.transactions.get_mut(id);
    let transaction = transaction.filter(|transaction| transaction.client == client);
    let transaction = transaction.ok_or(("invalid_request", "the transaction is another's"))?;
    if now >= transaction.expires {
        return Err(("transaction_expired", "the transaction has expired"));
    }
    let credential = citizen.signing.as_ref();
    let credential = credential.ok_or(("no_pin", "the card has no certificate to sign with"))?;
    let key = credential.key().rsa();
    let key = key.ok_or(("server_error", "the card has no RSA key"))?;
    let mut data = transaction.data.clone();
    if switches.signs_other_bytes {
        data.iter_mut().rev().take(1).for_each(|octet| *octet ^= 1);
    }
    transaction.signed = Some(Signed {
        citizen: citizen.id.clone(),
        subject,
        signature: key.private_operation(&key.pkcs1_block(&data)),
        certificate: credential.certificate().to_vec(),
    });
    Ok(())
}

/// Hands out the result, to the relying party with the token of who signed.
pub(super) fn result(core: &Core, received: &Received, path: &str) -> Answer {
    let instead = core.switches().signing_result.take();
    if let Some(answer) = instead {
        return answer;
    }
    let grant = match userinfo::holder(core, received) {
        Ok(Holder::Person(grant)) => grant,
        Ok(Holder::Client(_)) => return userinfo::forbidden("nobody stands behind the token"),
        Err(refusal) => return userinfo::unauthorized(&refusal),
    };
    if !grant.has_scope("sign") {
        return userinfo::forbidden("the token is not for signing");
    }
    let id = path.strip_prefix(Endpoint::SigningResult.path());
    let id = id.and_then(|id| id.strip_suffix("/result"));
    let id = id.filter(|id| grant.request.transaction.as_deref() == Some(*id));
    let state = core.state();
    let found = id.and_then(|id| Some((id, state.transactions.get(id)?)));
    let Some((id, transaction)) = found else {
        return token::refused(404, &Refusal::request("no such transaction"));
    };
    if core.now() >= transaction.expires {
        return token::refused(410, &Refusal::request("the transaction has expired"));
    }
    let Some(signed) = transaction.signed.clone() else {
        return pending(core);
    };
    if signed.citizen != grant.citizen.id {
        return userinfo::forbidden("somebody else signed");
    }
    let digest = Hash::Sha256.digest(&transaction.data);
    drop(state);
    let reply = core.switches().signing_result.clone();
    if core.switches().signing_pending {
        return pending(core);
    }
    signed.answer(core, id, &digest, &reply)
}

fn pending(core: &Core) -> Answer {
    let status = core.settings.signing.names.status;
    Answer::status(202)
        .header("Content-Type", "application/json")
        .body(Object::new().with(status, "pending").to_string())
}

impl Signed {
    fn answer(&self, core: &Core, id: &str, digest: &[u8], reply: &Reply) -> Answer {
        let names = core.settings.signing.names;
        let plain = Object::new()
            .with(names.transaction, id)
            .with(names.signature, STANDARD.encode(&self.signature))
            .with(names.certificate, STANDARD.encode(&self.certificate))
            .with(names.status, "valid");
        match (core.settings.signing.form, &core.settings.signing.operator) {
            (ResultForm::Plain, _) => reply.json(plain),
            (ResultForm::Jwe, None) => Answer::status(500),
            (ResultForm::Jwe, Some(key)) => {
                let inside = plain
                    .with("sub", self.subject.as_str())
                    .with("digest", STANDARD.encode(digest));
                let mut rng = Rng::from_seed(core.settings.seed).derive(id);
                let jwe = Jwe::new(key, ContentEncryption::A256Gcm)
                    .key_id("operator-1")
                    .seal(inside.to_string().as_bytes(), &mut rng);
                let object = Object::new().with(names.transaction, id);
                reply.json(object.with(names.result, jwe))
            }
        }
    }
}
