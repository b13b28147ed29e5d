//! A document is signed, or not.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tashika_testbed::auth_app::{
    Choice, Citizen, ClientKey, Endpoint, Lifetimes, OperatorNames, RegisteredClient, ResultForm,
    RsaPublic, Settings, SigningNames, SigningOperator, SigningSettings, Visit,
};
use tashika_testbed::{Card, Hash, Person, Testbed, der};

use crate::relying_party::{CALLBACK, NOW, Reply, World, callback, path, set, value};

const DOCUMENT: &[u8] = b"contract";

fn card() -> &'static Card {
    static CARD: OnceLock<Card> = OnceLock::new();
    CARD.get_or_init(|| Testbed::from_seed(1, NOW).card(0))
}

fn world(signing: SigningSettings) -> World {
    let world = World::with(Settings {
        signing,
        ..Settings::default()
    });
    let people = Person::everybody(NOW);
    let hanako = Citizen::new("hanako", &people[0]).signing(card().signing());
    world.provider.enrol(hanako);
    let shota = Citizen::new("shota", &people[1]).signing(card().signing());
    world.provider.enrol(shota);
    world.provider.enrol(Citizen::new("aoi", &people[5]));
    world
}

fn plain() -> World {
    world(SigningSettings::default())
}

fn client_token(world: &World) -> String {
    let form = world.form(&[("grant_type", "client_credentials")]);
    world.post(&form).text("access_token")
}

fn start(world: &World, bearer: Option<&str>, body: &str) -> Reply {
    let bearer = bearer.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(bearer.iter().map(|b| ("Authorization", b.as_str())));
    let target = path(&world.provider, Endpoint::StartSigning);
    world.ask("POST", &target, &headers, body.as_bytes())
}

fn begin(world: &World, data: &[u8]) -> String {
    let body = json!({ "data": STANDARD.encode(data) }).to_string();
    let reply = start(world, Some(&client_token(world)), &body);
    assert_eq!(reply.status, 200);
    reply.text("sign_transaction_id")
}

fn url(world: &World, transaction: &str) -> String {
    world.url(|p| {
        set(p, "scope", "openid sign");
        set(p, "sign_transaction_id", transaction);
    })
}

/// The access token of somebody who signed.
fn signed_by(world: &World, transaction: &str, person: &str) -> String {
    let url = url(world, transaction);
    let back = callback(&world.provider.authorize(&url, Choice::citizen(person)));
    let code = value(&back, "code").unwrap_or_else(|| panic!("{back:?}"));
    let tokens = world.post(&world.code_form(code));
    assert_eq!(tokens.text("scope"), "openid sign");
    tokens.text("access_token")
}

fn result(world: &World, transaction: &str, bearer: &str) -> Reply {
    let base = path(&world.provider, Endpoint::SigningResult);
    let bearer = format!("Bearer {bearer}");
    let target = format!("{base}{transaction}/result");
    world.ask("GET", &target, &[("Authorization", &bearer)], b"")
}

fn digest() -> Vec<u8> {
    Hash::Sha256.digest(DOCUMENT)
}

fn digest_info() -> Vec<u8> {
    der::sequence([Hash::Sha256.identifier(), der::octets(digest())])
}

#[test]
fn the_card_signs_the_bytes_as_they_are() {
    let world = plain();
    assert_eq!(digest_info().len(), 51);
    for data in [digest(), digest_info(), DOCUMENT.to_vec(), vec![7; 245]] {
        let transaction = begin(&world, &data);
        let token = signed_by(&world, &transaction, "hanako");
        let result = result(&world, &transaction, &token).json();
        let octets = |name: &str| STANDARD.decode(result[name].as_str().unwrap()).unwrap();
        assert_eq!(octets("certificate"), card().signing().certificate());
        assert_eq!(result["sign_transaction_id"], transaction.as_str());
        assert_eq!(result["status"], "valid");
        let key = RsaPublic::from_spki(&card().signing().key().spki()).unwrap();
        assert_eq!(key.payload(&octets("signature")).unwrap(), data);
        // The standard signature is the one over a DigestInfo.
        let is_standard = key.verifies(Hash::Sha256, DOCUMENT, &octets("signature"));
        assert_eq!(is_standard, data == digest_info());
    }
}

