//! A message that we sign (RFC 9052, 4.4).

use crate::algorithm::KeyKind;
use crate::code::Code;
use crate::error::Error;
use crate::mdoc::cbor::write;
use crate::mdoc::cose::message::authenticated;
use crate::signer::{Signer, fixed};

/// A message with one signature over a payload that goes another way, and the
/// certificates by which it is verified, the signer's first, beside the
/// signature (RFC 9360, 2).
///
/// `misuse.argument` if the signer's algorithm is neither ES256 nor ES384.
pub(crate) fn sign_detached(
    signer: &dyn Signer,
    chain: &[Vec<u8>],
    payload: &[u8],
) -> Result<Vec<u8>, Error> {
    let algorithm = algorithm(fixed::scheme(signer)?.key())?;
    let protected = write::map(vec![(write::integer(1), write::integer(algorithm))]);
    let signature = fixed::sign(signer, &authenticated("Signature1", &protected, payload))?;
    Ok(write::array(&[
        write::bytes(&[&protected]),
        write::map(vec![(write::integer(33), x5chain(chain))]),
        write::null(),
        write::bytes(&[&signature]),
    ]))
}

/// One certificate by itself, several in an array.
fn x5chain(chain: &[Vec<u8>]) -> Vec<u8> {
    match chain {
        [certificate] => write::bytes(&[certificate]),
        chain => {
            let certificates = chain.iter().map(|der| write::bytes(&[der]));
            write::array(&certificates.collect::<Vec<_>>())
        }
    }
}

/// RFC 9053, 2.1.
fn algorithm(kind: KeyKind) -> Result<i64, Code> {
    match kind {
        KeyKind::P256 => Ok(-7),
        KeyKind::P384 => Ok(-35),
        KeyKind::Rsa => Err(Code::MisuseArgument),
    }
}
