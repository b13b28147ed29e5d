//! The arguments of `tashika crl export`.

use std::path::PathBuf;

use clap::Args;

use super::EnvironmentArgument;
use tashika::trust::Fingerprint;

/// Keyed identities of revoked certificates, for the verifier's own systems.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The directory of the store
    #[arg(long, value_name = "DIR")]
    pub(crate) store: PathBuf,
    /// A directory of trust anchors (.cer .crt .der .pem), or one file
    #[arg(long, value_name = "DIR")]
    pub(crate) trust: PathBuf,
    /// Which hierarchy the anchors belong to
    #[arg(long, value_enum, default_value_t = EnvironmentArgument::Production)]
    pub(crate) environment: EnvironmentArgument,
    /// The SHA-256 fingerprint of a further production anchor, confirmed out of band
    #[arg(long, value_name = "SHA256")]
    pub(crate) pin: Vec<Fingerprint>,
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
