//! A login that is in order, until something of it is changed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{
    Audience, Desk, Entropy, Hash, KeyPair, Login, NOW, Octets, Registration, Reply, Scheme, Told,
    Value, json,
};
use crate::vectors::login::Since;

pub(super) const BASE: &str = "https://op.example/api";
pub(super) const ISSUER: &str = "https://op.example/api/realms/main";
pub(super) const CLIENT: &str = "shop1";
pub(super) const SUBJECT: &str = "6f0d2c9e-4d3b-4a55-8f0a-52d5c1f1b7aa";
pub(super) const ACCESS_TOKEN: &str = "at.0123456789_abcdef-XYZ";

/// How something that was written is written otherwise.
pub(super) type Rewrite = fn(String) -> String;

/// All parts of a login, each of which can be changed by itself.
pub(super) struct Draft {
    pub(super) now: i64,
    pub(super) registration: Registration,
    pub(super) goes_on_with: Option<(Since, Registration)>,
    pub(super) expires: i64,
    pub(super) scopes: Vec<&'static str>,
    pub(super) acr: Vec<&'static str>,
    pub(super) acr_required: Option<Vec<&'static str>>,
    pub(super) callback: String,
    pub(super) cookie: Option<String>,
    /// The header of the ID token, its claims and who signs it.
    pub(super) header: Value,
    pub(super) header_text: Rewrite,
    pub(super) claims: Value,
    pub(super) claims_text: Rewrite,
    /// The payload in base64url, before it is signed.
    pub(super) payload: Rewrite,
    pub(super) sign: fn(&Desk, &[u8]) -> Vec<u8>,
    pub(super) compact: Rewrite,
    /// The answer of the token endpoint, but for the ID token.
    pub(super) granted: Value,
    pub(super) tokens: Reply,
    pub(super) tokens_text: Rewrite,
    pub(super) keys: Value,
    pub(super) keys_edit: fn(&Desk, &mut Vec<Value>),
    pub(super) keys_text: Rewrite,
    pub(super) person: Value,
    pub(super) userinfo: Option<Reply>,
    pub(super) userinfo_text: Rewrite,
    pub(super) told: Option<Told>,
}

/// Octets that count up from one.
fn counting<const N: usize>(first: u8) -> [u8; N] {
    let mut next = first;
    [0; N].map(|_: u8| {
        next = next.wrapping_add(1);
        next
    })
}

pub(super) fn base64url(octets: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(octets)
}

/// The state of a transaction, in the login's own form.
pub(super) fn state(transaction: u8, secret: u8) -> String {
    let transaction: [u8; 16] = counting(transaction);
    let secret: [u8; 16] = counting(secret);
    base64url([transaction, secret].concat())
}

/// The callback with the login's state.
pub(super) fn called_back(rest: &str) -> String {
    format!("state={}&{rest}", state(0, 0x20))
}

/// Half of a hash of a token (OpenID Connect Core 1.0, 3.1.3.6).
pub(super) fn half_hash(token: &str) -> String {
    let mut digest = Hash::Sha256.digest(token.as_bytes());
    digest.truncate(16);
    base64url(digest)
}

fn json_reply() -> Reply {
    Reply {
        status: 200,
        content_type: Some("application/json".to_owned()),
        body: String::new(),
    }
}

impl Draft {
    pub(super) fn new(keys: Value) -> Self {
        Self {
            now: NOW,
            registration: Registration {
                base: BASE.to_owned(),
                client_id: CLIENT.to_owned(),
                redirect_uri: "https://rp.example/callback".to_owned(),
                callbacks_name_it: false,
                algorithms: None,
                skew: None,
                at_hash_if_present: false,
                authenticated_within: None,
                refusals: [].into(),
            },
            goes_on_with: None,
            expires: NOW + 300,
            scopes: vec!["name", "address", "birthdate", "gender"],
            acr: vec!["aal3", "crl"],
            acr_required: None,
            callback: called_back("code=c0de&session_state=5e55"),
            cookie: Some(base64url(counting::<32>(0x80))),
            header: json!({ "alg": "ES256", "typ": "JWT", "kid": "es256-1" }),
            header_text: |text| text,
            claims: claims(),
            claims_text: |text| text,
            payload: |text| text,
            sign: |desk, signed| desk.es256.sign(ES256, signed),
            compact: |text| text,
            granted: granted(),
            tokens: json_reply(),
            tokens_text: |text| text,
            keys,
            keys_edit: |_, _| (),
            keys_text: |text| text,
            person: json!({
                "sub": SUBJECT,
                "name": "署名　花子",
                "address": "東京都清瀬市架空町１－２－３",
                "birthdate": "19850704",
                "gender": "2",
            }),
            userinfo: Some(json_reply()),
            userinfo_text: |text| text,
            told: Some(told()),
        }
    }

    /// Nothing is asked about the person.
    pub(super) fn asks_nothing(&mut self) {
        self.scopes.clear();
        self.userinfo = None;
        self.granted["scope"] = "openid".into();
        let told = self.told().clone();
        self.told = Some(Told {
            subject: told.subject,
            acr: told.acr,
            authenticated_at: told.authenticated_at,
            ..Told::default()
        });
    }

    /// What is due to be told.
    pub(super) fn told(&mut self) -> &mut Told {
        self.told.get_or_insert_default()
    }

