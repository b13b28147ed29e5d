//! How servers are reached.

use std::path::PathBuf;

use clap::Args;

/// How servers are reached. Only the origins of the URLs that are given are
/// asked, redirects are not followed, and nothing is taken from the system.
#[derive(Clone, Debug, Args)]
pub(crate) struct Http {
    /// A root certificate of the servers that are asked, DER or PEM; may repeat
    #[arg(long, value_name = "FILE")]
    pub(crate) tls_root: Vec<PathBuf>,
    /// The certificate that servers ask us for, PEM, first in its chain
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// Its private key, PEM
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    pub(crate) tls_key: Option<PathBuf>,
    /// An HTTP proxy that opens tunnels, as in `http://proxy.internal:3128`
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// An origin that may be asked without TLS, as in `http://mirror.internal`; may
    /// repeat. Lists and OCSP answers are signed, but whoever is on the way sees
    /// what is asked for, and can keep new answers back; what an operator
    /// answers is not signed, and can be changed
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) plain_http: Vec<String>,
}
