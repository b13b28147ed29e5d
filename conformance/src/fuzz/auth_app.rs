//! What a provider and a browser bring to a login.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Response;
use http::header::CONTENT_TYPE;
use serde_json::{Value, json};
use tashika::Error;
use tashika::auth_app::{
    Authorized, Begun, Callback, ClientId, Fault, JwsAlgorithm, KeySet, LoginRequest, LoginSecrets,
    PendingLogin, Provider, RedirectUri, Registration, SignedToken, TokenKind, VerifiedLogin,
};
use tashika::seal::{Sealer, SealingKey};
use tashika::transaction::TransactionId;
use tashika_testbed::mdoc::openid4vp::Jwk;
use tashika_testbed::{Algorithm, Hash, KeyPair, Rng, Scheme};

use super::only_a_code;
use super::script::Script;
use crate::desk::NOW;
use crate::logins::{binding, everything};

const BASE: &str = "https://op.example/api";
const ISSUER: &str = "https://op.example/api/realms/main";
const ACCESS_TOKEN: &str = "at.0123456789";
const TRANSACTION: TransactionId = TransactionId::from_entropy([1; 16]);

static GENUINE: LazyLock<Genuine> = LazyLock::new(Genuine::new);

/// A login that comes to its end.
struct Genuine {
    registration: Registration,
    key: KeyPair,
    query: String,
    header: String,
    claims: String,
    id_token: String,
    tokens: String,
    jwks: String,
    userinfo: String,
    discovery: String,
    sealer: Sealer,
    sealed: Vec<u8>,
}

/// Reads a token, and finishes logins whose ID token the octets have changed
/// after it was signed, and before.
///
/// # Panics
///
/// If a token is believed that nobody signed, or claims are that are not ours.
pub fn id_token(input: &[u8]) {
    let genuine = &*GENUINE;
    let keys = genuine.keys(&genuine.jwks);
    let changed = Script(input).apply_to_octets(genuine.id_token.as_bytes());
    for octets in [input, &changed] {
        let text = String::from_utf8_lossy(octets);
        let token = SignedToken::read(&text, TokenKind::IdToken, &[JwsAlgorithm::Es256]);
        if let (Some(token), Some(keys)) = (only_a_code(token), &keys) {
            only_a_code(token.danger_verify(keys));
        }
        let tokens = genuine.granted(&text);
        let login = genuine.finish(&tokens, &genuine.jwks, &genuine.userinfo);
        assert!(login.is_none() || text == genuine.id_token);
    }
    let claims = Script(input).apply_to_octets(genuine.claims.as_bytes());
    let token = genuine.signed(genuine.header.as_bytes(), &claims);
    let login = genuine.finish(&genuine.granted(&token), &genuine.jwks, &genuine.userinfo);
    if login.is_some() {
        let claims: Value = serde_json::from_slice(&claims).unwrap_or_default();
        let due: Value = serde_json::from_str(&genuine.claims).unwrap_or_default();
        for name in ["iss", "aud", "sub", "nonce", "at_hash"] {
            assert_eq!(claims.get(name), due.get(name));
        }
    }
    let header = Script(input).apply_to_octets(genuine.header.as_bytes());
    let token = genuine.signed(&header, genuine.claims.as_bytes());
    genuine.finish(&genuine.granted(&token), &genuine.jwks, &genuine.userinfo);
}

/// Reads a key set, and verifies with one that the octets have changed.
///
/// # Panics
///
/// If a token is verified with a key that is not the signer's.
pub fn jwks(input: &[u8]) {
    let genuine = &*GENUINE;
    let changed = Script(input).apply_to_octets(genuine.jwks.as_bytes());
    for octets in [input, &changed] {
        let text = String::from_utf8_lossy(octets);
        if genuine
            .finish(&genuine.tokens, &text, &genuine.userinfo)
            .is_some()
        {
            let set: Value = serde_json::from_str(&text).unwrap_or_default();
            let due = Jwk::of(&genuine.key.public());
            let keys = set.get("keys").and_then(Value::as_array);
            let mut keys = keys.into_iter().flatten();
            assert!(keys.any(|key| key.get("x") == due.get("x") && key.get("y") == due.get("y")));
        }
    }
}

/// Reads a callback, and takes one that the octets have changed.
///
/// # Panics
///
/// If one is taken that has not the state of the login.
pub fn callback(input: &[u8]) {
    let genuine = &*GENUINE;
    let changed = Script(input).apply_to_octets(genuine.query.as_bytes());
    for octets in [input, &changed] {
        let query = String::from_utf8_lossy(octets);
        let Some(callback) = only_a_code(Callback::from_query(&query)) else {
            continue;
        };
        let transaction = only_a_code(callback.transaction());
        if only_a_code(genuine.receive(&query)).is_some() {
            assert_eq!(transaction, Some(TRANSACTION));
        }
    }
}

