//! Portfolios in JSON Lines: an object on each line.

use std::borrow::Cow;
use std::path::Path;

use serde::Deserialize;

use super::{Broken, Next, ROW, Row, TOO_LONG};
use crate::watch::source::Source;

pub(super) struct Lines {
    pub(super) source: Source,
    line: Vec<u8>,
}

/// Members that are not named here are passed over.
#[derive(Deserialize)]
struct Member<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
    #[serde(borrow)]
    reference: Cow<'a, str>,
    #[serde(borrow, default)]
    kind: Option<Cow<'a, str>>,
}

impl Lines {
    pub(super) fn open(path: &Path) -> Result<Self, Broken> {
        Ok(Self {
            source: Source::open(path)?,
            line: Vec::new(),
        })
    }

    pub(super) fn next(&mut self) -> Result<Next, Broken> {
        if !self.read()? {
            return Ok(Next::End);
        }
        let member: Result<Member<'_>, _> = serde_json::from_slice(&self.line);
        Ok(member.map_or(Next::Malformed, |m| {
            Row::of(&m.key, &m.reference, m.kind.as_deref())
        }))
    }

    /// Reads a line; false at the end.
    fn read(&mut self) -> Result<bool, Broken> {
        self.line.clear();
        loop {
            let available = self.source.available()?;
            if available.is_empty() {
                return Ok(!self.line.is_empty());
            }
            let end = available.iter().position(|octet| *octet == b'\n');
            let part = available.get(..end.unwrap_or(available.len()));
            self.line.extend(part.unwrap_or_default());
            let taken = end.map_or(available.len(), |end| end + 1);
            self.source.take(taken);
            if self.line.len() > ROW {
                return Err(TOO_LONG);
            }
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}
