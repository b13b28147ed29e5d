//! The issuer's COSE message: its form, its algorithm, its certificates, its
//! signature (ISO/IEC 18013-5, 9.1.2.4; RFC 9052; RFC 9360).

use tashika_testbed::mdoc::{
    Attached, Cbor, Chain, Sign1,
    cose::{algorithm, label},
};
use tashika_testbed::{Algorithm, Credential, Hash, RsaKey, Scheme};

use super::{Case, Desk, Vector};

const CHECK: &str = "mdoc.issuer_auth";
const COSE: &str = "RFC 9052, 4.2";
const ALGORITHM: &str = "ISO/IEC 18013-5, 9.1.2.4; RFC 9052, 3.1";
const X5CHAIN: &str = "ISO/IEC 18013-5, 9.1.2.4; RFC 9360, 2";

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [
        form(desk),
        critical(desk),
        algorithms(desk),
        chain(desk),
        signature(desk),
    ]
    .concat()
}

fn form(desk: &Desk<'_>) -> Vec<Vector> {
    let bad = |id, note, change: &dyn Fn(&mut Cbor)| {
        let case = desk.forged([id, COSE, note], |signed| change(signed.at("issuerAuth")));
        case.refused(CHECK, "mdoc.cose")
    };
    let tagged = |tag: u64| {
        move |message: &mut Cbor| {
            *message = Cbor::Tag(tag, Box::new(message.clone()));
        }
    };
    vec![
        desk.signed(
            [
                "mdoc_issuer/tagged",
                COSE,
                "The message has the tag of its kind.",
            ],
            |s| s.tagged(),
        )
        .accepted(CHECK),
        bad(
            "mdoc_issuer/tagged_otherwise",
            "The message has the tag of a MAC.",
            &tagged(17),
        ),
        bad(
            "mdoc_issuer/three_parts",
            "The message has no signature.",
            &|m| {
                m.remove("3");
            },
        ),
        bad(
            "mdoc_issuer/five_parts",
            "The message has a fifth part.",
            &|m| {
                m.add("4", Cbor::NULL);
            },
        ),
        bad("mdoc_issuer/message_map", "The message is a map.", &|m| {
            *m = Cbor::empty_map();
        }),
        bad(
            "mdoc_issuer/protected_bare",
            "The protected headers are in no byte string.",
            &|m| {
                *m.at("0") = Cbor::map([(1, Cbor::from(algorithm::ES256))]);
            },
        ),
        bad(
            "mdoc_issuer/unprotected_array",
            "The unprotected headers are an array.",
            &|m| {
                *m.at("1") = Cbor::array([]);
            },
        ),
        bad(
            "mdoc_issuer/signature_text",
            "The signature is text.",
            &|m| {
                *m.at("3") = "signature".into();
            },
        ),
        desk.signed(
            [
                "mdoc_issuer/payload_detached",
                COSE,
                "The mobile security object is detached.",
            ],
            |s| s.detached(),
        )
        .refused(CHECK, "mdoc.cose"),
    ]
}

fn critical(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "RFC 9052, 3.1";
    let labels = || Cbor::array([Cbor::from(4)]);
    vec![
        desk.signed(
            [
                "mdoc_issuer/critical",
                clause,
                "A header is said to be critical.",
            ],
            |s| s.protected(label::CRITICAL, labels()),
        )
        .refused(CHECK, "mdoc.cose_critical"),
        desk.signed(
            [
                "mdoc_issuer/critical_unprotected",
                clause,
                "A header is said to be critical, without protection.",
            ],
            |s| s.unprotected(label::CRITICAL, labels()),
        )
        .refused(CHECK, "mdoc.cose_critical"),
        desk.signed(
            [
                "mdoc_issuer/key_id",
                clause,
                "There is a key identifier, which nobody needs.",
            ],
            |s| s.protected(label::KEY_ID, Cbor::from(&b"1"[..])),
        )
        .accepted(CHECK),
    ]
}

