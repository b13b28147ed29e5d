//! The arguments of `tashika watch`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tashika::Time;

use super::LanguageArgument;
use super::crl::Store;

/// Which customers' certificates are revoked.
#[derive(Debug, Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    pub(crate) store: Store,
    /// The customers: .csv, .jsonl, or .parquet where that is built in
    #[arg(long, value_name = "FILE")]
    pub(crate) portfolio: PathBuf,
    /// The key of the keyed identities: 32 octets or 64 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: PathBuf,
    /// Where findings go; .csv, or .jsonl
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Only what has changed since a generation of the store (as `crl sync` and
    /// `crl status` print it)
    #[arg(long, value_name = "GENERATION", conflicts_with = "diff")]
    pub(crate) since: Option<u64>,
    /// Only what is otherwise than in a copy of the store from before
    #[arg(long, value_name = "DIR")]
    pub(crate) diff: Option<PathBuf>,
    /// Write a row for customers without a finding too
    #[arg(long)]
    pub(crate) all: bool,
    /// Begin anew where a run was broken off
    #[arg(long)]
    pub(crate) restart: bool,
    /// Rows that replace meanings of revocation reasons, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) meanings: Option<PathBuf>,
    /// The oldest list that counts as fresh, in hours from its thisUpdate
    #[arg(long, value_name = "HOURS", default_value_t = 48)]
    pub(crate) max_age: u32,
    /// The time at which freshness is judged, in RFC 3339; now if absent
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<Time>,
    /// Print the summary in JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// The language of meanings
    #[arg(long, value_enum, default_value_t = LanguageArgument::En)]
    pub(crate) lang: LanguageArgument,
}

/// How findings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A JSON object on each line
    Jsonl,
    /// RFC 4180 with a line of names
    Csv,
}
