//! A provider that is asked to describe itself.

use std::time::Duration;

use bytes::Bytes;
use http::header::ACCEPT;
use http::{Request, StatusCode};

use crate::auth_app::endpoint::endpoint;
use crate::auth_app::exchange::{JSON, Reading};
use crate::auth_app::guarded::Guarded;
use crate::auth_app::{Fault, Provider};
use crate::code::Code;
use crate::limits;
use crate::transport::{BreakerPolicy, Budget, HttpService};

/// How its document is read. The transport bounds its size.
const DOCUMENT: Reading = Reading {
    good: &[StatusCode::OK],
    cap: usize::MAX,
    malformed: Code::AuthAppHttp,
    refused: |_| Code::AuthAppHttp,
    unauthorized: Code::AuthAppHttp,
};

/// Nobody stands at a counter while a provider is looked up.
const PATIENCE: Duration = Duration::from_secs(10);

impl Provider {
    /// The provider called `issuer`, as it describes itself: asks for the
    /// document of [`from_discovery`](Self::from_discovery).
    ///
    /// The auth app's addresses are known without it.
    ///
    /// # Errors
    /// As [`from_discovery`](Self::from_discovery); `misuse.argument` if the
    /// issuer is no `https` URL, nor an `http` one of this machine, or
    /// `service` may not ask it; `auth_app.unreachable`, `auth_app.timeout`,
    /// `auth_app.busy`, `auth_app.unavailable` and `auth_app.http` if there is
    /// no document.
    pub async fn discover(service: impl HttpService, issuer: &str) -> Result<Self, Fault> {
        endpoint(issuer)?;
        let request = Request::get(Self::discovery_url(issuer))
            .header(ACCEPT, JSON)
            .body(Bytes::new())
            .map_err(|_| Code::MisuseArgument)?;
        let budget = Budget {
            total: PATIENCE,
            body: limits::HTTP_BODY,
        };
        let guarded = Guarded::new(service, BreakerPolicy::standard(), budget);
        let leave = guarded.leave()?;
        let read = |response: &_| {
            let document = DOCUMENT.body(response, &[JSON])?;
            let provider = Self::from_discovery(issuer, document);
            provider.map_err(|error| Fault::of(error.code(), response))
        };
        guarded.ask(leave, request, read).await
    }
}
