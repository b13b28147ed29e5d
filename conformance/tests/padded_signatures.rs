//! Signatures of PKCS #1 v1.5 over what is no `DigestInfo`: every way in which
//! the block can be another than the one that was asked for.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what cannot be set up fails the test"
)]

use std::fs;
use std::process::{Command, Output};
use std::sync::LazyLock;

use bytes::Bytes;
use tashika::Code;
use tashika::algorithm::{AlgorithmTable, RawSchemes, SignatureScheme};
use tashika::jpki::{SignedDocument, VerifiedSignature};
use tashika_conformance::desk::{Desk, NOW};
use tashika_testbed::{Algorithm, Generation, Hash, KeyPair, Kind, Rng, RsaKey, Scheme, der};

const MESSAGE: &[u8] = b"I agree to the contract of 2027-01-15.";

static DESK: LazyLock<Desk> = LazyLock::new(|| Desk::new(61, Algorithm::RSA_2048).unwrap());

fn certificate() -> Bytes {
    Bytes::copy_from_slice(DESK.card().signing().certificate())
}

fn rsa() -> &'static RsaKey {
    DESK.card().signing().key().rsa().unwrap()
}

/// The octets of the modulus: a number of two octets' length, behind its sign.
fn modulus() -> Vec<u8> {
    rsa().public_key()[9..9 + 256].to_vec()
}

fn digest() -> Vec<u8> {
    Hash::Sha256.digest(MESSAGE)
}

fn digest_info(message: &[u8]) -> Vec<u8> {
    let digest = der::octets(Hash::Sha256.digest(message));
    der::sequence([Hash::Sha256.identifier(), digest])
}

fn sign_block(block: &[u8]) -> Vec<u8> {
    assert_eq!(block.len(), 256);
    rsa().private_operation(block)
}

fn sign(octets: &[u8]) -> Vec<u8> {
    sign_block(&rsa().pkcs1_block(octets))
}

fn verify(document: &SignedDocument) -> Result<VerifiedSignature, Code> {
    let outcome = DESK.verify(document, AlgorithmTable::standard());
    outcome.map_err(|error| error.code())
}

fn bare(signature: Vec<u8>) -> Result<VerifiedSignature, Code> {
    let message = Bytes::from_static(MESSAGE);
    verify(&SignedDocument::bare_sha256(
        certificate(),
        signature.into(),
        message,
    ))
}

fn padded(signature: Vec<u8>, octets: &[u8]) -> Result<VerifiedSignature, Code> {
    let octets = Bytes::copy_from_slice(octets);
    verify(&SignedDocument::danger_padded(
        certificate(),
        signature.into(),
        octets,
    ))
}

fn raw(signature: Vec<u8>) -> Result<VerifiedSignature, Code> {
    let message = Bytes::from_static(MESSAGE);
    verify(&SignedDocument::raw(
        certificate(),
        signature.into(),
        message,
    ))
}

#[test]
fn a_bare_digest_is_accepted_as_what_it_is() {
    let proof = bare(sign(&digest())).unwrap();
    assert_eq!(proof.scheme(), SignatureScheme::RSA_PKCS1_BARE_SHA256);
    assert_eq!(proof.scheme().name(), "pkcs1-bare-sha256");
    assert_eq!(proof.content().unwrap(), MESSAGE);
    // The testbed's own scheme of this name makes the same octets.
    let scheme = Scheme::Pkcs1BareDigest(Hash::Sha256);
    assert_eq!(DESK.card().sign_raw(scheme, MESSAGE), sign(&digest()));
}

#[test]
fn octets_are_accepted_up_to_what_a_block_holds() {
    let long = vec![0x5a; 245];
    for octets in [&b"x"[..], &[0], &[0; 245], &[0xff; 245], &long, MESSAGE] {
        let proof = padded(sign(octets), octets).unwrap();
        assert_eq!(proof.scheme(), SignatureScheme::RSA_PKCS1_PADDED);
        assert_eq!(proof.content().unwrap(), octets);
    }
    // Seven octets of padding, where eight are the least (RFC 8017, 9.2).
    for octets in [&[0x5a; 246][..], &[0x5a; 253], &[]] {
        let refused = padded(sign(octets), octets).unwrap_err();
        assert_eq!(refused, Code::SignatureInvalid, "{}", octets.len());
    }
    let longer = vec![0x5a; 300];
    let refused = padded(sign(&[0x5a; 245]), &longer).unwrap_err();
    assert_eq!(refused, Code::SignatureInvalid);
}