    /// The ID token has another time in a claim; where that is what is told
    /// of the authentication, it is told.
    pub(super) fn authenticated(&mut self, at: i64) {
        self.claims["auth_time"] = at.into();
        self.told().authenticated_at = Some(at);
    }

    pub(super) fn remove_claim(&mut self, name: &str) {
        remove(&mut self.claims, name);
    }

    pub(super) fn ungrant(&mut self, name: &str) {
        remove(&mut self.granted, name);
    }

    pub(super) fn leave_out(&mut self, name: &str) {
        remove(&mut self.person, name);
    }

    /// The token endpoint answers this instead.
    pub(super) fn answers(&mut self, status: u16, content_type: &str, body: &str) {
        self.tokens = reply(status, content_type, body);
    }

    /// The userinfo endpoint answers this instead.
    pub(super) fn tells(&mut self, status: u16, content_type: &str, body: &str) {
        self.userinfo = Some(reply(status, content_type, body));
    }

    /// The ID token, in compact form.
    pub(super) fn id_token(&self, desk: &Desk) -> String {
        let header = (self.header_text)(self.header.to_string());
        let claims = (self.claims_text)(self.claims.to_string());
        let payload = (self.payload)(base64url(claims));
        let signed = format!("{}.{payload}", base64url(header));
        let signature = base64url((self.sign)(desk, signed.as_bytes()));
        (self.compact)(format!("{signed}.{signature}"))
    }

    pub(super) fn jwks(&self, desk: &Desk) -> String {
        let mut keys = self.keys.as_array().cloned().unwrap_or_default();
        (self.keys_edit)(desk, &mut keys);
        (self.keys_text)(json!({ "keys": keys }).to_string())
    }

    pub(super) fn login(self, desk: &Desk) -> Login {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let mut granted = self.granted.clone();
        let id_token = self.id_token(desk);
        if let Some(place) = granted.get_mut("id_token").filter(|v| **v == json!("")) {
            *place = id_token.into();
        }
        let tokens = filled(self.tokens.clone(), self.tokens_text, &granted);
        let told_of = |reply| filled(reply, self.userinfo_text, &self.person);
        Login {
            jwks: self.jwks(desk),
            goes_on_with: self.goes_on_with,
            audience: Audience {
                relying_party: "https://rp.example".to_owned(),
                purpose: "login".to_owned(),
            },
            expires: self.expires,
            scopes: names(&self.scopes),
            acr: names(&self.acr),
            acr_required: self.acr_required.as_deref().map(names),
            entropy: Entropy {
                transaction: octets(counting::<16>(0)),
                state: octets(counting::<16>(0x20)),
                nonce: octets(counting::<32>(0x40)),
                verifier: octets(counting::<32>(0x60)),
                browser: octets(counting::<32>(0x80)),
            },
            callback: self.callback,
            cookie: self.cookie,
            tokens,
            userinfo: self.userinfo.map(told_of),
            told: self.told,
            registration: self.registration,
        }
    }
}

/// r‖s, as JOSE has it.
pub(super) const ES256: Scheme = Scheme::EcdsaFixed(Hash::Sha256);

fn claims() -> Value {
    json!({
        "iss": ISSUER,
        "sub": SUBJECT,
        "aud": CLIENT,
        "azp": CLIENT,
        "exp": NOW + 295,
        "iat": NOW - 5,
        "auth_time": NOW - 20,
        "nonce": base64url(counting::<32>(0x40)),
        "at_hash": half_hash(ACCESS_TOKEN),
        "acr": "aal3 crl",
        "sid": "5e55",
    })
}

/// The empty ID token is filled in when it is signed.
fn granted() -> Value {
    json!({
        "access_token": ACCESS_TOKEN,
        "token_type": "Bearer",
        "expires_in": 300,
        "id_token": "",
        "scope": "openid name address birthdate gender",
        "session_state": "5e55",
        "refresh_token": "rt.0123",
    })
}

fn told() -> Told {
    Told {
        subject: SUBJECT.to_owned(),
        acr: Some("aal3 crl".to_owned()),
        authenticated_at: Some(NOW - 20),
        name: Some("署名　花子".to_owned()),
        address: Some("東京都清瀬市架空町１－２－３".to_owned()),
        birthdate: Some(("19850704".to_owned(), Some(41))),
        gender: Some(("2".to_owned(), Some(crate::vectors::login::Sex::Female))),
    }
}

fn reply(status: u16, content_type: &str, body: &str) -> Reply {
    Reply {
        status,
        content_type: (!content_type.is_empty()).then(|| content_type.to_owned()),
        body: body.to_owned(),
    }
}

/// The answer with what belongs into it, if it has no body of its own.
fn filled(mut reply: Reply, text: Rewrite, members: &Value) -> Reply {
    if reply.body.is_empty() {
        reply.body = text(members.to_string());
    }
    reply
}

fn remove(object: &mut Value, name: &str) {
    if let Some(members) = object.as_object_mut() {
        members.remove(name);
    }
}

fn octets<const N: usize>(octets: [u8; N]) -> Octets {
    octets.to_vec().into()
}

/// A key pair signs in this form.
pub(super) fn signed_by(key: &KeyPair, signed: &[u8]) -> Vec<u8> {
    key.sign(ES256, signed)
}
