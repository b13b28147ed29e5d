//! Somebody who is asked over HTTP.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};

use crate::code::Code;
use crate::head::retry_after;
use crate::transport::breaker::{Breaker, Leave};
use crate::transport::{BreakerPolicy, Client, EndpointState, TransportError};

/// The URL of a responder or operator, how to get there, and a breaker of its
/// own.
pub struct Endpoint {
    url: Uri,
    client: Client,
    breaker: Breaker,
}

/// Why there is no answer: the code of an undetermined status, and when to ask
/// again, if that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) code: Code,
    pub(crate) retry_after: Option<Duration>,
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self {
            code,
            retry_after: None,
        }
    }
}

impl Endpoint {
    /// The endpoint at a URL of an origin that `client` may ask.
    ///
    /// # Errors
    /// [`TransportError::Configuration`] if it is no absolute URL.
    pub fn new(url: &str, client: Client, breaker: BreakerPolicy) -> Result<Self, TransportError> {
        let url: Option<Uri> = url.parse().ok();
        let url = url
            .filter(|u| u.scheme().is_some() && u.query().is_none())
            .ok_or(TransportError::Configuration("not the URL of an endpoint"))?;
        Ok(Self {
            url,
            client,
            breaker: Breaker::new(breaker),
        })
    }

    /// Whether it is asked, or left alone for having failed, and when it answered.
    #[must_use]
    pub fn state(&self) -> EndpointState {
        self.breaker.state()
    }

    pub(crate) fn url(&self) -> &Uri {
        &self.url
    }

    /// Leave to ask once.
    pub(crate) fn leave(&self) -> Result<Leave<'_>, Fault> {
        self.breaker.leave().map_err(|retry_after| Fault {
            code: Code::RevocationPaused,
            retry_after: Some(retry_after),
        })
    }

    /// Posts a question and gives the answer, of whatever status but those by
    /// which HTTP itself says no, with the leave to be settled by whether the
    /// answer is any good.
    pub(crate) async fn post<'e>(
        &self,
        leave: Leave<'e>,
        request: Request<Bytes>,
    ) -> Result<(Leave<'e>, Response<Bytes>), Fault> {
        let response = match self.client.fetch(request).await {
            Ok(response) => response,
            Err(error) => {
                let code = error.code();
                let retry_after = leave.lost(&error);
                return Err(Fault { code, retry_after });
            }
        };
        let status = response.status();
        let Some(leave) = leave.heard(&response) else {
            return Err(in_trouble(&response));
        };
        if let StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN = status {
            leave.failed();
            return Err(Code::RevocationNotPermitted.into());
        }
        Ok((leave, response))
    }
}

/// What it means that a server is in trouble.
fn in_trouble(response: &Response<Bytes>) -> Fault {
    match response.status() {
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => Fault {
            code: Code::RevocationBusy,
            retry_after: retry_after(response.headers()),
        },
        _ => Code::RevocationHttp.into(),
    }
}

// Its URL is configuration and could be printed; what is put into paths cannot
// be known.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("host", &self.url.host().unwrap_or_default())
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}