fn algorithms(desk: &Desk<'_>) -> Vec<Vector> {
    let code = "mdoc.issuer_algorithm";
    let named = |id, note, identifier: i64| {
        let case = desk.signed([id, ALGORITHM, note], |s| s.algorithm(identifier));
        case.refused(CHECK, code)
    };
    let by = |id, note, signer: &Credential, change: &dyn Fn(Sign1) -> Sign1| {
        let digested = desk.issuance().digest();
        desk.with([id, ALGORITHM, note], digested.sign_with(signer, change))
    };
    let p384 = credential(desk, Algorithm::P384);
    let sha256 = Scheme::EcdsaFixed(Hash::Sha256);
    let pkcs1 = Scheme::Pkcs1(Hash::Sha256);
    let rsa = rsa(desk);
    vec![
        named(
            "mdoc_issuer/es256k",
            "The algorithm is that of another curve, secp256k1.",
            algorithm::ES256K,
        ),
        named(
            "mdoc_issuer/es512",
            "The algorithm is ES512.",
            algorithm::ES512,
        ),
        named(
            "mdoc_issuer/eddsa",
            "The algorithm is EdDSA.",
            algorithm::EDDSA,
        ),
        named(
            "mdoc_issuer/hmac",
            "The algorithm is that of a MAC.",
            algorithm::HMAC_256,
        ),
        named(
            "mdoc_issuer/algorithm_none",
            "The algorithm has the number zero, which is reserved.",
            0,
        ),
        desk.signed(
            [
                "mdoc_issuer/algorithm_text",
                ALGORITHM,
                "The algorithm is named in text.",
            ],
            |s| s.protected(label::ALGORITHM, "ES256"),
        )
        .refused(CHECK, code),
        desk.signed(
            [
                "mdoc_issuer/algorithm_absent",
                ALGORITHM,
                "There is no algorithm; the protected headers are empty.",
            ],
            |s| s.protected_raw(Vec::new()),
        )
        .refused(CHECK, code),
        desk.signed(
            [
                "mdoc_issuer/algorithm_unprotected",
                ALGORITHM,
                "The algorithm is not protected.",
            ],
            |s| s.unprotected(label::ALGORITHM, algorithm::ES256),
        )
        .refused(CHECK, code),
        desk.signed(
            [
                "mdoc_issuer/algorithm_on_both_sides",
                "RFC 9052, 3",
                "The algorithm stands in both headers.",
            ],
            |s| {
                s.algorithm(algorithm::ES256)
                    .unprotected(label::ALGORITHM, algorithm::ES256)
            },
        )
        .refused(CHECK, "mdoc.cose"),
        by(
            "mdoc_issuer/p384",
            "The signer's key is on P-384.",
            &p384,
            &|s| s,
        )
        .accepted("mdoc.issuer_signature"),
        by(
            "mdoc_issuer/p384_with_es256",
            "The signer's key is on P-384, and signs with ES256.",
            &p384,
            &|s| s.algorithm(algorithm::ES256).scheme(sha256),
        )
        .refused(CHECK, code),
        desk.signed(
            [
                "mdoc_issuer/p256_with_es384",
                ALGORITHM,
                "The signer's key is on P-256, and signs with ES384.",
            ],
            |s| {
                s.algorithm(algorithm::ES384)
                    .scheme(Scheme::EcdsaFixed(Hash::Sha384))
            },
        )
        .refused(CHECK, code),
        by(
            "mdoc_issuer/rsa",
            "The signer's key is RSA, and signs with RS256.",
            &rsa,
            &|s| s.algorithm(-257).scheme(pkcs1),
        )
        .refused(CHECK, code),
        by(
            "mdoc_issuer/rsa_as_es256",
            "The signer's key is RSA, and its signature is said to be ES256.",
            &rsa,
            &|s| s.algorithm(algorithm::ES256).scheme(pkcs1),
        )
        .refused(CHECK, code),
    ]
}

