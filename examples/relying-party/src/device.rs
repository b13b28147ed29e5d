//! A session that is of one device: its browser has made a key that it does not give
//! away (WebCrypto, not extractable), and signs a nonce with it where it counts.
//!
//! The page that begins the transaction of a session sends the public key as the
//! field `key` of its form, which [`with_key`] has the transaction carry. When the
//! transaction has ended well, [`bind`](DeviceKeys::bind) gives the browser a cookie
//! with the key in it, sealed for this transaction: nobody exchanges it, and the
//! house keeps nothing. Where it counts, the script asks for a
//! [nonce](DeviceKeys::nonce), and the house [checks](DeviceKeys::check) who has
//! signed it.

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::middleware::Next;
use axum::response::Response;
use axum::{Extension, Form};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use tashika::transaction::{ClientKey, Purpose, TransactionId};
use tashika::{Duration, Error};
use tashika_tower::{Carry, Entry, Session, Site};

use crate::cookie;
use crate::page::{Frame, Problem};
use crate::trouble::Trouble;

/// Keys of devices.
pub struct DeviceKeys {
    site: Site,
    purpose: Purpose,
    lifetime: Duration,
}

/// A nonce that a device has signed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed {
    /// The nonce, as it was told.
    nonce: String,
    /// ECDSA with SHA-256 over the nonce's text, r and s in 64 octets, in base64url.
    signature: String,
}

#[derive(Deserialize)]
struct Key {
    key: String,
}

/// It is of this host alone, set over TLS, for all paths (RFC 6265bis, 4.1.3.2).
const COOKIE_NAME: &str = "__Host-device=";

/// How long a nonce lives.
const NONCE: Duration = Duration::seconds(60);

const NO_KEY: Problem = Problem {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "device.no_key",
    text: (
        "この端末の鍵を作れませんでした。ページを読み込み直してください。",
        "This device has not made its key. Please load the page again.",
    ),
};
const NONE: Problem = Problem {
    status: StatusCode::FORBIDDEN,
    code: "device.none",
    text: (
        "このブラウザーでは登録が有効ではありません。もう一度ご登録ください。",
        "Nothing is set up in this browser any more. Please set it up again.",
    ),
};
const OTHER: Problem = Problem {
    status: StatusCode::FORBIDDEN,
    code: "device.other",
    text: (
        "登録した端末ではないため、続けられません。この端末でもう一度ご登録ください。",
        "This is not the device that was set up. Please set this one up.",
    ),
};

impl DeviceKeys {
    /// Keys that are bound for this purpose and for so long.
    ///
    /// # Errors
    /// `misuse.argument` if the purpose's name is none.
    pub fn new(site: Site, purpose: &str, lifetime: Duration) -> Result<Self, Error> {
        let purpose = Purpose::named(purpose)?;
        Ok(Self {
            site,
            purpose,
            lifetime,
        })
    }

    /// The value of `Set-Cookie` that binds the key which a transaction carried to
    /// the session that begins with it.
    ///
    /// # Errors
    /// As [`Sealer::seal`](tashika::seal::Sealer::seal).
    pub fn bind(&self, session: &TransactionId, key: &[u8]) -> Result<String, Error> {
        let (sealer, ends) = (self.site.sealer(), self.site.now().plus(self.lifetime));
        let sealed = sealer.seal(&self.purpose, session, ends, key)?;
        let value = URL_SAFE_NO_PAD.encode(sealed);
        Ok(format!(
            "{COOKIE_NAME}{value}; Path=/; Secure; HttpOnly; SameSite=Strict"
        ))
    }

    /// A nonce for the device of this session: `{"nonce": "…"}`. It is taken once, and
    /// soon.
    ///
    /// # Errors
    /// `device.none` without a session, or what the sealer or the site's store says.
    pub async fn nonce(&self, session: Option<Extension<Session>>) -> Result<Value, Trouble> {
        let Extension(session) = session.ok_or(NONE)?;
        let began = session.gained().gaining().transaction;
        Ok(json!({ "nonce": self.nonce_of(&began).await? }))
    }

    async fn nonce_of(&self, session: &TransactionId) -> Result<String, Error> {
        let (nonce, now) = (TransactionId::generate()?, self.site.now());
        let (sealer, expires) = (self.site.sealer(), now.plus(NONCE));
        let entry = Entry {
            transaction: nonce,
            client: ClientKey::of(session.octets()),
            expires,
            state: sealer.seal(&self.purpose, &nonce, expires, session.octets())?,
        };
        self.site.store().put(entry, now).await?;
        Ok(nonce.to_string())
    }

    /// Whether the device of this session has signed a nonce of its own.
    ///
    /// # Errors
    /// `device.none` without a session, `device.other`, or what the sealer or the
    /// site's store says of the nonce.
    pub async fn check(
        &self,
        session: Option<Extension<Session>>,
        headers: &HeaderMap,
        signed: &Signed,
    ) -> Result<(), Trouble> {
        let Extension(session) = session.ok_or(NONE)?;
        let began = session.gained().gaining().transaction;
        self.verify(&began, headers, signed).await
    }

