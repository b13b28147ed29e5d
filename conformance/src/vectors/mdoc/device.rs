//! The device's signature, and what the device says on its own
//! (ISO/IEC 18013-5, 9.1.3).

use tashika_testbed::{
    Algorithm, Hash, Scheme,
    mdoc::{
        Cbor, CoseKey, Holder, Presentation as Presenting, Response, Sign1,
        cose::{algorithm, label},
        elements::{COMMON_NAME_SPACE, JAPAN_NAME_SPACE},
    },
};

use super::{Desk, LICENCE, NAME, Need, RequestedElement, Vector};

const CHECK: &str = "mdoc.device_auth";
const CLAUSE: &str = "ISO/IEC 18013-5, 9.1.3.6";

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [
        form(desk),
        algorithms(desk),
        signature(desk),
        keys(desk),
        elements(desk),
    ]
    .concat()
}

type Present<'c> = &'c dyn Fn(Presenting<'_>) -> Cbor;
type Sign<'c> = &'c dyn Fn(Sign1) -> Sign1;

/// Neither, both, and what is no signature.
fn form(desk: &Desk<'_>) -> Vec<Vector> {
    let code = "mdoc.device_auth";
    let case = |id, note, present: Present<'_>| desk.presented([id, CLAUSE, note], present);
    let signed = |id, note, sign: Sign<'_>| case(id, note, &|p| p.signed_with(sign));
    let edited = |id, note, change: &dyn Fn(&mut Cbor)| {
        let edit = |r: &mut Cbor| {
            change(r.at("documents/0/deviceSigned/deviceAuth/deviceSignature"));
        };
        desk.edited([id, CLAUSE, note], edit).refused(CHECK, code)
    };
    let reader = desk.testbed.reader().key().public();
    vec![
        case("mdoc_device/neither", "The device proves nothing.", &|p| {
            p.proved(Cbor::empty_map())
        })
        .refused(CHECK, code),
        case(
            "mdoc_device/both",
            "The device gives a signature and a MAC.",
            &|p| {
                p.proved(Cbor::map([
                    ("deviceSignature", p.signature(|s| s)),
                    ("deviceMac", p.mac(&reader, |m| m)),
                ]))
            },
        )
        .refused(CHECK, code),
        desk.edited(
            [
                "mdoc_device/no_device_auth",
                CLAUSE,
                "The device's proof is not there.",
            ],
            |r| {
                r.remove("documents/0/deviceSigned/deviceAuth");
            },
        )
        .refused(CHECK, code),
        case(
            "mdoc_device/named_otherwise",
            "The device's proof has another name.",
            &|p| p.proved(Cbor::map([("deviceSeal", p.signature(|s| s))])),
        )
        .refused(CHECK, code),
        signed(
            "mdoc_device/tagged",
            "The signature has the tag of its kind.",
            &Sign1::tagged,
        )
        .accepted(CHECK),
        edited(
            "mdoc_device/signature_null",
            "The signature is null.",
            &|m| *m = Cbor::NULL,
        ),
        edited(
            "mdoc_device/three_parts",
            "The message has no signature.",
            &|m| {
                m.remove("3");
            },
        ),
        edited(
            "mdoc_device/tagged_otherwise",
            "The signature has the tag of a MAC.",
            &|m| {
                *m = Cbor::Tag(17, Box::new(m.clone()));
            },
        ),
        edited(
            "mdoc_device/payload_number",
            "The payload is a number.",
            &|m| {
                *m.at("2") = 0.into();
            },
        ),
        signed(
            "mdoc_device/critical",
            "A header is said to be critical.",
            &|s| s.protected(label::CRITICAL, Cbor::array([Cbor::from(4)])),
        )
        .refused(CHECK, code),
        signed(
            "mdoc_device/critical_unprotected",
            "A header is said to be critical, without protection.",
            &|s| s.unprotected(label::CRITICAL, Cbor::array([Cbor::from(4)])),
        )
        .refused(CHECK, code),
        case(
            "mdoc_device/payload",
            "What is signed is there too.",
            &|p| {
                let payload = p.authentication();
                p.signed_with(|s| {
                    s.attached(tashika_testbed::mdoc::Attached::Other(payload.into()))
                })
            },
        )
        .refused(CHECK, "mdoc.device_payload"),
        signed(
            "mdoc_device/payload_empty",
            "The payload is there, and empty.",
            &|s| s.attached(tashika_testbed::mdoc::Attached::Other(Vec::new().into())),
        )
        .refused(CHECK, "mdoc.device_payload"),
    ]
}

fn algorithms(desk: &Desk<'_>) -> Vec<Vector> {
    let code = "mdoc.device_algorithm";
    let signed =
        |id, note, sign: Sign<'_>| desk.presented([id, CLAUSE, note], |p| p.signed_with(sign));
    let named = |id, note, identifier: i64| {
        signed(id, note, &|s| s.algorithm(identifier)).refused(CHECK, code)
    };
    let sha384 = Scheme::EcdsaFixed(Hash::Sha384);
    vec![
        named(
            "mdoc_device/es256k",
            "The algorithm is that of secp256k1.",
            algorithm::ES256K,
        ),
        named(
            "mdoc_device/eddsa",
            "The algorithm is EdDSA.",
            algorithm::EDDSA,
        ),
        named(
            "mdoc_device/hmac",
            "The algorithm is that of a MAC.",
            algorithm::HMAC_256,
        ),
        signed(
            "mdoc_device/algorithm_absent",
            "There is no algorithm.",
            &|s| s.protected_raw(Vec::new()),
        )
        .refused(CHECK, code),
        signed(
            "mdoc_device/algorithm_unprotected",
            "The algorithm is not protected.",
            &|s| s.unprotected(label::ALGORITHM, algorithm::ES256),
        )
        .refused(CHECK, code),
        signed(
            "mdoc_device/p256_with_es384",
            "The key is on P-256, and signs with ES384.",
            &|s| s.algorithm(algorithm::ES384).scheme(sha384),
        )
        .refused(CHECK, code),
    ]
}

fn signature(desk: &Desk<'_>) -> Vec<Vector> {
    let code = "mdoc.device_signature";
    let authentication = "ISO/IEC 18013-5, 9.1.3.4";
    let case = |id, note, present: Present<'_>| {
        desk.presented([id, authentication, note], present)
            .refused(CHECK, code)
    };
    let signed = |id, note, sign: Sign<'_>| case(id, note, &|p| p.signed_with(sign));
    let other = desk.testbed.key(Algorithm::P256, "mdoc another device");
    let by_other = Holder::new(desk.card(), other);
    let by_other = by_other
        .present(&Desk::session().made())
        .select(JAPAN_NAME_SPACE, &[NAME])
        .select(COMMON_NAME_SPACE, &[super::ADULT])
        .signed();
    vec![
        signed(
            "mdoc_device/corrupt",
            "A bit of the signature is flipped.",
            &Sign1::corrupt_signature,
        ),
        signed(
            "mdoc_device/signature_empty",
            "The signature is empty.",
            &|s| s.change_signature(|_| Vec::new()),
        ),
        signed(
            "mdoc_device/signature_zero",
            "Both parts of the signature are zero.",
            &|s| s.change_signature(|signature| vec![0; signature.len()]),
        ),
        signed(
            "mdoc_device/signature_der",
            "The signature is in DER.",
            &|s| s.scheme(Scheme::Ecdsa(Hash::Sha256)),
        ),
        signed(
            "mdoc_device/external",
            "Something is signed beside it that nobody supplies.",
            &|s| s.external(b"a"),
        ),
        desk.case(
            [
                "mdoc_device/of_another",
                authentication,
                "Another device has signed.",
            ],
            Response::of(by_other).encode(),
        )
        .refused(CHECK, code),
        case(
            "mdoc_device/doc_type_other",
            "The device signed for another type of document.",
            &|p| p.authenticate_doc_type(LICENCE).signed(),
        ),
        case(
            "mdoc_device/namespaces_other",
            "The device signed other elements of its own than it gives.",
            &|p| {
                p.authenticate_name_spaces(Cbor::map([(JAPAN_NAME_SPACE, Cbor::empty_map())]))
                    .signed()
            },
        ),
        case(
            "mdoc_device/without_tag",
            "The device signed without the outer tag.",
            &|p| {
                let inner = Cbor::decode(&p.authentication()).and_then(|tagged| tagged.as_bytes());
                p.signed_with(|s| s.sign_instead(inner.as_deref().unwrap_or_default()))
            },
        ),
        case(
            "mdoc_device/reader_context",
            "The device signed as a reader does.",
            &|p| {
                let mut authentication = Cbor::decode(&p.authentication()).unwrap_or(Cbor::NULL);
                authentication.set("0", "ReaderAuthentication");
                p.signed_with(|s| s.sign_instead(&authentication.encode()))
            },
        ),
        case(
            "mdoc_device/namespaces_added",
            "An empty namespace was added to what the device signed.",
            &|p| {
                let mut document = p.signed();
                let added = Cbor::map([(JAPAN_NAME_SPACE, Cbor::empty_map())]);
                document.set("deviceSigned/nameSpaces", Cbor::tag24(added));
                document
            },
        ),
        case(
            "mdoc_device/namespaces_reencoded",
            "What the device signed has another encoding.",
            &|p| {
                let mut document = p.signed();
                document.set("deviceSigned/nameSpaces", Cbor::tag24_of(&[0xBF, 0xFF]));
                document
            },
        ),
    ]
}

