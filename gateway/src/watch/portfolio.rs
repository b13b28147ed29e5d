//! The customers, row by row.
//!
//! | column | what |
//! |---|---|
//! | `key` | the keyed identity of a certificate, 64 hexadecimal digits |
//! | `reference` | what the relying party calls the customer: 1 to 1024 octets without control characters |
//! | `kind` | `signing` (or `sign`), `authentication` (or `auth`); may be empty or absent |
//!
//! Other columns are passed over. Rows count from 1; the line of names of a
//! CSV file is none. A row of a CSV file is one line: one with a line break in
//! any field is malformed, since a quotation mark that nobody closed looks the
//! same.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tashika::jpki::{Kind, Lookup};

use crate::exit::Failure;
use crate::watch::source::Stamp;

mod csv;
mod lines;
#[cfg(feature = "parquet")]
mod parquet;

/// Octets of a row. A longer one is no row: a quotation mark that is never
/// closed makes one of the rest of a file.
const ROW: usize = 64 * 1024;

/// Octets of what a customer is called.
const REFERENCE: usize = 1024;

/// A customer's certificate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub(super) lookup: Lookup,
    pub(super) reference: String,
    pub(super) kind: Option<Kind>,
}

/// The next row.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Row(Row),
    /// One that cannot be read, of which nothing is said but its number.
    Malformed,
    End,
}

/// Where in a portfolio a run has come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// How many rows were read.
    pub(super) rows: u64,
    /// How many octets.
    pub(super) offset: u64,
    /// SHA-256 over them.
    pub(super) digest: String,
    pub(super) stamp: Stamp,
}

/// A file of customers.
pub(super) struct Portfolio {
    path: PathBuf,
    rows: u64,
    format: Format,
}

enum Format {
    Csv(Box<csv::Csv>),
    Lines(lines::Lines),
    #[cfg(feature = "parquet")]
    Parquet(Box<parquet::Parquet>),
}

/// Why a portfolio cannot be read on.
enum Broken {
    Io(io::Error),
    /// It is not in its form, as a whole.
    Form(&'static str),
}

impl From<io::Error> for Broken {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

const TOO_LONG: Broken =
    Broken::Form("the next row is longer than 64 KiB: is a quotation mark left open?");

impl Portfolio {
    /// Opens a portfolio; the ending of its name tells its format.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let ending = path.extension().and_then(|ending| ending.to_str());
        let format = match ending {
            Some("csv") => csv::Csv::open(path).map(|csv| Format::Csv(Box::new(csv))),
            Some("jsonl") => lines::Lines::open(path).map(Format::Lines),
            #[cfg(feature = "parquet")]
            Some("parquet") => {
                parquet::Parquet::open(path).map(|parquet| Format::Parquet(Box::new(parquet)))
            }
            #[cfg(not(feature = "parquet"))]
            Some("parquet") => Err(Broken::Form("Parquet is not built in (feature `parquet`)")),
            _ => Err(Broken::Form("a portfolio ends in .csv, .jsonl or .parquet")),
        };
        Ok(Self {
            format: format.map_err(|broken| broken.of(path, 0))?,
            path: path.to_owned(),
            rows: 0,
        })
    }

    /// Reads the next row.
    pub(super) fn next(&mut self) -> Result<Next, Failure> {
        let next = match &mut self.format {
            Format::Csv(csv) => csv.next(),
            Format::Lines(lines) => lines.next(),
            #[cfg(feature = "parquet")]
            Format::Parquet(parquet) => parquet.next(),
        };
        let next = next.map_err(|broken| broken.of(&self.path, self.rows))?;
        self.rows += u64::from(next != Next::End);
        Ok(next)
    }

    /// How many rows were read.
    pub(super) fn rows(&self) -> u64 {
        self.rows
    }

    /// How many octets were read, for somebody who waits.
    pub(super) fn offset(&self) -> u64 {
        match &self.format {
            Format::Csv(csv) => csv.source.offset(),
            Format::Lines(lines) => lines.source.offset(),
            #[cfg(feature = "parquet")]
            Format::Parquet(parquet) => parquet.offset(self.rows),
        }
    }

    /// How many octets there are.
    pub(super) fn length(&self) -> u64 {
        self.stamp().length
    }

    pub(super) fn position(&mut self) -> Position {
        Position {
            rows: self.rows,
            offset: self.offset(),
            digest: match &mut self.format {
                Format::Csv(csv) => csv.source.digest(),
                Format::Lines(lines) => lines.source.digest(),
                #[cfg(feature = "parquet")]
                Format::Parquet(parquet) => parquet.digest(),
            },
            stamp: self.stamp(),
        }
    }

    /// Goes on where another run came to. False if the file is not the one
    /// that it read.
    pub(super) fn resume(&mut self, position: &Position) -> Result<bool, Failure> {
        if self.stamp() != position.stamp {
            return Ok(false);
        }
        let skipped = match &mut self.format {
            Format::Csv(csv) => csv.source.take_until(position.offset),
            Format::Lines(lines) => lines.source.take_until(position.offset),
            #[cfg(feature = "parquet")]
            Format::Parquet(parquet) => parquet.skip(position.rows),
        };
        skipped.map_err(|error| Broken::Io(error).of(&self.path, 0))?;
        self.rows = position.rows;
        Ok(self.position() == *position)
    }

    fn stamp(&self) -> Stamp {
        match &self.format {
            Format::Csv(csv) => csv.source.stamp(),
            Format::Lines(lines) => lines.source.stamp(),
            #[cfg(feature = "parquet")]
            Format::Parquet(parquet) => parquet.stamp(),
        }
    }
}

impl Broken {
    fn of(self, path: &Path, rows: u64) -> Failure {
        match self {
            Self::Io(source) => Failure::unreadable(path, source),
            Self::Form(text) if rows == 0 => Failure::Usage(format!("{}: {text}", path.display())),
            Self::Form(text) => {
                Failure::Usage(format!("{}: after row {rows}: {text}", path.display()))
            }
        }
    }
}

impl Row {
    /// A row, if its parts are in their form.
    fn of(key: &str, reference: &str, kind: Option<&str>) -> Next {
        let lookup = key.parse().ok();
        lookup.map_or(Next::Malformed, |lookup| {
            Self::with(lookup, reference, kind)
        })
    }

    fn with(lookup: Lookup, reference: &str, kind: Option<&str>) -> Next {
        let kind = match kind {
            None | Some("") => None,
            // As in answers, and as on the command line.
            Some("signing" | "sign") => Some(Kind::Signing),
            Some("authentication" | "auth") => Some(Kind::Authentication),
            Some(_) => return Next::Malformed,
        };
        let fits = (1..=REFERENCE).contains(&reference.len());
        if !fits || reference.contains(|c: char| c.is_control()) {
            return Next::Malformed;
        }
        let reference = reference.to_owned();
        Next::Row(Self {
            lookup,
            reference,
            kind,
        })
    }
}

#[cfg(test)]
mod tests;
