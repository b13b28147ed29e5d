//! Whether what is kept beside a chain is what the chain commits to.

use std::io::BufRead;

use crate::audit::evidence::{FORM, LINE, Line};
use crate::audit::fault::Fault;
use crate::audit::lines::{self, Next};
use crate::audit::{Link, WriterId};

/// Compares kept evidence with the records of a chain, both in order, in the
/// memory of one line.
#[derive(Debug)]
pub struct EvidenceCheck<R> {
    source: R,
    line: u64,
    octets: Vec<u8>,
    /// What was read and belongs to a record that has not come yet.
    waiting: Option<Kept>,
    count: EvidenceCount,
}

/// How much evidence was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct EvidenceCount {
    /// Records whose evidence is there and is what they commit to.
    pub kept: u64,
    /// Records whose evidence is not there: erased, or lost.
    pub absent: u64,
}

/// One line of evidence: what its values hash to.
#[derive(Debug)]
struct Kept {
    line: u64,
    writer: String,
    sequence: u64,
    commitments: Vec<(String, [u8; 32])>,
}

impl<R: BufRead> EvidenceCheck<R> {
    /// Over lines of evidence in the order of their records.
    #[must_use]
    pub fn new(source: R) -> Self {
        Self {
            source,
            line: 0,
            octets: Vec::new(),
            waiting: None,
            count: EvidenceCount::default(),
        }
    }

    /// Looks at the next line of the chain.
    ///
    /// # Errors
    /// One of the faults of evidence, or [`Fault::Read`].
    pub fn look(&mut self, link: &Link) -> Result<(), Fault> {
        if self.waiting.is_none() {
            self.waiting = self.next()?;
        }
        let (head, committed) = (link.head(), link.commitments());
        match self.waiting.take() {
            Some(kept) if kept.sequence > head.sequence() => self.waiting = Some(kept),
            Some(kept) => {
                let ours = kept.is_of(head.writer(), head.sequence());
                if !ours || committed.is_empty() {
                    return Err(Fault::EvidenceForeign(kept.line));
                }
                if !kept.is_in(committed) {
                    return Err(Fault::EvidenceAltered(kept.line));
                }
                self.count.kept += 1;
                return Ok(());
            }
            None => {}
        }
        self.count.absent += u64::from(!committed.is_empty());
        Ok(())
    }

    /// Tells how much there was, now that all of the chain was looked at.
    ///
    /// # Errors
    /// [`Fault::EvidenceForeign`] if some is left, [`Fault::EvidenceForm`] or
    /// [`Fault::Read`].
    pub fn finish(mut self) -> Result<EvidenceCount, Fault> {
        let left = match self.waiting.take() {
            Some(kept) => Some(kept),
            None => self.next()?,
        };
        match left {
            Some(kept) => Err(Fault::EvidenceForeign(kept.line)),
            None => Ok(self.count),
        }
    }

    /// The next line that was not erased.
    fn next(&mut self) -> Result<Option<Kept>, Fault> {
        loop {
            let next = lines::next(&mut self.source, LINE, &mut self.octets);
            self.line += 1;
            match next.map_err(Fault::Read)? {
                Next::Line if self.octets.trim_ascii().is_empty() => {}
                Next::Line => {
                    let kept = Kept::read(&self.octets, self.line);
                    return kept.map(Some).ok_or(Fault::EvidenceForm(self.line));
                }
                Next::TooLong => return Err(Fault::EvidenceForm(self.line)),
                // Its record was never written: evidence goes first.
                Next::Torn(_) | Next::End => return Ok(None),
            }
        }
    }
}

impl Kept {
    fn read(octets: &[u8], number: u64) -> Option<Self> {
        let line: Line<'_> = serde_json::from_slice(octets).ok()?;
        let values = line.values.iter();
        let commitments = values.map(|value| Some((value.label.to_string(), value.commitment()?)));
        let kept = Self {
            line: number,
            writer: line.writer.into_owned(),
            sequence: line.sequence,
            commitments: commitments.collect::<Option<_>>()?,
        };
        (line.form == FORM).then_some(kept)
    }

    fn is_of(&self, writer: WriterId, sequence: u64) -> bool {
        self.sequence == sequence && self.writer == writer.to_string()
    }

    /// Whether a record commits to all of it and to nothing else.
    fn is_in(&self, committed: &[(String, [u8; 32])]) -> bool {
        self.commitments == committed
    }
}
