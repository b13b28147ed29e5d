//! Reading a chain back.

use std::io::BufRead;

use crate::audit::chain::{ChainKey, Content, Head, KeyId, Line, NOTHING};
use crate::audit::fault::{ChainError, Fault};
use crate::audit::lines::{self, Next};
use crate::hex;
use crate::limits;

/// Verifies a chain, line by line, in the memory of one line.
#[derive(Debug)]
pub struct ChainVerifier {
    keys: Vec<ChainKey>,
    before: Before,
    expected: Option<Expected>,
    line: u64,
    summary: ChainSummary,
}

/// What comes before the next line.
#[derive(Debug)]
enum Before {
    Nothing,
    Unknown,
    Line(Head),
}

/// A head that has to be met.
#[derive(Debug)]
struct Expected {
    head: Head,
    met: bool,
}

/// Whether what is read is the end of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// More follows, so that it ends with a whole line.
    Earlier,
    /// Nothing follows. Its last line may have been cut off by a crash; that is
    /// told, and is no fault.
    Last,
}

/// A line that was verified.
#[derive(Debug)]
pub struct Link {
    head: Head,
    commitments: Vec<(String, [u8; 32])>,
}

/// What a chain was found to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChainSummary {
    /// Its last line; none if it has none.
    pub head: Option<Head>,
    /// Under which key the next line has to be; none if nothing says so.
    pub key: Option<KeyId>,
    /// How many records it has.
    pub records: u64,
    /// How often its key was changed.
    pub rotations: u64,
    /// How many octets come after its last whole line: a crash cut them off, or
    /// somebody wants it to look like that. Nobody had been told that they are
    /// kept.
    pub torn: u64,
}

impl ChainVerifier {
    /// Reads a chain from its first line, written under one of `keys` or several,
    /// one after the other.
    #[must_use]
    pub fn from_beginning(keys: Vec<ChainKey>) -> Self {
        Self::new(keys, Before::Nothing)
    }

    /// Reads what comes after `head`, which was verified before and kept
    /// elsewhere: where earlier lines are in the archive, or are no longer kept.
    #[must_use]
    pub fn after(head: Head, keys: Vec<ChainKey>) -> Self {
        let mut verifier = Self::new(keys, Before::Line(head));
        verifier.summary.head = Some(head);
        verifier
    }

    /// Reads a chain from wherever it begins. That lines are missing before it,
    /// nobody sees.
    #[must_use]
    pub fn danger_from_anywhere(keys: Vec<ChainKey>) -> Self {
        Self::new(keys, Before::Unknown)
    }

    fn new(keys: Vec<ChainKey>, before: Before) -> Self {
        Self {
            keys,
            before,
            expected: None,
            line: 0,
            summary: ChainSummary::default(),
        }
    }

    /// This verifier, for a chain that has `head` among its lines: without it,
    /// lines that are missing at the end are not missed.
    #[must_use]
    pub fn expecting(mut self, head: Head) -> Self {
        let met = self.summary.head == Some(head);
        self.expected = Some(Expected { head, met });
        self
    }

    /// Reads the lines of one part, and has `each` look at every one that was
    /// verified.
    ///
    /// # Errors
    /// What is wrong first. The verifier is then of no use any more.
    pub fn read<R: BufRead>(
        &mut self,
        mut source: R,
        part: Part,
        mut each: impl FnMut(&Link) -> Result<(), Fault>,
    ) -> Result<(), ChainError> {
        let mut octets = Vec::new();
        loop {
            let next = lines::next(&mut source, limits::AUDIT_LINE, &mut octets);
            let next = next.map_err(|error| self.error(Fault::Read(error)))?;
            if next == Next::End {
                return Ok(());
            }
            self.line += 1;
            let outcome = match (next, part) {
                (Next::Torn(octets), Part::Last) => {
                    self.summary.torn = octets;
                    return Ok(());
                }
                (Next::Torn(_), Part::Earlier) => Err(Fault::Torn),
                (Next::TooLong, _) => Err(Fault::TooLong),
                (Next::Line | Next::End, _) => self.verify(&octets).and_then(|link| each(&link)),
            };
            outcome.map_err(|fault| self.error(fault))?;
        }
    }

