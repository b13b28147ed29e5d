//! What is wrong with a chain, and where.

use std::fmt;
use std::io;

/// What is wrong with a chain, and in which line.
///
/// It holds no value of the input.
#[derive(Debug)]
pub struct ChainError {
    line: u64,
    fault: Fault,
}

/// What is wrong with a chain.
///
/// A change of anything shows as one of these, but for lines that are missing at
/// the end: those are missed by whoever expects a [`Head`](crate::audit::Head)
/// that was kept elsewhere, and by nobody else.
#[derive(Debug)]
#[non_exhaustive]
pub enum Fault {
    /// It is not a line of a chain.
    Form,
    /// It is longer than a line may be.
    TooLong,
    /// It was written under a key that was not given.
    UnknownKey,
    /// It was written under another key than the one before, and nothing
    /// announced that.
    KeyChange,
    /// It is not as it was written, or its key is not the writer's.
    Altered,
    /// It is of another writer's chain.
    OtherWriter,
    /// Lines before it are missing.
    Missing {
        /// The first number that is missing.
        expected: u64,
        /// The number of this line.
        found: u64,
    },
    /// Its number was there before: it was put in, or moved.
    Repeated {
        /// The number that was due.
        expected: u64,
        /// The number of this line.
        found: u64,
    },
    /// It follows another line than the one before it: the chain was forked.
    Fork,
    /// It breaks off, and more files follow.
    Torn,
    /// The chain ends before the head that is expected.
    Truncated,
    /// The line with the number of the head that is expected is another one, or
    /// was not read.
    Unexpected,
    /// The evidence in this line of its file is not of the form.
    EvidenceForm(u64),
    /// The evidence in this line of its file is not what the record commits to.
    EvidenceAltered(u64),
    /// Nothing in the chain commits to the evidence in this line of its file.
    EvidenceForeign(u64),
    /// It could not be read.
    Read(io::Error),
}

impl ChainError {
    pub(super) fn new(line: u64, fault: Fault) -> Self {
        Self { line, fault }
    }

    /// The line, counted from 1 over all that was read; of what is missing at the
    /// end, the last line.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// What is wrong, without where.
    #[must_use]
    pub fn into_fault(self) -> Fault {
        self.fault
    }
}

impl Fault {
    /// Its stable name, for example `altered`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::TooLong => "too_long",
            Self::UnknownKey => "unknown_key",
            Self::KeyChange => "key_change",
            Self::Altered => "altered",
            Self::OtherWriter => "other_writer",
            Self::Missing { .. } => "missing",
            Self::Repeated { .. } => "repeated",
            Self::Fork => "fork",
            Self::Torn => "torn",
            Self::Truncated => "truncated",
            Self::Unexpected => "unexpected",
            Self::EvidenceForm(_) => "evidence_form",
            Self::EvidenceAltered(_) => "evidence_altered",
            Self::EvidenceForeign(_) => "evidence_foreign",
            Self::Read(_) => "read",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Form => f.write_str("not a line of a chain"),
            Self::TooLong => f.write_str("longer than a line may be"),
            Self::UnknownKey => f.write_str("written under a key that was not given"),
            Self::KeyChange => f.write_str("another key, and nothing announced it"),
            Self::Altered => f.write_str("not as it was written"),
            Self::OtherWriter => f.write_str("of another writer's chain"),
            Self::Missing { expected, found } => {
                write!(f, "lines are missing: {expected} was due, this is {found}")
            }
            Self::Repeated { expected, found } => {
                write!(f, "put in or moved: {expected} was due, this is {found}")
            }
            Self::Fork => f.write_str("follows another line than the one before it"),
            Self::Torn => f.write_str("breaks off, and more files follow"),
            Self::Truncated => f.write_str("the chain ends before the head that is expected"),
            Self::Unexpected => f.write_str("the head that is expected is not in the chain"),
            Self::EvidenceForm(line) => write!(f, "evidence, line {line}: not of the form"),
            Self::EvidenceAltered(line) => {
                write!(f, "evidence, line {line}: not what the record commits to")
            }
            Self::EvidenceForeign(line) => {
                write!(f, "evidence, line {line}: nothing commits to it")
            }
            Self::Read(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.fault)
    }
}

impl std::error::Error for ChainError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.fault {
            Fault::Read(error) => Some(error),
            _ => None,
        }
    }
}
