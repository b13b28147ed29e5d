//! How relying parties prove who they are: `private_key_jwt` and nothing else.

use serde_json::Value;

use super::client::RegisteredClient;
use super::jose::Opened;
use super::parameters::Parameters;
use super::refusal::Refusal;

const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The longest time that an assertion may be valid for, in seconds.
const LONGEST: i64 = 60;

/// An assertion whose signature fits, before its `jti` is looked up.
pub(super) struct Assertion {
    pub(super) client_id: String,
    pub(super) jti: String,
}

impl Assertion {
    /// Judges the assertion of a token request (RFC 7521, 4.2; RFC 7523, 3).
    pub(super) fn check<'c>(
        form: &Parameters,
        authorization: Option<&str>,
        audience: &str,
        now: i64,
        client: impl FnOnce(&str) -> Option<&'c RegisteredClient>,
    ) -> Result<Self, Refusal> {
        if authorization.is_some() || form.get("client_secret").is_some() {
            return Err(Refusal::client("private_key_jwt is the only method"));
        }
        let missing = Refusal::client("client_assertion_type is missing");
        if form.required("client_assertion_type", missing)? != TYPE {
            return Err(Refusal::client("client_assertion_type is another"));
        }
        let missing = Refusal::client("client_assertion is missing");
        let token = form.required("client_assertion", missing)?;
        let opened = Opened::of(token).ok_or(Refusal::client("the assertion is no JWT"))?;
        let claims = Claims(&opened.payload);

        let id = claims
            .text("iss")
            .ok_or(Refusal::client("iss is missing"))?;
        let client = client(id).ok_or(Refusal::client("iss is unknown"))?;
        if claims.text("sub") != Some(id) {
            return Err(Refusal::client("sub is not iss"));
        }
        if form.get("client_id").is_some_and(|other| other != id) {
            return Err(Refusal::client("client_id is not iss"));
        }
        check_signature(&opened, client)?;
        if claims.text("aud") != Some(audience) {
            return Err(Refusal::client("aud is not the token endpoint"));
        }
        claims.check_times(now)?;
        let jti = claims.text("jti").filter(|jti| !jti.is_empty());
        Ok(Self {
            client_id: id.to_owned(),
            jti: jti.ok_or(Refusal::client("jti is missing"))?.to_owned(),
        })
    }
}

struct Claims<'j>(&'j Value);

impl<'j> Claims<'j> {
    fn text(&self, name: &str) -> Option<&'j str> {
        self.0.get(name)?.as_str()
    }

    fn time(&self, name: &str) -> Option<i64> {
        self.0.get(name)?.as_i64()
    }

    fn check_times(&self, now: i64) -> Result<(), Refusal> {
        let exp = self.time("exp").ok_or(Refusal::client("exp is missing"))?;
        let iat = self.time("iat").ok_or(Refusal::client("iat is missing"))?;
        if exp <= now {
            return Err(Refusal::client("the assertion has expired"));
        }
        if exp > now.saturating_add(LONGEST) {
            return Err(Refusal::client("exp is more than 60 seconds ahead"));
        }
        if iat > now {
            return Err(Refusal::client("iat is in the future"));
        }
        if self.time("nbf").is_some_and(|nbf| nbf > now) {
            return Err(Refusal::client("nbf is in the future"));
        }
        Ok(())
    }
}

/// By any key of the client that the header does not exclude.
fn check_signature(opened: &Opened<'_>, client: &RegisteredClient) -> Result<(), Refusal> {
    let text = |name| opened.header.get(name).and_then(Value::as_str);
    let algorithm = text("alg").unwrap_or_default();
    if !["ES256", "RS256"].contains(&algorithm) {
        return Err(Refusal::client("alg is neither ES256 nor RS256"));
    }
    let kid = text("kid");
    let named = |key: &&super::client::ClientKey| {
        key.id.is_none() || kid.is_none() || key.id.as_deref() == kid
    };
    let mut candidates = client.keys.iter().filter(named).peekable();
    if candidates.peek().is_none() {
        return Err(Refusal::client("kid is not of a registered key"));
    }
    let mut candidates = candidates.map(|candidate| &candidate.key);
    if candidates.any(|key| key.verifies(algorithm, opened.signed, &opened.signature)) {
        Ok(())
    } else {
        Err(Refusal::client("the signature is not by a registered key"))
    }
}
