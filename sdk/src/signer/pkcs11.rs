//! Keys that stay in a hardware module (PKCS #11, version 2.40 and later).

mod error;
mod name;
mod public;
mod sessions;

use std::fmt;
use std::mem;
use std::panic;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, Pkcs11};
use cryptoki::error::{Error as ModuleError, RvError};
use cryptoki::mechanism::Mechanism;

use crate::algorithm::{AlgorithmTable, DigestAlgorithm, KeyKind, PublicKey};
use crate::code::Code;
use crate::error::Error;
use crate::signer::{Signer, algorithm};

pub use error::Pkcs11Error;
pub use name::{Pkcs11Pin, TokenKey, TokenName};

use sessions::{Opened, Sessions};

/// What is signed once, to find out whether private and public key are a pair.
const PROBE: &[u8] = b"tashika-pkcs11-signer/1";

/// A PKCS #11 module: the library that its vendor delivers.
///
/// It is loaded into this process and trusted like any part of it. It stays
/// until the process ends: others in the process may be using it too, and to
/// finalize it would end their sessions.
#[derive(Clone)]
pub struct Pkcs11Module(Pkcs11);

/// A key in a token, on P-256 or P-384, or RSA. It signs as a
/// [`MemorySigner`](crate::signer::MemorySigner) with the same key does.
///
/// Many threads may ask it; each has a session of the token for the time of
/// one signature, and there are no more than
/// [`Pkcs11Signer::SESSIONS`]. It blocks while the token works: wrap it
/// in `OnThreads` where others wait.
///
/// A session that the token has lost, because it was unplugged for example, is
/// opened again, once for each signature. **A PIN that the token has refused is
/// never sent again**: tokens lock themselves after a few. Then, and after a
/// change of the key, open a new signer.
///
/// Keys that want the PIN for each signature (`CKA_ALWAYS_AUTHENTICATE`) are
/// not supported.
pub struct Pkcs11Signer {
    sessions: Sessions,
    kind: KeyKind,
    algorithm: Vec<u8>,
    public_key: Vec<u8>,
}

impl Pkcs11Module {
    /// Loads the library at `path`, if it is not loaded yet.
    ///
    /// # Errors
    /// [`Pkcs11Error::Module`] if it cannot be loaded, [`Pkcs11Error::NoModule`]
    /// if it is another library.
    pub fn load(path: &Path) -> Result<Self, Pkcs11Error> {
        // Modules need not stand being initialized by two threads at once.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        // The binding panics over a library without the functions of a module.
        let module = panic::catch_unwind(|| Pkcs11::new(path));
        let module = module.map_err(|_| Pkcs11Error::NoModule)?;
        let module = module.map_err(Pkcs11Error::module)?;
        // The last copy that is dropped would finalize the module.
        mem::forget(module.clone());
        match module.initialize(CInitializeArgs::OsThreads) {
            Ok(()) | Err(ModuleError::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {
                Ok(Self(module))
            }
            Err(source) => Err(Pkcs11Error::module(source)),
        }
    }
}

impl Pkcs11Signer {
    /// Sessions of a token that one signer holds at most.
    pub const SESSIONS: usize = sessions::MOST;

    /// The private key `key` of `token`, with its public key, which has to be in
    /// the token too unless it is RSA. Signs once, to find out whether they
    /// belong together.
    ///
    /// A token that is logged into already by this process, by another signer
    /// for example, does not look at the PIN.
    ///
    /// # Errors
    /// What is missing, ambiguous or refused ([`Pkcs11Error`]).
    pub fn open(
        module: &Pkcs11Module,
        token: TokenName,
        pin: Pkcs11Pin,
        key: TokenKey,
    ) -> Result<Self, Pkcs11Error> {
        let sessions = Sessions::new(module.0.clone(), token, pin, key);
        let public_key = public::of(&sessions.open()?)?;
        let parsed = AlgorithmTable::standard().key(&public_key);
        let parsed = parsed.map_err(|_| Pkcs11Error::KeyUnsupported)?;
        let signer = Self {
            sessions,
            kind: parsed.kind(),
            algorithm: algorithm(parsed.kind()),
            public_key,
        };
        signer.check_pair(&parsed)?;
        Ok(signer)
    }

    /// Its public key: a `SubjectPublicKeyInfo` in DER (RFC 5280, 4.1.2.7).
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        &self.public_key
    }

    /// The signature over `message`, in the form of [`Signer::sign`], or what
    /// the token says: for whoever looks after it.
    ///
    /// # Errors
    /// What is missing or refused ([`Pkcs11Error`]).
    pub fn sign_or_explain(&self, message: &[u8]) -> Result<Vec<u8>, Pkcs11Error> {
        let signature = self.sessions.with(|opened| self.sign_in(opened, message))?;
        match self.kind {
            KeyKind::Rsa => Ok(signature),
            // PKCS #11 has r‖s.
            kind => kind
                .der_of_fixed(&signature)
                .map_err(|_| Pkcs11Error::Signature),
        }
    }

    fn sign_in(&self, opened: &Opened, message: &[u8]) -> Result<Vec<u8>, ModuleError> {
        let digested = |algorithm: DigestAlgorithm| {
            let digest = algorithm.digest(message);
            // Not every token digests for ECDSA by itself.
            opened.sign(&Mechanism::Ecdsa, digest.octets())
        };
        match self.kind {
            KeyKind::Rsa => opened.sign(&Mechanism::Sha256RsaPkcs, message),
            KeyKind::P256 => digested(DigestAlgorithm::Sha256),
            KeyKind::P384 => digested(DigestAlgorithm::Sha384),
        }
    }

    fn check_pair(&self, key: &PublicKey) -> Result<(), Pkcs11Error> {
        let signature = self.sign_or_explain(PROBE)?;
        let outcome = key.verify(key.kind().usual_scheme(), PROBE, &signature);
        outcome.map_err(|_| Pkcs11Error::Signature)
    }
}

impl Signer for Pkcs11Signer {
    fn algorithm(&self) -> &[u8] {
        &self.algorithm
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = self.sign_or_explain(message);
        signature.map_err(|_| Code::MisuseSigner.into())
    }
}

// A path tells of the machine, a token's label of its owner.
impl fmt::Debug for Pkcs11Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pkcs11Module").finish_non_exhaustive()
    }
}

impl fmt::Debug for Pkcs11Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pkcs11Signer")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}
