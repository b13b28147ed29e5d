//! The arguments.

mod asking;
pub(crate) mod audit;
pub(crate) mod auth_app;
pub(crate) mod crl;
#[cfg(feature = "parquet")]
mod export;
mod health;
mod http;
pub(crate) mod mdoc;
mod watch;

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use tashika::Time;
use tashika::algorithm::SignatureScheme;
use tashika::trust::Fingerprint;

pub(crate) use self::http::Http;
pub(crate) use asking::{Ask, Asking, Revocation};
#[cfg(feature = "parquet")]
pub(crate) use export::Export;
pub(crate) use health::Health;
pub(crate) use watch::{Format, Watch};

/// Verify evidence of Japan's My Number ecosystem.
///
/// Exit status: 0 accepted, 1 rejected, 2 undetermined (it could not be
/// checked: neither good nor bad), 64 misuse or anchors that are unfit, 65 rows of
/// a portfolio cannot be read, 66 a file cannot be read, 74 the answer cannot be
/// written.
#[derive(Debug, Parser)]
#[command(name = "tashika", version, max_term_width = 100)]
#[command(
    after_help = "Examples:\n  tashika trust show anchors/\n  tashika verify cms --input contract.p7s --kind sign --trust anchors/ --crl lists/"
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Verify a certificate, a bare signature, a CMS message or a presentation
    #[command(subcommand)]
    Verify(Box<Verify>),
    /// Look at a directory of trust anchors
    #[command(subcommand)]
    Trust(Trust),
    /// Look at revocation lists, and keep them in a store
    #[command(subcommand)]
    Crl(Box<crl::Crl>),
    /// Look at a certificate
    #[command(subcommand)]
    Certificate(Certificate),
    /// Look at presentations from phones, ask for them, and find out what is wrong
    #[command(subcommand)]
    Mdoc(Box<mdoc::Mdoc>),
    /// Log people in with the auth app (デジタル認証アプリ), and make keys for that
    #[command(subcommand)]
    AuthApp(Box<auth_app::AuthApp>),
    /// Verify the chains of audit records, and print their heads
    #[command(subcommand)]
    Audit(Box<audit::Audit>),
    /// Find the customers of a portfolio whose certificates are revoked
    ///
    /// The portfolio (.csv, .jsonl) has columns key, reference and, if wanted,
    /// kind (sign or auth); `tashika certificate key` prints a key. A customer without a finding
    /// is not thereby good. No reason proves a death or a change of address; what
    /// may follow from each stands in the answer, which is for the operator
    /// alone. The same command goes on with a run that was killed.
    ///
    /// Exit status: 0 the whole portfolio was looked for on fresh lists,
    /// 2 lists are stale or missing, 65 some rows could not be read (whatever
    /// the lists are). Findings are written in every one of these cases.
    #[command(
        after_help = "Example:\n  tashika watch --store lists/ --trust anchors/ --portfolio customers.csv \\\n    --key-file lookup.key --out findings.jsonl"
    )]
    Watch(Box<Watch>),
    /// Tell an outage of issuance, of the revocation service and of ourselves apart
    ///
    /// For each channel (card, Android, iPhone), from what is given: nothing is
    /// asked over the network. Issuance cannot be seen from here, so somebody
    /// writes down what was announced (--notice). What is not given is shown as
    /// unknown, and never as fine.
    ///
    /// Exit status: 0 the channels of --channel are fine, 2 something is down or
    /// unknown.
    #[command(
        after_help = "Examples:\n  tashika health --store lists/ --trust anchors/ --notice notice.json\n  tashika health --store lists/ --trust anchors/ --ocsp down --needs one --lang ja"
    )]
    Health(Health),
    /// Visit three relying parties, with everybody they deal with, offline
    ///
    /// A bank, a shop and an organiser, in a browser on this machine; the card and
    /// the phone are a page too, which shows what a defect leads to. Nobody in it exists,
    /// nothing leaves the machine, and nothing is kept when it ends.
    #[cfg(feature = "demo")]
    #[command(after_help = "Example:\n  tashika demo --port 8100")]
    Demo(Demo),
    /// See what is verified, and what every refusal looks like, offline
    #[cfg(feature = "demo")]
    #[command(after_help = "Example:\n  tashika tour --lang ja")]
    Tour(Tour),
    /// Print completions for a shell
    #[command(after_help = "Example:\n  tashika completions bash > /etc/bash_completion.d/tashika")]
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// What to verify.
#[derive(Debug, Subcommand)]
pub(crate) enum Verify {
    /// Verify a certificate: genuine, valid, not revoked
    ///
    /// It does not prove that whoever shows a certificate holds its key.
    ///
    /// How it was asked stands under `asked` in JSON: purpose, delivery (listed,
    /// asked, cached, remembered), checked_via (crl, ocsp, operator), source_time,
    /// age_seconds, reference_id, retry_after_seconds; and whether an answer
    /// counts by the policy alone, under `revocation`: within_grace, flagged.
    #[command(
        after_help = "Examples:\n  tashika verify cert sign.der --kind sign --trust anchors/ --crl lists/\n  tashika verify cert sign.der --kind sign --trust anchors/ --store lists/ \\\n    --ocsp https://ocsp.example/ --tls-root root.pem --ask crl-else-ocsp\n  tashika verify cert sign.der --kind sign --trust anchors/ --purpose liveness \\\n    --operator https://pf.example/v1/status --operator-token-file token --tls-root root.pem"
    )]
    Cert {
        /// The certificate, DER or PEM
        file: PathBuf,
        #[command(flatten)]
        options: Options,
    },
    /// Verify a bare signature over a message
    #[command(
        after_help = "Examples:\n  tashika verify raw --certificate sign.der --signature sig.bin --message contract.pdf \\\n    --kind sign --trust anchors/ --crl lists/\n  tashika verify raw --certificate sign.der --signature sig.bin --digest 9f86d0… \\\n    --kind sign --trust anchors/ --no-revocation"
    )]
    Raw {
        /// The certificate, DER or PEM
        #[arg(long, value_name = "FILE")]
        certificate: PathBuf,
        /// The signature
        #[arg(long, value_name = "FILE")]
        signature: PathBuf,
        #[command(flatten)]
        signed: Signed,
        /// The one scheme to accept (fixed: r‖s instead of DER); if absent,
        /// pkcs1-sha256, ecdsa-sha256 or ecdsa-sha384 by the certificate's key
        #[arg(long, value_parser = schemes())]
        scheme: Option<SignatureScheme>,
        #[command(flatten)]
        options: Options,
    },
    /// Verify a CMS message (RFC 5652), attached or detached
    #[command(
        after_help = "Example:\n  tashika verify cms --input contract.p7s --content contract.pdf --kind sign --trust anchors/ --crl lists/"
    )]
    Cms {
        /// The message, DER or BER
        #[arg(long, value_name = "FILE")]
        input: PathBuf,
        /// The content, if the message does not carry it
        #[arg(long, value_name = "FILE")]
        content: Option<PathBuf>,
        /// Accept RSASSA-PSS too
        #[arg(long)]
        pss: bool,
        #[command(flatten)]
        options: Options,
    },
    /// Verify a presentation of a document in a phone (カード代替電磁的記録, mDL)
    ///
    /// The answer of the wallet is CBOR, its base64url, or the JSON that the page
    /// got from the Digital Credentials API; one that is encrypted needs the key.
    /// The session transcript is given, or made of what was sent and configured:
    /// never of what came with the answer.
    ///
    /// The directory of anchors has the roots over each type of document in
    /// mdoc-issuer/TYPE/, and those over signers of status lists in mdoc-status/.
    /// What --show-attributes shows is never a portrait, of which only size and
    /// codec are told, and never a My Number.
    #[command(
        after_help = "Examples:\n  tashika verify mdoc --response answer.json --key reader.pem --flow annex-c \\\n    --origin https://rp.example --encryption-info gmVkY2FwaaJl… --trust anchors/ \\\n    --requested org.iso.23220.1/age_over_20 --crl lists/\n  tashika verify mdoc --response response.cbor --transcript transcript.cbor --trust anchors/ \\\n    --doctype org.iso.18013.5.1.mDL --no-revocation"
    )]
    Mdoc(Box<mdoc::Presentation>),
}

