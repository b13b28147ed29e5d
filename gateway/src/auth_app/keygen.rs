//! `tashika auth-app keygen`.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};
use der::SecretDocument;
use der::pem::LineEnding;
use tashika::signer::MemorySigner;
use tashika::{Code, Error};

use crate::auth_app::public_key;
use crate::cli::auth_app::{AlgorithmArgument, BitsArgument, Keygen};
use crate::exit::{Exit, Failure};
use crate::key;

pub(super) fn run(options: &Keygen) -> Result<Exit, Failure> {
    let key = generate(options).ok_or(Error::new(Code::MisuseEntropy))?;
    let signer = MemorySigner::from_pkcs8(key.as_bytes())?;
    // The forms of the public half first: a key that has none is not kept.
    let printed = public_key::text(signer.public_key(), &options.form)?;
    let pem = key.to_pem("PRIVATE KEY", LineEnding::LF);
    let pem = pem.map_err(|_| Error::new(Code::MisuseArgument))?;
    key::write(&options.out, pem.as_bytes())?;
    public_key::write(&printed)
}

/// A new key as `PrivateKeyInfo` (RFC 5958).
fn generate(options: &Keygen) -> Option<SecretDocument> {
    let ecdsa = || EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING)?.to_pkcs8v1();
    let rsa =
        |size| -> Result<Pkcs8V1Der<'static>, Unspecified> { KeyPair::generate(size)?.as_der() };
    let size = match options.rsa_bits {
        BitsArgument::Two => KeySize::Rsa2048,
        BitsArgument::Three => KeySize::Rsa3072,
        BitsArgument::Four => KeySize::Rsa4096,
    };
    match options.algorithm {
        AlgorithmArgument::Es256 => SecretDocument::try_from(ecdsa().ok()?.as_ref()).ok(),
        AlgorithmArgument::Rs256 => SecretDocument::try_from(rsa(size).ok()?.as_ref()).ok(),
    }
}
