//! Why an exchange gave nothing.

use std::error::Error as StdError;
use std::io;

use crate::code::Code;

pub(super) type Source = Box<dyn StdError + Send + Sync>;

/// Why an exchange gave nothing.
///
/// No variant holds a URL, a header or a body: paths and bodies name people.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The configuration cannot work.
    #[error("the transport cannot be configured so: {0}")]
    Configuration(&'static str),
    /// The TLS configuration cannot work.
    #[error("the TLS configuration cannot be used")]
    TlsConfiguration(#[source] Source),
    /// The URL is not of a configured origin.
    #[error("not a configured origin")]
    Origin,
    /// Nothing could be connected to: no such name, nobody listening, no route,
    /// or the proxy would not.
    #[error("no connection")]
    Connect(#[source] Source),
    /// The other side is not who it should be, or does not take us for who we are.
    #[error("TLS failed")]
    Tls(#[source] Source),
    /// Time was up.
    #[error("time is up")]
    Timeout,
    /// The connection broke after the request was sent.
    #[error("the connection broke")]
    Broken(#[source] Source),
    /// What came is not HTTP.
    #[error("the answer is not HTTP")]
    Protocol(#[source] Source),
    /// A redirect, which is not followed.
    #[error("redirects are not followed")]
    Redirect,
    /// The body is compressed, which was not asked for.
    #[error("compressed bodies are not read")]
    Encoding,
    /// The body is over its budget.
    #[error("the body is over its budget")]
    TooLarge,
    /// Too many requests are under way; this one was not sent.
    #[error("too many requests are under way")]
    Overloaded,
}

/// By which codes a room tells why an exchange gave nothing.
pub(crate) struct Codes {
    busy: Code,
    timeout: Code,
    http: Code,
    unreachable: Code,
    configuration: Code,
}

impl Codes {
    const REVOCATION: Self = Self {
        busy: Code::RevocationBusy,
        timeout: Code::RevocationTimeout,
        http: Code::RevocationHttp,
        unreachable: Code::RevocationUnreachable,
        configuration: Code::RevocationUnreachable,
    };

    #[cfg(feature = "auth-app")]
    pub(crate) const AUTH_APP: Self = Self {
        busy: Code::AuthAppBusy,
        timeout: Code::AuthAppTimeout,
        http: Code::AuthAppHttp,
        unreachable: Code::AuthAppUnreachable,
        configuration: Code::MisuseArgument,
    };
}

impl TransportError {
    /// The stable name of the kind, for logs and metrics.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Configuration(_) | Self::TlsConfiguration(_) => "configuration",
            Self::Origin => "origin",
            Self::Connect(_) => "connect",
            Self::Tls(_) => "tls",
            Self::Timeout => "timeout",
            Self::Broken(_) => "broken",
            Self::Protocol(_) => "protocol",
            Self::Redirect => "redirect",
            Self::Encoding => "encoding",
            Self::TooLarge => "too_large",
            Self::Overloaded => "overloaded",
        }
    }

    /// What it means for whoever asks about a certificate.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code_of(&Codes::REVOCATION)
    }

    /// What it means for whoever tells of exchanges by these codes.
    pub(crate) const fn code_of(&self, codes: &Codes) -> Code {
        match self {
            Self::Overloaded => codes.busy,
            Self::Timeout => codes.timeout,
            Self::Redirect | Self::Encoding | Self::TooLarge | Self::Protocol(_) => codes.http,
            Self::Connect(_) | Self::Tls(_) | Self::Broken(_) => codes.unreachable,
            Self::Configuration(_) | Self::TlsConfiguration(_) | Self::Origin => {
                codes.configuration
            }
        }
    }

    /// Whether the request never reached the other side, or was answered by a
    /// fault that may pass: what it asked for may be asked for again.
    #[must_use]
    pub const fn may_pass(&self) -> bool {
        match self {
            Self::Connect(_) | Self::Timeout | Self::Broken(_) | Self::Overloaded => true,
            Self::Configuration(_)
            | Self::TlsConfiguration(_)
            | Self::Origin
            | Self::Tls(_)
            | Self::Protocol(_)
            | Self::Redirect
            | Self::Encoding
            | Self::TooLarge => false,
        }
    }

    /// What went wrong before there was a body.
    pub(super) fn of_exchange(error: hyper_util::client::legacy::Error) -> Self {
        if find::<rustls::Error>(&error).is_some() {
            return Self::Tls(error.into());
        }
        if error.is_connect() {
            let timed_out =
                find::<io::Error>(&error).is_some_and(|e| e.kind() == io::ErrorKind::TimedOut);
            if timed_out {
                return Self::Timeout;
            }
            return Self::Connect(error.into());
        }
        match find::<hyper::Error>(&error) {
            Some(e) if e.is_parse() => Self::Protocol(error.into()),
            Some(_) | None => Self::Broken(error.into()),
        }
    }

    /// What went wrong in the middle of a body.
    pub(super) fn of_body(error: hyper::Error) -> Self {
        if error.is_parse() {
            Self::Protocol(error.into())
        } else {
            Self::Broken(error.into())
        }
    }

    /// What one of tower's layers gave up for, or a body with a bound.
    pub(super) fn of_layer(error: Source) -> Self {
        match error.downcast::<Self>() {
            Ok(own) => *own,
            Err(e) if e.is::<tower::timeout::error::Elapsed>() => Self::Timeout,
            Err(e) if e.is::<tower::load_shed::error::Overloaded>() => Self::Overloaded,
            Err(e) if e.is::<http_body_util::LengthLimitError>() => Self::TooLarge,
            Err(other) => Self::Broken(other),
        }
    }
}

/// The first cause of a type. `io::Error` hides what it wraps from `source`.
fn find<'e, E: StdError + 'static>(error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(current) = next {
        if let Some(found) = current.downcast_ref() {
            return Some(found);
        }
        let wrapped = current
            .downcast_ref::<io::Error>()
            .and_then(|e| e.get_ref())
            .map(|e| e as &(dyn StdError + 'static));
        next = wrapped.or_else(|| current.source());
    }
    None
}