/// The device's key on the other curve.
fn keys(desk: &Desk<'_>) -> Vec<Vector> {
    let key = desk.testbed.key(Algorithm::P384, "mdoc device on P-384");
    let issued = || {
        let issuance = desk.issuance().device_key(CoseKey::of(&key.public()));
        let mdoc = issuance.sign(desk.testbed.japan_signer());
        Holder::new(mdoc, key.clone())
    };
    let presented = |id, note, sign: Sign<'_>| {
        let document = issued()
            .present(&Desk::session().made())
            .select(JAPAN_NAME_SPACE, &[NAME])
            .select(COMMON_NAME_SPACE, &[super::ADULT])
            .signed_with(sign);
        desk.case([id, CLAUSE, note], Response::of(document).encode())
    };
    let sha256 = Scheme::EcdsaFixed(Hash::Sha256);
    vec![
        presented("mdoc_device/p384", "The device's key is on P-384.", &|s| s).accepted(CHECK),
        presented(
            "mdoc_device/p384_with_es256",
            "The device's key is on P-384, and signs with ES256.",
            &|s| s.algorithm(algorithm::ES256).scheme(sha256),
        )
        .refused(CHECK, "mdoc.device_algorithm"),
        presented(
            "mdoc_device/p384_corrupt",
            "The device's key is on P-384, and a bit of its signature is flipped.",
            &Sign1::corrupt_signature,
        )
        .refused(CHECK, "mdoc.device_signature"),
    ]
}