#[test]
fn one_form_does_not_pass_for_the_other() {
    let (standard, without) = (sign(&digest_info(MESSAGE)), sign(&digest()));
    assert_eq!(bare(standard.clone()).unwrap_err(), Code::SignatureInvalid);
    assert_eq!(raw(without.clone()).unwrap_err(), Code::SignatureInvalid);
    let scheme = raw(standard.clone()).unwrap().scheme();
    assert_eq!(scheme, SignatureScheme::RSA_PKCS1_SHA256);
    // Octets are what the caller says they are, and nothing is derived from them.
    let refused = padded(standard.clone(), &digest()).unwrap_err();
    assert_eq!(refused, Code::SignatureInvalid);
    assert!(padded(standard, &digest_info(MESSAGE)).is_ok());
    let refused = padded(without, &digest_info(MESSAGE)).unwrap_err();
    assert_eq!(refused, Code::SignatureInvalid);
    for scheme in [
        Scheme::Pkcs1WithoutNull(Hash::Sha256),
        Scheme::Pkcs1BareDigest(Hash::Sha512),
        Scheme::Pkcs1(Hash::Sha512),
        Scheme::PSS_SHA256,
    ] {
        let refused = bare(DESK.card().sign_raw(scheme, MESSAGE)).unwrap_err();
        assert_eq!(refused, Code::SignatureInvalid, "{scheme:?}");
    }
}

/// Blocks around the right digest, each with one thing wrong.
#[test]
fn a_block_is_the_one_block_that_it_has_to_be() {
    let good = rsa().pkcs1_block(&digest());
    let changed = |at: usize, octet: u8| {
        let mut block = good.clone();
        block[at] = octet;
        block
    };
    let garbage = |padding: usize, between: &[u8]| {
        let mut block = [&[0, 1][..], &vec![0xff; padding], &[0], &digest(), between].concat();
        block.resize(256, 0x5a);
        block
    };
    for (what, block) in [
        ("a leading octet", changed(0, 0x01)),
        ("block type 0", changed(1, 0x00)),
        ("block type 2", changed(1, 0x02)),
        ("another first octet of padding", changed(2, 0xfe)),
        ("another octet of padding", changed(100, 0xfe)),
        ("another last octet of padding", changed(222, 0x7f)),
        ("an end inside the padding", changed(100, 0x00)),
        ("no end of the padding", changed(223, 0xff)),
        ("another digest", changed(255, good[255] ^ 1)),
        ("eight octets of padding and garbage", garbage(8, b"")),
        ("garbage that begins with zeros", garbage(8, &[0; 100])),
        ("one octet of garbage", garbage(220, b"")),
        ("the digest in front", {
            let tail = [&digest()[..], &[0]].concat();
            [&[0, 1][..], &[0xff; 221], &tail].concat()
        }),
    ] {
        let refused = bare(sign_block(&block)).unwrap_err();
        assert_eq!(refused, Code::SignatureInvalid, "{what}");
        let refused = padded(sign_block(&block), &digest()).unwrap_err();
        assert_eq!(refused, Code::SignatureInvalid, "{what}");
    }
    assert!(bare(sign_block(&good)).is_ok());
}

#[test]
fn a_signature_is_a_number_below_the_modulus_in_its_length() {
    let good = sign(&digest());
    let n = modulus();
    let one = [vec![0; 255], vec![1]].concat();
    let mut before = n.clone();
    before[255] -= 1;
    for (what, signature) in [
        ("nothing", vec![]),
        ("zero", vec![0; 256]),
        ("one", one),
        ("the modulus", n.clone()),
        ("one below the modulus", before),
        ("all ones", vec![0xff; 256]),
        ("a leading zero", [&[0], &good[..]].concat()),
        ("an octet less", good[1..].to_vec()),
        ("an octet less at the end", good[..255].to_vec()),
        ("an octet more", [&good[..], &[0]].concat()),
    ] {
        assert_eq!(
            bare(signature).unwrap_err(),
            Code::SignatureInvalid,
            "{what}"
        );
    }
}