/// What the signature is over.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Signed {
    /// The signed message
    #[arg(long, value_name = "FILE")]
    pub(crate) message: Option<PathBuf>,
    /// The digest of the signed message, in hexadecimal
    #[arg(long, value_name = "HEX")]
    pub(crate) digest: Option<String>,
}

/// What every verification of a card's evidence needs.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The kind of certificate
    #[arg(long, value_enum)]
    pub(crate) kind: KindArgument,
    /// A directory of trust anchors (.cer .crt .der .pem), or one file
    #[arg(long, value_name = "DIR")]
    pub(crate) trust: PathBuf,
    #[command(flatten)]
    pub(crate) revocation: Revocation,
    /// Let a list say that a certificate is good although it lacks this part;
    /// may repeat
    #[arg(
        long,
        value_enum,
        value_name = "PART",
        conflicts_with = "no_revocation"
    )]
    pub(crate) danger_list_without: Vec<ListPart>,
    #[command(flatten)]
    pub(crate) asking: Asking,
    /// The evaluation time in RFC 3339; now if absent
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<Time>,
    /// Which hierarchy the anchors belong to
    #[arg(long, value_enum, default_value_t = EnvironmentArgument::Production)]
    pub(crate) environment: EnvironmentArgument,
    /// The SHA-256 fingerprint of a further production anchor, confirmed out of band
    #[arg(long, value_name = "SHA256")]
    pub(crate) pin: Vec<Fingerprint>,
    /// Rows that replace meanings of revocation reasons, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) meanings: Option<PathBuf>,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// Show name, address, date of birth and sex
    #[arg(long)]
    pub(crate) show_attributes: bool,
    /// The language of texts for people
    #[arg(long, value_enum, default_value_t = LanguageArgument::En)]
    pub(crate) lang: LanguageArgument,
}

