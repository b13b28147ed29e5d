//! The client of the profile.

use std::fmt;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, Response, StatusCode};
use serde::Serialize;

use crate::code::Code;
use crate::error::{Error, Trace};
use crate::head::{bearer, is_of_type};
use crate::limits;
use crate::revocation::endpoint::Fault;
use crate::revocation::operator::Links;
use crate::revocation::operator::wire::{
    Insists, LinksAnswer, LinksQuestion, StatusAnswer, StatusQuestion, Subject,
};
use crate::revocation::{CheckMethod, CheckPurpose, Endpoint, RevocationQuery, Status};
use crate::transaction::random;
use crate::transport::EndpointState;
use crate::transport::breaker::Leave;
use crate::trust::TrustStore;

const JSON: &str = "application/json";

/// Asks a platform operator, by the profile of this module.
pub struct OperatorClient {
    status: Endpoint,
    links: Option<Endpoint>,
    token: Option<Token>,
    method: CheckMethod,
}

/// A bearer token (RFC 6750), which nothing prints.
#[derive(Clone)]
pub struct Token(HeaderValue);

impl Token {
    /// A token.
    ///
    /// # Errors
    /// `misuse.argument` if it has characters that a token has not.
    pub fn bearer(token: &str) -> Result<Self, Error> {
        Ok(Self(bearer(token).ok_or(Code::MisuseArgument)?))
    }
}

impl OperatorClient {
    /// A client of the operator whose `status` is at this endpoint, and who is
    /// to find out by lists or by OCSP.
    ///
    /// # Errors
    /// `misuse.argument` if the method is that of asking an operator: they do
    /// not delegate further.
    pub fn new(status: Endpoint, method: CheckMethod) -> Result<Self, Error> {
        if method == CheckMethod::Operator {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self {
            status,
            links: None,
            token: None,
            method,
        })
    }

    /// The same with the endpoint of `links`.
    #[must_use]
    pub fn with_links(mut self, links: Endpoint) -> Self {
        self.links = Some(links);
        self
    }

    /// The same with a token.
    #[must_use]
    pub fn with_token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// The state of the endpoint of `status`.
    #[must_use]
    pub fn state(&self) -> EndpointState {
        self.status.state()
    }

    /// Which other certificates belong to the person whose certificate this is.
    ///
    /// # Errors
    /// `misuse.argument` if no endpoint is configured for it; otherwise one of
    /// the `revocation.` codes of the profile.
    pub async fn links(&self, query: &RevocationQuery, trust: &TrustStore) -> Result<Links, Error> {
        let endpoint = self.links.as_ref().ok_or(Code::MisuseArgument)?;
        let question = LinksQuestion {
            subject: Subject::new(query, &random()?),
            certificate_kind: query.purpose().as_str(),
        };
        let asked = self.ask(endpoint, &question).await;
        let (leave, response) = asked.map_err(|fault| fault.code)?;
        let read = match response.status() {
            StatusCode::OK => LinksAnswer::read(response.body(), &question.subject)
                .and_then(|answer| Links::of(&answer, query, trust)),
            other => Err(of_status(other)),
        };
        Ok(settle(leave, read)?)
    }

    pub(crate) async fn check(
        &self,
        query: &RevocationQuery,
        purpose: CheckPurpose,
    ) -> Result<Status, Fault> {
        let request_id = random().map_err(|e| Fault::from(e.code()))?;
        let subject = Subject::new(query, &request_id);
        let question = StatusQuestion::new(query, subject, self.method, purpose);
        let (leave, response) = self.ask(&self.status, &question).await?;
        let insists = match response.status() {
            StatusCode::OK => Ok(Insists::OnNothing),
            StatusCode::GONE => Ok(Insists::OnRevoked),
            other => Err(of_status(other)),
        };
        let finding = insists.and_then(|insists| {
            let answer = StatusAnswer::read(response.body())?;
            answer.finding(query, &question, self.method, insists)
        });
        let finding = settle(leave, finding)?;
        Ok(Status::new(query, finding, Trace::default()).answered())
    }

    async fn ask<'e>(
        &self,
        endpoint: &'e Endpoint,
        question: &impl Serialize,
    ) -> Result<(Leave<'e>, Response<Bytes>), Fault> {
        let body = serde_json::to_vec(question).map_err(|_| Code::MisuseArgument)?;
        let mut request = Request::post(endpoint.url().clone())
            .header(CONTENT_TYPE, JSON)
            .header(ACCEPT, JSON)
            .body(Bytes::from(body))
            .map_err(|_| Code::MisuseArgument)?;
        if let Some(Token(token)) = &self.token {
            request.headers_mut().insert(AUTHORIZATION, token.clone());
        }
        let leave = endpoint.leave()?;
        let (leave, response) = endpoint.post(leave, request).await?;
        let answers = matches!(response.status(), StatusCode::OK | StatusCode::GONE);
        if answers && response.body().len() > limits::OPERATOR_ANSWER {
            leave.failed();
            return Err(Code::RevocationHttp.into());
        }
        if answers && !is_of_type(&response, JSON) {
            leave.failed();
            return Err(Code::RevocationHttp.into());
        }
        Ok((leave, response))
    }
}

/// An answer that is none of the profile is the operator's failure; that the
/// operator does not know a certificate is not.
fn settle<T>(leave: Leave<'_>, outcome: Result<T, Code>) -> Result<T, Code> {
    match &outcome {
        Err(Code::RevocationOperatorAnswer) => leave.failed(),
        Err(_) | Ok(_) => leave.succeeded(),
    }
    outcome
}

/// Status codes under which there is no answer of the profile.
fn of_status(status: StatusCode) -> Code {
    match status {
        StatusCode::NOT_FOUND => Code::RevocationOperatorUnknown,
        _ => Code::RevocationHttp,
    }
}

impl fmt::Debug for OperatorClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OperatorClient")
            .field("status", &self.status)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}