    /// How many lines it has read.
    #[must_use]
    pub fn lines(&self) -> u64 {
        self.line
    }

    /// Tells what the chain is, now that all of it was read.
    ///
    /// # Errors
    /// [`Fault::Truncated`] or [`Fault::Unexpected`] if the head that is expected
    /// was not met.
    pub fn finish(self) -> Result<ChainSummary, ChainError> {
        let Some(Expected { head, met: false }) = &self.expected else {
            return Ok(self.summary);
        };
        let last = self.summary.head.map_or(0, |last| last.sequence());
        let fault = if last < head.sequence() {
            Fault::Truncated
        } else {
            Fault::Unexpected
        };
        Err(self.error(fault))
    }

    fn verify(&mut self, octets: &[u8]) -> Result<Link, Fault> {
        let line = Line::read(octets).ok_or(Fault::Form)?;
        let mut keys = self.keys.iter();
        let key = keys.find(|key| key.id() == line.key);
        let key = key.ok_or(Fault::UnknownKey)?;
        if !key.has_made(line.head.mac(), line.signed) {
            return Err(Fault::Altered);
        }
        self.follow(&line)?;
        if self.summary.key.is_some_and(|due| due != line.key) {
            return Err(Fault::KeyChange);
        }
        self.meet(line.head)?;
        self.before = Before::Line(line.head);
        self.summary.head = Some(line.head);
        self.summary.key = Some(line.key);
        let commitments = match line.content {
            Content::Record(commitments) => {
                self.summary.records += 1;
                commitments
            }
            Content::RotatedTo(key) => {
                self.summary.rotations += 1;
                self.summary.key = Some(key);
                Vec::new()
            }
        };
        let commitments = commitments.into_iter().map(|committed| {
            let commitment = hex::decode(committed.commitment)?;
            Some((committed.label.to_owned(), commitment))
        });
        Ok(Link {
            head: line.head,
            commitments: commitments.collect::<Option<_>>().ok_or(Fault::Form)?,
        })
    }

    /// Whether a line is the one that comes after what was read.
    fn follow(&self, line: &Line<'_>) -> Result<(), Fault> {
        let (expected, previous) = match &self.before {
            Before::Unknown => return Ok(()),
            Before::Nothing => (1, &NOTHING),
            Before::Line(last) if last.writer() != line.head.writer() => {
                return Err(Fault::OtherWriter);
            }
            Before::Line(last) => (last.sequence().saturating_add(1), last.mac()),
        };
        let found = line.head.sequence();
        if found > expected {
            return Err(Fault::Missing { expected, found });
        }
        if found < expected {
            return Err(Fault::Repeated { expected, found });
        }
        if line.previous != *previous {
            return Err(Fault::Fork);
        }
        Ok(())
    }

    /// Whether this may stand where a head is expected.
    fn meet(&mut self, head: Head) -> Result<(), Fault> {
        let Some(expected) = &mut self.expected else {
            return Ok(());
        };
        if expected.head.sequence() != head.sequence() {
            return Ok(());
        }
        if expected.head != head {
            return Err(Fault::Unexpected);
        }
        expected.met = true;
        Ok(())
    }

    fn error(&self, fault: Fault) -> ChainError {
        ChainError::new(self.line, fault)
    }
}

impl Link {
    /// The line.
    #[must_use]
    pub fn head(&self) -> Head {
        self.head
    }

    /// What its record commits to, each under its label.
    pub(super) fn commitments(&self) -> &[(String, [u8; 32])] {
        &self.commitments
    }
}

#[cfg(test)]
mod tests;