/// A signer of cards with a key of its own.
fn credential(desk: &Desk<'_>, algorithm: Algorithm) -> Credential {
    issue(desk, desk.testbed.key(algorithm, "mdoc signer of its own"))
}

fn rsa(desk: &Desk<'_>) -> Credential {
    let key = RsaKey::generate(2048, 65_537, &mut desk.testbed.rng("mdoc rsa"));
    issue(desk, key.into())
}

fn issue(desk: &Desk<'_>, key: tashika_testbed::KeyPair) -> Credential {
    let root = desk.testbed.japan_authority();
    let certificate = root.document_signer(&key).sign(root.key());
    root.credential(key, certificate)
}

fn chain(desk: &Desk<'_>) -> Vec<Vector> {
    let (root, signer) = (desk.testbed.japan_authority(), desk.testbed.japan_signer());
    let (root_der, der) = (root.certificate().to_vec(), signer.certificate().to_vec());
    let other = desk.testbed.licence_signer().certificate().to_vec();
    let with = |id, note, chain: Cbor| -> Case {
        desk.signed([id, X5CHAIN, note], |s| {
            s.unprotected(label::X5CHAIN, chain)
        })
    };
    let array = |certificates: &[&Vec<u8>]| {
        let certificates = certificates.iter().map(|c| (*c).clone()).collect();
        Chain::Array(certificates).to_cbor()
    };
    let absent = "mdoc.x5chain";
    let with_root = "mdoc.x5chain_root";
    let as_signer = root.credential(root.key().clone(), root_der.clone());
    vec![
        desk.signed(
            ["mdoc_issuer/no_chain", X5CHAIN, "There is no certificate."],
            |s| s.without_chain(),
        )
        .refused(CHECK, absent),
        desk.signed(
            [
                "mdoc_issuer/chain_protected",
                X5CHAIN,
                "The certificate is in the protected headers alone.",
            ],
            |s| s.without_chain().protected_chain(&Chain::One(der.clone())),
        )
        .refused(CHECK, absent),
        desk.signed(
            [
                "mdoc_issuer/chain_on_both_sides",
                "RFC 9052, 3",
                "The certificate stands in both headers.",
            ],
            |s| s.protected_chain(&Chain::One(der.clone())),
        )
        .refused(CHECK, "mdoc.cose"),
        with(
            "mdoc_issuer/chain_empty",
            "The chain is an empty array.",
            array(&[]),
        )
        .refused(CHECK, absent),
        with(
            "mdoc_issuer/chain_of_one",
            "The chain is an array of one certificate.",
            array(&[&der]),
        )
        .accepted(CHECK),
        with(
            "mdoc_issuer/chain_text",
            "The chain is text.",
            "MIIB".into(),
        )
        .refused(CHECK, "mdoc.cose"),
        with(
            "mdoc_issuer/chain_of_text",
            "The chain is an array of text.",
            Cbor::array(["MIIB".into()]),
        )
        .refused(CHECK, "mdoc.cose"),
        with(
            "mdoc_issuer/chain_long",
            "The chain has five certificates.",
            array(&[&der, &other, &other, &other, &other]),
        )
        .refused("input.budget", "input.too_many"),
        with(
            "mdoc_issuer/chain_with_another",
            "Another signer's certificate follows the signer's.",
            array(&[&der, &other]),
        )
        .accepted(CHECK),
        with(
            "mdoc_issuer/chain_reversed",
            "Another signer's certificate stands first.",
            array(&[&other, &der]),
        )
        .refused("x509.issuer", "x509.issuer"),
        with(
            "mdoc_issuer/chain_with_root",
            "The root follows the signer's certificate.",
            array(&[&der, &root_der]),
        )
        .refused(CHECK, with_root),
        desk.with(
            [
                "mdoc_issuer/root_as_signer",
                X5CHAIN,
                "The root itself has signed, and its certificate is there.",
            ],
            desk.issuance().sign(&as_signer),
        )
        .refused(CHECK, with_root),
        with(
            "mdoc_issuer/certificate_cut",
            "The certificate lacks its last octet.",
            {
                let mut der = der.clone();
                der.pop();
                der.into()
            },
        )
        .refused("x509.encoding", "input.certificate"),
        with(
            "mdoc_issuer/certificate_trailing",
            "An octet follows the certificate.",
            [&der[..], &[0]].concat().into(),
        )
        .refused("x509.encoding", "input.certificate"),
    ]
}

