//! Why there is no list.

use std::io;
use std::time::Duration;

use crate::code::Code;
use crate::transport::TransportError;

/// Why a mirror gave no list.
///
/// Like [`TransportError`], it holds no URL and nothing of an answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MirrorError {
    /// The exchange failed.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The mirror refused, or was in trouble.
    #[error("the mirror answered with status {status}")]
    #[non_exhaustive]
    Status {
        /// The status of its answer.
        status: u16,
        /// When it wants to be asked again.
        retry_after: Option<Duration>,
    },
    /// What came is no list: it does not begin like DER.
    #[error("what the mirror has there is no list")]
    NotAList,
    /// The list was swapped while it was being fetched.
    #[error("the list was swapped while it was being fetched")]
    Swapped,
    /// The answer contradicts itself, or does not answer the request.
    #[error("the mirror's answer does not fit the request")]
    Answer,
    /// Less arrived than the least that has to.
    #[error("the mirror is too slow")]
    Slow,
    /// Time was up.
    #[error("time is up")]
    Timeout,
    /// The file cannot be written.
    #[error("the fetched list cannot be written")]
    Write(#[from] io::Error),
}

impl MirrorError {
    /// The stable name of the kind, for logs and metrics.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Transport(error) => error.kind(),
            Self::Status { .. } => "status",
            Self::NotAList => "not_a_list",
            Self::Swapped => "swapped",
            Self::Answer => "answer",
            Self::Slow => "slow",
            Self::Timeout => "timeout",
            Self::Write(_) => "write",
        }
    }

    /// What it means for whoever asks about a certificate.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Transport(error) => error.code(),
            Self::Status { status, .. } => match status {
                401 | 403 => Code::RevocationNotPermitted,
                429 | 503 => Code::RevocationBusy,
                _ => Code::RevocationHttp,
            },
            Self::NotAList => Code::InputCrl,
            Self::Swapped | Self::Answer => Code::RevocationHttp,
            Self::Slow | Self::Timeout => Code::RevocationTimeout,
            Self::Write(_) => Code::RevocationMissing,
        }
    }

    /// Whether asking again may help.
    pub(super) fn may_pass(&self) -> bool {
        match self {
            Self::Transport(error) => error.may_pass(),
            // Request Timeout, Too Many Requests, and what servers say of themselves.
            Self::Status { status, .. } => matches!(status, 408 | 429 | 500..=599),
            Self::Swapped | Self::Slow => true,
            Self::NotAList | Self::Answer | Self::Timeout | Self::Write(_) => false,
        }
    }

    pub(super) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}
