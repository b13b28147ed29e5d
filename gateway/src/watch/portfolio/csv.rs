//! Portfolios in CSV (RFC 4180) with a line of names.

use std::path::Path;

use csv_core::{ReadRecordResult, Reader};

use super::{Broken, Next, ROW, Row, TOO_LONG};
use crate::watch::source::Source;

/// Columns of a portfolio, with those that are passed over.
const COLUMNS: usize = 256;

pub(super) struct Csv {
    pub(super) source: Source,
    reader: Reader,
    record: Record,
    columns: Columns,
}

/// Which columns are the ones that count, and how many there are.
struct Columns {
    key: usize,
    reference: usize,
    kind: Option<usize>,
    count: usize,
}

/// The fields of one record, one after the other.
struct Record {
    octets: Vec<u8>,
    ends: Vec<usize>,
    count: usize,
}

impl Csv {
    pub(super) fn open(path: &Path) -> Result<Self, Broken> {
        let mut csv = Self {
            source: Source::open(path)?,
            reader: Reader::new(),
            record: Record {
                octets: vec![0; ROW],
                ends: vec![0; COLUMNS],
                count: 0,
            },
            columns: Columns {
                key: 0,
                reference: 0,
                kind: None,
                count: 0,
            },
        };
        csv.read()?;
        csv.columns = csv.record.columns()?;
        Ok(csv)
    }

    pub(super) fn next(&mut self) -> Result<Next, Broken> {
        if !self.read()? {
            return Ok(Next::End);
        }
        // A comma that nobody quoted moves all columns after it, and a
        // quotation mark that nobody closed makes one field of many rows.
        if self.record.count != self.columns.count || self.record.has_line_breaks() {
            return Ok(Next::Malformed);
        }
        let field = |index| self.record.field(index);
        let kind = match self.columns.kind {
            Some(index) => field(index).map(Some),
            None => Some(None),
        };
        match (field(self.columns.key), field(self.columns.reference), kind) {
            (Some(key), Some(reference), Some(kind)) => Ok(Row::of(key, reference, kind)),
            _ => Ok(Next::Malformed),
        }
    }

    /// Reads a record; false at the end.
    fn read(&mut self) -> Result<bool, Broken> {
        let (mut octets, mut ends) = (0, 0);
        loop {
            let input = self.source.available()?;
            let to = self.record.octets.get_mut(octets..).unwrap_or_default();
            let end = self.record.ends.get_mut(ends..).unwrap_or_default();
            let (result, read, written, ended) = self.reader.read_record(input, to, end);
            self.source.take(read);
            octets += written;
            ends += ended;
            self.record.count = ends;
            match result {
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull | ReadRecordResult::OutputEndsFull => {
                    return Err(TOO_LONG);
                }
                ReadRecordResult::Record => return Ok(true),
                ReadRecordResult::End => return Ok(false),
            }
        }
    }
}

impl Record {
    fn has_line_breaks(&self) -> bool {
        let end = self
            .count
            .checked_sub(1)
            .and_then(|last| self.ends.get(last));
        let fields = end.and_then(|end| self.octets.get(..*end));
        fields.is_some_and(|fields| fields.iter().any(|octet| b"\r\n".contains(octet)))
    }

    /// A field, if it is text.
    fn field(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(..self.count)?.get(index)?;
        let start = match index.checked_sub(1) {
            Some(before) => *self.ends.get(before)?,
            None => 0,
        };
        str::from_utf8(self.octets.get(start..end)?).ok()
    }

    fn columns(&self) -> Result<Columns, Broken> {
        let place = |name: &str| {
            let mut places = (0..self.count).filter(|index| self.field(*index) == Some(name));
            match (places.next(), places.next()) {
                (_, Some(_)) => Err(Broken::Form("two columns have the same name")),
                (place, None) => Ok(place),
            }
        };
        let (Some(key), Some(reference)) = (place("key")?, place("reference")?) else {
            let text = "the first line names no columns `key` and `reference`";
            return Err(Broken::Form(text));
        };
        Ok(Columns {
            key,
            reference,
            kind: place("kind")?,
            count: self.count,
        })
    }
}
