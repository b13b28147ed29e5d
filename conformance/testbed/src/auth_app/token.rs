//! The token endpoint.

use std::sync::Arc;

use super::assertion::Assertion;
use super::core::Core;
use super::event::Endpoint;
use super::id_token;
use super::jose::{self, base64url};
use super::json::Object;
use super::parameters::Parameters;
use super::refusal::Refusal;
use super::settings::AccessTokenForm;
use super::state::{Grant, Holder};
use crate::Hash;
use crate::server::{Answer, Received};

/// Answers a token request.
pub(super) fn answer(core: &Core, received: &Received, form: &Parameters) -> Answer {
    let instead = core.switches().token.take();
    if let Some(answer) = instead {
        return answer;
    }
    match tokens(core, received, form) {
        Ok(object) => {
            let reply = core.switches().token.clone();
            reply.json(object)
        }
        Err(refusal) => error(&refusal),
    }
}

/// An error of RFC 6749, 5.2.
pub(super) fn error(refusal: &Refusal) -> Answer {
    let status = match refusal.error {
        "invalid_client" => 401,
        _ => 400,
    };
    refused(status, refusal)
}

/// An error under a status code.
pub(super) fn refused(status: u16, refusal: &Refusal) -> Answer {
    let body = Object::new()
        .with("error", refusal.error)
        .with("error_description", refusal.description);
    Answer::status(status)
        .header("Content-Type", "application/json")
        .header("Cache-Control", "no-store")
        .body(body.to_string())
}

fn tokens(core: &Core, received: &Received, form: &Parameters) -> Result<Object, Refusal> {
    let is_form = received.header("content-type").is_some_and(|content_type| {
        let essence = content_type.split(';').next().unwrap_or_default();
        essence.trim() == "application/x-www-form-urlencoded"
    });
    if !is_form {
        return Err(Refusal::request("the body is no form"));
    }
    if form.has_duplicates() {
        return Err(Refusal::request("a parameter is repeated"));
    }
    let client = authenticate(core, received, form)?;
    let missing = Refusal::request("grant_type is missing");
    match form.required("grant_type", missing)? {
        "authorization_code" => by_code(core, form, &client),
        "refresh_token" => by_refresh_token(core, form, &client),
        "client_credentials" => by_client(core, form, &client),
        _ => Err(Refusal::new(
            "unsupported_grant_type",
            "grant_type is unknown",
        )),
    }
}

fn authenticate(core: &Core, received: &Received, form: &Parameters) -> Result<String, Refusal> {
    let audience = core.url(Endpoint::Token);
    let authorization = received.header("authorization");
    let assertion = core.with_clients(|clients| {
        let client = |id: &str| clients.iter().find(|client| client.id == id);
        Assertion::check(form, authorization, &audience, core.now(), client)
    })?;
    if core.state().is_new(&assertion.client_id, &assertion.jti) {
        Ok(assertion.client_id)
    } else {
        Err(Refusal::client("jti was used before"))
    }
}

fn by_code(core: &Core, form: &Parameters, client: &str) -> Result<Object, Refusal> {
    let code = form.required("code", Refusal::request("code is missing"))?;
    let switches = core.switches().clone();
    let grant = core.state().grant(code, client, core.now())?;
    let missing = Refusal::request("redirect_uri is missing");
    if form.required("redirect_uri", missing)? != grant.request.redirect_uri {
        return Err(Refusal::grant("redirect_uri is another"));
    }
    let missing = Refusal::request("code_verifier is missing");
    let verifier = form.required("code_verifier", missing)?;
    if !switches.verifier_ignored {
        check_verifier(verifier, &grant.request.challenge)?;
    }
    let issued = Issued::to_person(core, &grant);
    if !switches.codes_reusable {
        let tokens = issued.refresh.iter().chain([&issued.access]).cloned();
        core.state().use_up(code, tokens.collect())?;
    }
    issued.register(core, &grant);
    let nonce = Some(grant.request.nonce.as_str());
    Ok(issued.response(core, &grant, nonce))
}

/// RFC 7636, 4.1 and 4.6.
fn check_verifier(verifier: &str, challenge: &str) -> Result<(), Refusal> {
    let fits = |c: u8| c.is_ascii_alphanumeric() || b"-._~".contains(&c);
    if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(fits) {
        return Err(Refusal::request("code_verifier is malformed"));
    }
    if base64url(Hash::Sha256.digest(verifier.as_bytes())) != challenge {
        return Err(Refusal::grant("code_verifier does not fit"));
    }
    Ok(())
}

