//! A relying party without checks, so that whatever comes can be looked at.

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tashika_testbed::auth_app::{
    Choice, Citizen, ClientKey, Endpoint, Provider, RegisteredClient, Settings,
};
use tashika_testbed::{Algorithm, Hash, KeyPair, Person, Rng, Scheme};

pub(crate) const NOW: i64 = 1_800_000_000;
pub(crate) const CALLBACK: &str = "https://rp.example/callback?from=app";
pub(crate) const CLIENT: &str = "Shop1";
/// RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

type Pairs = Vec<(String, String)>;

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Pairs,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn text(&self, name: &str) -> String {
        self.json()[name].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers.find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// The status with the description of the error, which is unique.
    pub(crate) fn refusal(&self) -> (u16, String, String) {
        (
            self.status,
            self.text("error"),
            self.text("error_description"),
        )
    }
}

pub(crate) struct World {
    pub(crate) provider: Provider,
    pub(crate) key: KeyPair,
    pub(crate) subject: String,
    assertions: AtomicUsize,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(Settings::default())
    }

    pub(crate) fn with(settings: Settings) -> Self {
        let provider = Provider::start(settings).unwrap();
        let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(7));
        let client_key = ClientKey::of(&key).with_id("rp-1");
        provider.register(RegisteredClient::new(CLIENT, CALLBACK, client_key));
        let people = Person::everybody(NOW);
        let subject = provider.enrol(Citizen::new("hanako", &people[0]));
        provider.enrol(Citizen::new("shota", &people[1]));
        Self {
            provider,
            key,
            subject,
            assertions: AtomicUsize::new(0),
        }
    }

    /// The parameters of a right request, changed.
    pub(crate) fn url(&self, change: impl FnOnce(&mut Pairs)) -> String {
        let mut parameters = pairs(&[
            ("response_type", "code"),
            ("scope", "openid name address birthdate gender"),
            ("client_id", CLIENT),
            ("redirect_uri", CALLBACK),
            ("state", "state-1"),
            ("nonce", "nonce-1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("acr_values", "aal3 crl"),
        ]);
        change(&mut parameters);
        let query = encode(&parameters);
        format!("{}?{query}", self.provider.url(Endpoint::Authorization))
    }

    pub(crate) fn authorize(&self, choice: Choice) -> Pairs {
        callback(&self.provider.authorize(&self.url(|_| ()), choice))
    }

    pub(crate) fn code(&self) -> String {
        let callback = self.authorize(Choice::citizen("hanako"));
        value(&callback, "code").unwrap().to_owned()
    }

    pub(crate) fn claims(&self) -> Value {
        json!({
            "iss": CLIENT,
            "sub": CLIENT,
            "aud": self.provider.url(Endpoint::Token),
            "iat": self.provider.now(),
            "exp": self.provider.now() + 60,
            "jti": format!("jti-{}", self.assertions.fetch_add(1, Ordering::SeqCst)),
        })
    }

    pub(crate) fn assertion(&self, change: impl FnOnce(&mut Value, &mut Value)) -> String {
        let mut header = json!({ "alg": "ES256", "kid": "rp-1" });
        let mut claims = self.claims();
        change(&mut header, &mut claims);
        sign(&self.key, &header, &claims)
    }

    pub(crate) fn form(&self, own: &[(&str, &str)]) -> Pairs {
        let mut form = pairs(own);
        form.push((
            "client_assertion_type".to_owned(),
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned(),
        ));
        form.push(("client_assertion".to_owned(), self.assertion(|_, _| ())));
        form
    }

    pub(crate) fn code_form(&self, code: &str) -> Pairs {
        self.form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ])
    }

    pub(crate) fn post(&self, form: &[(String, String)]) -> Reply {
        self.post_with(form, &[])
    }

    pub(crate) fn post_with(&self, form: &[(String, String)], headers: &[(&str, &str)]) -> Reply {
        let mut all = vec![("Content-Type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        let target = path(&self.provider, Endpoint::Token);
        self.ask("POST", &target, &all, encode(form).as_bytes())
    }

    pub(crate) fn tokens(&self) -> Value {
        let reply = self.post(&self.code_form(&self.code()));
        assert_eq!(
            reply.status,
            200,
            "{}",
            String::from_utf8_lossy(&reply.body)
        );
        reply.json()
    }

    pub(crate) fn get(&self, endpoint: Endpoint, bearer: Option<&str>) -> Reply {
        let bearer = bearer.map(|token| format!("Bearer {token}"));
        let headers: Vec<_> = bearer
            .iter()
            .map(|b| ("Authorization", b.as_str()))
            .collect();
        self.ask("GET", &path(&self.provider, endpoint), &headers, b"")
    }

    pub(crate) fn ask(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Reply {
        let (status, headers, body) = self.provider.handle(method, target, &pairs(headers), body);
        Reply {
            status,
            headers,
            body,
        }
    }
}

pub(crate) fn path(provider: &Provider, endpoint: Endpoint) -> String {
    let url = provider.url(endpoint);
    url[url.find("/api").unwrap()..].to_owned()
}

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Pairs {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

pub(crate) fn set(pairs: &mut Pairs, name: &str, value: &str) {
    remove(pairs, name);
    pairs.push((name.to_owned(), value.to_owned()));
}

pub(crate) fn remove(pairs: &mut Pairs, name: &str) {
    pairs.retain(|(n, _)| n != name);
}

pub(crate) fn value<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    let mut all = pairs.iter();
    all.find(|(n, _)| n == name).map(|(_, v)| v.as_str())
}

pub(crate) fn encode(pairs: &[(String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs).finish()
}

/// The parameters of a callback to the registered URI.
pub(crate) fn callback(url: &str) -> Pairs {
    let query = url
        .strip_prefix(CALLBACK)
        .and_then(|rest| rest.strip_prefix('&'));
    let query = query.unwrap_or_else(|| panic!("no callback: {url}"));
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

pub(crate) fn sign(key: &KeyPair, header: &Value, claims: &Value) -> String {
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let scheme = match key.algorithm() {
        Algorithm::Rsa(_) => Scheme::Pkcs1(Hash::Sha256),
        _ => Scheme::EcdsaFixed(Hash::Sha256),
    };
    let signature = URL_SAFE_NO_PAD.encode(key.sign(scheme, signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// Header, payload and signature of a token.
pub(crate) fn open(token: &str) -> (Value, Value, Vec<u8>) {
    let parts: Vec<_> = token.split('.').collect();
    let octets = |part: &str| URL_SAFE_NO_PAD.decode(part).unwrap();
    let json = |part| serde_json::from_slice(&octets(part)).unwrap();
    (json(parts[0]), json(parts[1]), octets(parts[2]))
}
