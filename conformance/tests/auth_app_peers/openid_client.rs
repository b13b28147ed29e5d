//! npm's openid-client at the testbed's provider.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::Failed;
use serde_json::{Value, json};
use tashika_testbed::auth_app::{Choice, Endpoint};

use crate::Run;
use crate::ours::{CALLBACK, CLIENT, public_key};
use crate::program::Program;
use crate::testbed::World;

/// What it is asked beside the [scenarios](crate::scenarios).
pub(crate) const TRIALS: &[(&str, Run<Program>)] = &[
    ("a_person_logs_in", |program| {
        sees_hanako(program, &World::es256()?)
    }),
    ("with_an_rsa_key", |program| {
        sees_hanako(program, &World::rs256()?)
    }),
];

/// In the forms of the auth app.
fn sees_hanako(program: &Program, world: &World) -> Result<(), Failed> {
    let answer = log_in(program, world)??;
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

/// A login of hanako's, with everything that can be asked for: what it accepts,
/// or why not.
pub(crate) fn log_in(program: &Program, world: &World) -> Result<Result<Value, String>, Failed> {
    let provider = &world.provider;
    let key = public_key(&world.client)?;
    let begun = program.ask(&json!({
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
    program.judge(&question)
}