/// The same residue, written as a larger number of the same length: it has the
/// right power, and is no signature (RFC 8017, 5.2.2).
#[test]
fn the_modulus_is_not_added() {
    let n = modulus();
    let mut found = 0;
    for number in 0..64_u8 {
        let octets = [b"message ", &[number][..]].concat();
        let signature = sign(&octets);
        let mut carry = 0;
        let mut sum = signature.clone();
        for (s, n) in sum.iter_mut().zip(&n).rev() {
            let total = u16::from(*s) + u16::from(*n) + carry;
            (*s, carry) = (total.to_be_bytes()[1], total >> 8);
        }
        assert!(padded(signature, &octets).is_ok());
        if carry == 0 {
            assert_eq!(padded(sum, &octets).unwrap_err(), Code::SignatureInvalid);
            found += 1;
        }
    }
    assert!(found > 0, "no sum has the length of the modulus");
}

/// With the exponent 3 a cube root is a forgery wherever what follows the digest
/// is not looked at (CVE-2006-4339). Here the digest stands where a sloppy
/// reader finds it, and nobody's private key was needed for the rest.
#[test]
fn a_small_exponent_forges_nothing() {
    let key = RsaKey::generate(2048, 3, &mut Rng::from_seed(62));
    let testbed = DESK.testbed();
    let (person, authority) = (
        DESK.card().person(),
        testbed.authority(Kind::Signing, Generation::Third),
    );
    let terms = testbed.terms(person, Kind::Signing, Generation::Third, 7);
    let credential = authority.issue(person, KeyPair::from(key.clone()), &terms);
    let certificate = Bytes::copy_from_slice(credential.certificate());
    let outcome = |signature: Vec<u8>| {
        verify(&SignedDocument::bare_sha256(
            certificate.clone(),
            signature.into(),
            Bytes::from_static(MESSAGE),
        ))
    };
    assert!(outcome(key.private_operation(&key.pkcs1_block(&digest()))).is_ok());

    let mut wanted = [&[0, 1][..], &[0xff; 8], &[0], &digest()].concat();
    let significant = wanted.len();
    wanted.resize(256, 0x80);
    let root = cube_root(&wanted);
    let recovered = power_of_three(&root);
    assert_eq!(recovered[..significant], wanted[..significant]);
    assert_eq!(outcome(root).unwrap_err(), Code::SignatureInvalid);
}

/// The largest number whose cube is not above `target`, bit by bit.
fn cube_root(target: &[u8]) -> Vec<u8> {
    let mut root = vec![0; 256];
    for bit in (0..683).rev() {
        root[255 - bit / 8] |= 1 << (bit % 8);
        if power_of_three(&root) > target.to_vec() {
            root[255 - bit / 8] &= !(1 << (bit % 8));
        }
    }
    root
}

/// The cube of a number of at most 683 bits, in 256 octets and one before them
/// if it does not fit.
fn power_of_three(root: &[u8]) -> Vec<u8> {
    let square = product(root, root);
    let cube = product(&square, root);
    let (high, low) = cube.split_at(cube.len() - 256);
    match high.iter().all(|octet| *octet == 0) {
        true => low.to_vec(),
        // More than any target.
        false => vec![0xff; 257],
    }
}

/// Schoolbook multiplication of big-endian octets.
fn product(one: &[u8], other: &[u8]) -> Vec<u8> {
    let mut sums = vec![0_u64; one.len() + other.len()];
    for (i, a) in one.iter().rev().enumerate() {
        for (j, b) in other.iter().rev().enumerate() {
            sums[i + j] += u64::from(*a) * u64::from(*b);
        }
    }
    let mut carry = 0;
    let digits = sums.iter().map(|sum| {
        let total = sum + carry;
        carry = total >> 8;
        total.to_le_bytes()[0]
    });
    let mut digits: Vec<_> = digits.collect();
    digits.reverse();
    digits
}

