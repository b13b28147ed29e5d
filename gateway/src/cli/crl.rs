//! The arguments of `tashika crl`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use tashika::Time;
use tashika::trust::Fingerprint;

use super::{EnvironmentArgument, Http, KindArgument};

/// Revocation lists.
#[derive(Debug, Subcommand)]
#[cfg_attr(
    not(feature = "parquet"),
    command(after_help = "`export` is there when it is built with the feature `parquet`.")
)]
pub(crate) enum Crl {
    /// Show what a list says of itself, unverified
    #[command(after_help = "Example:\n  tashika crl show today.crl")]
    Show {
        /// The list, DER or PEM
        file: PathBuf,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
    /// Verify lists and bring a store up to date with them
    ///
    /// A list that does not verify, or is older than one that was there before,
    /// changes nothing but that what it revokes stays revoked; it is named on
    /// standard error. So is, as an ALERT, one that lost more than a hundredth of
    /// its entries, or whose entries contradict each other. Exit status: 0 every
    /// list was taken or was there already, 2 some were not.
    #[command(
        after_help = "Examples:\n  tashika crl sync --store /var/lib/tashika/lists --trust anchors/ lists/\n  tashika crl sync --store /var/lib/tashika/lists --trust anchors/ --urls mirrors.txt \\\n    --tls-root mirror-root.pem\n  tashika crl sync --store /var/lib/tashika/lists --trust anchors/ --urls mirrors.txt \\\n    --tls-root mirror-root.pem --bindings bindings.tsv"
    )]
    Sync(Box<Sync>),
    /// Show what a store holds and how fresh it is
    ///
    /// A list is stale past its next update or the maximum age, older where a
    /// newer one was lost, unscoped where nothing says what it covers, and
    /// damaged where its file is. Those are shown one by one, with the distribution
    /// points, which name municipalities.
    ///
    /// Exit status: 0 every list is fresh and whole, 2 some are not, or the clock
    /// is behind the newest of them.
    #[command(
        after_help = "Examples:\n  tashika crl status --store lists/ --trust anchors/\n  tashika crl status --store lists/ --trust anchors/ --partitions --check"
    )]
    Status(StatusOptions),
    /// Ask a store about serial numbers on standard input, or about a certificate
    ///
    /// One hexadecimal number on each line. The answer to each names its line,
    /// not the number. A serial number alone does not tell which municipality's
    /// list would have to know it, so the answer to one is "revoked" or
    /// "unknown", never "good".
    ///
    /// Exit status: 0 all lines are answered, 2 some list could not be read. With
    /// --certificate 0 good, 1 revoked, 2 undetermined.
    #[command(
        after_help = "Examples:\n  tashika crl lookup --store lists/ --trust anchors/ --kind sign < serials.txt\n  tashika crl lookup --store lists/ --trust anchors/ --kind sign --certificate sign.der"
    )]
    Lookup(Lookup),
    /// Compare two lists, two index files, or what a store held before with what it holds
    ///
    /// Both are of the same anchor and the same distribution points. Exit status:
    /// 0 all was compared, 2 some partitions of a store have changed more than
    /// once since.
    #[command(
        after_help = "Examples:\n  tashika crl diff --trust anchors/ yesterday.crl today.crl\n  tashika crl diff --trust anchors/ --store lists/ --since 12"
    )]
    Diff(Diff),
    /// Write the keyed identities of all revoked certificates to Parquet
    ///
    /// For the verifier's own systems alone (公的個人認証法52条), with a purpose
    /// that is stated in the file.
    #[cfg(feature = "parquet")]
    #[command(
        after_help = "Example:\n  tashika crl export --keyed --purpose 'nightly review of contracts' --store lists/ \\\n    --trust anchors/ --key-file lookup.key --out revoked.parquet"
    )]
    Export(Box<super::Export>),
}

