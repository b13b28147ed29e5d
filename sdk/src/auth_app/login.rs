//! The proof of a login.

use serde_json::{Map, Value};

use crate::auth_app::{Authenticated, LoginClaims, Subject};
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::person::Date;
use crate::time::Time;
use crate::transaction::Binding;

/// The proof that a person logged in, in this transaction and in the browser in
/// which it began, with what was asked about them.
///
/// It says nothing about a certificate: no data of one reaches a relying party
/// this way, and neither does a reason for its revocation.
#[derive(Debug)]
pub struct VerifiedLogin {
    binding: Binding,
    issuer: String,
    subject: Subject,
    acr: Option<String>,
    issued_at: Time,
    authenticated_at: Option<Time>,
    claims: LoginClaims,
    trace: Trace,
}

impl VerifiedLogin {
    pub(super) fn without_claims(login: Authenticated) -> Result<Self, Error> {
        let asked = if login.pending.scopes.has_claims() {
            Err(Code::AuthAppClaimMissing)
        } else {
            Ok(())
        };
        let mut trace = login.trace;
        trace.check(CheckId::AuthAppClaims, asked)?;
        Ok(Self::new(login, LoginClaims::none(), trace))
    }

    pub(super) fn of(login: Authenticated, userinfo: &Map<String, Value>) -> Result<Self, Error> {
        let mut trace = login.trace;
        let told_of = Subject::read(userinfo.get("sub")).ok_or(Code::InputUserinfo);
        let told_of = told_of.and_then(|subject| {
            let same = subject == login.claims.subject;
            if same {
                Ok(())
            } else {
                Err(Code::AuthAppSubject)
            }
        });
        let claims = told_of.and_then(|()| LoginClaims::read(userinfo, login.pending.scopes));
        let claims = trace.check(CheckId::AuthAppClaims, claims)?;
        Ok(Self::new(login, claims, trace))
    }

    fn new(login: Authenticated, claims: LoginClaims, trace: Trace) -> Self {
        let Authenticated {
            pending,
            claims: id_token,
            ..
        } = login;
        Self {
            binding: pending.binding,
            issuer: pending.registered.issuer,
            subject: id_token.subject,
            acr: id_token.acr,
            issued_at: id_token.issued_at,
            authenticated_at: id_token.authenticated_at,
            claims,
            trace,
        }
    }

    /// To whom, for what and in which transaction the person logged in.
    #[must_use]
    pub fn binding(&self) -> &Binding {
        &self.binding
    }

    /// The provider. A subject names somebody together with it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Who logged in.
    #[must_use]
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// What is told of the person: what was asked for and nothing else.
    #[must_use]
    pub fn claims(&self) -> &LoginClaims {
        &self.claims
    }

    /// How the provider says that the person was authenticated, as it stands in
    /// the ID token.
    #[must_use]
    pub fn acr(&self) -> Option<&str> {
        self.acr.as_deref()
    }

    /// When the ID token was issued.
    #[must_use]
    pub fn issued_at(&self) -> Time {
        self.issued_at
    }

    /// When the person was authenticated, if the provider says so.
    #[must_use]
    pub fn authenticated_at(&self) -> Option<Time> {
        self.authenticated_at
    }

    /// The age in completed years on a day; `None` if the date of birth was not
    /// asked for, a part of it is unknown, or the day is before it.
    #[must_use]
    pub fn age_on(&self, day: Date) -> Option<i16> {
        self.claims.birthdate()?.date()?.age_on(day)
    }

    /// The checks that it passed.
    #[must_use]
    pub fn trace(&self) -> Trace {
        self.trace
    }
}
