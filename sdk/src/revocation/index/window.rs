//! A part of a long list, which moves over it from front to back.

use std::io::{self, Read};
use std::ops::Range;

use crate::revocation::index::IngestError;

/// Takes buffers that are done with: the range of their octets that it has not
/// seen before. Gives a buffer for what comes next.
pub(super) trait Consumer {
    fn take(&mut self, buffer: Vec<u8>, fresh: Range<usize>) -> Vec<u8>;
}

/// The octets of a source that are in memory.
pub(super) struct Window<R> {
    source: R,
    /// Octets of the source that have not been read.
    unread: u64,
    chunk: usize,
    buffer: Vec<u8>,
    /// The first octet of the buffer that is still needed.
    start: usize,
    /// The first octet of the buffer that no consumer has seen.
    fresh: usize,
}

impl<R: Read> Window<R> {
    /// Nothing of the source yet, which has `length` octets and is read
    /// `chunk` octets at a time.
    pub(super) fn new(source: R, length: u64, chunk: usize) -> Self {
        Self {
            source,
            unread: length,
            chunk,
            buffer: Vec::new(),
            start: 0,
            fresh: 0,
        }
    }

    /// The octets from the first that is still needed.
    pub(super) fn octets(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// How many octets there are behind those in memory.
    pub(super) fn unread(&self) -> u64 {
        self.unread
    }

    /// The first `length` octets are no longer needed.
    pub(super) fn consume(&mut self, length: usize) {
        self.start = self.buffer.len().min(self.start.saturating_add(length));
    }

    /// Reads more behind what is there. False if there is no more.
    pub(super) fn grow(&mut self) -> Result<bool, IngestError> {
        if self.unread == 0 {
            return Ok(false);
        }
        let chunk = self.unread.min(self.chunk as u64);
        // One octet more, or finding the end would make the buffer larger.
        self.buffer.reserve(usize::try_from(chunk).unwrap_or(0) + 1);
        let mut part = self.source.by_ref().take(chunk);
        let read = part.read_to_end(&mut self.buffer);
        let read = read.map_err(IngestError::Read)? as u64;
        if read < chunk {
            return Err(IngestError::Read(io::ErrorKind::UnexpectedEof.into()));
        }
        self.unread -= read;
        Ok(true)
    }

    /// Hands what is there to the consumer, keeps what is still needed and
    /// reads more. False if there is no more.
    pub(super) fn roll(&mut self, consumer: &mut impl Consumer) -> Result<bool, IngestError> {
        let full = std::mem::take(&mut self.buffer);
        let needed = full.get(self.start..).unwrap_or_default().to_vec();
        let fresh = self.fresh..full.len();
        self.buffer = consumer.take(full, fresh);
        self.buffer.clear();
        self.buffer.extend_from_slice(&needed);
        self.start = 0;
        self.fresh = needed.len();
        self.grow()
    }

    /// Hands what is there to the consumer. Nothing may be left unread, and the
    /// source must end where it was said to end.
    pub(super) fn finish(mut self, consumer: &mut impl Consumer) -> Result<(), IngestError> {
        let fresh = self.fresh..self.buffer.len();
        consumer.take(self.buffer, fresh);
        let mut more = Vec::new();
        let read = self.source.by_ref().take(1).read_to_end(&mut more);
        match read.map_err(IngestError::Read)? {
            0 if self.unread == 0 => Ok(()),
            _ => Err(IngestError::Read(io::ErrorKind::InvalidData.into())),
        }
    }
}