fn signature(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.issuer_signature";
    let clause = "RFC 9052, 4.4";
    let signed = |id, note, change: &dyn Fn(Sign1) -> Sign1| {
        desk.signed([id, clause, note], change).refused_by(check)
    };
    let forged = |id, note, change: &dyn Fn(&mut Cbor)| {
        let case = desk.forged([id, clause, note], |signed| change(signed.at("issuerAuth")));
        case.refused_by(check)
    };
    let other = desk.testbed.licence_signer();
    let signer = desk.testbed.japan_signer();
    let stolen = other.with_certificate(signer.certificate().to_vec());
    let mso = desk.card().issuer_signed().get("issuerAuth/2");
    let mso = mso.and_then(|mso| mso.as_bytes()).unwrap_or_default();
    let without_tag = Cbor::decode(&mso).and_then(|mso| mso.as_bytes());
    vec![
        signed(
            "mdoc_issuer/corrupt",
            "A bit of the signature is flipped.",
            &Sign1::corrupt_signature,
        ),
        signed(
            "mdoc_issuer/signature_empty",
            "The signature is empty.",
            &|s| s.change_signature(|_| Vec::new()),
        ),
        signed(
            "mdoc_issuer/signature_zero",
            "Both parts of the signature are zero.",
            &|s| s.change_signature(|signature| vec![0; signature.len()]),
        ),
        signed(
            "mdoc_issuer/signature_long",
            "An octet follows the signature.",
            &|s| {
                s.change_signature(|mut signature| {
                    signature.push(0);
                    signature
                })
            },
        ),
        signed(
            "mdoc_issuer/signature_der",
            "The signature is in DER.",
            &|s| s.scheme(Scheme::Ecdsa(Hash::Sha256)),
        ),
        signed(
            "mdoc_issuer/external",
            "Something is signed beside it that nobody supplies.",
            &|s| s.external(b"a"),
        ),
        signed(
            "mdoc_issuer/signed_another",
            "Another mobile security object is signed.",
            &|s| s.sign_instead(b"another"),
        ),
        signed(
            "mdoc_issuer/signed_without_tag",
            "What is signed is the mobile security object without its tag.",
            &|s| {
                s.attached(Attached::Other(mso.clone().into()))
                    .sign_instead(without_tag.as_deref().unwrap_or_default())
            },
        ),
        desk.with(
            [
                "mdoc_issuer/signed_by_another",
                clause,
                "Another signer has signed, under this one's certificate.",
            ],
            desk.issuance().sign(&stolen),
        )
        .refused_by(check),
        forged(
            "mdoc_issuer/protected_changed",
            "A header was added under protection.",
            &|m| {
                m.set("0/4", Cbor::from(&b"1"[..]));
            },
        ),
        forged(
            "mdoc_issuer/mso_changed",
            "The mobile security object was changed.",
            &|m| {
                m.set(
                    "2/validityInfo/validUntil",
                    Cbor::tdate(super::NOW + 26 * 86_400),
                );
            },
        ),
        forged(
            "mdoc_issuer/device_key_replaced",
            "The device's key was replaced.",
            &|m| {
                let key = desk.testbed.licence_signer().key().public();
                m.set(
                    "2/deviceKeyInfo/deviceKey",
                    tashika_testbed::mdoc::CoseKey::of(&key),
                );
            },
        ),
    ]
}
