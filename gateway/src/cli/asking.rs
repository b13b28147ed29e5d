//! The arguments about whom to ask, how, and what the answer is worth.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tashika::revocation::{CheckMethod, CheckPurpose, NonceRule};

use super::Http;

/// How to learn whether the certificate is revoked.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Revocation {
    /// A revocation list or a folder of them; may repeat
    #[arg(long, value_name = "PATH")]
    pub(crate) crl: Vec<PathBuf>,
    /// A store of revocation lists, kept by `tashika crl sync`
    #[arg(long, value_name = "DIR", conflicts_with = "crl")]
    pub(crate) store: Option<PathBuf>,
    /// An OCSP responder; it is asked by POST alone
    #[arg(long, value_name = "URL")]
    pub(crate) ocsp: Option<String>,
    /// The `status` endpoint of a platform operator, for those who may not ask the issuer
    #[arg(long, value_name = "URL")]
    pub(crate) operator: Option<String>,
    /// Do not ask: a revoked certificate is then accepted
    #[arg(long, conflicts_with_all = ["crl", "store", "ocsp", "operator"])]
    pub(crate) no_revocation: bool,
}

/// Who is asked and how, and what the answer is worth.
#[derive(Debug, Args)]
pub(crate) struct Asking {
    /// Who has to say that a certificate is good; if absent the operator where
    /// one is given, otherwise all that are given. Lists that are given can say
    /// that it is revoked, whoever else is asked
    #[arg(long, value_enum, conflicts_with = "no_revocation")]
    pub(crate) ask: Option<Ask>,
    /// What it is checked for, which operators want to know
    #[arg(long, value_enum, default_value_t = PurposeArgument::Signature)]
    pub(crate) purpose: PurposeArgument,
    /// Whether an OCSP answer has to repeat the nonce of its question; one that
    /// does not can be played back until it reaches the maximum age
    #[arg(long, value_enum, requires = "ocsp", default_value_t = NonceArgument::Required)]
    pub(crate) ocsp_nonce: NonceArgument,
    /// A file with the bearer token for the operator, for the owner alone (mode 0600)
    #[arg(long, value_name = "FILE", requires = "operator")]
    pub(crate) operator_token_file: Option<PathBuf>,
    /// How the operator is to find out
    #[arg(long, value_enum, requires = "operator", default_value_t = MethodArgument::Crl)]
    pub(crate) operator_by: MethodArgument,
    #[command(flatten)]
    pub(crate) http: Http,
    /// The oldest answer that counts, in hours from its thisUpdate
    #[arg(long, value_name = "HOURS", default_value_t = 48)]
    pub(crate) max_age: u32,
    /// How long after its nextUpdate an answer still counts, in hours; who was
    /// revoked in the meantime then passes, flagged
    #[arg(long, value_name = "HOURS", default_value_t = 0)]
    pub(crate) grace: u32,
    /// How far our clock may be behind the issuer's, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) clock_skew: u32,
    /// What overdue answers are worth, for each use case, as JSON:
    /// {"open-account": {"max_age": 129600, "clock_skew": 60}}, in seconds
    #[arg(
        long,
        value_name = "FILE",
        requires = "use_case",
        conflicts_with_all = ["max_age", "grace", "clock_skew"]
    )]
    pub(crate) outage_policy: Option<PathBuf>,
    /// The use case of that file
    #[arg(long, value_name = "NAME", requires = "outage_policy")]
    pub(crate) use_case: Option<String>,
}

/// Who has to say that a certificate is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Ask {
    /// The lists
    Crl,
    /// The responder
    Ocsp,
    /// The lists and the responder, each of them
    Both,
    /// The lists, and the responder where they cannot say or are not fresh
    CrlElseOcsp,
    /// The platform operator
    Operator,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum PurposeArgument {
    /// Somebody has just signed, or logged in, with it
    Signature,
    /// A stored certificate is looked at again, without the customer
    Liveness,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum NonceArgument {
    /// It has to
    Required,
    /// It need not
    Optional,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum MethodArgument {
    /// By revocation lists
    Crl,
    /// By OCSP
    Ocsp,
}

impl From<PurposeArgument> for CheckPurpose {
    fn from(argument: PurposeArgument) -> Self {
        match argument {
            PurposeArgument::Signature => Self::SignatureVerification,
            PurposeArgument::Liveness => Self::LivenessCheck,
        }
    }
}

impl From<NonceArgument> for NonceRule {
    fn from(argument: NonceArgument) -> Self {
        match argument {
            NonceArgument::Required => Self::Required,
            NonceArgument::Optional => Self::OrMaxAge,
        }
    }
}

impl From<MethodArgument> for CheckMethod {
    fn from(argument: MethodArgument) -> Self {
        match argument {
            MethodArgument::Crl => Self::Crl,
            MethodArgument::Ocsp => Self::Ocsp,
        }
    }
}
