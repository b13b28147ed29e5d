//! What can be wrong with a store, as opposed to a list or a certificate.

use std::io;

use crate::code::Code;
use crate::error::Error;
use crate::revocation::index::IndexError;

/// Why a store cannot be opened or written.
///
/// Nothing in it tells of a municipality or a certificate. The state on disk
/// is as it was before the call.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The directory or a file in it cannot be read or written.
    #[error("the store cannot be {action}: {source}")]
    #[non_exhaustive]
    Io {
        /// What was attempted, as a participle.
        action: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// The directory is not private: somebody else owns it or may write to it.
    #[error("the store is not private: its directory must be the user's own, with mode 0700")]
    Exposed,
    /// The directory holds no store.
    #[error("there is no store here")]
    Missing,
    /// Another process is writing to it.
    #[error("another process is writing to the store")]
    Locked,
    /// The manifest is damaged. What it names cannot be trusted; the store can
    /// be rebuilt from its sources.
    #[error("{}: the manifest of the store is damaged; rebuild the store from its sources", self.code())]
    Damaged,
    /// The manifest was written by a version of this library that this one
    /// does not know.
    #[error("the store has version {0}, which is not known")]
    Version(u32),
    /// It holds as many partitions as it may
    /// ([`limits::CRL_STORE`](crate::limits::CRL_STORE)).
    #[error("{}: the store holds as many partitions as it may", self.code())]
    Full,
}

impl StoreError {
    pub(super) fn io(action: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, source }
    }

    /// A file that has just been written cannot be read.
    pub(super) fn unreadable(error: IndexError) -> Self {
        Self::io("read")(io::Error::other(error))
    }

    /// The code under which a verifier that has nothing but this store answers.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Damaged | Self::Version(_) => Code::RevocationDamaged,
            Self::Full => Code::RevocationTooLarge,
            Self::Io { .. } | Self::Exposed | Self::Missing | Self::Locked => {
                Code::RevocationMissing
            }
        }
    }
}

/// For callers that answer with codes alone; the source is lost.
impl From<StoreError> for Error {
    fn from(error: StoreError) -> Self {
        error.code().into()
    }
}
