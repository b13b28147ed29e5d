//! Logins with the auth app: what is told of a person, what proves that it is
//! them, and what would let somebody else in, stand nowhere.

use std::collections::BTreeSet;

use serde_json::Value;
use tashika::audit::Record;
use tashika::auth_app::{
    AssertionId, AuthApp, Callback, ClientAssertion, JwsAlgorithm, KeySet, LoginRequest,
    LoginSecrets, RefusalTable, SignedToken, TokenKind,
};
use tashika::transport::Tls;
use tashika_conformance::desk::NOW;
use tashika_conformance::logins::{LoginDesk, block_on, everything, sent_back};
use tashika_conformance::vectors::{self, Procedure, Vector};
use tashika_testbed::Person;
use tashika_testbed::auth_app::{Choice, Citizen, Scenario, Settings};

use crate::Search;
use crate::records::TRANSACTION;

const NUMBER: u8 = 77;

fn desk() -> LoginDesk {
    let desk = LoginDesk::new(Settings::default()).unwrap();
    let person = Person::everybody(NOW.as_unix()).swap_remove(0);
    desk.provider().enrol(Citizen::new("hanako", &person));
    desk
}

/// What is told of the person, by the provider's other name for them too.
fn of_the_person(desk: &LoginDesk) -> Vec<String> {
    let subject = desk.provider().sub_for("Shop1", "hanako");
    let told = ["花子", "架空町", "19850704", "1985-07-04"];
    let told = told.map(str::to_owned).into_iter();
    told.chain([subject]).collect()
}

/// A secret in text, and the octets of one that is the same number throughout.
fn of_the_login(url: &str, cookie: &str) -> Vec<String> {
    let (_, query) = url.split_once('?').unwrap();
    let parameters = query.split('&').filter_map(|pair| pair.split_once('='));
    let secret = ["state", "nonce", "code_challenge"];
    let secrets = parameters.filter(|(name, _)| secret.contains(name));
    let mut marks: Vec<_> = secrets.map(|(_, value)| value.to_owned()).collect();
    assert_eq!(marks.len(), secret.len());
    for octet in NUMBER..NUMBER + 4 {
        marks.push(format!("{octet}, {octet}, {octet}"));
        marks.push(format!("{octet:02x}").repeat(4));
    }
    marks.push(cookie.to_owned());
    marks
}

/// Every text in an answer that is long enough to be a secret, whole and by the
/// parts of a token.
fn of_an_answer(body: &[u8]) -> Vec<String> {
    let members: Value = serde_json::from_slice(body).unwrap();
    let texts = members.as_object().unwrap().values();
    let texts = texts
        .filter_map(Value::as_str)
        .filter(|text| text.len() > 40);
    let parts = texts.flat_map(|text| text.split('.'));
    let parts: Vec<_> = parts
        .filter(|part| part.len() > 20)
        .map(str::to_owned)
        .collect();
    assert!(parts.len() >= 5);
    parts
}

fn searching(marks: Vec<String>) -> Search {
    Search {
        marks,
        codes: BTreeSet::new(),
    }
}

