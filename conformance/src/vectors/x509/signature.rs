//! Signatures by the CA (RFC 5280, 6.1.3 (a) (1)).

#![expect(clippy::indexing_slicing, reason = "what is cut was made here")]

use tashika_testbed::{Algorithm, Generation, Hash, Scheme, der, oid};

use super::{Change, leaf};
use crate::vectors::{Kind::Signing, Procedure::Certificate, Vector, world::World};

pub(super) fn signature(world: &World) -> Vec<Vector> {
    let check = "x509.signature";
    let leaf = |id, clause, note, change: Change<'_>| leaf(world, [id, clause, note], change);
    let algorithm = |id, note, change: Change<'_>| {
        leaf(id, "JPKI profile, signature algorithms", note, change)
            .refused_by("x509.signature_algorithm")
    };
    let signed = |id, note, change: Change<'_>| {
        leaf(id, "RFC 5280, 6.1.3 (a) (1)", note, change).refused_by(check)
    };
    let pkcs1 = Scheme::Pkcs1(Hash::Sha256).identifier();
    let second = world.generation(Signing, Generation::Second);
    let odd = |id, note, padding| {
        world
            .case(Certificate, Signing, [id, "X.690, 8.6.2 and 11.2.1", note])
            .certificate(with_odd_bits(world, padding))
    };
    vec![
        leaf(
            "x509/sha512",
            "RFC 4055, 5",
            "The CA signs with SHA-512.",
            &|c| c.scheme(Scheme::Pkcs1(Hash::Sha512)),
        )
        .accepted("x509.signature_algorithm"),
        algorithm("x509/sha1", "The CA signs with SHA-1.", &|c| {
            c.scheme(Scheme::Pkcs1(Hash::Sha1))
        }),
        algorithm("x509/pss", "The CA signs with RSASSA-PSS.", &|c| {
            c.scheme(Scheme::PSS_SHA256)
        }),
        algorithm(
            "x509/parameters_absent",
            "The parameters of the signature algorithm are absent in place of NULL.",
            &|c| c.algorithms(der::algorithm(oid::SHA256_WITH_RSA)),
        ),
        algorithm(
            "x509/algorithm_of_the_key",
            "The signature algorithm is that of a key.",
            &|c| c.algorithms(der::algorithm_null(oid::RSA_ENCRYPTION)),
        ),
        signed(
            "x509/signature_corrupt",
            "One bit of the signature is flipped.",
            &|c| c.corrupt_signature(),
        ),
        signed(
            "x509/digest_info_without_null",
            "The signed DigestInfo lacks its NULL.",
            &|c| c.scheme(Scheme::Pkcs1WithoutNull(Hash::Sha256)),
        ),
        signed(
            "x509/digest_bare",
            "The signed block holds the digest without DigestInfo.",
            &|c| c.scheme(Scheme::Pkcs1BareDigest(Hash::Sha256)),
        ),
        signed(
            "x509/scheme_pretended",
            "RSASSA-PSS is used and PKCS #1 v1.5 is named.",
            &|c| c.scheme(Scheme::PSS_SHA256).algorithms(pkcs1.clone()),
        ),
        signed("x509/signature_empty", "The signature is empty.", &|c| {
            c.change_signature(|_| Vec::new())
        }),
        world
            .case(
                Certificate,
                Signing,
                [
                    "x509/signed_by_another",
                    "RFC 5280, 6.1.3 (a) (1)",
                    "The key of another generation signed.",
                ],
            )
            .anchor(Signing, second.certificate())
            .certificate(world.leaf(Signing).sign(second.key()))
            .refused_by(check),
        odd(
            "x509/signature_of_odd_bits",
            "The signature does not end on an octet.",
            Padding::Zero,
        )
        .refused_by(check),
        odd(
            "x509/signature_bits_set",
            "The signature does not end on an octet, and bits that are not used are set.",
            Padding::AsItWas,
        )
        .refused("x509.encoding", "input.certificate"),
    ]
}

