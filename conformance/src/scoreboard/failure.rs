//! Why there is no figure.

use std::io;

/// Why a path could not be measured.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// No path starts with the prefix.
    #[error("no path starts with this prefix")]
    NoSuchPath,
    /// The peers were asked for and not built in.
    #[error("the peers are not built in: build with --features peers, which needs libssl")]
    NoPeers,
    /// A row could not be written.
    #[error("cannot write: {0}")]
    Output(#[from] io::Error),
    /// A contender did not do what a verifier does.
    #[error("{path}, {contender}: {fault}")]
    Unmeasured {
        /// The path that was to be measured.
        path: &'static str,
        /// Who could not be measured.
        contender: &'static str,
        /// Why not.
        fault: Fault,
    },
}

/// What is wrong with a contender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It could not read its input.
    #[error("cannot be prepared")]
    Unprepared,
    /// It refused genuine evidence.
    #[error("refuses what is genuine")]
    RefusesGenuine,
    /// It accepted evidence with a flipped bit in a signature.
    #[error("accepts a flipped signature")]
    AcceptsFlipped,
}

/// The fault of a contender, before it is known on which path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Faulty {
    pub(crate) contender: &'static str,
    pub(crate) fault: Fault,
}

impl Faulty {
    pub(crate) fn on(self, path: &'static str) -> Failure {
        let Self { contender, fault } = self;
        Failure::Unmeasured {
            path,
            contender,
            fault,
        }
    }
}
