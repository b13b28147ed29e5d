//! The mobile security object: its parts, and which document it is about
//! (ISO/IEC 18013-5, 9.1.2.4).

use tashika_testbed::{
    Algorithm, Hash,
    mdoc::{Cbor, CoseKey},
};

use super::{Case, Desk, JAPAN, LICENCE, Profile, Vector, issuers};

const CHECK: &str = "mdoc.mso";
const CLAUSE: &str = "ISO/IEC 18013-5, 9.1.2.4";

type Change<'c> = &'c dyn Fn(&mut Cbor);

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [
        form(desk),
        version(desk),
        doc_type(desk),
        algorithm(desk),
        device_key(desk),
        authorizations(desk),
    ]
    .concat()
}

fn changed(desk: &Desk<'_>, id: &str, note: &str, change: Change<'_>) -> Case {
    desk.mso([id, CLAUSE, note], change)
}

fn form(desk: &Desk<'_>) -> Vec<Vector> {
    let bad = |id, note, change: Change<'_>| changed(desk, id, note, change).refused_by(CHECK);
    let without = |id, note, path: &str| {
        bad(id, note, &|mso| {
            mso.remove(path);
        })
    };
    let first = |mso: &mut Cbor, key: Cbor| {
        mso.rename("valueDigests/org.iso.23220.1.jp/0", key);
    };
    vec![
        bad(
            "mdoc_issuer/mso_bare",
            "The mobile security object stands without its tag.",
            &|mso| {
                if let Cbor::Tag(24, inner) = mso {
                    *mso = (**inner).clone();
                }
            },
        ),
        bad(
            "mdoc_issuer/mso_not_wrapped",
            "The mobile security object stands in no byte string.",
            &|mso| {
                if let Cbor::Tag(24, inner) = mso
                    && let Cbor::Embedded(map) = &**inner
                {
                    *mso = (**map).clone();
                }
            },
        ),
        bad(
            "mdoc_issuer/mso_array",
            "The mobile security object is an array.",
            &|mso| {
                *mso = Cbor::tag24(Cbor::array([]));
            },
        ),
        without(
            "mdoc_issuer/mso_no_version",
            "It has no version.",
            "version",
        ),
        without(
            "mdoc_issuer/mso_no_algorithm",
            "It has no digest algorithm.",
            "digestAlgorithm",
        ),
        without(
            "mdoc_issuer/mso_no_digests",
            "It has no digests.",
            "valueDigests",
        ),
        without(
            "mdoc_issuer/mso_no_device_key_info",
            "It says nothing about the device's key.",
            "deviceKeyInfo",
        ),
        without(
            "mdoc_issuer/mso_no_device_key",
            "It has no device's key.",
            "deviceKeyInfo/deviceKey",
        ),
        without(
            "mdoc_issuer/mso_no_doc_type",
            "It has no type of document.",
            "docType",
        ),
        without(
            "mdoc_issuer/mso_no_validity",
            "It has no validity.",
            "validityInfo",
        ),
        bad(
            "mdoc_issuer/digest_number_text",
            "The number of a digest is text.",
            &|mso| {
                first(mso, "0".into());
            },
        ),
        bad(
            "mdoc_issuer/digest_number_negative",
            "The number of a digest is negative.",
            &|mso| {
                first(mso, Cbor::Negative(0));
            },
        ),
        bad("mdoc_issuer/digest_text", "A digest is text.", &|mso| {
            mso.set("valueDigests/org.iso.23220.1.jp/0", "digest");
        }),
        bad(
            "mdoc_issuer/digest_namespace_number",
            "A namespace of digests is a number.",
            &|mso| {
                mso.rename("valueDigests/org.iso.23220.1.jp", Cbor::from(1));
            },
        ),
        bad(
            "mdoc_issuer/status_text",
            "The place of its status is text.",
            &|mso| {
                mso.set("status", "https://status.test.example/");
            },
        ),
        changed(
            desk,
            "mdoc_issuer/mso_unknown_member",
            "It has a member that nobody knows.",
            &|mso| {
                mso.add("extension", Cbor::array([1.into()]));
            },
        )
        .accepted(CHECK),
    ]
}

