//! Why there is no sink.

use std::io;

use tashika::audit::ChainError;

/// Why a directory cannot be written to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FileSinkError {
    /// It cannot be read or written.
    #[error("the audit directory cannot be read or written")]
    Io(#[from] io::Error),
    /// Others may write to it.
    #[error("others may write to the audit directory: chmod 700")]
    Exposed,
    /// It is open already, here or in another process.
    #[error("the audit directory is in use")]
    InUse,
    /// The end of its chain is not as it was written, or its key was not given.
    #[error("the audit chain is not whole")]
    Chain(#[from] ChainError),
    /// The chain goes on under a key that was not given.
    #[error("the audit chain goes on under another key")]
    UnknownKey,
    /// Evidence is there whose records are not: the last files of the chain were
    /// taken away. Put them back, or take the evidence to them.
    #[error("the last files of the audit chain are missing")]
    Missing,
    /// There is no randomness for the name of a writer, or the chain is too long.
    #[error(transparent)]
    Library(#[from] tashika::Error),
}
