//! An endpoint of the provider's, and how it is asked.

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use crate::auth_app::Fault;
use crate::code::{Code, Disposition};
use crate::transport::breaker::{Breaker, Leave};
use crate::transport::{BreakerPolicy, Budget, Codes, EndpointState, HttpService};

/// A service, with a breaker for one endpoint.
///
/// Each endpoint has its own: one that is out of service is no reason not to ask
/// the others, and keys that are at hand serve while theirs is.
pub(super) struct Guarded<S> {
    service: S,
    breaker: Breaker,
    budget: Budget,
}

impl<S: HttpService> Guarded<S> {
    pub(super) fn new(service: S, breaker: BreakerPolicy, budget: Budget) -> Self {
        Self {
            service,
            breaker: Breaker::new(breaker),
            budget,
        }
    }

    /// Leave to ask once, which is looked for before anything is signed.
    pub(super) fn leave(&self) -> Result<Leave<'_>, Fault> {
        let paused = |rest| Fault::until(Code::AuthAppPaused, Some(rest));
        self.breaker.leave().map_err(paused)
    }

    /// Sends a request, once, and gives what `read` makes of its answer.
    pub(super) async fn ask<T>(
        &self,
        leave: Leave<'_>,
        request: Request<Bytes>,
        read: impl FnOnce(&Response<Bytes>) -> Result<T, Fault> + Send,
    ) -> Result<T, Fault> {
        let exchanged = self.service.clone().exchange(request, self.budget).await;
        let response = match exchanged {
            Ok(response) => response,
            Err(error) => {
                let code = error.code_of(&Codes::AUTH_APP);
                return Err(Fault::until(code, leave.lost(&error)));
            }
        };
        let leave = leave.heard(&response);
        let outcome = read(&response);
        if let Some(leave) = leave {
            settle(leave, response.status(), outcome.as_ref().err());
        }
        outcome
    }

    pub(super) fn state(&self) -> EndpointState {
        self.breaker.state()
    }
}

/// What an answer says of the endpoint.
///
/// A refusal is what it is there for. One that is none of the protocol says
/// nothing, for or against: whoever logs in chooses the code that is sent, and
/// could choose one that something before the endpoint takes for an attack.
fn settle(leave: Leave<'_>, status: StatusCode, fault: Option<&Fault>) {
    let Some(fault) = fault else {
        return leave.succeeded();
    };
    match fault.disposition() {
        Disposition::Undetermined | Disposition::Malformed if status.is_client_error() => {
            drop(leave);
        }
        Disposition::Undetermined | Disposition::Malformed => leave.failed(),
        Disposition::Rejected | Disposition::Misuse => leave.succeeded(),
    }
}
