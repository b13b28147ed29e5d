//! A private key of our own, out of a file or in a token.

use std::env::{self, VarError};
use std::path::Path;
use std::sync::Arc;

use tashika::signer::{
    AsyncSigner, Immediate, MemorySigner, OnThreads, Pkcs11Module, Pkcs11Pin, Pkcs11Signer,
    TokenKey, TokenName,
};

use crate::cli::auth_app::ClientKey;
use crate::exit::Failure;
use crate::{input, key};

/// A key that signs.
pub(super) enum LoadedKey {
    Memory(MemorySigner),
    Token(Pkcs11Signer),
}

impl LoadedKey {
    pub(super) fn public_key(&self) -> &[u8] {
        match self {
            Self::Memory(signer) => signer.public_key(),
            Self::Token(signer) => signer.public_key(),
        }
    }

    /// The key, to be asked where others wait.
    pub(super) fn signer(self) -> Arc<dyn AsyncSigner> {
        match self {
            Self::Memory(signer) => Arc::new(Immediate::new(signer)),
            Self::Token(signer) => Arc::new(OnThreads::new(signer)),
        }
    }
}

/// Octets of a file with a key: more than RSA with 8192 bits takes in PEM.
const KEY: usize = 16 * 1024;

/// Octets of a file with a PIN.
const PIN: usize = 256;

const VARIABLE: &str = "TASHIKA_PKCS11_PIN";

pub(super) fn load(options: &ClientKey) -> Result<LoadedKey, Failure> {
    match (&options.key_file, &options.pkcs11_module) {
        (Some(path), _) => from_file(path).map(LoadedKey::Memory),
        (None, Some(module)) => in_token(module, options).map(LoadedKey::Token),
        (None, None) => Err(usage("--key-file or --pkcs11-module is needed")),
    }
}

fn from_file(path: &Path) -> Result<MemorySigner, Failure> {
    key::refuse_exposed(path)?;
    let file = input::read(path, KEY)?;
    MemorySigner::from_pem(&file).map_err(|_| {
        let text = "no private key on P-256 or P-384 nor an RSA key, unencrypted, in PEM";
        usage(&format!("{}: {text}", path.display()))
    })
}

fn in_token(module: &Path, options: &ClientKey) -> Result<Pkcs11Signer, Failure> {
    let token = match (&options.token, options.slot) {
        (Some(label), _) => TokenName::Label(label.clone()),
        (None, Some(number)) => TokenName::Slot(number),
        (None, None) => return Err(usage("--token or --slot is needed")),
    };
    let key = key_name(options)?;
    let pin = pin(options.pin_file.as_deref())?;
    let opened =
        Pkcs11Module::load(module).and_then(|loaded| Pkcs11Signer::open(&loaded, token, pin, key));
    opened.map_err(|error| Failure::token(module, error))
}

fn key_name(options: &ClientKey) -> Result<TokenKey, Failure> {
    let id = options.name.key_id.as_deref().map(|digits| {
        let id = input::hexadecimal(digits).filter(|id| !id.is_empty());
        id.ok_or_else(|| usage("--key-id is pairs of hexadecimal digits"))
    });
    let id = id.transpose()?;
    match (options.name.key.clone(), id) {
        (Some(label), Some(id)) => Ok(TokenKey::LabelAndId(label, id)),
        (Some(label), None) => Ok(TokenKey::Label(label)),
        (None, Some(id)) => Ok(TokenKey::Id(id)),
        (None, None) => Err(usage("--key or --key-id is needed")),
    }
}

/// From the file, or else from the environment.
fn pin(file: Option<&Path>) -> Result<Pkcs11Pin, Failure> {
    let pin = match file {
        Some(path) => {
            key::refuse_exposed(path)?;
            let octets = input::read(path, PIN)?;
            let line = str::from_utf8(&octets).ok().map(str::trim_end);
            let line = line.filter(|line| !line.contains('\n'));
            line.map(str::to_owned)
                .ok_or_else(|| usage(&format!("{}: a PIN is one line of text", path.display())))?
        }
        None => env::var(VARIABLE).map_err(|error| match error {
            VarError::NotPresent => usage(&format!("the PIN is needed: --pin-file or {VARIABLE}")),
            VarError::NotUnicode(_) => usage(&format!("{VARIABLE}: a PIN is one line of text")),
        })?,
    };
    Ok(Pkcs11Pin::new(pin))
}

fn usage(text: &str) -> Failure {
    Failure::Usage(text.to_owned())
}
