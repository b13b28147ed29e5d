//! The claims of an ID token (OpenID Connect Core 1.0, 2 and 3.1.3.7).

use std::fmt;

use serde_json::{Map, Value};

use crate::ascii::is_printable;
use crate::auth_app::{AcrPolicy, JwsAlgorithm, Provider};
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::jose;
use crate::limits;
use crate::time::{Duration, Time};
use crate::trust::sha256;

/// How an ID token is judged, beside what the request demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdTokenPolicy {
    pub(super) algorithms: Vec<JwsAlgorithm>,
    skew: Duration,
    age: Duration,
    access_token: AccessTokenHash,
    authentication: AuthenticationAge,
}

/// Whether an ID token has to say with which access token it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessTokenHash {
    /// It has to, as the auth app's does.
    Required,
    /// It may: in the code flow `at_hash` is optional (OpenID Connect Core 1.0,
    /// 3.1.3.6). One that is there is compared.
    IfPresent,
}

/// How long ago the person may have been authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthenticationAge {
    /// As long as the provider likes. Whether the auth app tells it at all is
    /// not published.
    Any,
    /// At most so long; `auth_time` has to be there.
    Within(Duration),
}

/// The furthest that two clocks may be apart: more would keep tokens alive that
/// have expired.
const MOST_SKEW: Duration = Duration::minutes(5);

impl IdTokenPolicy {
    /// ES256 alone, clocks at most a minute apart, issued at most ten minutes
    /// ago, `at_hash` required.
    #[must_use]
    pub fn standard() -> Self {
        Self {
            algorithms: vec![JwsAlgorithm::Es256],
            skew: Duration::minutes(1),
            age: Duration::minutes(10),
            access_token: AccessTokenHash::Required,
            authentication: AuthenticationAge::Any,
        }
    }

    /// With other algorithms.
    ///
    /// # Errors
    /// `misuse.argument` if there are none.
    pub fn with_algorithms(mut self, algorithms: Vec<JwsAlgorithm>) -> Result<Self, Error> {
        if algorithms.is_empty() {
            return Err(Code::MisuseArgument.into());
        }
        self.algorithms = algorithms;
        Ok(self)
    }

    /// With clocks that may be so far apart, in either direction.
    ///
    /// # Errors
    /// `misuse.argument` if it is negative or longer than five minutes.
    pub fn with_skew(mut self, skew: Duration) -> Result<Self, Error> {
        if !(Duration::ZERO..=MOST_SKEW).contains(&skew) {
            return Err(Code::MisuseArgument.into());
        }
        self.skew = skew;
        Ok(self)
    }

    /// With another rule for `at_hash`.
    #[must_use]
    pub fn with_access_token_hash(mut self, rule: AccessTokenHash) -> Self {
        self.access_token = rule;
        self
    }

    /// With a limit to how long ago the person was authenticated.
    #[must_use]
    pub fn with_authentication_age(mut self, age: AuthenticationAge) -> Self {
        self.authentication = age;
        self
    }
}

/// What an ID token has to agree with.
pub(super) struct Expected<'e> {
    pub(super) provider: &'e Provider,
    pub(super) client_id: &'e str,
    pub(super) nonce: &'e str,
    pub(super) access_token: &'e str,
    pub(super) acr: &'e AcrPolicy,
    pub(super) policy: &'e IdTokenPolicy,
}

/// Who logged in: a name that the provider gives a person for this relying
/// party alone.
///
/// It survives a renewed card, certificate or phone; after an expiry, or a loss
/// and a new card, it may be another one, so a relying party needs a way to
/// tie an account to a new subject.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Subject(String);

impl Subject {
    /// The name: of this person at this provider, and for this relying party.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name by which a relying party knows a person from an earlier login.
    ///
    /// # Errors
    /// `misuse.argument` unless it has 1 to [`limits::SUBJECT`] printable
    /// characters of ASCII.
    pub fn known(name: &str) -> Result<Self, Error> {
        let subject = Self::read(Some(&Value::from(name)));
        subject.ok_or(Code::MisuseArgument.into())
    }

    /// OpenID Connect Core 1.0, 2: at most 255 characters of ASCII.
    pub(super) fn read(value: Option<&Value>) -> Option<Self> {
        let text = value?.as_str()?;
        let sound = !text.is_empty() && is_showable(text);
        sound.then(|| Self(text.to_owned()))
    }
}

/// What can be kept and shown as it is.
fn is_showable(text: &str) -> bool {
    text.len() <= limits::SUBJECT && is_printable(text)
}

// It names a person.
impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subject(…)")
    }
}

/// The claims of an ID token that agrees with everything.
pub(super) struct IdClaims {
    pub(super) subject: Subject,
    pub(super) acr: Option<String>,
    pub(super) issued_at: Time,
    pub(super) authenticated_at: Option<Time>,
}