    async fn verify(
        &self,
        session: &TransactionId,
        headers: &HeaderMap,
        signed: &Signed,
    ) -> Result<(), Trouble> {
        let (sealer, now) = (self.site.sealer(), self.site.now());
        let nonce = signed.nonce.parse().map_err(|_| OTHER)?;
        let state = self.site.store().take(nonce, now).await?;
        let of = sealer.open(&self.purpose, &nonce, &state, now)?;
        let sealed = cookie(headers).ok_or(OTHER)?;
        let key = sealer.open(&self.purpose, session, &sealed, now);
        let key = key.map_err(|_| OTHER)?;
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.as_slice());
        let signature = URL_SAFE_NO_PAD.decode(&signed.signature);
        let signature = signature.map_err(|_| OTHER)?;
        let verified = key.verify(signed.nonce.as_bytes(), &signature);
        match verified.is_ok() && of.as_slice() == session.octets() {
            true => Ok(()),
            false => Err(OTHER.into()),
        }
    }
}

/// A middleware for the path at which a transaction begins: has it carry the
/// device's key, or refuses as `device.no_key`.
pub async fn with_key(frame: Frame, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let form = Request::from_parts(parts.clone(), body);
    let key = Form::<Key>::from_request(form, &()).await.ok();
    let key = key.and_then(|form| URL_SAFE_NO_PAD.decode(&form.key).ok());
    // A point on P-256 that is not compressed (SEC 1, 2.3.3).
    let key = key.filter(|key| key.len() == 65 && key.first() == Some(&4));
    let Some(carry) = key.and_then(|key| Carry::new(key).ok()) else {
        return NO_KEY.respond(&frame);
    };
    parts.extensions.insert(carry);
    next.run(Request::from_parts(parts, Body::empty())).await
}

fn cookie(headers: &HeaderMap) -> Option<Vec<u8>> {
    let value = cookie::find(headers, COOKIE_NAME)?;
    URL_SAFE_NO_PAD.decode(value).ok()
}

impl fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceKeys").finish_non_exhaustive()
    }
}

impl fmt::Debug for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signed(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
    use http::header::COOKIE;
    use tashika::Time;

    use crate::testing;

    const NOW: Time = Time::from_unix(1_800_000_000);

    struct Browser(EcdsaKeyPair);

    impl Browser {
        fn new() -> Self {
            Self(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap())
        }

        fn sign(&self, nonce: &str) -> Signed {
            let signature = self.0.sign(&SystemRandom::new(), nonce.as_bytes()).unwrap();
            Signed {
                nonce: nonce.to_owned(),
                signature: URL_SAFE_NO_PAD.encode(signature),
            }
        }
    }

    fn keys(now: Time) -> DeviceKeys {
        DeviceKeys::new(testing::site(move || now), "pass", Duration::hours(1)).unwrap()
    }

    /// A session, the browser's key, and the headers that it sends.
    fn session(keys: &DeviceKeys, name: u8) -> (TransactionId, Browser, HeaderMap) {
        let (session, browser) = (TransactionId::from_entropy([name; 16]), Browser::new());
        let cookie = keys
            .bind(&session, browser.0.public_key().as_ref())
            .unwrap();
        let cookie = cookie.split(';').next().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, format!("a=b; {cookie}").parse().unwrap());
        (session, browser, headers)
    }

    fn code(checked: Result<(), Trouble>) -> &'static str {
        match checked {
            Ok(()) => "good",
            Err(Trouble::Ours(problem)) => problem.code,
            Err(Trouble::Sdk(error)) => error.code().as_str(),
        }
    }

    #[tokio::test]
    async fn only_the_device_that_was_bound_signs_and_each_nonce_once() {
        let keys = keys(NOW);
        let (session, browser, headers) = session(&keys, 1);
        let nonce = keys.nonce_of(&session).await.unwrap();
        let signed = browser.sign(&nonce);
        assert_eq!(code(keys.verify(&session, &headers, &signed).await), "good");
        let again = keys.verify(&session, &headers, &signed).await;
        assert_eq!(code(again), "transaction.unknown");

        let nonce = keys.nonce_of(&session).await.unwrap();
        let other = Browser::new().sign(&nonce);
        let refused = keys.verify(&session, &headers, &other).await;
        assert_eq!(code(refused), "device.other");
        let nonce = keys.nonce_of(&session).await.unwrap();
        let (signed, nothing) = (browser.sign(&nonce), HeaderMap::new());
        let refused = keys.verify(&session, &nothing, &signed).await;
        assert_eq!(code(refused), "device.other");
    }

    #[tokio::test]
    async fn what_is_of_another_session_serves_nobody() {
        let keys = keys(NOW);
        let (one, browser, headers) = session(&keys, 1);
        let (other, stranger, cookies) = session(&keys, 2);
        // Their own key and cookie, and the other's session.
        let nonce = keys.nonce_of(&one).await.unwrap();
        let refused = keys.verify(&one, &cookies, &stranger.sign(&nonce)).await;
        assert_eq!(code(refused), "device.other");
        // A nonce that was made for somebody else.
        let nonce = keys.nonce_of(&other).await.unwrap();
        let refused = keys.verify(&one, &headers, &browser.sign(&nonce)).await;
        assert_eq!(code(refused), "device.other");
    }

    #[tokio::test]
    async fn a_binding_ends() {
        let (session, browser, headers) = session(&keys(NOW), 1);
        let keys = keys(NOW.plus(Duration::hours(2)));
        let nonce = keys.nonce_of(&session).await.unwrap();
        let refused = keys.verify(&session, &headers, &browser.sign(&nonce)).await;
        assert_eq!(code(refused), "device.other");
    }
}
