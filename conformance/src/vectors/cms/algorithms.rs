//! The signer's algorithms (RFC 5652, 5.3; RFC 3370; RFC 4056; RFC 5754).

use tashika_testbed::{Hash, Scheme, Signer, der, oid, pss_identifier};

use super::Forge;
use crate::vectors::{Algorithms, Vector};

pub(super) fn algorithms(forge: &Forge<'_>) -> Vec<Vector> {
    let check = "cms.algorithm";
    let digest = "cms.digest_algorithm";
    let code = "cms.signature_algorithm";
    let signer = |id, clause, note, change: &dyn Fn(Signer) -> Signer| {
        forge.signer([id, clause, note], change)
    };
    let pkcs1 = Scheme::Pkcs1(Hash::Sha256).identifier();
    let sha2 = "RFC 5754, 2";
    let rsa = "RFC 3370, 3.2; RFC 5754, 3.2";
    vec![
        signer(
            "cms/digest_null",
            sha2,
            "The digest's parameters are NULL.",
            &|s| s.digest_identifier(Hash::Sha256.identifier()),
        )
        .accepted(check),
        signer(
            "cms/rsa_with_digest",
            rsa,
            "The signature algorithm names its digest.",
            &|s| s.signature_identifier(pkcs1.clone()),
        )
        .accepted(check),
        signer(
            "cms/sha512",
            sha2,
            "Digest and signature are of SHA-512.",
            &|s| s.scheme(Scheme::Pkcs1(Hash::Sha512)),
        )
        .accepted(check),
        signer(
            "cms/sha1",
            sha2,
            "Digest and signature are of SHA-1.",
            &|s| s.scheme(Scheme::Pkcs1(Hash::Sha1)),
        )
        .refused(check, digest),
        signer(
            "cms/digest_of_another",
            sha2,
            "The digest is SHA-512, the signature's SHA-256.",
            &|s| s.digest(Hash::Sha512).signature_identifier(pkcs1.clone()),
        )
        .refused(check, digest),
        signer(
            "cms/digest_parameters",
            sha2,
            "The digest has an INTEGER for parameters.",
            &|s| {
                let identifier = der::sequence([der::oid(oid::SHA256), der::small(0)]);
                s.digest_identifier(identifier)
            },
        )
        .refused(check, digest),
        forge
            .message(
                [
                    "cms/digest_not_announced",
                    "RFC 5652, 5.1",
                    "The digest is not announced at the front.",
                ],
                |m| m.digest_algorithms(&[Hash::Sha512.identifier()]),
            )
            .refused(check, digest),
        forge
            .message(
                [
                    "cms/digests_announced",
                    "RFC 5652, 5.1",
                    "A second digest is announced at the front.",
                ],
                |m| m.digest_algorithms(&[Hash::Sha512.identifier(), Hash::Sha256.identifier()]),
            )
            .accepted(check),
        signer(
            "cms/rsa_without_null",
            rsa,
            "rsaEncryption has no parameters.",
            &|s| s.signature_identifier(der::algorithm(oid::RSA_ENCRYPTION)),
        )
        .refused(check, code),
        signer(
            "cms/rsa_with_sha1",
            rsa,
            "The signature algorithm is sha1WithRSAEncryption.",
            &|s| s.signature_identifier(der::algorithm_null(oid::SHA1_WITH_RSA)),
        )
        .refused(check, code),
        signer(
            "cms/algorithm_unknown",
            rsa,
            "Nobody knows the signature algorithm.",
            &|s| s.signature_identifier(der::algorithm_null(oid::UNKNOWN)),
        )
        .refused(check, code),
        signer(
            "cms/algorithm_of_another_key",
            rsa,
            "The signature algorithm is ECDSA, the key RSA.",
            &|s| s.signature_identifier(der::algorithm(oid::ECDSA_WITH_SHA256)),
        )
        .refused_by("signature.scheme"),
    ]
}

pub(super) fn pss(forge: &Forge<'_>) -> Vec<Vector> {
    let check = "cms.algorithm";
    let code = "cms.signature_algorithm";
    let case = |id, note, identifier: Option<Vec<u8>>| {
        let change = |s: Signer| {
            let s = s.scheme(Scheme::PSS_SHA256);
            match identifier {
                Some(identifier) => s.signature_identifier(identifier),
                None => s,
            }
        };
        forge.signer([id, "RFC 4055, 3; RFC 4056, 2.2", note], change)
    };
    let stated = |id, note, identifier| {
        let case = case(id, note, Some(identifier));
        case.algorithms(Algorithms::WithPss)
    };
    let sha256 = Hash::Sha256;
    vec![
        case("cms/pss", "The signature is PSS, which is allowed.", None)
            .algorithms(Algorithms::WithPss)
            .accepted(check),
        case(
            "cms/pss_not_allowed",
            "The signature is PSS, which is not allowed.",
            None,
        )
        .refused(check, code),
        stated(
            "cms/pss_salt",
            "The salt is said to have 20 octets, and has 32.",
            pss_identifier(sha256, sha256, 20),
        )
        .refused(check, code),
        stated(
            "cms/pss_mask",
            "The mask is said to be made with SHA-1.",
            pss_identifier(sha256, Hash::Sha1, 32),
        )
        .refused(check, code),
        stated(
            "cms/pss_defaults",
            "The parameters of PSS are absent.",
            der::algorithm(oid::RSASSA_PSS),
        )
        .refused(check, code),
        stated(
            "cms/pss_digest",
            "PSS is said to be with SHA-512, the digest is SHA-256.",
            pss_identifier(Hash::Sha512, Hash::Sha512, 64),
        )
        .refused(check, "cms.digest_algorithm"),
    ]
}