/// What the device says on its own, where its issuer lets it.
fn elements(desk: &Desk<'_>) -> Vec<Vector> {
    const OWN: &str = "org.example.wallet";
    let check = "mdoc.device_signed";
    let clause = "ISO/IEC 18013-5, 9.1.2.4 and 9.1.3";
    let case = |id, note, namespaces: &[&str], elements: &[(&str, &[&str])]| {
        let issuance = desk.issuance().authorize(namespaces, elements);
        let mdoc = issuance.sign(desk.testbed.japan_signer());
        let document = desk.present(mdoc, |p| {
            p.device_signed(OWN, "location", "here".into()).signed()
        });
        let case = desk.case([id, clause, note], Response::of(document).encode());
        case.asked(|asked| {
            for document in &mut asked.requested {
                document.elements.push(RequestedElement {
                    namespace: OWN.to_owned(),
                    identifier: "location".to_owned(),
                    need: Need::Optional,
                    age_evidence: None,
                });
            }
        })
    };
    vec![
        case(
            "mdoc_device/unauthorized",
            "The device signs an element, and may sign none.",
            &[],
            &[],
        )
        .refused_by(check),
        case(
            "mdoc_device/authorized_namespace",
            "The device signs an element of a namespace that it may sign.",
            &[OWN],
            &[],
        )
        .accepted(check),
        case(
            "mdoc_device/authorized_element",
            "The device signs an element that it may sign.",
            &[],
            &[(OWN, &["location"])],
        )
        .accepted(check),
        case(
            "mdoc_device/authorized_elsewhere",
            "The device may sign the elements of another namespace.",
            &[JAPAN_NAME_SPACE],
            &[],
        )
        .refused_by(check),
        case(
            "mdoc_device/authorized_other_element",
            "The device may sign another element of that namespace.",
            &[],
            &[(OWN, &["time"])],
        )
        .refused_by(check),
        case(
            "mdoc_device/authorized_in_another",
            "The device may sign an element of that name in another namespace.",
            &[],
            &[(JAPAN_NAME_SPACE, &["location"])],
        )
        .refused_by(check),
    ]
}
