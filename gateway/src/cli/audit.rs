//! The arguments of `tashika audit`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use tashika::audit::Head;

/// Chains of audit records.
#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Verify that no record was changed, added, moved or taken away
    ///
    /// The files are those of one writer, in order. That lines are missing at the
    /// end is seen with --expect-head alone: give the head that was last kept
    /// elsewhere. A last line that a crash cut off is told (`torn`), and is no
    /// fault.
    ///
    /// Evidence that is not there counts as absent: it was erased, or lost.
    ///
    /// Exit status: 0 the chain is whole, 1 it is not.
    #[command(
        after_help = "Examples:\n  tashika audit verify audit/audit-*.jsonl --key chain.key \\\n    --expect-head 5f…:1024:9c…\n  tashika audit verify audit/audit-*.jsonl --key chain.key --key earlier.key \\\n    --evidence audit/evidence-00000000000000000001-2027-01-15.jsonl"
    )]
    Verify(Verify),
    /// Verify a chain and print its head, to be kept where its writer cannot write
    ///
    /// Exit status: 0 the chain is whole, 1 it is not, or has no line.
    #[command(after_help = "Example:\n  tashika audit head audit/audit-*.jsonl --key chain.key")]
    Head(Chain),
}

/// A chain.
#[derive(Debug, Args)]
pub(crate) struct Chain {
    /// Its files, in order
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Its key: 32 octets or 64 hexadecimal digits, for the owner alone (mode
    /// 0600); may repeat, where it was changed
    #[arg(long, required = true, value_name = "FILE")]
    pub(crate) key: Vec<PathBuf>,
    /// The head after which the files go on, where earlier ones are not given
    #[arg(long, value_name = "HEAD")]
    pub(crate) after: Option<Head>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) chain: Chain,
    /// A head that the chain must have among its lines
    #[arg(long, value_name = "HEAD")]
    pub(crate) expect_head: Option<Head>,
    /// What is kept beside these files, in order; may repeat
    #[arg(long, value_name = "FILE")]
    pub(crate) evidence: Vec<PathBuf>,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
}