impl Expected<'_> {
    pub(super) fn check(
        &self,
        claims: &Map<String, Value>,
        now: Time,
        trace: &mut Trace,
    ) -> Result<IdClaims, Error> {
        let malformed = Code::InputIdToken;
        trace.check(CheckId::AuthAppIssuer, self.issuer(claims))?;
        trace.check(CheckId::AuthAppAudience, self.audience(claims))?;
        let (issued_at, authenticated_at) =
            trace.check(CheckId::AuthAppTime, self.times(claims, now))?;
        trace.check(CheckId::AuthAppNonce, self.nonce(claims))?;
        trace.check(CheckId::AuthAppAccessToken, self.access_token(claims))?;
        let acr = trace.check(CheckId::AuthAppAcr, self.acr(claims))?;
        let subject = Subject::read(claims.get("sub")).ok_or(malformed);
        let subject = trace.check(CheckId::AuthAppTokenForm, subject)?;
        Ok(IdClaims {
            subject,
            acr,
            issued_at,
            authenticated_at,
        })
    }

    fn issuer(&self, claims: &Map<String, Value>) -> Result<(), Code> {
        let issuer = claims.get("iss").and_then(Value::as_str);
        permit(issuer == Some(self.provider.issuer()), Code::AuthAppIssuer)
    }

    /// One audience, which is us: a token for several is one that others can
    /// show.
    fn audience(&self, claims: &Map<String, Value>) -> Result<(), Code> {
        let audience = match claims.get("aud") {
            Some(Value::Array(all)) => match all.as_slice() {
                [only] => only.as_str(),
                _ => None,
            },
            Some(Value::String(only)) => Some(only.as_str()),
            _ => None,
        };
        permit(audience == Some(self.client_id), Code::AuthAppAudience)?;
        let ours = claims.get("azp").is_none_or(|azp| azp == self.client_id);
        permit(ours, Code::AuthAppAuthorizedParty)
    }

    fn times(&self, claims: &Map<String, Value>, now: Time) -> Result<(Time, Option<Time>), Code> {
        let IdTokenPolicy { skew, age, .. } = *self.policy;
        let (latest, earliest) = (now.plus(skew), now.minus(skew));
        let expires = time(claims, "exp")?.ok_or(Code::InputIdToken)?;
        let issued_at = time(claims, "iat")?.ok_or(Code::InputIdToken)?;
        let begins = time(claims, "nbf")?;
        let authenticated_at = time(claims, "auth_time")?;
        // RFC 7519, 4.1.4: on or after which it must not be accepted.
        permit(earliest < expires, Code::AuthAppTokenExpired)?;
        let current = issued_at <= latest && issued_at >= earliest.minus(age);
        let begun = begins.is_none_or(|begins| begins <= latest);
        permit(current && begun, Code::AuthAppIssuedAt)?;
        let recent = match (self.policy.authentication, authenticated_at) {
            (AuthenticationAge::Any, None) => true,
            (AuthenticationAge::Any, Some(at)) => at <= latest,
            (AuthenticationAge::Within(_), None) => false,
            (AuthenticationAge::Within(age), Some(at)) => at <= latest && at >= earliest.minus(age),
        };
        permit(recent, Code::AuthAppAuthTime)?;
        Ok((issued_at, authenticated_at))
    }

    fn nonce(&self, claims: &Map<String, Value>) -> Result<(), Code> {
        let nonce = claims.get("nonce").and_then(Value::as_str);
        permit(nonce == Some(self.nonce), Code::AuthAppNonce)
    }

    /// OpenID Connect Core 1.0, 3.1.3.6: the left half of the digest that the
    /// token's algorithm has; both have SHA-256.
    fn access_token(&self, claims: &Map<String, Value>) -> Result<(), Code> {
        let Some(stated) = claims.get("at_hash") else {
            let optional = self.policy.access_token == AccessTokenHash::IfPresent;
            return permit(optional, Code::AuthAppAtHashMissing);
        };
        let digest = sha256(&[self.access_token.as_bytes()]);
        let left = digest.first_chunk::<16>().map(|left| jose::encode(left));
        permit(left.as_deref() == stated.as_str(), Code::AuthAppAtHash)
    }

    fn acr(&self, claims: &Map<String, Value>) -> Result<Option<String>, Code> {
        let acr = match claims.get("acr") {
            None => None,
            Some(Value::String(acr)) if is_showable(acr) => Some(acr.as_str()),
            Some(_) => return Err(Code::InputIdToken),
        };
        self.acr.check(acr)?;
        Ok(acr.map(str::to_owned))
    }
}

fn permit(sound: bool, otherwise: Code) -> Result<(), Code> {
    if sound { Ok(()) } else { Err(otherwise) }
}

/// `NumericDate` (RFC 7519, 2): whole seconds, or with a fraction that is cut
/// off.
fn time(claims: &Map<String, Value>, name: &str) -> Result<Option<Time>, Code> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let whole = value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|n| n.abs() < LAST)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "within the years of the calendar"
        )]
        Some(number.floor() as i64)
    });
    let seconds = whole.ok_or(Code::InputIdToken)?;
    Ok(Some(Time::from_unix(seconds)))
}

/// The end of the year 9999.
const LAST: f64 = 253_402_300_800.0;