fn version(desk: &Desk<'_>) -> Vec<Vector> {
    let case = |id, note, version: &str| {
        changed(desk, id, note, &|mso| {
            mso.set("version", version);
        })
    };
    vec![
        case("mdoc_issuer/mso_version_1_1", "Its version is 1.1.", "1.1").accepted(CHECK),
        case("mdoc_issuer/mso_version_2", "Its version is 2.0.", "2.0").refused_by("mdoc.version"),
        case("mdoc_issuer/mso_version_0", "Its version is 0.9.", "0.9").refused_by("mdoc.version"),
    ]
}

/// The type of the document, three ways.
fn doc_type(desk: &Desk<'_>) -> Vec<Vector> {
    let other = "org.iso.23220.1.jp.mnc.other";
    let code = "mdoc.doc_type";
    let presented = |id, note, doc_type: &'static str| {
        let mdoc = desk.card().with_doc_type(doc_type);
        desk.with([id, CLAUSE, note], mdoc).asked(|asked| {
            for requested in &mut asked.requested {
                doc_type.clone_into(&mut requested.doc_type);
            }
            let root = desk.testbed.japan_authority();
            asked.issuers = vec![issuers(doc_type, Profile::Strict, root)];
        })
    };
    vec![
        changed(desk, "mdoc_issuer/doc_type_of_mso", "It is about another type of document than the one presented.", &|mso| {
            mso.set("docType", LICENCE);
        })
        .refused(CHECK, code),
        presented("mdoc_issuer/doc_type_presented", "A card is presented as another document, which was asked for and whose issuer has the same root.", other)
            .refused(CHECK, code),
        presented("mdoc_issuer/doc_type_strict", "A card is judged by annex B.", JAPAN).accepted(CHECK),
    ]
}

fn algorithm(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "ISO/IEC 18013-5, 9.1.2.5";
    let hashed = |id, note, hash| desk.issued([id, clause, note], |i| i.hash(hash));
    let named = |id, note, name: &str| {
        let case = desk.mso([id, clause, note], |mso| {
            mso.set("digestAlgorithm", name);
        });
        case.refused(CHECK, "mdoc.digest_algorithm")
    };
    vec![
        hashed(
            "mdoc_issuer/sha384",
            "Its digests are of SHA-384.",
            Hash::Sha384,
        )
        .accepted("mdoc.digests"),
        hashed(
            "mdoc_issuer/sha512",
            "Its digests are of SHA-512.",
            Hash::Sha512,
        )
        .accepted("mdoc.digests"),
        hashed("mdoc_issuer/sha1", "Its digests are of SHA-1.", Hash::Sha1)
            .refused(CHECK, "mdoc.digest_algorithm"),
        named(
            "mdoc_issuer/digest_algorithm_case",
            "The digest algorithm is in small letters.",
            "sha-256",
        ),
        named(
            "mdoc_issuer/digest_algorithm_unknown",
            "The digest algorithm is SHA3-256.",
            "SHA3-256",
        ),
        named(
            "mdoc_issuer/digest_algorithm_other",
            "Its digests of SHA-256 are said to be of SHA-224.",
            "SHA-224",
        ),
    ]
}

