//! Why a database gave no answer.

use std::error::Error as StdError;
use std::fmt;

use deadpool::managed::{PoolError, TimeoutType};
use tashika::transport::TransportError;
use tokio_postgres::error::SqlState;

/// Why a database gave no answer, for whoever operates it. To layers all of it is
/// `transaction.store`.
///
/// No variant holds what was asked with: of what a database says its code and
/// its message are kept, and not the details, which may quote rows.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostgresError {
    /// The connection string cannot be used.
    #[error("the connection string cannot be used: {0}")]
    Configuration(&'static str),
    /// The TLS configuration cannot be used.
    #[error("the TLS configuration cannot be used")]
    TlsConfiguration(#[source] TransportError),
    /// All connections were in use for too long.
    #[error("all connections to the database are in use")]
    Busy,
    /// No connection came about in time, or no answer on it.
    #[error("the database does not answer in time")]
    Slow,
    /// There is no connection, or it broke.
    #[error("no connection to the database")]
    Unreachable(#[source] Box<dyn StdError + Send + Sync>),
    /// The database says that it cannot or will not.
    #[error("the database refuses")]
    Refused(#[source] Box<dyn StdError + Send + Sync>),
    /// The schema is of another version than this release knows, or there is none.
    #[error("the database has not the schema of this release, version {expected}")]
    Schema {
        /// The version that is there; none if there is no schema.
        found: Option<i32>,
        /// The version that this release knows.
        expected: i32,
    },
    /// Others were faster, again and again.
    #[error("too many ask for the same at once")]
    Contended,
    /// This process is about to end.
    #[error("the process ends")]
    Ending,
}

impl PostgresError {
    /// Tells the operator, since the one who asked is told nothing of it.
    pub(super) fn report(&self, operation: &'static str) {
        let cause = self.source().map(ToString::to_string);
        tracing::warn!(operation, error = %self, cause, "a store gives no answer");
    }
}

impl From<tokio_postgres::Error> for PostgresError {
    fn from(error: tokio_postgres::Error) -> Self {
        let refused = error.as_db_error().is_some();
        let failure = Box::new(Failure(error));
        if refused {
            Self::Refused(failure)
        } else {
            Self::Unreachable(failure)
        }
    }
}

impl From<PoolError<Self>> for PostgresError {
    fn from(error: PoolError<Self>) -> Self {
        match error {
            PoolError::Timeout(TimeoutType::Wait) => Self::Busy,
            PoolError::Timeout(TimeoutType::Create | TimeoutType::Recycle) => Self::Slow,
            PoolError::Backend(error) => error,
            // There are no hooks, there is a runtime, and nobody closes the pool.
            PoolError::Closed | PoolError::NoRuntimeSpecified | PoolError::PostCreateHook(_) => {
                Self::Ending
            }
        }
    }
}

/// An error of the protocol's library without the details that a database adds,
/// in which it may quote rows.
struct Failure(tokio_postgres::Error);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(said) = self.0.as_db_error() {
            return write!(f, "{} {}", said.code().code(), said.message());
        }
        write!(f, "{}", self.0)?;
        match self.0.source() {
            Some(source) => write!(f, ": {source}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Failure({self})")
    }
}

impl StdError for Failure {}

/// Whether the database undid what was asked, so that it can be asked again.
pub(super) fn is_transient(error: &tokio_postgres::Error) -> bool {
    let transient = [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
    ];
    error.code().is_some_and(|code| transient.contains(code))
}

/// Whether the connection can be used again: the database answered, will answer
/// more, and is not one that only reads, which after a failover is the wrong one.
pub(super) fn leaves_connection(error: &tokio_postgres::Error) -> bool {
    error.as_db_error().is_some_and(|said| {
        said.severity() == "ERROR" && *said.code() != SqlState::READ_ONLY_SQL_TRANSACTION
    })
}
