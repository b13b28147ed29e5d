//! Exit statuses, and the failures that have one.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use tashika::revocation::StoreError;
use tashika::signer::Pkcs11Error;
use tashika::{Code, Disposition, Error};

/// How the command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// 0: accepted, or done.
    Accepted,
    /// 1: the evidence is bad, or cannot be read as evidence.
    Rejected,
    /// 2: it could not be known.
    Undetermined,
    /// 64: called wrongly or configured wrongly.
    Misuse,
    /// 65: the work is done, but some rows could not be read.
    BadRows,
    /// 66: a file cannot be opened or read.
    NoInput,
    /// 74: the answer cannot be written.
    NoOutput,
}

impl From<Disposition> for Exit {
    fn from(disposition: Disposition) -> Self {
        match disposition {
            Disposition::Undetermined => Self::Undetermined,
            Disposition::Misuse => Self::Misuse,
            // Malformed evidence is bad evidence, and so is what a later
            // version adds until this one knows better.
            _ => Self::Rejected,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Accepted => 0,
            Exit::Rejected => 1,
            Exit::Undetermined => 2,
            Exit::Misuse => 64,
            Exit::BadRows => 65,
            Exit::NoInput => 66,
            Exit::NoOutput => 74,
        })
    }
}

/// Why the command could not come to a verdict.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A file cannot be opened or read.
    Unreadable { path: PathBuf, source: io::Error },
    /// A file is not what it was given for.
    Unfit { path: PathBuf, source: Error },
    /// The library refused an argument or a configuration.
    Library(Error),
    /// A store cannot be opened or written.
    Store { path: PathBuf, source: StoreError },
    /// A key in a hardware module cannot be used.
    Token {
        module: PathBuf,
        source: Pkcs11Error,
    },
    /// The arguments do not go together, or a file is not in its form.
    Usage(String),
    /// The demo does not start on this machine.
    #[cfg(feature = "demo")]
    Stage(tashika_stage::StageError),
    /// The answer could not be written.
    Output(io::Error),
}

impl Failure {
    pub(crate) fn unreadable(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        Self::Unreadable { path, source }
    }

    pub(crate) fn unfit(path: &Path, source: Error) -> Self {
        let path = path.to_owned();
        Self::Unfit { path, source }
    }

    pub(crate) fn store(path: &Path, source: StoreError) -> Self {
        let path = path.to_owned();
        Self::Store { path, source }
    }

    /// A file cannot be written. One that is there already is not overwritten.
    pub(crate) fn unwritable(path: &Path, error: &io::Error) -> Self {
        let text = format!("{}: {error}", path.display());
        match error.kind() {
            io::ErrorKind::AlreadyExists => Self::Usage(text),
            kind => Self::Output(io::Error::new(kind, text)),
        }
    }

    pub(crate) fn token(module: &Path, source: Pkcs11Error) -> Self {
        let module = module.to_owned();
        Self::Token { module, source }
    }

    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Unreadable { .. } => Exit::NoInput,
            // A file that somebody hands over and that is unreadable as what it
            // should be is bad evidence, also where it is a revocation list.
            Self::Unfit { source, .. } => match source.disposition().into() {
                Exit::Undetermined => Exit::Rejected,
                exit => exit,
            },
            Self::Store { source, .. } => match source {
                StoreError::Exposed => Exit::Misuse,
                StoreError::Missing => Exit::NoInput,
                StoreError::Io { action, .. } if *action == "written" => Exit::NoOutput,
                StoreError::Io { .. } => Exit::NoInput,
                _ => Exit::Undetermined,
            },
            Self::Library(source) => source.disposition().into(),
            Self::Token { source, .. } => match source {
                Pkcs11Error::Module { .. } => Exit::NoInput,
                _ => Exit::Misuse,
            },
            Self::Usage(_) => Exit::Misuse,
            #[cfg(feature = "demo")]
            Self::Stage(_) => Exit::Misuse,
            Self::Output(_) => Exit::NoOutput,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Library(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, source } => write!(f, "{}: {source}", path.display()),
            Self::Unfit { path, source } => {
                write!(f, "{}: {source}", path.display())?;
                write_next_step(source.code(), f)
            }
            Self::Library(error) => {
                error.fmt(f)?;
                write_next_step(error.code(), f)
            }
            Self::Store { path, source } => {
                write!(f, "{}: {source}", path.display())?;
                match source {
                    StoreError::Damaged => f.write_str("\nRun `tashika crl sync` with --rebuild."),
                    StoreError::Missing => f.write_str("\nRun `tashika crl sync` first."),
                    _ => Ok(()),
                }
            }
            Self::Token { module, source } => write!(f, "{}: {source}", module.display()),
            Self::Usage(text) => f.write_str(text),
            #[cfg(feature = "demo")]
            Self::Stage(error) => write!(f, "the demo does not start: {error}"),
            Self::Output(error) => write!(f, "cannot write the answer: {error}"),
        }
    }
}

fn write_next_step(code: Code, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match next_step(code) {
        Some(step) => write!(f, "\n{step}"),
        None => Ok(()),
    }
}

/// What to do about a misuse, where the command has something to offer.
pub(crate) fn next_step(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::TrustEnvironment => {
            "Say with --environment test or --environment production which anchors these are."
        }
        Code::TrustUnpinned => {
            "Confirm the SHA-256 that `tashika certificate show` prints with its issuer, then pass it with --pin."
        }
        Code::TrustEmpty => {
            "Put the anchors of the kind that is verified there, as .cer, .crt, .der or .pem."
        }
        Code::TrustAnchor => "Only the CA certificates of the service belong there.",
        Code::AuthAppInvalidClient => {
            "The provider does not take us for the client: compare --client-id, --key-file, --kid and --audience with what was registered, and this machine's clock with the time."
        }
        Code::AuthAppClientRefused => {
            "The provider does not let us ask this: compare --redirect-uri and --scope with what was registered."
        }
        Code::AuthAppRefused => {
            "The callback names an error that no standard names: if the provider has told its meaning, pass it with --error."
        }
        Code::AuthAppAcr | Code::AuthAppAcrMissing => {
            "If the provider states that it names other classes, pass them with --require-acr."
        }
        Code::AuthAppAtHashMissing => {
            "If the provider is one that leaves at_hash out, pass --no-at-hash."
        }
        Code::AuthAppAlgorithm => "If the provider states that it signs by RS256, pass --rs256.",
        _ => return None,
    })
}
