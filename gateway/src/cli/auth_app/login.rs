//! The arguments of `tashika auth-app login`.

use std::net::SocketAddr;
use std::str::FromStr;

use clap::{Args, ValueEnum};
use tashika::auth_app::{Acr, Refusal, Scope};

use super::ClientKey;
use crate::cli::{Http, LanguageArgument};

/// What it takes to log in.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// testbed, sandbox, production, or a URL: what the auth app's paths are
    /// below, or with --discover the issuer of another provider
    #[arg(long, value_name = "WHO")]
    pub(crate) provider: Who,
    /// Ask the issuer for its addresses (OpenID Connect Discovery)
    #[arg(long)]
    pub(crate) discover: bool,
    #[command(flatten)]
    pub(crate) client: Client,
    #[command(flatten)]
    pub(crate) asked: Asked,
    /// Open the URL in this machine's browser
    #[arg(long)]
    pub(crate) open: bool,
    /// What browser and person do at the testbed, without either
    #[cfg(feature = "demo")]
    #[arg(long, value_enum, value_name = "NAME", conflicts_with = "open")]
    pub(crate) choose: Option<Chosen>,
    /// How long to wait for the browser to come back, in minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 10,
        value_parser = clap::value_parser!(u8).range(1..=60))]
    pub(crate) wait: u8,
    #[command(flatten)]
    pub(crate) http: Http,
    /// Show who the person is, and what is told of the person, unmasked
    #[arg(long)]
    pub(crate) show_attributes: bool,
    /// Answer in JSON
    #[arg(long)]
    pub(crate) json: bool,
    /// The language of texts for people
    #[arg(long, value_enum, default_value_t = LanguageArgument::En)]
    pub(crate) lang: LanguageArgument,
}

/// As whom we are registered with the provider. The testbed needs none of it.
#[derive(Debug, Args)]
pub(crate) struct Client {
    /// The name by which the provider knows us
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// Where the browser comes back to, as registered: on this machine, such as
    /// `http://127.0.0.1:8400/callback`, or with --listen anywhere
    #[arg(long, value_name = "URI")]
    pub(crate) redirect_uri: Option<String>,
    /// Where we wait on this machine, if what is behind the redirect URI sends
    /// requests on to there
    #[arg(long, value_name = "ADDRESS:PORT", requires = "redirect_uri")]
    pub(crate) listen: Option<SocketAddr>,
    #[command(flatten)]
    pub(crate) key: ClientKey,
    /// The name of the key, if the provider goes by that
    #[arg(long, value_name = "KID")]
    pub(crate) kid: Option<String>,
    /// The audience of our assertions, as the provider states it: mostly the URL
    /// of its token endpoint. It is not taken from discovery, since whoever
    /// answers there could have us sign for another provider
    #[arg(long, value_name = "URL")]
    pub(crate) audience: Option<String>,
}

/// What is asked for, and what has to come back.
#[derive(Debug, Args)]
pub(crate) struct Asked {
    /// What the provider is to tell of the person; may repeat. Nothing if absent
    #[arg(long, value_enum, value_name = "SCOPE", value_delimiter = ',')]
    pub(crate) scope: Vec<ScopeArgument>,
    /// How the person is to be authenticated; may repeat
    #[arg(long, value_name = "ACR", value_delimiter = ',', value_parser = acr,
        default_values = ["aal3", "crl"])]
    pub(crate) acr: Vec<Acr>,
    /// What the ID token has to say of that; the same if absent
    #[arg(long, value_name = "ACR", value_delimiter = ',', value_parser = acr,
        conflicts_with = "danger_any_acr")]
    pub(crate) require_acr: Vec<Acr>,
    /// Accept whatever the ID token says of that: how the person was
    /// authenticated is then anybody's choice who has the browser
    #[arg(long)]
    pub(crate) danger_any_acr: bool,
    /// Accept ID tokens that are signed by RS256, in the place of ES256
    #[arg(long)]
    pub(crate) rs256: bool,
    /// Accept ID tokens that do not say with which access token they came
    #[arg(long)]
    pub(crate) no_at_hash: bool,
    /// The callback has to name the provider (RFC 9207). If absent, that is
    /// looked at where it does
    #[arg(long)]
    pub(crate) require_iss: bool,
    /// What an error in the callback means, beside those of the standards; may
    /// repeat. MEANING is cancelled, expired, certificate, pin-locked, no-pin,
    /// app-missing, unavailable or client
    #[arg(long, value_name = "NAME=MEANING")]
    pub(crate) error: Vec<ErrorName>,
    /// How far our clock may be off the provider's, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub(crate) clock_skew: u32,
}

/// Who is asked.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    /// The simulation that comes with this command.
    #[cfg(feature = "demo")]
    Testbed,
    Sandbox,
    Production,
    At(String),
}

/// The name of an error, and its meaning.
#[derive(Clone, Debug)]
pub(crate) struct ErrorName {
    pub(crate) name: String,
    pub(crate) meaning: Refusal,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ScopeArgument {
    /// The name
    Name,
    /// The address
    Address,
    /// The date of birth
    Birthdate,
    /// The sex, as the card says
    Gender,
}

/// What happens at the testbed.
#[cfg(feature = "demo")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Chosen {
    /// Hanako shows card and PIN
    Hanako,
    /// Shota, who is 16, does
    Shota,
    /// The person stops
    Cancel,
    /// The certificate has expired
    ExpiredCertificate,
    /// The certificate is revoked
    RevokedCertificate,
    /// Too many wrong PINs
    PinLocked,
    /// The card has no PIN
    NoPin,
    /// The app is not on the phone
    AppMissing,
    /// The person takes too long
    Expired,
    /// The callback is opened in another browser
    OtherBrowser,
    /// The ID token is signed by somebody else
    Forged,
    /// Somebody takes out of the request how to authenticate
    AcrRemoved,
    /// The provider is out of service
    Unavailable,
}

impl FromStr for Who {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            #[cfg(feature = "demo")]
            "testbed" => Ok(Self::Testbed),
            "sandbox" => Ok(Self::Sandbox),
            "production" => Ok(Self::Production),
            url if url.contains("://") => Ok(Self::At(url.to_owned())),
            _ => Err("neither a provider's name nor a URL"),
        }
    }
}

impl FromStr for ErrorName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, meaning) = text.split_once('=').ok_or("not NAME=MEANING")?;
        let meaning = meaning.parse().map_err(|_| "no such meaning")?;
        let name = name.to_owned();
        Ok(Self { name, meaning })
    }
}

impl From<ScopeArgument> for Scope {
    fn from(argument: ScopeArgument) -> Self {
        match argument {
            ScopeArgument::Name => Self::Name,
            ScopeArgument::Address => Self::Address,
            ScopeArgument::Birthdate => Self::Birthdate,
            ScopeArgument::Gender => Self::Gender,
        }
    }
}

fn acr(name: &str) -> Result<Acr, &'static str> {
    Acr::named(name).map_err(|_| "1 to 64 printable characters without a space")
}
