//! The holder's public key (RFC 5280, 4.1.2.7).

#![expect(clippy::indexing_slicing, reason = "what is cut was made here")]

use tashika_testbed::{Algorithm, CertificateBuilder, KeyPair, der, oid};

use super::leaf;
use crate::vectors::{Kind::Signing, Vector, world::World};

pub(super) fn subject_key(world: &World) -> Vec<Vector> {
    let check = "x509.subject_key";
    let of = |id, clause, note, spki: Vec<u8>| {
        let change = |c: CertificateBuilder| c.spki(spki.clone());
        leaf(world, [id, clause, note], &change)
    };
    let bad = |id, clause, note, spki| of(id, clause, note, spki).refused_by(check);
    let rsa = |modulus: &[u8], exponent: &[u8]| {
        let key = der::sequence([der::integer_raw(modulus), der::integer_raw(exponent)]);
        let algorithm = der::algorithm_null(oid::RSA_ENCRYPTION);
        der::sequence([algorithm, der::bits(&key)])
    };
    let card = world.credential(Signing).key();
    let public = card.public_bits();
    // SEQUENCE of two octets of length, INTEGER of two octets of length.
    let modulus = &public[8..8 + 257];
    let p256 = world.rsa.key(Algorithm::P256, "subject");
    let point = p256.public_bits();
    let on = |curve: &[u64], point: &[u8]| {
        let algorithm = der::sequence([der::oid(oid::EC_PUBLIC_KEY), der::oid(curve)]);
        der::sequence([algorithm, der::bits(point)])
    };
    let off_curve = {
        let mut point = point.clone();
        point[64] ^= 1;
        point
    };
    let sec = "RFC 5480, 2";
    let pkcs = "RFC 3279, 2.3.1; key sizes of the allow-list";
    let small = |bits| KeyPair::from(world.rsa_key(bits, 65_537)).spki();
    vec![
        of(
            "x509/key_p384",
            sec,
            "The holder's key is on P-384.",
            world.rsa.key(Algorithm::P384, "subject").spki(),
        )
        .accepted(check),
        of(
            "x509/key_exponent_3",
            pkcs,
            "The public exponent is 3.",
            rsa(modulus, &[3]),
        )
        .accepted(check),
        bad(
            "x509/key_1024",
            pkcs,
            "The modulus has 1024 bits.",
            small(1024),
        ),
        bad(
            "x509/key_1920",
            pkcs,
            "The modulus has 1920 bits.",
            small(1920),
        ),
        bad(
            "x509/key_exponent_1",
            pkcs,
            "The public exponent is 1.",
            rsa(modulus, &[1]),
        ),
        bad(
            "x509/key_exponent_even",
            pkcs,
            "The public exponent is even.",
            rsa(modulus, &[1, 0, 0]),
        ),
        bad(
            "x509/key_exponent_huge",
            pkcs,
            "The public exponent has 34 bits.",
            rsa(modulus, &[2, 0, 0, 0, 1]),
        ),
        bad(
            "x509/key_exponent_negative",
            pkcs,
            "The public exponent is negative.",
            rsa(modulus, &[0x81]),
        ),
        bad(
            "x509/key_modulus_padded",
            "X.690, 8.3.2",
            "The modulus has a leading zero octet too many.",
            rsa(&[&[0], modulus].concat(), &[1, 0, 1]),
        ),
        bad(
            "x509/key_without_null",
            pkcs,
            "The parameters of the RSA key are absent.",
            {
                let algorithm = der::algorithm(oid::RSA_ENCRYPTION);
                der::sequence([algorithm, der::bits(&public)])
            },
        ),
        bad(
            "x509/key_pss_only",
            "RFC 4055, 1.2",
            "The RSA key is restricted to PSS.",
            der::sequence([der::algorithm(oid::RSASSA_PSS), der::bits(&public)]),
        ),
        bad("x509/key_trailing", pkcs, "An element follows the key.", {
            let algorithm = der::algorithm_null(oid::RSA_ENCRYPTION);
            der::sequence([algorithm, der::bits(&public), der::null()])
        }),
        bad(
            "x509/key_explicit_curve",
            sec,
            "The curve is spelled out in place of its name.",
            p256.spki_with_explicit_curve().unwrap_or_default(),
        ),
        bad(
            "x509/key_off_curve",
            "SEC 1, 3.2.2",
            "The point is not on the curve.",
            on(oid::P256, &off_curve),
        ),
        bad(
            "x509/key_compressed",
            sec,
            "The point is compressed.",
            on(oid::P256, &[&[2 + (point[64] & 1)], &point[1..33]].concat()),
        ),
        bad(
            "x509/key_other_curve",
            sec,
            "The point is said to be on secp256k1.",
            on(&[1, 3, 132, 0, 10], &point),
        ),
        bad(
            "x509/key_ed25519",
            "RFC 8410, 4; kinds of the allow-list",
            "The key is one of Ed25519.",
            der::sequence([der::algorithm(&[1, 3, 101, 112]), der::bits(&[0x5A; 32])]),
        ),
        bad(
            "x509/key_of_odd_bits",
            "X.690, 8.6.2",
            "The key does not end on an octet.",
            {
                let algorithm = der::sequence([der::oid(oid::EC_PUBLIC_KEY), der::oid(oid::P256)]);
                der::sequence([algorithm, der::bits_with_unused(1, &point)])
            },
        ),
    ]
}