/// What stands in the bits of a BIT STRING that are not used.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Padding {
    Zero,
    AsItWas,
}

/// The certificate on the card with a BIT STRING of seven bits fewer.
fn with_odd_bits(world: &World, padding: Padding) -> Vec<u8> {
    let mut certificate = world.credential(Signing).certificate().to_vec();
    let unused = certificate.len() - 257;
    certificate[unused] = 7;
    if padding == Padding::Zero {
        certificate[unused + 256] = 0;
    }
    certificate
}

/// Under a CA on P-256.
pub(super) fn elliptic_signature(world: &World) -> Vec<Vector> {
    let check = "x509.signature";
    let authority = world.elliptic.authority(Signing.into(), Generation::Third);
    let key = world.elliptic.key(Algorithm::P256, "card");
    let terms = world.terms(Signing);
    let case = |id, note, change: Change<'_>| {
        let leaf = authority.leaf(world.card().person(), &key, &terms);
        world
            .case(
                Certificate,
                Signing,
                [id, "RFC 5480; SEC 1, 4.1.4 and C.5", note],
            )
            .without_anchors()
            .anchor(Signing, authority.certificate())
            .certificate(change(leaf).sign(authority.key()))
    };
    vec![
        case("x509/p256", "CA and holder have keys on P-256.", &|c| c).accepted(check),
        case("x509/ecdsa_r_zero", "r is zero.", &|c| {
            c.change_signature(|s| der::sequence([der::small(0), second_half(&s)]))
        })
        .refused_by(check),
        case("x509/ecdsa_s_zero", "s is zero.", &|c| {
            c.change_signature(|s| der::sequence([first_half(&s), der::small(0)]))
        })
        .refused_by(check),
        case(
            "x509/ecdsa_r_padded",
            "r has a leading zero octet too many.",
            &|c| {
                c.change_signature(|s| {
                    let padded = der::concat([&[0, 0][..], magnitude(&first_half(&s))]);
                    der::sequence([der::integer_raw(&padded), second_half(&s)])
                })
            },
        )
        .refused_by(check),
        case(
            "x509/ecdsa_length_padded",
            "The length of the signature has a leading zero octet.",
            &|c| {
                c.change_signature(|s| {
                    let halves = [first_half(&s), second_half(&s)].concat();
                    der::tlv_with(der::tag::SEQUENCE, der::Length::Padded(2), halves)
                })
            },
        )
        .refused_by(check),
        case(
            "x509/ecdsa_trailing",
            "An octet follows the signature.",
            &|c| c.change_signature(|s| [s, vec![0]].concat()),
        )
        .refused_by(check),
        case(
            "x509/ecdsa_fixed",
            "The signature is r‖s in place of a SEQUENCE.",
            &|c| c.scheme(Scheme::EcdsaFixed(Hash::Sha256)),
        )
        .refused_by(check),
        case(
            "x509/ecdsa_parameters",
            "The parameters of the signature algorithm are NULL.",
            &|c| c.algorithms(der::algorithm_null(oid::ECDSA_WITH_SHA256)),
        )
        .refused_by("x509.signature_algorithm"),
        case("x509/ecdsa_sha1", "The CA signs with SHA-1.", &|c| {
            c.scheme(Scheme::Ecdsa(Hash::Sha1))
        })
        .refused_by("x509.signature_algorithm"),
    ]
}

/// r of a signature in DER, as an INTEGER of fewer than 128 octets.
pub(in crate::vectors) fn first_half(signature: &[u8]) -> Vec<u8> {
    let length = usize::from(signature[3]);
    signature[2..4 + length].to_vec()
}

/// s of a signature in DER.
pub(in crate::vectors) fn second_half(signature: &[u8]) -> Vec<u8> {
    signature[2 + first_half(signature).len()..].to_vec()
}

/// The octets of an INTEGER without a leading zero.
pub(in crate::vectors) fn magnitude(integer: &[u8]) -> &[u8] {
    let content = &integer[2..];
    content.strip_prefix(&[0]).unwrap_or(content)
}
