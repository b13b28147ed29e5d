//! Digests: every element is the one that the issuer made a digest of
//! (ISO/IEC 18013-5, 9.1.2.5).

use tashika_testbed::{
    Hash,
    mdoc::{
        Cbor, Form,
        elements::{COMMON_NAME_SPACE, JAPAN_NAME_SPACE},
    },
};

use super::{ADULT, Desk, Vector};

const CHECK: &str = "mdoc.digests";
const CLAUSE: &str = "ISO/IEC 18013-5, 9.1.2.5";
const UNKNOWN: &str = "mdoc.digest_unknown";
const WRONG: &str = "mdoc.digest";

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [items(desk), objects(desk), encodings(desk)].concat()
}

/// An item that was changed after the issuer made its digest.
fn items(desk: &Desk<'_>) -> Vec<Vector> {
    let namespaces = "documents/0/issuerSigned/nameSpaces";
    let edited = |id, note, path: &str, change: &dyn Fn(&mut Cbor)| {
        let path = format!("{namespaces}/{path}");
        desk.edited([id, CLAUSE, note], |r| change(r.at(&path)))
    };
    let name = |id, note, change: &dyn Fn(&mut Cbor)| {
        edited(id, note, &format!("{JAPAN_NAME_SPACE}/0"), change)
    };
    let other = "resident_address_unicode";
    let exchanged = |item: &'static str, value: Cbor| {
        move |place: &mut Cbor| {
            place.set(item, value.clone());
        }
    };
    let both: &[(&str, &str)] = &[
        (JAPAN_NAME_SPACE, super::NAME),
        (JAPAN_NAME_SPACE, other),
        (COMMON_NAME_SPACE, ADULT),
    ];
    vec![
        name(
            "mdoc_issuer/value_changed",
            "The name is another.",
            &exchanged("elementValue", "架空　太郎".into()),
        )
        .refused(CHECK, WRONG),
        name(
            "mdoc_issuer/random_changed",
            "The randomness of an element is another.",
            &exchanged("random", vec![0x5A; 32].into()),
        )
        .refused(CHECK, WRONG),
        name(
            "mdoc_issuer/digest_id_unknown",
            "The issuer made no digest of that number.",
            &exchanged("digestID", Cbor::Unsigned(900)),
        )
        .refused(CHECK, UNKNOWN),
        name(
            "mdoc_issuer/digest_id_largest",
            "The number of the digest is the largest there is.",
            &exchanged("digestID", Cbor::Unsigned(u64::MAX)),
        )
        .refused(CHECK, UNKNOWN),
        name(
            "mdoc_issuer/member_added",
            "A member was added to an item.",
            &|item| {
                item.add("extension", Cbor::NULL);
            },
        )
        .refused(CHECK, WRONG),
        name(
            "mdoc_issuer/members_reordered",
            "The members of an item stand in another order.",
            &|item| {
                let value = item.at("elementValue").clone();
                item.remove("elementValue").set("elementValue", value);
                let random = item.at("random").clone();
                item.remove("random").set("random", random);
            },
        )
        .refused(CHECK, WRONG),
        edited(
            "mdoc_issuer/adult_made",
            "Whether the age of 20 is reached is another.",
            &format!("{COMMON_NAME_SPACE}/0"),
            &|item| {
                item.set("elementValue", false);
            },
        )
        .refused(CHECK, WRONG),
        edited(
            "mdoc_issuer/identifier_changed",
            "A statement about the age stands under another's name.",
            &format!("{COMMON_NAME_SPACE}/0"),
            &exchanged("elementIdentifier", "age_over_65".into()),
        )
        .asked(|asked| {
            asked.requested = vec![super::requested(
                super::JAPAN,
                &[
                    (JAPAN_NAME_SPACE, super::NAME),
                    (COMMON_NAME_SPACE, "age_over_65"),
                ],
            )];
        })
        .refused(CHECK, WRONG),
        desk.presented(
            [
                "mdoc_issuer/digests_swapped",
                CLAUSE,
                "Two elements have each other's digest numbers.",
            ],
            |p| {
                let mut document = p.select(JAPAN_NAME_SPACE, &[other]).signed();
                let place =
                    |n: usize| format!("issuerSigned/nameSpaces/{JAPAN_NAME_SPACE}/{n}/digestID");
                let [one, two] = [0, 1].map(|n| document.at(&place(n)).clone());
                document.set(&place(0), two).set(&place(1), one);
                document
            },
        )
        .asked(|asked| asked.requested = vec![super::requested(super::JAPAN, both)])
        .refused(CHECK, WRONG),
        desk.presented(
            [
                "mdoc_issuer/namespace_swapped",
                CLAUSE,
                "An element stands in the other namespace.",
            ],
            |p| {
                let mut document = p.signed();
                let place = |namespace: &str| format!("issuerSigned/nameSpaces/{namespace}");
                let [japan, common] = [JAPAN_NAME_SPACE, COMMON_NAME_SPACE]
                    .map(|namespace| document.at(&place(namespace)).clone());
                document.set(&place(JAPAN_NAME_SPACE), common);
                document.set(&place(COMMON_NAME_SPACE), japan);
                document
            },
        )
        .asked(|asked| {
            asked.requested = vec![super::requested(
                super::JAPAN,
                &[(COMMON_NAME_SPACE, super::NAME), (JAPAN_NAME_SPACE, ADULT)],
            )];
        })
        .refused(CHECK, WRONG),
        desk.presented(
            [
                "mdoc_issuer/namespace_unknown",
                CLAUSE,
                "An element stands in a namespace of which the issuer made no digests.",
            ],
            |p| {
                let mut document = p.signed();
                document.rename(
                    &format!("issuerSigned/nameSpaces/{COMMON_NAME_SPACE}"),
                    "org.iso.23220.2",
                );
                document
            },
        )
        .asked(|asked| {
            asked.requested = vec![super::requested(
                super::JAPAN,
                &[(JAPAN_NAME_SPACE, super::NAME), ("org.iso.23220.2", ADULT)],
            )];
        })
        .refused(CHECK, UNKNOWN),
    ]
}

