//! Portfolios in Parquet, as DuckDB, Spark and Trino write them: uncompressed
//! or with Snappy.
//!
//! `key` is text of 64 hexadecimal digits or the 32 octets themselves,
//! `reference` text or an integer. A null is a malformed row; in `kind` it says
//! nothing.

use std::collections::VecDeque;
use std::fs::File;
use std::io;
use std::path::Path;

use parquet::basic::Repetition;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArrayType, DataType, FixedLenByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use tashika::jpki::Lookup;

use super::{Broken, Next, Row};
use crate::watch::source::{Source, Stamp};

/// Rows that are read at once.
const BATCH: usize = 4096;

pub(super) struct Parquet {
    reader: SerializedFileReader<File>,
    stamp: Stamp,
    digest: String,
    /// Where `key`, `reference` and `kind` stand.
    columns: Vec<Option<usize>>,
    rows: u64,
    /// The row group after the open one, and what is open of that.
    group: usize,
    open: Vec<Option<ColumnReader>>,
    left: usize,
    batch: VecDeque<Next>,
}

impl Parquet {
    pub(super) fn open(path: &Path) -> Result<Self, Broken> {
        // It is read out of order, so that all of it is digested beforehand.
        let mut source = Source::open(path)?;
        source.take_until(source.stamp().length)?;
        let reader = SerializedFileReader::new(File::open(path)?)?;
        let rows = reader.metadata().file_metadata().num_rows();
        let columns = columns(&reader)?;
        Ok(Self {
            reader,
            stamp: source.stamp(),
            digest: source.digest(),
            columns,
            rows: u64::try_from(rows).unwrap_or(0),
            group: 0,
            open: Vec::new(),
            left: 0,
            batch: VecDeque::new(),
        })
    }

    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// SHA-256 over the whole file.
    pub(super) fn digest(&self) -> String {
        self.digest.clone()
    }

    /// About how much of the file `rows` of its rows are.
    pub(super) fn offset(&self, rows: u64) -> u64 {
        let share = u128::from(self.stamp.length) * u128::from(rows);
        let offset = share.checked_div(u128::from(self.rows)).unwrap_or(0);
        u64::try_from(offset).unwrap_or(u64::MAX)
    }

    pub(super) fn next(&mut self) -> Result<Next, Broken> {
        loop {
            if let Some(next) = self.batch.pop_front() {
                return Ok(next);
            }
            if self.left == 0 && !self.open_group()? {
                return Ok(Next::End);
            }
            self.read_batch()?;
        }
    }

    /// Passes over rows; it has given none yet.
    pub(super) fn skip(&mut self, rows: u64) -> io::Result<()> {
        let mut rows = usize::try_from(rows).unwrap_or(usize::MAX);
        while rows > 0 {
            if self.left == 0 && !self.open_group()? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let passed = rows.min(self.left);
            for column in self.open.iter_mut().flatten() {
                skip(column, passed)?;
            }
            self.left -= passed;
            rows -= passed;
        }
        Ok(())
    }

    /// Opens the next row group; false if there is none.
    fn open_group(&mut self) -> Result<bool, ParquetError> {
        if self.group == self.reader.num_row_groups() {
            return Ok(false);
        }
        let group = self.reader.get_row_group(self.group)?;
        let rows = group.metadata().num_rows();
        self.left = usize::try_from(rows).unwrap_or(0);
        let columns = self.columns.iter();
        let open = columns.map(|column| column.map(|index| group.get_column_reader(index)));
        self.open = open.map(Option::transpose).collect::<Result<_, _>>()?;
        self.group += 1;
        Ok(true)
    }

    fn read_batch(&mut self) -> Result<(), Broken> {
        let rows = self.left.min(BATCH);
        let mut cells = Vec::new();
        for column in &mut self.open {
            cells.push(match column {
                Some(column) => read(column, rows)?.into_iter(),
                None => vec![None; rows].into_iter(),
            });
        }
        let [keys, references, kinds] = &mut cells[..] else {
            return Err(FORM);
        };
        for ((key, reference), kind) in keys.zip(references).zip(kinds) {
            self.batch.push_back(row(key, reference, kind));
        }
        self.left -= rows;
        Ok(())
    }
}

