//! The arguments of `tashika crl export`.

use std::path::PathBuf;

use clap::Args;

use super::crl::Store;

/// Keyed identities of revoked certificates, for the verifier's own systems.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) store: Store,
    /// Write keyed identities: there is no other form, and none that is the default
    #[arg(long, required = true)]
    pub(crate) keyed: bool,
    /// What the export is for; it is written into the file
    #[arg(long, value_name = "TEXT")]
    pub(crate) purpose: String,
    /// The key of the keyed identities: 32 octets or 64 hexadecimal digits
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: PathBuf,
    /// Where the export goes; .parquet
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}