/// The anchors that the lists are verified under.
#[derive(Debug, Args)]
pub(crate) struct Anchors {
    /// A directory of trust anchors (.cer .crt .der .pem), or one file
    #[arg(long, value_name = "DIR")]
    pub(crate) trust: PathBuf,
    /// Which hierarchy the anchors belong to
    #[arg(long, value_enum, default_value_t = EnvironmentArgument::Production)]
    pub(crate) environment: EnvironmentArgument,
    /// The SHA-256 fingerprint of a further production anchor, confirmed out of band
    #[arg(long, value_name = "SHA256")]
    pub(crate) pin: Vec<Fingerprint>,
}

/// Where a store is, and under which anchors it answers.
#[derive(Debug, Args)]
pub(crate) struct Store {
    /// The directory of the store, which is the user's alone (mode 0700)
    #[arg(long, value_name = "DIR")]
    pub(crate) store: PathBuf,
    #[command(flatten)]
    pub(crate) anchors: Anchors,
}

#[derive(Debug, Args)]
pub(crate) struct Sync {
    #[command(flatten)]
    pub(crate) store: Store,
    /// Lists (DER or PEM), folders of them (.crl .der .pem), or URLs of mirrors
    #[arg(required_unless_present = "urls", value_name = "SOURCE")]
    pub(crate) sources: Vec<PathBuf>,
    /// A file of URLs of mirrors, one on each line; # begins a comment; may repeat
    #[arg(long, value_name = "FILE")]
    pub(crate) urls: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) http: Http,
    /// A file of sources whose lists do not say which distribution point they
    /// cover, and which it is: on each line a source (as it is named here, or in
    /// a file of URLs), a tab, and a file with either a certificate that has
    /// this distribution point or its name (a GeneralName in DER); # begins a
    /// comment; may repeat. A wrong line makes the list of one municipality
    /// answer for another. Without one such a list only revokes; a list that
    /// does say what it covers is refused where there is one
    #[arg(long, value_name = "FILE")]
    pub(crate) bindings: Vec<PathBuf>,
    /// Begin anew where the manifest of the store is damaged; numbers that were
    /// seen are taken over from the manifest before it or, failing that, from the
    /// files in the store
    #[arg(long)]
    pub(crate) rebuild: bool,
    /// How many lists are read at once; if absent one for each core, and at
    /// least eight where some come from mirrors
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<std::num::NonZeroUsize>,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StatusOptions {
    #[command(flatten)]
    pub(crate) store: Store,
    /// The oldest list that counts as fresh, in hours from its thisUpdate
    #[arg(long, value_name = "HOURS", default_value_t = 48)]
    pub(crate) max_age: u32,
    /// The time at which freshness is judged, in RFC 3339; now if absent
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<Time>,
    /// Show every partition
    #[arg(long)]
    pub(crate) partitions: bool,
    /// Read every file in full and check it
    #[arg(long)]
    pub(crate) check: bool,
    /// Answer in JSON, with every partition
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Lookup {
    #[command(flatten)]
    pub(crate) store: Store,
    /// The kind of certificate
    #[arg(long, value_enum)]
    pub(crate) kind: KindArgument,
    /// A certificate, DER or PEM, instead of serial numbers
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// The oldest list that says "good" of a certificate, in hours from its thisUpdate
    #[arg(long, value_name = "HOURS", default_value_t = 48)]
    pub(crate) max_age: u32,
    /// The evaluation time in RFC 3339; now if absent
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<Time>,
    /// Answer in JSON, one line for each question
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    #[command(flatten)]
    pub(crate) anchors: Anchors,
    /// The older list or index file
    #[arg(required_unless_present = "store", conflicts_with = "store")]
    pub(crate) old: Option<PathBuf>,
    /// The newer list or index file
    #[arg(required_unless_present = "store")]
    pub(crate) new: Option<PathBuf>,
    /// Compare the generations of a store
    #[arg(long, value_name = "DIR", requires = "since")]
    pub(crate) store: Option<PathBuf>,
    /// The generation after which changes count
    #[arg(long, value_name = "GENERATION")]
    pub(crate) since: Option<u64>,
    /// Print the serial numbers, which name people's certificates
    #[arg(long)]
    pub(crate) show_serials: bool,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
}