#[test]
fn elliptic_curves_pad_nothing() {
    let desk = Desk::new(63, Algorithm::P384).unwrap();
    let certificate = Bytes::copy_from_slice(desk.card().signing().certificate());
    let signature = Bytes::from(desk.card().sign_raw(Scheme::Ecdsa(Hash::Sha384), MESSAGE));
    let message = Bytes::from_static(MESSAGE);
    for document in [
        SignedDocument::bare_sha256(certificate.clone(), signature.clone(), message.clone()),
        SignedDocument::danger_padded(certificate, signature, message),
    ] {
        let refused = desk.verify(&document, AlgorithmTable::standard());
        assert_eq!(refused.unwrap_err().code(), Code::SignatureScheme);
    }
}

/// A scheme that names how something was signed does not choose it.
#[test]
fn no_table_chooses_the_padding_alone() {
    let chosen = SignatureScheme::RSA_PKCS1_BARE_SHA256;
    assert!(!SignatureScheme::ALL.contains(&chosen));
    assert!(chosen.name().parse::<SignatureScheme>().is_err());
    let verifier = DESK.signing(AlgorithmTable::standard()).unwrap();
    let verifier = verifier.with_raw_schemes(RawSchemes::only(chosen));
    for signature in [sign(&digest()), sign(&digest_info(MESSAGE))] {
        let message = Bytes::from_static(MESSAGE);
        let document = SignedDocument::raw(certificate(), signature.into(), message);
        let refused = verifier.check(&document, NOW).unwrap_err();
        assert_eq!(refused.code(), Code::SignatureScheme);
    }
}

#[test]
fn keys_of_other_sizes_have_blocks_of_their_own() {
    for bits in [2176, 3072] {
        let desk = Desk::new(64, Algorithm::Rsa(bits)).unwrap();
        let signing = desk.card().signing();
        let certificate = Bytes::copy_from_slice(signing.certificate());
        let octets = vec![0x5a; bits as usize / 8 - 11];
        let rsa = signing.key().rsa().unwrap();
        let outcome = |octets: &[u8]| {
            let signature = rsa.private_operation(&rsa.pkcs1_block(octets)).into();
            let octets = Bytes::copy_from_slice(octets);
            let document = SignedDocument::danger_padded(certificate.clone(), signature, octets);
            let outcome = desk.verify(&document, AlgorithmTable::standard());
            outcome.map(drop).map_err(|error| error.code())
        };
        assert_eq!(outcome(&octets), Ok(()));
        let more = [&octets[..], &[0x5a]].concat();
        assert_eq!(outcome(&more), Err(Code::SignatureInvalid));
    }
}

/// OpenSSL sees a standard signature in the one, and a digest in the other.
#[test]
fn openssl_tells_the_forms_apart() {
    let folder = tempfile::tempdir().unwrap();
    let openssl = |arguments: &[&str]| -> Output {
        let command = Command::new("openssl")
            .args(arguments)
            .current_dir(folder.path())
            .output();
        command.unwrap()
    };
    let put = |name: &str, octets: &[u8]| fs::write(folder.path().join(name), octets).unwrap();
    put("key.der", &rsa().spki());
    put("message", MESSAGE);
    put("bare", &sign(&digest()));
    put("standard", &sign(&digest_info(MESSAGE)));
    let verified = |signature: &str| {
        let verify = ["dgst", "-sha256", "-verify", "key.der", "-keyform", "DER"];
        openssl(&[&verify[..], &["-signature", signature, "message"]].concat())
            .status
            .success()
    };
    assert!(verified("standard"));
    assert!(!verified("bare"));
    let recovered = |signature: &str| {
        let recover = ["pkeyutl", "-verifyrecover", "-pubin", "-keyform", "DER"];
        let more = ["-inkey", "key.der", "-in", signature];
        openssl(&[&recover[..], &more].concat()).stdout
    };
    assert_eq!(recovered("bare"), digest());
    assert_eq!(recovered("standard"), digest_info(MESSAGE));
}