#[test]
fn no_step_of_a_login_prints_it() {
    let desk = desk();
    let begun = desk.begin(NUMBER).unwrap();
    let cookie = begun.browser.value().to_owned();
    let marks = [of_the_person(&desk), of_the_login(&begun.url, &cookie)].concat();
    let mut search = searching(marks);
    search.debug(&LoginSecrets::from_entropy(
        [NUMBER; 16],
        [78; 32],
        [79; 32],
        [80; 32],
    ));
    search.debug(&begun);
    search.debug(&begun.pending);
    search.debug(&begun.browser);
    search.debug(&begun.browser.name());
    search.debug(&LoginRequest::new(everything()));
    search.debug(desk.registration());
    search.debug(desk.registration().provider());
    search.debug(&RefusalTable::standard());

    let query = sent_back(desk.provider(), &begun.url, &Choice::citizen("hanako"));
    let code = query.split('&').find_map(|pair| pair.strip_prefix("code="));
    search.marks.push(code.unwrap().to_owned());
    search.debug(&Callback::from_query(&query).unwrap());
    let steps = desk.steps();
    search.debug(&steps.client);
    let login = steps.receive(begun.pending, &query, Some(&cookie)).unwrap();
    search.debug(&login);
    let unsigned = steps.client.prepare(AssertionId::generate().unwrap(), NOW);
    let assertion: ClientAssertion = block_on(unsigned.unwrap().sign()).unwrap();
    search.marks.push(assertion.as_str().to_owned());
    search.debug(&assertion);

    let answer = block_on(steps.ask_for_tokens(&login)).unwrap();
    search.marks.extend(of_an_answer(answer.body()));
    let tokens = login.tokens(desk.registration(), &answer).unwrap();
    search.debug(&tokens);
    let granted: Value = serde_json::from_slice(answer.body()).unwrap();
    let compact = granted["id_token"].as_str().unwrap();
    let token = SignedToken::read(compact, TokenKind::IdToken, &[JwsAlgorithm::Es256]);
    search.debug(&token.unwrap());
    let keys = KeySet::read(&steps.jwks()).unwrap();
    search.debug(&keys);
    let person = tokens.verify(desk.registration(), &keys, NOW).unwrap();
    search.debug(&person);
    let request = person
        .userinfo_request(desk.registration())
        .unwrap()
        .unwrap();
    search.debug(&request.headers());
    search.text(&request.uri().to_string());
    let told = steps.ask_about(&person).unwrap().unwrap();
    let login = person.userinfo(&told).unwrap();
    search.debug(&login);
    search.debug(&login.trace());
    search.debug(login.subject());
    search.debug(login.claims());
    search.debug(login.claims().birthdate().unwrap());
    search.debug(&login.claims().birthdate().unwrap().date());
    search.debug(login.claims().gender().unwrap());
    search.record(|| Record::of_login(&login, TRANSACTION, NOW));

    // What is searched for is there to be found.
    assert!(
        search
            .find(&format!("{:?}", login.claims().name()))
            .is_some()
    );
    assert!(
        search
            .find(&format!("{:?}", login.subject().as_str()))
            .is_some()
    );
    assert!(search.find(&format!("{:?}", answer.body())).is_some());
    assert!(search.find(&query).is_some());
}

/// Through the driver, which reports whatever the network does too.
#[test]
fn no_scenario_of_a_provider_tells_of_a_login() {
    let desk = desk();
    let mut search = searching(of_the_person(&desk));
    let steps = desk.steps();
    let tls = Tls::no_roots();
    let auth_app = AuthApp::over(desk.registration().clone(), steps.client.clone(), tls);
    search.debug(&auth_app.unwrap());
    for scenario in Scenario::ALL {
        desk.provider().only(scenario.apply);
        let begun = desk.begin(NUMBER).unwrap();
        let cookie = begun.browser.value().to_owned();
        let query = sent_back(desk.provider(), &begun.url, &Choice::citizen("hanako"));
        let code = query.split('&').find_map(|pair| pair.strip_prefix("code="));
        let code = code.filter(|code| code.len() > 8);
        let mut one = searching(of_the_login(&begun.url, &cookie));
        one.marks.extend(search.marks.iter().cloned());
        one.marks.extend(code.map(str::to_owned));
        match block_on(steps.finish(begun.pending, &query, Some(&cookie))) {
            Ok(login) => one.debug(&login),
            Err(fault) => {
                one.debug(&fault);
                one.text(&fault.to_string());
                one.error(fault.error());
            }
        }
        search.codes.extend(one.codes);
    }
    search.has_seen(&[
        "auth_app.acr",
        "auth_app.cancelled",
        "auth_app.claim_form",
        "auth_app.code_refused",
        "auth_app.nonce",
        "auth_app.signature",
        "auth_app.subject",
        "auth_app.unavailable",
        "input.callback",
        "input.id_token",
        "input.jwks",
        "input.token_response",
        "input.userinfo",
    ]);
}

#[test]
fn no_refusal_of_a_vector_tells_of_its_login() {
    let marks = [
        "署名",
        "花子",
        "架空町",
        "19850704",
        "6f0d2c9e-4d3b-4a55-8f0a-52d5c1f1b7aa",
        "at.0123456789_abcdef-XYZ",
        "rt.0123",
        "c0de",
        "AQIDBAUGBwgJCgsMDQ4PECEi",
        "QUJDREVGR0hJ",
        "gYKDhIWGh4iJ",
        "<script>",
        "attacker",
    ];
    let mut search = searching(marks.map(str::to_owned).to_vec());
    let all = vectors::read(&vectors::directory()).unwrap();
    let all = all.into_iter().map(|(_, vector)| vector);
    let logins: Vec<Vector> = all.filter(|v| v.procedure == Procedure::Login).collect();
    assert!(logins.len() > 300);
    for vector in logins {
        if let Err((_, error)) = vector.run() {
            search.error(error);
        }
    }
    assert!(search.codes.len() > 40);
}
