//! Private keys as they lie in files (RFC 7468).

use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use zeroize::Zeroizing;

use crate::code::Code;
use crate::error::Error;
use crate::signer::{EcdsaSigner, MemorySigner, RsaSigner};

impl MemorySigner {
    /// The first private key of a PEM file: `PRIVATE KEY` (RFC 5958), `EC
    /// PRIVATE KEY` (RFC 5915) or `RSA PRIVATE KEY` (RFC 8017, A.1.2).
    /// Encrypted ones are not read.
    ///
    /// # Errors
    /// `misuse.argument` if there is none, or none that we sign with.
    pub fn from_pem(file: &[u8]) -> Result<Self, Error> {
        let key = PrivateKeyDer::from_pem_slice(file).map_err(|_| Code::MisuseArgument)?;
        let key = Zeroizing::new(key);
        let der = key.secret_der();
        match *key {
            PrivateKeyDer::Pkcs8(_) => Self::from_pkcs8(der),
            PrivateKeyDer::Sec1(_) => EcdsaSigner::from_sec1(der).map(Self::Ecdsa),
            PrivateKeyDer::Pkcs1(_) => RsaSigner::from_pkcs1(der).map(Self::Rsa),
            _ => Err(Code::MisuseArgument.into()),
        }
    }
}