/// Digests that are not there, or not whole.
fn objects(desk: &Desk<'_>) -> Vec<Vector> {
    let mso = |id, note, change: &dyn Fn(&mut Cbor)| desk.mso([id, CLAUSE, note], change);
    let number = name_number(desk);
    let name = format!("valueDigests/{JAPAN_NAME_SPACE}/{number}");
    vec![
        mso(
            "mdoc_issuer/digest_absent",
            "The digest of an element is not there.",
            &|mso| {
                mso.remove(&name);
            },
        )
        .refused(CHECK, UNKNOWN),
        mso(
            "mdoc_issuer/digests_elsewhere",
            "The digests of a namespace stand under another.",
            &|mso| {
                mso.rename(
                    &format!("valueDigests/{JAPAN_NAME_SPACE}"),
                    "org.iso.23220.2",
                );
            },
        )
        .refused(CHECK, UNKNOWN),
        mso(
            "mdoc_issuer/digests_empty",
            "There are no digests.",
            &|mso| {
                mso.set("valueDigests", Cbor::empty_map());
            },
        )
        .refused(CHECK, UNKNOWN),
        mso(
            "mdoc_issuer/digest_cut",
            "The digest of an element lacks its last octet.",
            &|mso| {
                let mut digest = mso.at(&name).as_bytes().unwrap_or_default();
                digest.pop();
                mso.set(&name, digest);
            },
        )
        .refused(CHECK, WRONG),
        mso(
            "mdoc_issuer/digest_empty",
            "The digest of an element is empty.",
            &|mso| {
                mso.set(&name, Vec::new());
            },
        )
        .refused(CHECK, WRONG),
        mso(
            "mdoc_issuer/digest_of_another",
            "The digest of an element is by the other algorithm.",
            &|mso| {
                mso.set("digestAlgorithm", "SHA-512");
            },
        )
        .refused(CHECK, WRONG),
        desk.issued(
            [
                "mdoc_issuer/no_decoys",
                CLAUSE,
                "There are no digests but those of the elements.",
            ],
            |i| i.without_decoys(),
        )
        .accepted(CHECK),
    ]
}

/// The number of the digest of the name.
fn name_number(desk: &Desk<'_>) -> i64 {
    let place = format!("nameSpaces/{JAPAN_NAME_SPACE}/0/digestID");
    let number = desk.card.issuer_signed().get(&place);
    number.and_then(|n| n.as_integer()).unwrap_or(-1)
}

/// What the digest is made over: the item with its tag, as it arrived.
fn encodings(desk: &Desk<'_>) -> Vec<Vector> {
    let number = name_number(desk);
    let over = |id, note, octets: &dyn Fn(&Cbor) -> Vec<u8>, form: &dyn Fn(Cbor) -> Cbor| {
        let place = format!("nameSpaces/{JAPAN_NAME_SPACE}/0");
        let item = desk.card.issuer_signed().get(&place).unwrap_or(Cbor::NULL);
        let digest = Hash::Sha256.digest(&octets(&item));
        let digested = desk
            .issuance()
            .digest()
            .mso(|mso| mso.set(&format!("valueDigests/{JAPAN_NAME_SPACE}/{number}"), digest));
        let mdoc = digested
            .sign(desk.testbed.japan_signer())
            .edit(|signed| signed.set(&place, form(item)));
        desk.with([id, CLAUSE, note], mdoc).refused(CHECK, WRONG)
    };
    let long = |item: Cbor| {
        let mut item = item;
        item.edit("digestID", |number| number.formed(Form::Eight));
        item
    };
    vec![
        over(
            "mdoc_issuer/digest_without_tag",
            "The digest is that of an item without its tag.",
            &|item| match item {
                Cbor::Tag(24, inner) => inner.encode(),
                other => other.encode(),
            },
            &|item| item,
        ),
        over(
            "mdoc_issuer/digest_of_content",
            "The digest is that of an item without tag and byte string.",
            &|item| match item {
                Cbor::Tag(24, inner) => inner.as_bytes().unwrap_or_default(),
                other => other.encode(),
            },
            &|item| item,
        ),
        over(
            "mdoc_issuer/digest_of_value",
            "The digest is that of the value alone.",
            &|item| item.get("elementValue").unwrap_or(Cbor::NULL).encode(),
            &|item| item,
        ),
        over(
            "mdoc_issuer/digest_of_shortest",
            "The digest is that of the item as it would be with shorter heads than it has.",
            &Cbor::encode,
            &long,
        ),
    ]
}
