//! A provider of a few lines, to be made wrong in one place.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use bytes::Bytes;
use http::Response;
use serde_json::{Value, json};
use url::Url;

use crate::auth_app::{
    Authorized, Begun, Callback, ClientAssertion, ClientId, KeySet, LoginRequest, LoginSecrets,
    PendingLogin, Provider, RedirectUri, Registration, Scope, Scopes, Tokens, VerifiedLogin,
};
use crate::code::Code;
use crate::jose::encode;
use crate::time::{Duration, Time};
use crate::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use crate::trust::sha256;

pub(super) const NOW: Time = Time::from_unix(1_800_000_000);
pub(super) const ID: TransactionId = TransactionId::from_entropy([7; 16]);
pub(super) const CLIENT: &str = "bank1";
pub(super) const ACCESS_TOKEN: &str = "opaque.access-token";

/// `now` and `claims["iat"]` and so on are these many seconds apart.
pub(super) fn at(seconds: i64) -> Time {
    NOW.plus(Duration::seconds(seconds))
}

pub(super) fn audience() -> Audience {
    Audience {
        relying_party: RelyingParty::from_origin("https://bank.example").unwrap(),
        purpose: Purpose::named("login").unwrap(),
    }
}

pub(super) fn binding() -> Binding {
    Binding {
        audience: audience(),
        transaction: ID,
        expires: at(600),
    }
}

pub(super) fn registration() -> Registration {
    let provider = Provider::at("https://op.example/api").unwrap();
    let redirect_uri = RedirectUri::new("https://bank.example/callback").unwrap();
    Registration::new(provider, ClientId::new(CLIENT).unwrap(), redirect_uri)
}

pub(super) fn scopes() -> Scopes {
    let all = [Scope::Name, Scope::Address, Scope::Birthdate, Scope::Gender];
    all.into_iter().fold(Scopes::openid(), Scopes::with)
}

pub(super) fn begin() -> Begun {
    let secrets = LoginSecrets::from_entropy([1; 16], [2; 32], [3; 32], [4; 32]);
    let request = LoginRequest::new(scopes());
    PendingLogin::begin_with_secrets(binding(), &registration(), request, secrets).unwrap()
}

/// A parameter of an authorization request.
pub(super) fn parameter(url: &str, name: &str) -> Option<String> {
    let url = Url::parse(url).unwrap();
    let mut pairs = url.query_pairs();
    let found = pairs.find(|(found, _)| found == name);
    found.map(|(_, value)| value.into_owned())
}

pub(super) fn callback(query: &str) -> Callback {
    let state = parameter(&begin().url, "state").unwrap();
    Callback::from_query(&query.replace("STATE", &state)).unwrap()
}

/// A login that came back.
pub(super) fn authorized() -> Authorized {
    let Begun {
        pending, browser, ..
    } = begin();
    let callback = callback("code=c0de&state=STATE");
    let received = pending.receive(callback, Some(browser.value()), &registration(), NOW);
    received.unwrap()
}

pub(super) fn assertion() -> ClientAssertion {
    ClientAssertion::of_text("an.assertion.x")
}

/// Who signs.
pub(super) struct Op {
    key: EcdsaKeyPair,
}

impl Op {
    pub(super) fn new() -> Self {
        let scheme = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let key = EcdsaKeyPair::generate(scheme).unwrap();
        Self { key }
    }

    pub(super) fn jwk(&self, kid: &str) -> Value {
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (encode(x), encode(y));
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": kid, "x": x, "y": y})
    }

    pub(super) fn keys(&self) -> KeySet {
        key_set(&[self.jwk("k1")]).unwrap()
    }

    pub(super) fn sign(&self, header: &Value, payload: &[u8]) -> String {
        let signed = format!(
            "{}.{}",
            encode(header.to_string().as_bytes()),
            encode(payload)
        );
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes());
        format!("{signed}.{}", encode(signature.unwrap().as_ref()))
    }

    pub(super) fn id_token(&self, claims: &Value) -> String {
        let header = json!({"alg": "ES256", "kid": "k1", "typ": "JWT"});
        self.sign(&header, claims.to_string().as_bytes())
    }
}

pub(super) fn key_set(keys: &[Value]) -> Result<KeySet, Code> {
    let set = json!({"keys": keys}).to_string();
    KeySet::read(set.as_bytes()).map_err(|error| error.code())
}

pub(super) fn claims() -> Value {
    let now = NOW.as_unix();
    let nonce = parameter(&begin().url, "nonce").unwrap();
    json!({
        "iss": "https://op.example/api/realms/main",
        "sub": "s-1",
        "aud": CLIENT,
        "azp": CLIENT,
        "exp": now + 300,
        "iat": now,
        "auth_time": now - 5,
        "nonce": nonce,
        "at_hash": encode(&sha256(&[ACCESS_TOKEN.as_bytes()])[..16]),
        "acr": "aal3 crl",
    })
}

pub(super) fn userinfo() -> Value {
    json!({
        "sub": "s-1",
        "name": "山田　花子",
        "address": "東京都千代田区霞が関1-1-1",
        "birthdate": "20060401",
        "gender": "2",
    })
}

pub(super) fn answer(status: u16, content_type: &str, body: &str) -> Response<Bytes> {
    let response = Response::builder()
        .status(status)
        .header("content-type", content_type);
    response.body(Bytes::from(body.to_owned())).unwrap()
}

pub(super) fn json_answer(body: &Value) -> Response<Bytes> {
    answer(200, "application/json;charset=UTF-8", &body.to_string())
}

pub(super) fn token_response(id_token: &str) -> Value {
    json!({
        "access_token": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "id_token": id_token,
        "scope": "openid name address birthdate gender",
    })
}

pub(super) fn tokens(response: &Value) -> Result<Tokens, Code> {
    let tokens = authorized().tokens(&registration(), &json_answer(response));
    tokens.map_err(|fault| fault.code())
}

/// A login with these claims and this userinfo.
pub(super) fn login(claims: &Value, userinfo: &Value) -> Result<VerifiedLogin, Code> {
    login_with(&registration(), claims, userinfo, NOW)
}

pub(super) fn login_with(
    registration: &Registration,
    claims: &Value,
    userinfo: &Value,
    now: Time,
) -> Result<VerifiedLogin, Code> {
    let op = Op::new();
    let tokens = tokens(&token_response(&op.id_token(claims)))?;
    let login = tokens.verify(registration, &op.keys(), now);
    let login = login.map_err(|error| error.code())?;
    let login = login.userinfo(&json_answer(userinfo));
    login.map_err(|fault| fault.code())
}

/// A copy of an object in which a member is another, or is not there.
pub(super) fn with(object: &Value, member: &str, value: impl Into<Option<Value>>) -> Value {
    let mut object = object.clone();
    let members = object.as_object_mut().unwrap();
    match value.into() {
        Some(value) => members.insert(member.to_owned(), value),
        None => members.remove(member),
    };
    object
}