/// The device's key, as far as its form goes.
fn device_key(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.device_key";
    let clause = "ISO/IEC 18013-5, 9.1.2.4; RFC 9053, 7.1";
    let bad = |id, note, change: Change<'_>| {
        let mut key = CoseKey::of(&desk.testbed.device_key().public());
        change(&mut key);
        desk.issued([id, clause, note], |i| i.device_key(key))
            .refused_by(check)
    };
    let okp = Cbor::map([
        (1, Cbor::from(1)),
        (-1, Cbor::from(6)),
        (-2, vec![7; 32].into()),
    ]);
    vec![
        bad(
            "mdoc_device/key_ed25519",
            "The device's key is on Ed25519.",
            &|key| *key = okp.clone(),
        ),
        bad(
            "mdoc_device/key_p521",
            "The device's key is said to be on P-521.",
            &|key| {
                key.set("-1", Cbor::from(3));
            },
        ),
        bad(
            "mdoc_device/key_secp256k1",
            "The device's key is said to be on secp256k1.",
            &|key| {
                key.set("-1", Cbor::from(8));
            },
        ),
        bad(
            "mdoc_device/key_p384_short",
            "The device's key is said to be on P-384, and has the coordinates of P-256.",
            &|key| {
                key.set("-1", Cbor::from(2));
            },
        ),
        bad(
            "mdoc_device/key_type_symmetric",
            "The device's key is said to be symmetric.",
            &|key| {
                key.set("1", Cbor::from(4));
            },
        ),
        bad(
            "mdoc_device/key_type_text",
            "The type of the device's key is text.",
            &|key| {
                key.set("1", "EC2");
            },
        ),
        bad(
            "mdoc_device/key_no_curve",
            "The device's key has no curve.",
            &|key| {
                key.remove("-1");
            },
        ),
        bad(
            "mdoc_device/key_no_x",
            "The device's key has no first coordinate.",
            &|key| {
                key.remove("-2");
            },
        ),
        bad(
            "mdoc_device/key_compressed",
            "The device's key is compressed.",
            &|key| {
                key.set("-3", true);
            },
        ),
        bad(
            "mdoc_device/key_x_short",
            "The first coordinate of the device's key lacks an octet.",
            &|key| {
                key.set("-2", vec![7; 31]);
            },
        ),
        bad(
            "mdoc_device/key_y_long",
            "The second coordinate of the device's key has a leading zero.",
            &|key| {
                let y = key.at("-3").as_bytes().unwrap_or_default();
                key.set("-3", [&[0][..], &y].concat());
            },
        ),
        bad(
            "mdoc_device/key_split",
            "The coordinates of the device's key are right, but for an octet that ends the first and begins the second.",
            &|key| {
                let [x, y] = ["-2", "-3"].map(|label| key.at(label).as_bytes());
                let point = [x, y].map(Option::unwrap_or_default).concat();
                let (x, y) = point.split_at(31);
                key.set("-2", x.to_vec()).set("-3", y.to_vec());
            },
        ),
        bad(
            "mdoc_device/key_array",
            "The device's key is an array.",
            &|key| *key = Cbor::array([]),
        ),
        bad(
            "mdoc_device/key_off_curve",
            "The device's key is on no curve.",
            &|key| {
                key.set("-2", vec![7; 32]);
            },
        ),
        bad(
            "mdoc_device/key_zero",
            "Both coordinates of the device's key are zero.",
            &|key| {
                key.set("-2", vec![0; 32]).set("-3", vec![0; 32]);
            },
        ),
        bad(
            "mdoc_device/key_p384_off_curve",
            "The device's key is on P-384, and off it.",
            &|key| {
                let p384 = desk.testbed.key(Algorithm::P384, "mdoc device on P-384");
                *key = CoseKey::of(&p384.public());
                key.set("-2", vec![7; 48]);
            },
        ),
    ]
}

fn authorizations(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.device_signed";
    let code = "mdoc.key_authorizations";
    let namespace = "org.iso.23220.1.jp";
    let bad = |id, note, value: Cbor| {
        desk.issued([id, CLAUSE, note], |i| i.key_authorizations(value))
            .refused(check, code)
    };
    let both: &[(&str, &[&str])] = &[(namespace, &["a"])];
    vec![
        desk.issued(
            [
                "mdoc_device/authorized_twice",
                CLAUSE,
                "A namespace is authorised as a whole, and an element of it too.",
            ],
            |i| i.authorize(&[namespace], both),
        )
        .refused(check, code),
        bad(
            "mdoc_device/authorized_text",
            "The authorisations are text.",
            "all".into(),
        ),
        bad(
            "mdoc_device/authorized_map",
            "The authorised namespaces are a map.",
            Cbor::map([("nameSpaces", Cbor::empty_map())]),
        ),
        bad(
            "mdoc_device/authorized_elements_array",
            "The authorised elements are in no namespace.",
            Cbor::map([("dataElements", Cbor::array(["a".into()]))]),
        ),
        bad(
            "mdoc_device/authorized_namespace_number",
            "The namespace of an authorised element is a number.",
            Cbor::map([("dataElements", Cbor::map([(1, Cbor::array(["a".into()]))]))]),
        ),
        bad(
            "mdoc_device/authorized_element_number",
            "An authorised element is a number.",
            Cbor::map([(
                "dataElements",
                Cbor::map([(namespace, Cbor::array([1.into()]))]),
            )]),
        ),
        desk.issued(
            [
                "mdoc_device/authorized_nothing",
                CLAUSE,
                "The authorisations are empty.",
            ],
            |i| i.key_authorizations(Cbor::empty_map()),
        )
        .accepted(check),
    ]
}
