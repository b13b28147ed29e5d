//! `tashika crl export`: the keyed revoked set in Parquet, for the verifier's
//! own engine.
//!
//! Its columns, and how they are joined, stand in the documentation of
//! [`watch`](super). Rows ascend by `key`.

use std::io;
use std::path::Path;
use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType};
use parquet::data_type::{DataType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;
use tashika::revocation::{KeyedEntry, KeyedSet};
use tashika::{Code, Error, Language};

use super::checkpoint::{Folder, Rows};
use super::lists::Lists;
use super::report::{kind_name, kind_of};
use super::summary::note;
use super::{key_lists, unreadable};
use crate::cli::Export;
use crate::exit::{Exit, Failure};
use crate::key;

/// Rows of a row group, which are held in memory: about 12 MiB.
const GROUP: usize = 128 * 1024;

/// Octets of a stated purpose.
const PURPOSE: usize = 1000;

const SCHEMA: &str = "message tashika_revoked {
    REQUIRED FIXED_LEN_BYTE_ARRAY (32) key;
    REQUIRED BYTE_ARRAY kind (STRING);
    REQUIRED BYTE_ARRAY reason (STRING);
    REQUIRED INT64 revoked_at (TIMESTAMP(MILLIS,true));
    REQUIRED INT64 generation;
}";

pub(crate) fn run(options: &Export) -> Result<Exit, Failure> {
    let purpose = options.purpose.trim();
    if !(1..=PURPOSE).contains(&purpose.len()) {
        return Err(Failure::Usage("--purpose: 1 to 1000 octets".to_owned()));
    }
    if options
        .out
        .extension()
        .is_none_or(|ending| ending != "parquet")
    {
        return Err(Failure::Usage("--out ends in .parquet".to_owned()));
    }
    let key = key::load(&options.key_file)?;
    let lists = Lists::open(&options.store)?;
    let folder = Folder::open(&options.out)?;
    folder.clear()?;
    let (set, damaged) = key_lists(&lists, &key, folder.path(), &folder.set())?;
    if !damaged.is_empty() {
        return Err(Error::new(Code::RevocationDamaged).into());
    }
    let rows = folder.write_from(0)?;
    let properties = properties(&lists, purpose);
    let rows = write(&set, &folder.set(), lists.generation(), rows, properties)?;
    folder.finish(rows)?;
    Ok(Exit::Accepted)
}

fn properties(lists: &Lists, purpose: &str) -> WriterPropertiesPtr {
    let pair = |key: &str, value: String| KeyValue::new(format!("tashika.{key}"), value);
    let metadata = vec![
        pair("purpose", purpose.to_owned()),
        pair("generation", lists.generation().to_string()),
        pair("note", note(Language::English).to_owned()),
        pair("note.ja", note(Language::Japanese).to_owned()),
    ];
    let key = ColumnPath::from("key");
    let properties = WriterProperties::builder()
        .set_key_value_metadata(Some(metadata))
        .set_created_by("tashika".to_owned())
        .set_compression(Compression::SNAPPY)
        // Keyed identities are as good as random.
        .set_column_compression(key.clone(), Compression::UNCOMPRESSED)
        .set_column_dictionary_enabled(key, false);
    Arc::new(properties.build())
}

fn write(
    set: &KeyedSet,
    path: &Path,
    generation: u64,
    rows: Rows,
    properties: WriterPropertiesPtr,
) -> Result<Rows, Failure> {
    let schema = parse_message_type(SCHEMA).map_err(output)?;
    let mut writer =
        SerializedFileWriter::new(rows, Arc::new(schema), properties).map_err(output)?;
    let mut entries = set.entries();
    loop {
        let group: Vec<_> = entries
            .by_ref()
            .take(GROUP)
            .collect::<Result<_, _>>()
            .map_err(|error| unreadable(path, error))?;
        if group.is_empty() {
            return writer.into_inner().map_err(output);
        }
        let mut columns = writer.next_row_group().map_err(output)?;
        write_group(&group, generation, &mut columns).map_err(output)?;
        columns.close().map_err(output)?;
    }
}

fn write_group(
    group: &[KeyedEntry],
    generation: u64,
    columns: &mut SerializedRowGroupWriter<'_, Rows>,
) -> Result<(), ParquetError> {
    let text = |text: &'static str| ByteArray::from(text.as_bytes().to_vec());
    let keys = group.iter().map(|entry| {
        let octets = entry.lookup().octets().to_vec();
        FixedLenByteArray::from(ByteArray::from(octets))
    });
    column::<FixedLenByteArrayType>(columns, keys)?;
    let kinds = group.iter().map(|entry| kind_of(entry.list().purpose()));
    column::<ByteArrayType>(
        columns,
        kinds.map(|kind| text(kind.map_or("other", kind_name))),
    )?;
    let reasons = group.iter().map(|entry| text(entry.reason().as_str()));
    column::<ByteArrayType>(columns, reasons)?;
    let dates = group.iter().map(|entry| entry.revoked_at().as_unix());
    column::<Int64Type>(columns, dates.map(|seconds| seconds.saturating_mul(1000)))?;
    let generation = i64::try_from(generation).unwrap_or(i64::MAX);
    column::<Int64Type>(columns, group.iter().map(|_| generation))
}

/// Writes the next column.
fn column<T: DataType>(
    columns: &mut SerializedRowGroupWriter<'_, Rows>,
    values: impl Iterator<Item = T::T>,
) -> Result<(), ParquetError> {
    let Some(mut column) = columns.next_column()? else {
        return Err(ParquetError::General("no further column".to_owned()));
    };
    let values: Vec<_> = values.collect();
    column.typed::<T>().write_batch(&values, None, None)?;
    column.close()
}

fn output(error: ParquetError) -> Failure {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(error) => Failure::Output(*error),
            Err(other) => Failure::Output(io::Error::other(other)),
        },
        other => Failure::Output(io::Error::other(other)),
    }
}
