//! `auth_app.*`: logins with the auth app, without the network.

use std::hint::black_box;
use std::rc::Rc;
use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::Response;
use serde_json::{Map, Value};
#[cfg(feature = "peers")]
use tashika::auth_app::Registration;
use tashika::auth_app::{Authorized, IdTokenPolicy, JwsAlgorithm, KeySet, VerifiedLogin};
use tashika_testbed::auth_app::{IdTokenAlgorithm, Settings};
use tashika_testbed::der;

use crate::logins::{Evidence, LoginDesk};
use crate::scoreboard::clock::cpu_time;
use crate::scoreboard::contest::{Cases, Contender, Contest};
use crate::scoreboard::failure::{Fault, Faulty};
use crate::scoreboard::{Measurement, Peers, peers};

pub(crate) const MEASUREMENTS: &[Measurement] = &[
    Measurement {
        path: "auth_app.finish",
        goal: 1.25,
        prepare: |_, peers| finish(IdTokenAlgorithm::Es256, peers),
    },
    Measurement {
        path: "auth_app.finish.rs256",
        goal: 2.0,
        prepare: |_, peers| finish(IdTokenAlgorithm::Rs256, peers),
    },
];

const NAME: &str = "tashika";

/// Different enough that no branch predictor or cache learns one of them.
const PEOPLE: u8 = 16;

/// What one login is finished with.
#[derive(Clone)]
pub(crate) struct Login {
    desk: Rc<LoginDesk>,
    evidence: Rc<Evidence>,
    tokens: Response<Bytes>,
}

/// The answer of the token endpoint, the ID token, and userinfo. The limit is
/// the one signature over the ID token.
fn finish(algorithm: IdTokenAlgorithm, peers: Peers) -> Result<Contest, Faulty> {
    let cases = cases(algorithm).ok_or(Faulty {
        contender: NAME,
        fault: Fault::Unprepared,
    })?;
    let limit = Contender::new("limit", &cases, Signed::of, Signed::verify)?;
    let ours = Contender::timed(NAME, &cases, Finishing::of, Finishing::verify, time)?;
    let peers = peers::login(peers, &cases)?;
    Ok(Contest::new(limit, ours, peers))
}

fn cases(algorithm: IdTokenAlgorithm) -> Option<Cases<Login>> {
    let allowed = match algorithm {
        IdTokenAlgorithm::Es256 => JwsAlgorithm::Es256,
        IdTokenAlgorithm::Rs256 => JwsAlgorithm::Rs256,
    };
    let settings = Settings {
        id_token: algorithm,
        ..Settings::default()
    };
    let policy = IdTokenPolicy::standard().with_algorithms(vec![allowed]);
    let desk = LoginDesk::new(settings).ok()?.judging_by(policy.ok()?);
    let desk = Rc::new(desk);
    let login = |number| {
        let evidence = desk.evidence(number).ok()?;
        Some(Login {
            desk: Rc::clone(&desk),
            tokens: evidence.tokens.clone(),
            evidence: Rc::new(evidence),
        })
    };
    let genuine: Option<Vec<_>> = (0..PEOPLE).map(login).collect();
    let genuine = genuine?;
    let flipped = genuine.iter().map(Login::flipped);
    Some(Cases {
        flipped: flipped.collect::<Option<_>>()?,
        genuine,
    })
}

#[cfg(feature = "peers")]
impl Login {
    /// Who we are at the provider.
    pub(crate) fn registration(&self) -> &Registration {
        self.desk.registration()
    }

    /// The answer of the token endpoint.
    pub(crate) fn tokens(&self) -> &[u8] {
        self.tokens.body()
    }

    /// The key set.
    pub(crate) fn jwks(&self) -> &[u8] {
        &self.evidence.jwks
    }

    /// The nonce of the request.
    pub(crate) fn nonce(&self) -> Option<String> {
        let claims = self.id_token()?;
        let payload = claims.split('.').nth(1)?;
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
        Some(claims.get("nonce")?.as_str()?.to_owned())
    }
}

impl Login {
    fn members(&self) -> Option<Map<String, Value>> {
        serde_json::from_slice(self.tokens.body()).ok()
    }

    fn id_token(&self) -> Option<String> {
        Some(self.members()?.get("id_token")?.as_str()?.to_owned())
    }

    /// The same with a bit of the ID token's signature flipped.
    fn flipped(&self) -> Option<Self> {
        let mut members = self.members()?;
        let token = self.id_token()?;
        let (signed, signature) = token.rsplit_once('.')?;
        let mut signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        *signature.last_mut()? ^= 1;
        let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
        members.insert("id_token".to_owned(), token.into());
        let mut flipped = self.clone();
        *flipped.tokens.body_mut() = Value::Object(members).to_string().into();
        Some(flipped)
    }
}

/// A login with the provider's keys at hand.
struct Finishing {
    login: Login,
    keys: KeySet,
}

impl Finishing {
    fn of(login: &Login) -> Option<Self> {
        Some(Self {
            keys: KeySet::read(&login.evidence.jwks).ok()?,
            login: login.clone(),
        })
    }

    fn verify(&self) -> bool {
        let begun = self.begin();
        begun.is_some_and(|begun| self.finish(begun).is_some())
    }

    fn begin(&self) -> Option<Authorized> {
        self.login.desk.authorized(&self.login.evidence).ok()
    }

    fn finish(&self, begun: Authorized) -> Option<VerifiedLogin> {
        let Login {
            desk,
            evidence,
            tokens,
        } = &self.login;
        let login = desk.finish(begun, tokens, &self.keys, &evidence.userinfo);
        login.ok().filter(|login| login.claims().name().is_some())
    }
}

/// A login can be finished once, so all are begun before the clock starts.
fn time<V>(genuine: &[Finishing], _: &V, times: u32) -> Option<Duration> {
    let mut spent = Duration::ZERO;
    for _ in 0..times {
        let begun: Option<Vec<_>> = genuine.iter().map(Finishing::begin).collect();
        let begun = begun?;
        let start = cpu_time();
        for (login, begun) in genuine.iter().zip(begun) {
            black_box(login).finish(begun)?;
        }
        spent += cpu_time().saturating_sub(start);
    }
    Some(spent)
}

/// An ID token, taken apart for nothing but verification.
struct Signed {
    key: ParsedPublicKey,
    message: Vec<u8>,
    signature: Vec<u8>,
}

impl Signed {
    fn of(login: &Login) -> Option<Self> {
        let token = login.id_token()?;
        let (message, signature) = token.rsplit_once('.')?;
        let (header, _) = message.split_once('.')?;
        let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        let keys: Value = serde_json::from_slice(&login.evidence.jwks).ok()?;
        let mut keys = keys.get("keys")?.as_array()?.iter();
        let key = keys.find(|key| key.get("kid") == header.get("kid"))?;
        let octets = |name: &str| URL_SAFE_NO_PAD.decode(key.get(name)?.as_str()?).ok();
        let key = if key.get("kty")? == "RSA" {
            let unsigned = |name| Some(der::unsigned(&octets(name)?));
            let key = der::sequence([unsigned("n")?, unsigned("e")?]);
            ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
        } else {
            let point = [vec![0x04], octets("x")?, octets("y")?].concat();
            ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
        };
        Some(Self {
            key: key.ok()?,
            message: message.as_bytes().to_vec(),
            signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    fn verify(&self) -> bool {
        let outcome = self.key.verify_sig(&self.message, &self.signature);
        outcome.is_ok()
    }
}
