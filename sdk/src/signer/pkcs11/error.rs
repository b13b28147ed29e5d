//! What can be wrong with a key in a token.

use cryptoki::error::Error as ModuleError;

/// Why a key in a token cannot be used, for whoever looks after the token.
///
/// It holds neither the PIN nor what was to be signed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Pkcs11Error {
    /// The module cannot be loaded.
    #[error("the PKCS #11 module cannot be loaded: {}", said(source))]
    #[non_exhaustive]
    Module {
        /// What the system or the module says.
        source: ModuleError,
    },
    /// The library is no PKCS #11 module.
    #[error("the library is no PKCS #11 module")]
    NoModule,
    /// There is no token of this name.
    #[error("there is no such token")]
    TokenMissing,
    /// Several tokens have this label; a slot's number tells them apart.
    #[error("several tokens have this label: name the slot")]
    TokenAmbiguous,
    /// The token refuses the PIN, or has none.
    #[error("the token does not accept the PIN: {}", said(source))]
    #[non_exhaustive]
    Pin {
        /// What the module says.
        source: ModuleError,
    },
    /// The token has refused the PIN before. It is not sent again, because the
    /// token would lock itself.
    #[error("the token has refused the PIN before, and it is not sent again")]
    PinKeptBack,
    /// The token has no private key of this name that may sign.
    #[error("there is no such private key in the token that may sign")]
    KeyMissing,
    /// Several private keys have this name; label and identifier together may
    /// tell them apart.
    #[error("several private keys have this name: give label and identifier")]
    KeyAmbiguous,
    /// The key is of another kind than P-256, P-384 and RSA of 2048 to 8192
    /// bits.
    #[error("the key is none on P-256 or P-384, and no RSA key of 2048 to 8192 bits")]
    KeyUnsupported,
    /// The token does not have the public key that belongs to the private one.
    #[error("the token does not have the public key that belongs to the private one")]
    PublicKeyMissing,
    /// What the token gave is no signature of its public key.
    #[error("what the token gave is no signature of its public key")]
    Signature,
    /// The token is away, or says that it cannot.
    #[error("the token does not sign: {}", said(source))]
    #[non_exhaustive]
    Token {
        /// What the module says.
        source: ModuleError,
    },
}

impl Pkcs11Error {
    pub(super) const fn module(source: ModuleError) -> Self {
        Self::Module { source }
    }

    pub(super) const fn token(source: ModuleError) -> Self {
        Self::Token { source }
    }
}

/// What a module returned, by the name that the standard has for it. The
/// binding prints the standard's paragraph about it instead.
fn said(error: &ModuleError) -> String {
    match error {
        ModuleError::Pkcs11(value, function) => format!("{function} returned {value:?}"),
        other => other.to_string(),
    }
}
