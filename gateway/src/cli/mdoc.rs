//! The arguments about documents in phones.

mod flow;
mod request;

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use tashika::Time;
use tashika::mdoc::status::RecordPolicy;
use tashika::mdoc::{AgeEvidence, JP_MNC};
use tashika::trust::Fingerprint;

use super::{EnvironmentArgument, LanguageArgument};

pub(crate) use flow::{FlowArgument, FlowOptions};
pub(crate) use request::{EditionArgument, Protocol, Reader, Request};

/// Documents in phones.
#[derive(Debug, Subcommand)]
pub(crate) enum Mdoc {
    /// Show what a response, or what an issuer signed, says of itself, unverified
    ///
    /// Anybody can write all of it. The values of elements are shown if that is
    /// asked for, a portrait's size and codec alone, and a My Number never.
    #[command(after_help = "Example:\n  tashika mdoc show response.cbor")]
    Show {
        /// A device response or IssuerSigned: CBOR or its base64url
        file: PathBuf,
        /// Show the values of the elements
        #[arg(long)]
        show_attributes: bool,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
    /// Write a request for a wallet, and the key that its answer is encrypted to
    ///
    /// Written are the request, the key (its scalar in hexadecimal digits, for the
    /// owner alone, mode 0600), and the inputs of the session, which `verify mdoc`
    /// and `mdoc explain` take. Key and nonce are for this one request.
    #[command(
        after_help = "Examples:\n  tashika mdoc request --protocol annex-c --origin https://rp.example \\\n    --requested org.iso.23220.1/age_over_20 --reader-key reader.pem --reader-chain reader.crt \\\n    --out request.json --key-out session.key --inputs-out session.json\n  tashika verify mdoc --inputs session.json --key session.key --response answer.json \\\n    --requested org.iso.23220.1/age_over_20 --trust anchors/ --crl lists/"
    )]
    Request(Box<Request>),
    /// Find out why the device's signature of a response does not verify
    ///
    /// Tried is a catalogue of what wallets and relying parties take for one
    /// another, against the document's own device key. It explains and verifies
    /// nothing: the issuer's signature is not looked at, and what fits is no
    /// reason to accept the presentation.
    ///
    /// Exit status: 0 the device signed what was given, 1 it signed something
    /// that differs in what is named, or in something unknown.
    #[command(
        after_help = "Example:\n  tashika mdoc explain --response response.cbor --flow annex-c --origin https://rp.example/ \\\n    --encryption-info gmVkY2FwaaJl…"
    )]
    Explain(Box<Explain>),
}

/// What it takes to explain.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The wallet's answer: CBOR, base64url, a JWE, or JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) response: PathBuf,
    #[command(flatten)]
    pub(crate) flow: FlowOptions,
    /// The inputs of another transaction, as JSON with the names of the
    /// arguments here; may repeat
    #[arg(long, value_name = "FILE")]
    pub(crate) other: Vec<PathBuf>,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// The language of texts for people
    #[arg(long, value_enum, default_value_t = LanguageArgument::En)]
    pub(crate) lang: LanguageArgument,
}

/// What it takes to verify a presentation.
#[derive(Debug, Args)]
pub(crate) struct Presentation {
    /// The wallet's answer: CBOR, base64url, a JWE, or JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) response: PathBuf,
    /// The session transcript in CBOR, by itself or under tag 24
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["flow", "inputs"],
        conflicts_with_all = flow::INPUTS
    )]
    pub(crate) transcript: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) flow: FlowOptions,
    #[command(flatten)]
    pub(crate) asked: Asked,
    /// A directory of trust anchors, or one root over this type of document
    #[arg(long, value_name = "DIR")]
    pub(crate) trust: PathBuf,
    /// The rules for the issuer's certificates; if absent those of the type
    #[arg(long, value_enum)]
    pub(crate) profile: Option<ProfileArgument>,
    #[command(flatten)]
    pub(crate) revocation: SignerRevocation,
    #[command(flatten)]
    pub(crate) record: Record,
    /// The oldest revocation list or status token that counts, in hours
    #[arg(long, value_name = "HOURS", default_value_t = 48)]
    pub(crate) max_age: u32,
    /// How far our clock may be behind the issuer's, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) clock_skew: u32,
    /// The evaluation time in RFC 3339; now if absent
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<Time>,
    /// Which hierarchy the anchors belong to
    #[arg(long, value_enum, default_value_t = EnvironmentArgument::Production)]
    pub(crate) environment: EnvironmentArgument,
    /// The SHA-256 fingerprint of a production root, confirmed out of band
    #[arg(long, value_name = "SHA256")]
    pub(crate) pin: Vec<Fingerprint>,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Show what the document says of its holder
    #[arg(long)]
    pub(crate) show_attributes: bool,
    /// The language of texts for people
    #[arg(long, value_enum, default_value_t = LanguageArgument::En)]
    pub(crate) lang: LanguageArgument,
}