const FORM: Broken =
    Broken::Form("there are no columns `key` and `reference` of text, octets or integers");

/// A cell, as octets; none if it is null.
type Cell = Option<Vec<u8>>;

fn row(key: Cell, reference: Cell, kind: Cell) -> Next {
    let text = |cell: Cell| String::from_utf8(cell?).ok();
    let lookup = key.and_then(|key| match <[u8; 32]>::try_from(&key[..]) {
        Ok(octets) => Some(Lookup::from_octets(octets)),
        Err(_) => str::from_utf8(&key).ok()?.parse().ok(),
    });
    let kind = match kind {
        None => Some(String::new()),
        some => text(some),
    };
    match (lookup, text(reference), kind) {
        (Some(lookup), Some(reference), Some(kind)) => Row::with(lookup, &reference, Some(&kind)),
        _ => Next::Malformed,
    }
}

fn columns(reader: &SerializedFileReader<File>) -> Result<Vec<Option<usize>>, Broken> {
    let schema = reader.metadata().file_metadata().schema_descr();
    let place = |name: &str| {
        let columns = schema.columns().iter();
        let mut named = columns
            .enumerate()
            .filter(|(_, c)| c.path().parts() == [name]);
        let (index, column) = named.next()?;
        let repeated = column.self_type().get_basic_info().repetition() == Repetition::REPEATED;
        (!repeated).then_some(index)
    };
    match (place("key"), place("reference")) {
        (Some(key), Some(reference)) => Ok(vec![Some(key), Some(reference), place("kind")]),
        _ => Err(FORM),
    }
}

fn read(column: &mut ColumnReader, rows: usize) -> Result<Vec<Cell>, Broken> {
    match column {
        ColumnReader::ByteArrayColumnReader(column) => {
            cells::<ByteArrayType>(column, rows, |value| value.data().to_vec())
        }
        ColumnReader::FixedLenByteArrayColumnReader(column) => {
            cells::<FixedLenByteArrayType>(column, rows, |value| value.data().to_vec())
        }
        ColumnReader::Int32ColumnReader(column) => {
            cells::<Int32Type>(column, rows, |value| value.to_string().into_bytes())
        }
        ColumnReader::Int64ColumnReader(column) => {
            cells::<Int64Type>(column, rows, |value| value.to_string().into_bytes())
        }
        _ => Err(FORM),
    }
}

fn skip(column: &mut ColumnReader, rows: usize) -> Result<usize, ParquetError> {
    match column {
        ColumnReader::ByteArrayColumnReader(column) => column.skip_records(rows),
        ColumnReader::FixedLenByteArrayColumnReader(column) => column.skip_records(rows),
        ColumnReader::Int32ColumnReader(column) => column.skip_records(rows),
        ColumnReader::Int64ColumnReader(column) => column.skip_records(rows),
        _ => Ok(0),
    }
}

/// The next cells of a column: exactly so many.
fn cells<T: DataType>(
    column: &mut ColumnReaderImpl<T>,
    rows: usize,
    octets: impl Fn(&T::T) -> Vec<u8>,
) -> Result<Vec<Cell>, Broken> {
    let (mut levels, mut values) = (Vec::new(), Vec::new());
    let mut read = 0;
    while read < rows {
        let (more, ..) = column.read_records(rows - read, Some(&mut levels), None, &mut values)?;
        if more == 0 {
            return Err(Broken::Form("a column ends before the others"));
        }
        read += more;
    }
    let mut values = values.iter();
    if levels.is_empty() {
        return Ok(values.map(|value| Some(octets(value))).collect());
    }
    // A column of the top level that may be null is either 0, null, or 1.
    let cells = levels.iter().map(|level| match level {
        0 => None,
        _ => values.next().map(&octets),
    });
    Ok(cells.collect())
}

impl From<ParquetError> for Broken {
    fn from(error: ParquetError) -> Self {
        Self::Io(io::Error::other(error))
    }
}