/// Finishes a login with userinfo that the octets have changed.
///
/// # Panics
///
/// If a login tells something else than userinfo, or is about somebody else.
pub fn userinfo(input: &[u8]) {
    let genuine = &*GENUINE;
    let changed = Script(input).apply_to_octets(genuine.userinfo.as_bytes());
    for octets in [input, &changed] {
        let text = String::from_utf8_lossy(octets);
        if let Some(login) = genuine.finish(&genuine.tokens, &genuine.jwks, &text) {
            let told: Value = serde_json::from_str(&text).unwrap_or_default();
            let told = |name: &str| told.get(name).and_then(Value::as_str);
            let claims = login.claims();
            assert_eq!(told("sub"), Some(login.subject().as_str()));
            assert_eq!(told("name"), claims.name());
            assert_eq!(
                told("birthdate"),
                claims.birthdate().map(|date| date.as_str())
            );
        }
    }
}

/// Finishes a login with an answer of the token endpoint that the octets have
/// changed.
///
/// # Panics
///
/// If it comes to its end with another ID token or access token.
pub fn token_response(input: &[u8]) {
    let genuine = &*GENUINE;
    let changed = Script(input).apply_to_octets(genuine.tokens.as_bytes());
    for octets in [input, &changed] {
        let text = String::from_utf8_lossy(octets);
        if genuine
            .finish(&text, &genuine.jwks, &genuine.userinfo)
            .is_some()
        {
            let granted: Value = serde_json::from_str(&text).unwrap_or_default();
            let granted = |name: &str| granted.get(name).and_then(Value::as_str);
            assert_eq!(granted("id_token"), Some(genuine.id_token.as_str()));
            assert_eq!(granted("access_token"), Some(ACCESS_TOKEN));
        }
    }
}

/// Reads what a provider says about itself, changed by the octets.
///
/// # Panics
///
/// If a provider has another name, or is asked where everybody listens.
pub fn discovery(input: &[u8]) {
    let genuine = &*GENUINE;
    let changed = Script(input).apply_to_octets(genuine.discovery.as_bytes());
    for octets in [input, &changed] {
        if let Some(provider) = only_a_code(Provider::from_discovery(ISSUER, octets)) {
            assert_eq!(provider.issuer(), ISSUER);
            for origin in provider.origins() {
                let is_here = ["http://127.", "http://localhost", "http://[::1]"];
                let is_here = is_here.iter().any(|here| origin.starts_with(here));
                assert!(origin.starts_with("https://") || is_here);
            }
        }
    }
}

/// Opens a login that the octets have changed after it was sealed, and before.
///
/// # Panics
///
/// If one is opened that was changed after it was sealed.
pub fn sealed_login(input: &[u8]) {
    let genuine = &*GENUINE;
    let changed = Script(input).apply_to_octets(&genuine.sealed);
    for octets in [input, &changed] {
        let opened = only_a_code(genuine.open(octets));
        assert!(opened.is_none() || octets == genuine.sealed);
    }
    if let Some(sealed) = only_a_code(genuine.sealed_again(input)) {
        only_a_code(genuine.open(&sealed));
    }
}

