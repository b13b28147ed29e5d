//! The arguments of `tashika mdoc request`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Asked;

/// What it takes to ask a wallet.
#[derive(Debug, Args)]
pub(crate) struct Request {
    /// How the wallet is asked
    #[arg(long, value_enum)]
    pub(crate) protocol: Protocol,
    #[command(flatten)]
    pub(crate) asked: Asked,
    /// Elements that we mean to keep (intentToRetain), of those that are requested
    #[arg(long, value_name = "NAMESPACE/ELEMENT", value_delimiter = ',')]
    pub(crate) retained: Vec<String>,
    /// The origin of our page: annex-c, openid4vp
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: Option<String>,
    #[command(flatten)]
    pub(crate) reader: Reader,
    /// The edition of ISO/IEC 18013-5: iPhones want the second
    #[arg(long, value_enum, default_value_t = EditionArgument::First)]
    pub(crate) edition: EditionArgument,
    /// Ask for an answer in the clear, which every script of the page reads:
    /// openid4vp
    #[arg(long)]
    pub(crate) danger_in_the_clear: bool,
    /// The merchant identifier: apple
    #[arg(long, value_name = "ID")]
    pub(crate) merchant_id: Option<String>,
    /// The team identifier: apple
    #[arg(long, value_name = "ID")]
    pub(crate) team_id: Option<String>,
    /// The merchant's private key, which stays: apple
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// The session transcript that a signed request is bound to: device-request
    #[arg(long, value_name = "FILE")]
    pub(crate) transcript: Option<PathBuf>,
    /// Where the request is written
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Where the key of the session is written, which may not be there yet:
    /// annex-c, openid4vp
    #[arg(long, value_name = "FILE")]
    pub(crate) key_out: Option<PathBuf>,
    /// Where the inputs of the session are written
    #[arg(long, value_name = "FILE")]
    pub(crate) inputs_out: Option<PathBuf>,
}

/// Who asks; wallets may refuse a request that does not say.
#[derive(Debug, Args)]
pub(crate) struct Reader {
    /// The key that signs the request, PKCS#8 on P-256 or P-384 (for the owner
    /// alone, mode 0600)
    #[arg(long, value_name = "FILE", requires = "reader_chain")]
    pub(crate) reader_key: Option<PathBuf>,
    /// Its certificate, and those that lead to the root, without the root
    #[arg(long, value_name = "FILE", requires = "reader_key")]
    pub(crate) reader_chain: Option<PathBuf>,
    /// The DNS name of the certificate by which we are known (x509_san_dns), in
    /// place of its hash: openid4vp
    #[arg(long, value_name = "NAME", requires = "reader_key")]
    pub(crate) client_dns: Option<String>,
}

/// How a wallet is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Protocol {
    /// org-iso-mdoc over the Digital Credentials API
    AnnexC,
    /// OpenID4VP 1.0 over the Digital Credentials API
    Openid4vp,
    /// The parameters of an app on an iPhone
    Apple,
    /// The device request alone, in CBOR
    DeviceRequest,
}

/// The edition of ISO/IEC 18013-5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum EditionArgument {
    /// Version 1.0 of the request
    First,
    /// Version 1.1, signed as a whole
    Second,
}
