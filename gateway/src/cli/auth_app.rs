//! The arguments about the auth app.

mod login;

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

#[cfg(feature = "demo")]
pub(crate) use login::Chosen;
pub(crate) use login::{Asked, Client, Login, Who};

/// The Digital Agency's auth app, and other OpenID providers.
#[derive(Debug, Subcommand)]
pub(crate) enum AuthApp {
    /// Make the key with which we prove who we are at the provider
    ///
    /// Written is the private key (PKCS#8 in PEM, for the owner alone, mode 0600);
    /// a file that is there is never overwritten. Printed is what an application
    /// wants of it: the public key as PEM and as JWK, and its name (`kid`). For a
    /// key that never leaves a hardware module, make it there and use `jwk`.
    #[command(
        after_help = "Examples:\n  tashika auth-app keygen --out client-2027.pem\n  tashika auth-app keygen --algorithm rs256 --out client-2027.pem --jwks > jwks.json"
    )]
    Keygen(Keygen),
    /// Print the public half of a key as PEM or JWK, with its name
    ///
    /// The key lies in a file or in a hardware module (PKCS #11), which is asked
    /// to sign once.
    #[command(
        after_help = "Examples:\n  tashika auth-app jwk --key-file client-2027.pem\n  tashika auth-app jwk --pkcs11-module /usr/lib/softhsm/libsofthsm2.so --token bank \\\n    --key auth-app --pin-file pin --jwk"
    )]
    Jwk(Box<Jwk>),
    /// Log in through a provider, and show what is proven of the person
    ///
    /// A browser does what a person's does: the command prints a URL of its own
    /// to open, waits for the callback on this machine, asks the provider, and
    /// ends. What is shown of the person is masked. Every step, and every
    /// question that is put to the provider, goes to standard error.
    ///
    /// The provider `testbed` is a simulation that comes with this command: it
    /// needs no registration, and the person is chosen on its page. Others need
    /// what was registered with them: --client-id, --redirect-uri, --key-file and
    /// --audience.
    ///
    /// Exit status: 0 logged in, 1 the person stopped or something is wrong with
    /// what came back, 2 the provider does not answer, 64 the provider refuses us,
    /// as is the case where client, key or audience are not those registered.
    #[command(
        after_help = "Examples:\n  tashika auth-app login --provider testbed --scope name,birthdate\n  tashika auth-app login --provider testbed --choose pin-locked\n  tashika auth-app login --provider sandbox --client-id yourClientId \\\n    --redirect-uri http://127.0.0.1:8400/callback --key-file client.pem \\\n    --audience https://sb-auth-and-sign.go.jp/api/realms/main/protocol/openid-connect/token \\\n    --scope name,birthdate --tls-root /etc/ssl/certs/ca-certificates.crt\n  tashika auth-app login --provider https://idp.example --discover --no-at-hash \\\n    --danger-any-acr --client-id app --redirect-uri http://127.0.0.1:8400/callback \\\n    --key-file client.pem --audience https://idp.example/token --tls-root root.pem"
    )]
    Login(Box<Login>),
}

/// What it takes to make a key.
#[derive(Debug, Args)]
pub(crate) struct Keygen {
    /// With what the key is to sign
    #[arg(long, value_enum, default_value_t = AlgorithmArgument::Es256)]
    pub(crate) algorithm: AlgorithmArgument,
    /// The length of an RSA key, in bits
    #[arg(long, value_enum, value_name = "BITS", default_value_t = BitsArgument::Two)]
    pub(crate) rsa_bits: BitsArgument,
    /// The file to write the private key to
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    #[command(flatten)]
    pub(crate) form: Form,
}

/// What it takes to print the public half of a key.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("source").required(true).args(["key_file", "pkcs11_module"]))]
pub(crate) struct Jwk {
    #[command(flatten)]
    pub(crate) key: ClientKey,
    #[command(flatten)]
    pub(crate) form: Form,
}

/// A private key of our own.
#[derive(Debug, Args)]
pub(crate) struct ClientKey {
    /// The private key in PEM, for the owner alone (mode 0600)
    #[arg(long, value_name = "FILE", conflicts_with = "pkcs11_module")]
    pub(crate) key_file: Option<PathBuf>,
    /// The library of a hardware module (PKCS #11) that has the key; the PIN is in
    /// --pin-file or in the variable TASHIKA_PKCS11_PIN, never an argument
    #[arg(long, value_name = "FILE", requires = "where", requires = "which")]
    pub(crate) pkcs11_module: Option<PathBuf>,
    /// The label of the token
    #[arg(
        long,
        value_name = "LABEL",
        group = "where",
        requires = "pkcs11_module"
    )]
    pub(crate) token: Option<String>,
    /// The number of the slot, where several tokens have one label
    #[arg(
        long,
        value_name = "NUMBER",
        group = "where",
        requires = "pkcs11_module"
    )]
    pub(crate) slot: Option<u64>,
    #[command(flatten)]
    pub(crate) name: KeyName,
    /// A file with the PIN on one line, for the owner alone (mode 0600)
    #[arg(long, value_name = "FILE", requires = "pkcs11_module")]
    pub(crate) pin_file: Option<PathBuf>,
}

/// Which key of a token.
#[derive(Debug, Args)]
#[group(id = "which", multiple = true)]
pub(crate) struct KeyName {
    /// The label of the key
    #[arg(long, value_name = "LABEL", requires = "pkcs11_module")]
    pub(crate) key: Option<String>,
    /// The identifier of the key, in hexadecimal
    #[arg(long, value_name = "HEX", requires = "pkcs11_module")]
    pub(crate) key_id: Option<String>,
}

/// What is printed; everything if nothing is chosen.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Form {
    /// The public key as PEM alone
    #[arg(long)]
    pub(crate) pem: bool,
    /// The public key as JWK alone
    #[arg(long)]
    pub(crate) jwk: bool,
    /// A set with this one JWK
    #[arg(long)]
    pub(crate) jwks: bool,
}

/// With what a key signs.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum AlgorithmArgument {
    /// ECDSA on P-256 with SHA-256
    Es256,
    /// RSA with PKCS #1 v1.5 and SHA-256
    Rs256,
}

/// The length of an RSA key.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum BitsArgument {
    /// What every provider takes
    #[value(name = "2048")]
    Two,
    /// As strong as P-256
    #[value(name = "3072")]
    Three,
    /// Slower still
    #[value(name = "4096")]
    Four,
}