/// A part that every list must have to say that a certificate is good.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ListPart {
    /// cRLNumber: an old list is then told from a newer one by its date alone
    Number,
    /// nextUpdate: the maximum age is then the only limit
    NextUpdate,
    /// authorityKeyIdentifier
    AuthorityKey,
    /// issuingDistributionPoint: one part of many then passes for the whole
    Scope,
}

/// Trust anchors.
#[derive(Debug, Subcommand)]
pub(crate) enum Trust {
    /// Check that every anchor of a directory can be used
    #[command(after_help = "Example:\n  tashika trust check anchors/")]
    Check(TrustOptions),
    /// List the anchors of a directory: purpose, fingerprint, validity
    #[command(after_help = "Example:\n  tashika trust show anchors/")]
    Show(TrustOptions),
}

/// What looking at anchors needs.
#[derive(Debug, Args)]
pub(crate) struct TrustOptions {
    /// A directory of trust anchors (.cer .crt .der .pem), or one file
    pub(crate) dir: PathBuf,
    /// Which hierarchy the anchors belong to
    #[arg(long, value_enum, default_value_t = EnvironmentArgument::Production)]
    pub(crate) environment: EnvironmentArgument,
    /// The SHA-256 fingerprint of a further production anchor, confirmed out of band
    #[arg(long, value_name = "SHA256")]
    pub(crate) pin: Vec<Fingerprint>,
    /// The time at which validity is judged, in RFC 3339; now if absent
    #[arg(long, value_name = "RFC3339")]
    pub(crate) at: Option<Time>,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// Certificates.
#[derive(Debug, Subcommand)]
pub(crate) enum Certificate {
    /// Show what a certificate says of itself, unverified
    #[command(after_help = "Example:\n  tashika certificate show sign.der")]
    Show {
        /// The certificate, DER or PEM
        file: PathBuf,
        /// Show what tells of a person: subject, serial number, names, places
        #[arg(long)]
        show_attributes: bool,
        /// Answer in JSON
        #[arg(long)]
        json: bool,
    },
    /// Print the keyed identity of a certificate, under which a portfolio holds it
    ///
    /// It is HMAC-SHA-256 over the length of the issuer's name in DER (8 octets,
    /// big-endian), that name, and the serial number without leading zeros. The
    /// certificate is not verified: verify it when you take it on file.
    #[command(
        after_help = "Example:\n  (umask 077; openssl rand -hex 32 > lookup.key)\n  tashika certificate key sign.der --key-file lookup.key"
    )]
    Key(KeyOptions),
}

/// What it takes to key a certificate.
#[derive(Debug, Args)]
pub(crate) struct KeyOptions {
    /// The certificate, DER or PEM
    pub(crate) file: PathBuf,
    /// The key: 32 octets or 64 hexadecimal digits, for the owner alone (mode 0600)
    #[arg(long, value_name = "FILE")]
    pub(crate) key_file: PathBuf,
}

/// The demo.
#[cfg(feature = "demo")]
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// The port of its front page; the pages it leads to are at those after it.
    /// What is taken is replaced by any that is free, and 0 asks for such alone
    #[arg(long, default_value_t = 8100)]
    pub(crate) port: u16,
}

/// The tour.
#[cfg(feature = "demo")]
#[derive(Debug, Args)]
pub(crate) struct Tour {
    /// Keys and people from this seed instead of fresh ones
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// The language of texts for people
    #[arg(long, value_enum, default_value_t = LanguageArgument::En)]
    pub(crate) lang: LanguageArgument,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum KindArgument {
    /// 署名用: documents are signed with it
    Sign,
    /// 利用者証明用: people log in with it
    Auth,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum EnvironmentArgument {
    /// The real service: pinned anchors only
    Production,
    /// Test hierarchies
    Test,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LanguageArgument {
    /// 日本語
    Ja,
    /// English
    En,
}

fn schemes() -> impl TypedValueParser<Value = SignatureScheme> {
    let names = SignatureScheme::ALL.iter().map(|scheme| scheme.name());
    PossibleValuesParser::new(names).try_map(|name| name.parse())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_fit_together() {
        super::Cli::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        let root = super::Cli::command();
        let mut commands = vec![&root];
        while let Some(command) = commands.pop() {
            commands.extend(command.get_subcommands());
            let (name, help) = (command.get_name(), command.get_after_help());
            let help = help.map(ToString::to_string).unwrap_or_default();
            let calls = help
                .lines()
                .filter_map(|line| line.trim().strip_prefix("tashika "));
            let mut calls = calls.map(|call| call.split(' ').take(2).any(|word| word == name));
            let group = command.has_subcommands();
            assert!(group || calls.any(|own| own), "{name}: no example");
        }
    }
}
