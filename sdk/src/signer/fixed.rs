//! ECDSA signatures as JOSE (RFC 7518, 3.4) and COSE (RFC 9053, 2.1) carry
//! them: r and s in the full length of the curve's order, one after the other.

use crate::algorithm::KeyKind;
#[cfg(feature = "mdoc")]
use crate::algorithm::SignatureScheme;
use crate::asn1::{self, Reader};
use crate::code::Code;
#[cfg(feature = "mdoc")]
use crate::error::Error;
#[cfg(feature = "mdoc")]
use crate::signer::{Signer, kind};

/// The octets of a number on the longest curve.
const LONGEST: usize = 48;

/// The scheme of such signatures that `signer` makes: `misuse.argument` if it
/// makes others.
#[cfg(feature = "mdoc")]
pub(crate) fn scheme(signer: &dyn Signer) -> Result<SignatureScheme, Code> {
    match kind(signer.algorithm())? {
        KeyKind::P256 => Ok(SignatureScheme::ECDSA_P256_SHA256_FIXED),
        KeyKind::P384 => Ok(SignatureScheme::ECDSA_P384_SHA384_FIXED),
        KeyKind::Rsa => Err(Code::MisuseArgument),
    }
}

/// The signature over `message`, as r‖s.
///
/// `misuse.argument` if what the signer gives is no signature with its
/// algorithm.
#[cfg(feature = "mdoc")]
pub(crate) fn sign(signer: &dyn Signer, message: &[u8]) -> Result<Vec<u8>, Error> {
    let kind = scheme(signer)?.key();
    let signature = signer.sign(message)?;
    Ok(numbers(kind, &signature)?)
}

/// `Ecdsa-Sig-Value` (RFC 3279, 2.2.3), as r‖s.
pub(crate) fn numbers(kind: KeyKind, der: &[u8]) -> Result<Vec<u8>, Code> {
    let length = match kind {
        KeyKind::P256 => 32,
        KeyKind::P384 => 48,
        KeyKind::Rsa => return Err(Code::MisuseArgument),
    };
    let mut pair = Reader::only(der, asn1::SEQUENCE, Code::MisuseArgument)?;
    let numbers = [
        number(pair.integer()?, length)?,
        number(pair.integer()?, length)?,
    ];
    pair.finish()?;
    Ok(numbers.concat())
}

/// A positive INTEGER of at most `length` octets, filled up with zeros.
fn number(contents: &[u8], length: usize) -> Result<Vec<u8>, Code> {
    let octets = match contents {
        [0] | [0x80..=0xff, ..] => return Err(Code::MisuseArgument),
        [0, octets @ ..] => octets,
        octets => octets,
    };
    let zeros = length.checked_sub(octets.len());
    let zeros = [0; LONGEST].get(..zeros.ok_or(Code::MisuseArgument)?);
    Ok([zeros.ok_or(Code::MisuseArgument)?, octets].concat())
}

#[cfg(all(test, feature = "mdoc"))]
mod tests {
    use super::*;
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, KeyPair};

    use crate::algorithm::PublicKey;
    use crate::signer::{EcdsaSigner, RsaSigner, algorithm};

    /// Gives what it was told to.
    struct Told(Vec<u8>, Vec<u8>);

    impl Signer for Told {
        fn algorithm(&self) -> &[u8] {
            &self.0
        }

        fn sign(&self, _: &[u8]) -> Result<Vec<u8>, Error> {
            Ok(self.1.clone())
        }
    }

    fn p256(signature: &[u8]) -> Result<Vec<u8>, Code> {
        let algorithm = algorithm(KeyKind::P256);
        let told = Told(algorithm, signature.to_vec());
        sign(&told, b"").map_err(|error| error.code())
    }

    #[test]
    fn numbers_have_the_full_length() {
        let mut expected = [0; 64];
        (expected[31], expected[62], expected[63]) = (7, 0x80, 1);
        let der = [0x30, 8, 2, 1, 7, 2, 3, 0, 0x80, 1];
        assert_eq!(p256(&der), Ok(expected.to_vec()));

        let longest = [
            &[0x30, 70, 2, 33, 0][..],
            &[0xff; 32],
            &[2, 33, 0],
            &[0xfe; 32],
        ]
        .concat();
        let expected = [[0xff; 32], [0xfe; 32]].concat();
        assert_eq!(p256(&longest), Ok(expected));
    }

    #[test]
    fn what_is_no_signature_is_refused() {
        let too_long = [&[0x30, 38, 2, 33, 1][..], &[0; 32], &[2, 1, 1]].concat();
        for der in [
            &[][..],
            &[0x30, 0],
            &[0x30, 3, 2, 1, 1],
            // Zero, negative, not minimal.
            &[0x30, 6, 2, 1, 0, 2, 1, 1],
            &[0x30, 6, 2, 1, 1, 2, 1, 0],
            &[0x30, 6, 2, 1, 0x80, 2, 1, 1],
            &[0x30, 7, 2, 2, 0, 1, 2, 1, 1],
            // A third number, something behind, another type.
            &[0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1],
            &[0x30, 6, 2, 1, 1, 2, 1, 1, 0],
            &[0x31, 6, 2, 1, 1, 2, 1, 1],
            &too_long,
        ] {
            assert_eq!(p256(der), Err(Code::MisuseArgument), "{der:02x?}");
        }
    }

    #[test]
    fn the_key_s_curve_tells_the_algorithm() {
        let scheme = &ECDSA_P384_SHA384_ASN1_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(scheme, &SystemRandom::new()).unwrap();
        let signer = EcdsaSigner::from_pkcs8(document.as_ref()).unwrap();

        let pair = EcdsaKeyPair::from_pkcs8(scheme, document.as_ref()).unwrap();
        let key = PublicKey::of_point(KeyKind::P384, pair.public_key().as_ref()).unwrap();
        let fixed = SignatureScheme::ECDSA_P384_SHA384_FIXED;
        assert_eq!(super::scheme(&signer), Ok(fixed));
        // Often enough that one of the numbers begins with zeros.
        for number in 0..600_u32 {
            let message = number.to_be_bytes();
            let signature = sign(&signer, &message).unwrap();
            key.verify(fixed, &message, &signature).unwrap();
        }
    }

    #[test]
    fn other_algorithms_have_no_such_signatures() {
        let rsa = aws_lc_rs::rsa::KeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
        let document =
            aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::Pkcs8V1Der<'static>>::as_der(&rsa);
        let signer = RsaSigner::from_pkcs8(document.unwrap().as_ref()).unwrap();
        assert_eq!(sign(&signer, b"").unwrap_err().code(), Code::MisuseArgument);
    }
}