fn by_refresh_token(core: &Core, form: &Parameters, client: &str) -> Result<Object, Refusal> {
    let missing = Refusal::request("refresh_token is missing");
    let token = form.required("refresh_token", missing)?;
    let grant = core.state().refresh(token, client, core.now())?;
    let issued = Issued::to_person(core, &grant);
    issued.register(core, &grant);
    Ok(issued.response(core, &grant, None))
}

/// What signing begins with: nobody is there yet.
fn by_client(core: &Core, form: &Parameters, client: &str) -> Result<Object, Refusal> {
    let may_sign = core.with_clients(|clients| {
        let mut clients = clients.iter().filter(|c| c.id == client);
        clients.any(|client| client.may_ask("sign"))
    });
    if !may_sign {
        let refused = "the client may not sign";
        return Err(Refusal::new("unauthorized_client", refused));
    }
    if form.get("scope").is_some_and(|scope| scope != "sign") {
        return Err(Refusal::scope("sign is the only scope"));
    }
    let access = access_token(core, client, client, "sign");
    let lifetime = core.settings.lifetimes.access_token;
    let holder = Holder::Client(client.to_owned());
    core.state()
        .hand_out(&access, holder, core.now() + lifetime);
    Ok(Object::new()
        .with("access_token", access)
        .with("token_type", "Bearer")
        .with("expires_in", lifetime)
        .with("scope", "sign"))
}

/// Tokens that nobody has seen yet.
struct Issued {
    access: String,
    refresh: Option<String>,
}

impl Issued {
    fn to_person(core: &Core, grant: &Grant) -> Self {
        let client = &grant.request.client_id;
        let subject = core.subject(client, &grant.citizen);
        let refresh = core.settings.refresh_tokens.then(|| core.state().secret());
        let access = core.switches().access_token.clone();
        let right = || access_token(core, client, &subject, &grant.scope());
        Self {
            access: access.unwrap_or_else(right),
            refresh,
        }
    }

    fn register(&self, core: &Core, grant: &Arc<Grant>) {
        let (now, lifetimes) = (core.now(), &core.settings.lifetimes);
        let holder = Holder::Person(Arc::clone(grant));
        let mut state = core.state();
        state.hand_out(&self.access, holder.clone(), now + lifetimes.access_token);
        if let Some(refresh) = &self.refresh {
            state.hand_out_refresh(refresh, holder, now + lifetimes.refresh_token);
        }
    }

    fn response(&self, core: &Core, grant: &Grant, nonce: Option<&str>) -> Object {
        let mut response = Object::new()
            .with("access_token", self.access.as_str())
            .with("token_type", "Bearer")
            .with("expires_in", core.settings.lifetimes.access_token)
            .with(
                "id_token",
                id_token::issue(core, grant, &self.access, nonce),
            )
            .with("scope", grant.scope())
            .with("session_state", grant.session.as_str());
        if let Some(refresh) = &self.refresh {
            let lifetime = core.settings.lifetimes.refresh_token;
            response.set("refresh_token", refresh.as_str().into());
            response.set("refresh_expires_in", lifetime.into());
        }
        response
    }
}

/// RFC 9068, 2.
fn access_token(core: &Core, client: &str, subject: &str, scope: &str) -> String {
    let id = core.state().secret();
    if core.settings.access_tokens == AccessTokenForm::Opaque {
        return id;
    }
    let now = core.now();
    let keys = core.keys();
    let header = Object::new()
        .with("alg", "RS256")
        .with("typ", "at+jwt")
        .with("kid", keys.rs256.id.as_str());
    let claims = Object::new()
        .with("iss", core.issuer())
        .with("sub", subject)
        .with("aud", core.base.as_str())
        .with("client_id", client)
        .with("iat", now)
        .with("exp", now + core.settings.lifetimes.access_token)
        .with("jti", id)
        .with("scope", scope);
    let (_, scheme) = jose::algorithm_of(&keys.rs256.key);
    jose::compact(&header.to_string(), &claims.to_string(), |signed| {
        keys.rs256.key.sign(scheme, signed)
    })
}
