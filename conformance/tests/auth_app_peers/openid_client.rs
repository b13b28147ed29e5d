//! npm's openid-client at the testbed's provider.

use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::Failed;
use serde_json::{Value, json};
use tashika_conformance::peer::{self, node};
use tashika_testbed::auth_app::{Choice, Endpoint};

use crate::ours::{CALLBACK, CLIENT, public_key};
use crate::testbed::World;

/// What it is asked beside the [scenarios](crate::scenarios).
pub(crate) const TRIALS: &[(&str, fn(&Program) -> Result<(), Failed>)] = &[
    ("a_person_logs_in", |program| {
        sees_hanako(program, &World::es256()?)
    }),
    ("with_an_rsa_key", |program| {
        sees_hanako(program, &World::rs256()?)
    }),
];

/// In the forms of the auth app.
fn sees_hanako(program: &Program, world: &World) -> Result<(), Failed> {
    let answer = program.log_in(world)??;
    let (claims, userinfo) = (&answer["claims"], &answer["userinfo"]);
    assert_eq!(claims["iss"].as_str(), Some(&*world.provider.issuer()));
    assert_eq!(claims["acr"], "aal3 crl");
    for subject in [&claims["sub"], &userinfo["sub"]] {
        assert_eq!(subject.as_str(), Some(&*world.subject));
    }
    assert_eq!(userinfo["name"].as_str(), Some(&*world.hanako.name));
    assert_eq!(userinfo["address"].as_str(), Some(&*world.hanako.address));
    assert_eq!(userinfo["birthdate"], "19850704");
    assert_eq!(userinfo["gender"], "2");
    Ok(())
}

/// The program, which all trials share.
pub(crate) struct Program(Mutex<peer::Peer>);

/// What it accepts, or why not, in its own words.
pub(crate) type Verdict = Result<Value, String>;

impl Program {
    pub(crate) fn start() -> Option<Self> {
        peer::Peer::start(node("auth_app/client.mjs")).map(|peer| Self(Mutex::new(peer)))
    }

    fn ask(&self, question: &Value) -> Result<Value, Failed> {
        let mut peer = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = peer.ask(question)?;
        match answer.get("error") {
            Some(error) => Err(error.to_string().into()),
            None => Ok(answer),
        }
    }

    /// A login of hanako's, with everything that can be asked for.
    pub(crate) fn log_in(&self, world: &World) -> Result<Verdict, Failed> {
        let provider = &world.provider;
        let key = public_key(&world.client)?;
        let begun = self.ask(&json!({
            "op": "begin",
            "issuer": provider.issuer(),
            "client_id": CLIENT,
            "redirect_uri": CALLBACK,
            "scope": "openid name address birthdate gender",
            "acr_values": "aal3 crl",
            "pkcs8": STANDARD.encode(world.client.pkcs8()),
            "alg": key.jwk()["alg"],
            "kid": key.kid(),
            "audience": provider.url(Endpoint::Token),
        }))?;
        let url = begun["url"].as_str().ok_or("no URL")?;
        let callback = provider.authorize(url, Choice::citizen("hanako"));
        let question = json!({"op": "finish", "state": begun["state"], "callback": callback});
        let answer = self.ask(&question)?;
        match answer["verdict"].as_str() {
            Some("accept") => Ok(Ok(answer)),
            Some("reject") => Ok(Err(answer["reason"].to_string())),
            _ => Err(format!("no verdict: {answer}").into()),
        }
    }
}