impl Genuine {
    #[expect(clippy::expect_used, reason = "a login of ours can be made")]
    fn new() -> Self {
        let provider = Provider::at(BASE).expect("a base");
        let client_id = ClientId::new("shop1").expect("an identifier");
        let redirect_uri = RedirectUri::new("https://rp.example/callback").expect("a URI");
        let registration = Registration::new(provider, client_id, redirect_uri);
        let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(31));
        let begun = begin(&registration).expect("a login");
        let nonce = parameter(&begun.url, "nonce");
        let sealing = SealingKey::new("1", &[7; 32]).expect("a key");
        let sealer = Sealer::new(sealing, Vec::new()).expect("one key");
        let mut jwk = Jwk::of(&key.public());
        if let Some(members) = jwk.as_object_mut() {
            members.insert("kid".to_owned(), "es256-1".into());
        }
        let mut genuine = Self {
            registration,
            query: format!("code=c0de&state={}", parameter(&begun.url, "state")),
            header: json!({ "alg": "ES256", "kid": "es256-1" }).to_string(),
            claims: claims(&nonce).to_string(),
            id_token: String::new(),
            tokens: String::new(),
            jwks: json!({ "keys": [jwk] }).to_string(),
            userinfo: json!({
                "sub": "s-1",
                "name": "架空　花子",
                "address": "東京都清瀬市架空町１－２－３",
                "birthdate": "19850704",
                "gender": "2",
            })
            .to_string(),
            discovery: description().to_string(),
            sealed: begun
                .pending
                .seal(&sealer)
                .expect("a state of common length"),
            sealer,
            key,
        };
        genuine.id_token = genuine.signed(genuine.header.as_bytes(), genuine.claims.as_bytes());
        genuine.tokens = genuine.granted(&genuine.id_token);
        genuine
    }

    fn signed(&self, header: &[u8], claims: &[u8]) -> String {
        let text = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
        let signed = format!("{}.{}", text(header), text(claims));
        let scheme = Scheme::EcdsaFixed(Hash::Sha256);
        let signature = self.key.sign(scheme, signed.as_bytes());
        format!("{signed}.{}", text(&signature))
    }

    fn granted(&self, id_token: &str) -> String {
        json!({
            "access_token": ACCESS_TOKEN,
            "token_type": "Bearer",
            "id_token": id_token,
            "scope": "openid name address birthdate gender",
        })
        .to_string()
    }

    fn keys(&self, jwks: &str) -> Option<KeySet> {
        only_a_code(KeySet::read(jwks.as_bytes()))
    }

    fn receive(&self, query: &str) -> Result<Authorized, Error> {
        let Begun {
            pending, browser, ..
        } = begin(&self.registration)?;
        let callback = Callback::from_query(query)?;
        pending.receive(callback, Some(browser.value()), &self.registration, NOW)
    }

    fn finish(&self, tokens: &str, jwks: &str, userinfo: &str) -> Option<VerifiedLogin> {
        let keys = self.keys(jwks)?;
        let finish = || -> Result<VerifiedLogin, Fault> {
            let login = self.receive(&self.query)?;
            let tokens = login.tokens(&self.registration, &answer(tokens))?;
            let person = tokens.verify(&self.registration, &keys, NOW)?;
            person.userinfo(&answer(userinfo))
        };
        only_a_code(finish().map_err(|fault| fault.error()))
    }

    fn open(&self, sealed: &[u8]) -> Result<PendingLogin, Error> {
        let audience = binding(TRANSACTION)?.audience;
        PendingLogin::open(&self.sealer, &audience, &TRANSACTION, sealed, NOW)
    }

    /// A state that the octets have changed, sealed as if it were ours.
    fn sealed_again(&self, input: &[u8]) -> Result<Vec<u8>, Error> {
        let binding = binding(TRANSACTION)?;
        let purpose = &binding.audience.purpose;
        let state = self.sealer.open(purpose, &TRANSACTION, &self.sealed, NOW)?;
        let changed = Script(input).apply_to_octets(&state);
        let sealer = &self.sealer;
        sealer.seal(purpose, &TRANSACTION, binding.expires, &changed)
    }
}

fn begin(registration: &Registration) -> Result<Begun, Error> {
    let secrets = LoginSecrets::from_entropy([1; 16], [2; 32], [3; 32], [4; 32]);
    let request = LoginRequest::new(everything());
    PendingLogin::begin_with_secrets(binding(TRANSACTION)?, registration, request, secrets)
}

fn claims(nonce: &str) -> Value {
    let now = NOW.as_unix();
    let mut digest = Hash::Sha256.digest(ACCESS_TOKEN.as_bytes());
    digest.truncate(16);
    json!({
        "iss": ISSUER,
        "aud": "shop1",
        "sub": "s-1",
        "nonce": nonce,
        "at_hash": URL_SAFE_NO_PAD.encode(digest),
        "acr": "aal3 crl",
        "iat": now,
        "exp": now + 300,
    })
}

fn description() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://op.example/auth",
        "token_endpoint": "https://op.example/token",
        "userinfo_endpoint": "https://op.example/me",
        "jwks_uri": "https://keys.example/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
    })
}

fn answer(body: &str) -> Response<Bytes> {
    let answer = Response::builder().header(CONTENT_TYPE, "application/json");
    answer.body(body.to_owned().into()).unwrap_or_default()
}

fn parameter(url: &str, name: &str) -> String {
    let (_, query) = url.split_once('?').unwrap_or_default();
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(found, _)| *found == name);
    found.map_or_else(String::new, |(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Otherwise nothing would be learned from what is refused.
    #[test]
    fn what_is_genuine_is_believed() {
        let genuine = &*GENUINE;
        let login = genuine.finish(&genuine.tokens, &genuine.jwks, &genuine.userinfo);
        assert_eq!(login.unwrap().subject().as_str(), "s-1");
        assert!(genuine.open(&genuine.sealed).is_ok());
        let again = genuine.sealed_again(&[]).unwrap();
        assert!(genuine.open(&again).is_ok());
        let document = genuine.discovery.as_bytes();
        assert!(Provider::from_discovery(ISSUER, document).is_ok());
    }
}
