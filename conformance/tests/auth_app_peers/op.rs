//! npm's oidc-provider: it runs as often as it is asked to, each time under a
//! name of its own.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libtest_mimic::Failed;
use serde_json::{Value, json};
use tashika_testbed::{Algorithm, KeyPair, Rng};

use crate::browser::Browser;
use crate::ours::{CALLBACK, CLIENT, public_key};
use crate::program::Program;

/// One provider, with a port and people of its own.
pub(crate) struct OidcProvider<'p> {
    program: &'p Program,
    pub(crate) issuer: String,
    /// The relying party's key.
    pub(crate) client: KeyPair,
    id_tokens: &'static str,
}

/// What somebody does whom it asks.
#[derive(Clone, Copy)]
pub(crate) enum Person {
    /// Logs in as this one.
    Is(&'static str),
    /// Logs in, with less than was asked for.
    IsWith(&'static str, &'static str),
    Cancels,
}

/// What it signs with: a key on P-256 and one of RSA.
fn signing_keys(seed: u64) -> Value {
    let key = |algorithm, kid: &str, alg| {
        let key = KeyPair::generate(algorithm, &mut Rng::from_seed(seed).derive(kid));
        json!({"pkcs8": STANDARD.encode(key.pkcs8()), "kid": format!("{kid}{seed}"), "alg": alg})
    };
    json!([
        key(Algorithm::RSA_2048, "rsa", "RS256"),
        key(Algorithm::P256, "ec", "ES256"),
    ])
}

impl<'p> OidcProvider<'p> {
    /// One whose client signs with ES256, and gets ID tokens so signed.
    pub(crate) fn es256(program: &'p Program) -> Result<Self, Failed> {
        let client = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(51));
        Self::start(program, client, "ES256")
    }

    /// The same with RS256 throughout.
    pub(crate) fn rs256(program: &'p Program) -> Result<Self, Failed> {
        let client = KeyPair::generate(Algorithm::RSA_2048, &mut Rng::from_seed(52));
        Self::start(program, client, "RS256")
    }

    fn start(
        program: &'p Program,
        client: KeyPair,
        id_tokens: &'static str,
    ) -> Result<Self, Failed> {
        let mut provider = Self {
            program,
            issuer: String::new(),
            client,
            id_tokens,
        };
        provider.issuer = provider.ask_for("start", 1)?;
        Ok(provider)
    }

    fn ask_for(&self, op: &str, seed: u64) -> Result<String, Failed> {
        let jwk = public_key(&self.client)?.jwk();
        let answer = self.program.ask(&json!({
            "op": op,
            "issuer": self.issuer,
            "keys": signing_keys(seed),
            "acr": ["aal3", "crl"],
            "clients": [{
                "client_id": CLIENT,
                "redirect_uri": CALLBACK,
                "alg": jwk["alg"],
                "jwk": jwk,
                "id_token_alg": self.id_tokens,
            }],
            "accounts": {
                "hanako": {
                    "name": "架空 花子",
                    "address": {"formatted": "東京都清瀬市架空町１－２－３"},
                    "birthdate": "1985-07-04",
                    "gender": "female",
                },
                "shota": {
                    "name": "試験 翔太",
                    "address": {"formatted": "大阪府堺市試験町４"},
                    "birthdate": "2001-02-28",
                    "gender": "male",
                },
                "traveller": {
                    "name": "架空 旅人",
                    "birthdate": "1970-01-01",
                    "gender": "male",
                },
            },
        }))?;
        Ok(answer["issuer"].as_str().ok_or("no issuer")?.to_owned())
    }

    /// Starts it again, at the same place and with other keys. It has forgotten
    /// everything.
    pub(crate) fn restart(&self) -> Result<(), Failed> {
        self.ask_for("restart", 2).map(drop)
    }

    /// Where a browser ends in which this person opens an URL.
    pub(crate) fn visit(&self, url: &str, person: Person) -> Result<String, Failed> {
        let mut browser = Browser::default();
        let (url, _) = browser.open(url, CALLBACK)?.page()?;
        let form = match person {
            Person::Is(account) => format!("account={account}&acr=aal3+crl"),
            Person::IsWith(account, acr) => format!("account={account}&acr={acr}"),
            Person::Cancels => String::new(),
        };
        browser.submit(&url, &form, CALLBACK)?.there()
    }

    /// Why it refused what it refused since the last time, in its own words.
    pub(crate) fn refused_because(&self, words: &str) -> Result<(), Failed> {
        let question = json!({"op": "errors", "issuer": self.issuer});
        let errors = self.program.ask(&question)?["errors"].to_string();
        if errors.contains(words) {
            return Ok(());
        }
        Err(format!("it says {errors}").into())
    }
}

impl Drop for OidcProvider<'_> {
    fn drop(&mut self) {
        // It ends with the program at the latest.
        let question = json!({"op": "stop", "issuer": self.issuer});
        let _ = self.program.ask(&question);
    }
}