/// What was asked of the wallet.
#[derive(Debug, Args)]
pub(crate) struct Asked {
    /// The type of the document
    #[arg(long, value_name = "TYPE", default_value = JP_MNC)]
    pub(crate) doctype: String,
    /// Elements that must be there, as NAMESPACE/ELEMENT; may repeat
    #[arg(long, value_name = "NAMESPACE/ELEMENT", value_delimiter = ',')]
    pub(crate) requested: Vec<String>,
    /// Elements that may be there
    #[arg(
        long,
        value_name = "NAMESPACE/ELEMENT",
        value_delimiter = ',',
        requires = "requested"
    )]
    pub(crate) optional: Vec<String>,
    /// What may stand in for age_over_NN
    #[arg(long, value_enum, default_value_t = AgeArgument::OverOnly)]
    pub(crate) age_evidence: AgeArgument,
}

/// How to learn whether the certificate of the document's signer is revoked.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct SignerRevocation {
    /// A revocation list of the root or a folder of them; may repeat
    #[arg(long, value_name = "PATH")]
    pub(crate) crl: Vec<PathBuf>,
    /// A store of revocation lists, kept by `tashika crl sync`
    #[arg(long, value_name = "DIR", conflicts_with = "crl")]
    pub(crate) store: Option<PathBuf>,
    /// Do not ask: a revoked signer and a revoked document are then accepted
    #[arg(long, conflicts_with_all = ["crl", "store", "status_token"])]
    pub(crate) no_revocation: bool,
}

/// How to learn whether the document itself is revoked.
#[derive(Debug, Args)]
pub(crate) struct Record {
    /// A status token (CWT) of the list that the document names; may repeat
    #[arg(long, value_name = "FILE", requires = "status_eku")]
    pub(crate) status_token: Vec<PathBuf>,
    /// The extended key usage of the token's signer, or `absent`: it is not
    /// published for Japan
    #[arg(long, value_name = "OID")]
    pub(crate) status_eku: Option<String>,
    /// What has to be known about the document's own revocation
    #[arg(long, value_enum, default_value_t = RecordArgument::WhereAvailable)]
    pub(crate) record_policy: RecordArgument,
}

/// The rules for certificates of issuers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProfileArgument {
    /// The My Number Card in a phone
    JpMnc,
    /// Mobile driving licences
    Mdl,
    /// Any type, by annex B of ISO/IEC 18013-5 to the letter
    Strict,
    /// Any certificate by the root: its web servers sign documents too
    DangerAnyLeaf,
}

/// What may stand in for a statement about an age.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum AgeArgument {
    /// Nothing
    OverOnly,
    /// age_in_years
    OrAgeInYears,
    /// age_in_years and the date of birth
    OrBirthDate,
}

/// What has to be known about the revocation of a document itself.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RecordArgument {
    /// The document names a list, and that says that it is good
    Required,
    /// If the document names a list, that says that it is good
    WhereAvailable,
    /// Nothing: what is known to be revoked is refused all the same
    DangerIgnored,
}

impl From<AgeArgument> for AgeEvidence {
    fn from(argument: AgeArgument) -> Self {
        match argument {
            AgeArgument::OverOnly => Self::OverOnly,
            AgeArgument::OrAgeInYears => Self::OrAgeInYears,
            AgeArgument::OrBirthDate => Self::OrBirthDate,
        }
    }
}

impl From<RecordArgument> for RecordPolicy {
    fn from(argument: RecordArgument) -> Self {
        match argument {
            RecordArgument::Required => Self::Required,
            RecordArgument::WhereAvailable => Self::WhereAvailable,
            RecordArgument::DangerIgnored => Self::DangerIgnored,
        }
    }
}
