//! Userinfo.

use super::core::{Core, bearer};
use super::json::Object;
use super::refusal::Refusal;
use super::state::{Grant, Holder};
use super::switches::Swap;
use super::token;
use crate::server::{Answer, Received};

/// Answers a request for claims.
pub(super) fn answer(core: &Core, received: &Received) -> Answer {
    let instead = core.switches().userinfo.take();
    if let Some(answer) = instead {
        return answer;
    }
    match holder(core, received) {
        Ok(Holder::Person(grant)) => {
            let reply = core.switches().userinfo.clone();
            reply.json(claims(core, &grant))
        }
        Ok(Holder::Client(_)) => forbidden("nobody stands behind the token"),
        Err(refusal) => unauthorized(&refusal),
    }
}

/// On whose behalf the bearer token of a request speaks.
pub(super) fn holder(core: &Core, received: &Received) -> Result<Holder, Refusal> {
    let token = bearer(received).ok_or(Refusal::token("no bearer token"))?;
    core.state().holder(token, core.now())
}

/// 401 (RFC 6750, 3).
pub(super) fn unauthorized(refusal: &Refusal) -> Answer {
    let (error, description) = (refusal.error, refusal.description);
    let challenge = format!(r#"Bearer error="{error}", error_description="{description}""#);
    token::refused(401, refusal).header("WWW-Authenticate", &challenge)
}

/// 403 for a token that is good for something else.
pub(super) fn forbidden(description: &'static str) -> Answer {
    let refusal = Refusal::new("insufficient_scope", description);
    token::refused(403, &refusal).header("WWW-Authenticate", r#"Bearer error="insufficient_scope""#)
}

fn claims(core: &Core, grant: &Grant) -> Object {
    let (subject, person) = match &grant.mistaken_for {
        Some((Swap::Userinfo, other)) => (other, other),
        Some((_, other)) => (&grant.citizen, other),
        None => (&grant.citizen, &grant.citizen),
    };
    let subject = core.subject(&grant.request.client_id, subject);
    let scopes = grant.request.scopes.iter();
    scopes.fold(
        Object::new().with("sub", subject),
        |claims, scope| match person.claim(scope, core.settings.claims) {
            Some(value) => claims.with(scope, value),
            None => claims,
        },
    )
}