#[test]
fn a_transaction_begins_with_the_relying_partys_own_token() {
    let world = plain();
    let body = json!({ "data": STANDARD.encode(digest()) }).to_string();
    let (status, error, _) = start(&world, None, &body).refusal();
    assert_eq!((status, error.as_str()), (401, "invalid_token"));
    let person = world.tokens()["access_token"].as_str().unwrap().to_owned();
    let refused = (
        403,
        "insufficient_scope".to_owned(),
        "the token is a person's".to_owned(),
    );
    assert_eq!(start(&world, Some(&person), &body).refusal(), refused);

    let request = |description: &str| (400, "invalid_request".to_owned(), description.to_owned());
    let own = client_token(&world);
    let with = |body: &str| start(&world, Some(&own), body).refusal();
    assert_eq!(with("data"), request("no JSON"));
    assert_eq!(with("{}"), request("nothing to sign"));
    assert_eq!(with(r#"{"data":"?"}"#), request("no base64"));
    for length in [0, 246] {
        let body = json!({ "data": STANDARD.encode(vec![1; length]) }).to_string();
        assert_eq!(with(&body), request("more or less than a card signs"));
    }
}

#[test]
fn the_result_is_for_who_signed() {
    let world = plain();
    let transaction = begin(&world, &digest());
    let own = client_token(&world);
    let refused = |token: &str| {
        let (status, _, description) = result(&world, &transaction, token).refusal();
        (status, description)
    };
    let told = |status, description: &str| (status, description.to_owned());
    assert_eq!(refused("x"), told(401, "the token is unknown or revoked"));
    assert_eq!(refused(&own), told(403, "nobody stands behind the token"));
    let login = world.tokens()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(refused(&login), told(403, "the token is not for signing"));

    let other = begin(&world, &digest());
    let token = signed_by(&world, &other, "hanako");
    assert_eq!(refused(&token), told(404, "no such transaction"));
    assert_eq!(result(&world, "none", &token).status, 404);

    // Whoever comes later signs in the place of who came first.
    let first = signed_by(&world, &transaction, "hanako");
    let second = signed_by(&world, &transaction, "shota");
    assert_eq!(refused(&first), told(403, "somebody else signed"));
    assert_eq!(result(&world, &transaction, &second).status, 200);
}

#[test]
fn nothing_is_signed_yet_or_no_longer() {
    let world = plain();
    let transaction = begin(&world, &digest());
    let token = signed_by(&world, &transaction, "hanako");
    world
        .provider
        .switch(|switches| switches.signing_pending = true);
    let reply = result(&world, &transaction, &token);
    assert_eq!(
        (reply.status, reply.text("status")),
        (202, "pending".to_owned())
    );
    world
        .provider
        .switch(|switches| switches.signing_pending = false);
    assert_eq!(result(&world, &transaction, &token).status, 200);

    let late = begin(&world, &digest());
    world.provider.set_time(NOW + 900);
    let url = url(&world, &late);
    let back = callback(&world.provider.authorize(&url, Choice::citizen("hanako")));
    assert_eq!(value(&back, "error"), Some("transaction_expired"));

    let world = World::with(Settings {
        lifetimes: Lifetimes {
            transaction: 100,
            ..Default::default()
        },
        ..Settings::default()
    });
    let hanako = Citizen::new("hanako", &Person::everybody(NOW)[0]);
    world.provider.enrol(hanako.signing(card().signing()));
    let transaction = begin(&world, &digest());
    let token = signed_by(&world, &transaction, "hanako");
    world.provider.set_time(NOW + 100);
    assert_eq!(result(&world, &transaction, &token).status, 410);
}

#[test]
fn signing_needs_a_card_and_a_transaction_of_ones_own() {
    let world = plain();
    let transaction = begin(&world, &digest());
    let visit = |url: &str, person| match world.provider.visit(url, &Choice::citizen(person)) {
        Visit::Redirect(url) => value(&callback(&url), "error").unwrap().to_owned(),
        Visit::Shown(refusal) => panic!("{}", refusal.description),
    };
    assert_eq!(visit(&url(&world, &transaction), "aoi"), "no_pin");
    let key = ClientKey::of(&world.key);
    let other = RegisteredClient::new("Shop2", CALLBACK, key);
    world.provider.register(other);
    let theirs = url(&world, &transaction).replace("Shop1", "Shop2");
    assert_eq!(visit(&theirs, "hanako"), "invalid_request");
}

#[test]
fn names_are_a_matter_of_settings() {
    let names = SigningNames {
        data: "tbs",
        transaction: "id",
        signature: "sig",
        ..SigningNames::default()
    };
    let world = world(SigningSettings {
        names,
        ..SigningSettings::default()
    });
    let body = json!({ "tbs": STANDARD.encode(digest()) }).to_string();
    let transaction = start(&world, Some(&client_token(&world)), &body).text("id");
    let token = signed_by(&world, &transaction, "hanako");
    let result = result(&world, &transaction, &token).json();
    assert_eq!(result["id"], transaction.as_str());
    assert!(result["sig"].is_string());
}

struct Encrypted {
    world: World,
    operator: SigningOperator,
    transaction: String,
    jwe: String,
}

/// A result that the operator alone can read, over these bytes.
fn encrypted(data: &[u8], other_bytes: bool) -> Encrypted {
    let operator = SigningOperator::start(1).unwrap();
    let world = world(SigningSettings {
        form: ResultForm::Jwe,
        operator: Some(operator.public_key()),
        ..SigningSettings::default()
    });
    world
        .provider
        .switch(|switches| switches.signs_other_bytes = other_bytes);
    let transaction = begin(&world, data);
    let token = signed_by(&world, &transaction, "hanako");
    let jwe = result(&world, &transaction, &token).text("result");
    Encrypted {
        world,
        operator,
        transaction,
        jwe,
    }
}

impl Encrypted {
    fn ask(&self, digest: &[u8], transaction: &str) -> Value {
        let hex: String = digest.iter().map(|octet| format!("{octet:02x}")).collect();
        let body = json!({ "jwe": self.jwe, "digest": hex, "sign_transaction_id": transaction });
        let (status, body) = self.operator.ask(body.to_string().as_bytes());
        assert_eq!(status, 200);
        serde_json::from_slice(&body).unwrap()
    }

    fn verdict(&self, digest: &[u8], transaction: &str) -> Value {
        self.ask(digest, transaction)["result"].clone()
    }
}

#[test]
fn the_operator_verifies_what_it_alone_can_read() {
    for data in [digest(), digest_info(), DOCUMENT.to_vec()] {
        let result = encrypted(&data, false);
        assert_eq!(result.jwe.matches('.').count(), 4);
        let answer = result.ask(&digest(), &result.transaction);
        let hex: String = digest()
            .iter()
            .map(|octet| format!("{octet:02x}"))
            .collect();
        let expected = json!({
            "result": "valid",
            "digest": hex,
            "sign_transaction_id": result.transaction,
            "sub": result.world.subject,
            "certificate_status": "good",
        });
        assert_eq!(answer, expected);
    }
}

#[test]
fn the_operator_finds_what_does_not_fit() {
    let result = encrypted(&digest(), false);
    let other = Hash::Sha256.digest(b"another contract");
    assert_eq!(result.verdict(&other, &result.transaction), "invalid");
    assert_eq!(result.verdict(&digest(), "another"), "invalid");
    let other = encrypted(&digest(), true);
    assert_eq!(other.verdict(&digest(), &other.transaction), "invalid");
}

#[test]
fn the_operator_refuses_what_it_cannot_read() {
    let result = encrypted(&digest(), false);
    let hex = "00".repeat(32);
    let refusal = |body: Value| {
        let (status, body) = result.operator.ask(body.to_string().as_bytes());
        let body: Value = serde_json::from_slice(&body).unwrap();
        (
            status,
            body["error_description"].as_str().unwrap().to_owned(),
        )
    };
    let told = |description: &str| (400, description.to_owned());
    let transaction = &result.transaction;
    assert_eq!(refusal(json!([])), told("no result"));
    assert_eq!(refusal(json!({ "jwe": result.jwe })), told("no digest"));
    let body = json!({ "jwe": result.jwe, "digest": hex });
    assert_eq!(refusal(body), told("no transaction"));
    let stranger = SigningOperator::start(2).unwrap();
    let body = json!({ "jwe": result.jwe, "digest": hex, "sign_transaction_id": transaction });
    let (status, _) = stranger.ask(body.to_string().as_bytes());
    assert_eq!(status, 400);
    let body = json!({ "jwe": "a..b.c.d", "digest": hex, "sign_transaction_id": transaction });
    assert_eq!(refusal(body), told("the result cannot be read"));
}

#[test]
fn the_operator_says_other_things_when_switched() {
    let result = encrypted(&digest(), false);
    result.operator.switch(|switches| {
        switches.certificate_status = "revoked";
        switches.names_subject = false;
        switches.reply.members.set("digest", "00");
    });
    let answer = result.ask(&digest(), &result.transaction);
    assert_eq!(answer["certificate_status"], "revoked");
    assert_eq!((&answer["digest"], answer.get("sub")), (&json!("00"), None));
    let names = OperatorNames {
        jwe: "container",
        result: "verdict",
        ..OperatorNames::default()
    };
    let other = SigningOperator::with_names(1, names, SigningNames::default()).unwrap();
    let hex: String = digest()
        .iter()
        .map(|octet| format!("{octet:02x}"))
        .collect();
    let transaction = &result.transaction;
    let body =
        json!({ "container": result.jwe, "digest": hex, "sign_transaction_id": transaction });
    let (_, body) = other.ask(body.to_string().as_bytes());
    let body: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(body["verdict"], "valid");
}
