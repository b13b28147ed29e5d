//! The response as CBOR (RFC 8949): what is accepted as it arrived, and what
//! two readers could read differently.

use tashika_testbed::mdoc::{
    Cbor, Form, Response,
    elements::{COMMON_NAME_SPACE, JAPAN_NAME_SPACE},
};

use super::{ADULT, Desk, NAME, Vector};

const CHECK: &str = "mdoc.encoding";
const TAG_24: &str = "ISO/IEC 18013-5, 9.1.2.5; RFC 8949, 3.4.5.1";

pub(super) fn vectors(desk: &Desk<'_>) -> Vec<Vector> {
    [
        form(desk),
        end(desk),
        duplicates(desk),
        nesting(desk),
        tags(desk),
        items(desk),
        budget(desk),
    ]
    .concat()
}

/// The place of the name in a response.
fn name() -> String {
    format!("documents/0/issuerSigned/nameSpaces/{JAPAN_NAME_SPACE}/0")
}

fn replace(place: &mut Cbor, change: impl FnOnce(Cbor) -> Cbor) {
    *place = change(std::mem::replace(place, Cbor::NULL));
}

/// Both kinds of lengths and longer heads, digested and signed as they are.
fn form(desk: &Desk<'_>) -> Vec<Vector> {
    let lengths = "RFC 8949, 3.2";
    let heads = "RFC 8949, 3 and 4.1";
    let indefinite = |place: &mut Cbor| replace(place, |c| c.formed(Form::Indefinite));
    let outer = |form: Form| {
        move |r: &mut Cbor| {
            for path in [
                "documents/0/deviceSigned/deviceAuth",
                "documents/0/issuerSigned/nameSpaces",
                "documents/0",
                "documents",
                "version",
            ] {
                r.edit(path, |c| c.formed(form));
            }
            replace(r, |c| c.formed(form));
        }
    };
    vec![
        desk.edited(
            ["mdoc/indefinite", lengths, "Arrays, maps and text are of indefinite length."],
            outer(Form::Indefinite),
        )
        .accepted(CHECK),
        desk.edited(
            ["mdoc/long_heads", heads, "Heads are longer than they have to be."],
            outer(Form::Eight),
        )
        .accepted(CHECK),
        desk.item(
            ["mdoc/item_indefinite", lengths, "An item is a map of indefinite length, and its digest is that of the map as it is."],
            |item| {
                item.edit("elementValue", |v| v.formed(Form::Indefinite));
                replace(item, |c| match c {
                    Cbor::Tag(24, inner) => match *inner {
                        Cbor::Embedded(map) => Cbor::tag24(map.formed(Form::Indefinite)),
                        other => other,
                    },
                    other => other,
                });
            },
        )
        .accepted("mdoc.digests"),
        desk.item(
            ["mdoc/item_in_pieces", lengths, "The byte string of an item comes in pieces, and its digest is that of the pieces as they are."],
            |item| replace(item, |c| match c {
                Cbor::Tag(24, inner) => Cbor::Tag(24, Box::new(inner.formed(Form::Indefinite))),
                other => other,
            }),
        )
        .accepted("mdoc.digests"),
        desk.item(
            ["mdoc/item_long_heads", heads, "The tag of an item, its length and a number in it have longer heads than they have to."],
            |item| {
                item.edit("digestID", |c| c.formed(Form::Four));
                replace(item, |c| match c {
                    Cbor::Tag(24, inner) => {
                        Cbor::Tag(24, Box::new(inner.formed(Form::Eight))).formed(Form::Two)
                    }
                    other => other,
                });
            },
        )
        .accepted("mdoc.digests"),
        desk.mso(
            ["mdoc_issuer/mso_indefinite", lengths, "The mobile security object and its maps are of indefinite length."],
            |mso| {
                for path in ["valueDigests", "deviceKeyInfo", "validityInfo"] {
                    indefinite(mso.at(path));
                }
            },
        )
        .accepted("mdoc.mso"),
        desk.presented(
            ["mdoc_device/namespaces_indefinite", lengths, "What the device signs is an empty map of indefinite length."],
            |p| {
                p.device_name_spaces(Cbor::empty_map().formed(Form::Indefinite))
                    .signed()
            },
        )
        .accepted("mdoc.device_auth"),
        desk.signed(
            ["mdoc_issuer/protected_long", heads, "The number of the algorithm has a longer head than it has to."],
            |s| s.protected_raw(vec![0xA1, 0x01, 0x38, 0x06]),
        )
        .accepted("mdoc.issuer_signature"),
    ]
}

fn end(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "RFC 8949, 1.2 and 5.1";
    let encoded = || Response::of(desk.document(desk.card())).encode();
    let case = |id, note, octets: Vec<u8>| desk.case([id, clause, note], octets);
    let mut cut = encoded();
    cut.pop();
    let trailing = |mut octets: Vec<u8>| {
        octets.push(0xF6);
        octets
    };
    vec![
        case(
            "mdoc/trailing",
            "A null follows the response.",
            trailing(encoded()),
        )
        .refused(CHECK, "input.cbor_trailing"),
        desk.item(
            [
                "mdoc/item_trailing",
                clause,
                "A null follows an item within its byte string.",
            ],
            |item| {
                replace(item, |c| match c {
                    Cbor::Tag(24, inner) => {
                        Cbor::tag24_of(&trailing(inner.as_bytes().unwrap_or_default()))
                    }
                    other => other,
                })
            },
        )
        .refused(CHECK, "input.cbor_trailing"),
        desk.mso(
            [
                "mdoc_issuer/mso_trailing",
                clause,
                "A null follows the mobile security object within its byte string.",
            ],
            |mso| {
                replace(mso, |c| match c {
                    Cbor::Tag(24, inner) => {
                        Cbor::tag24_of(&trailing(inner.as_bytes().unwrap_or_default()))
                    }
                    other => other,
                })
            },
        )
        .refused(CHECK, "input.cbor_trailing"),
        case("mdoc/cut", "The last octet is missing.", cut).refused(CHECK, "input.mdoc"),
        case("mdoc/empty", "There are no octets.", Vec::new()).refused(CHECK, "input.mdoc"),
        case("mdoc/no_map", "The response is an array.", vec![0x80]).refused(CHECK, "input.mdoc"),
        desk.edited(
            [
                "mdoc/reserved_head",
                "RFC 8949, 3",
                "A head is of a form that is reserved.",
            ],
            |r| {
                r.add("extension", Cbor::Raw(vec![0x1C]));
            },
        )
        .refused(CHECK, "input.mdoc"),
        desk.edited(
            ["mdoc/no_utf8", "RFC 8949, 3.1", "Text is not in UTF-8."],
            |r| {
                r.add("extension", Cbor::Raw(vec![0x61, 0xFF]));
            },
        )
        .refused(CHECK, "input.mdoc"),
        desk.edited(
            [
                "mdoc/lone_break",
                "RFC 8949, 3.2.1",
                "A break stands where a value should.",
            ],
            |r| {
                r.add("extension", Cbor::Raw(vec![0xFF]));
            },
        )
        .refused(CHECK, "input.mdoc"),
        desk.edited(
            [
                "mdoc/length_beyond",
                "RFC 8949, 5.1",
                "A length goes beyond the end, by more than there is memory.",
            ],
            |r| {
                let array = [&[0x9B][..], &[0xFF; 8]].concat();
                r.add("extension", Cbor::Raw(array));
            },
        )
        .refused(CHECK, "input.mdoc"),
    ]
}

fn duplicates(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "RFC 8949, 5.6";
    let code = "input.cbor_duplicate";
    let edited = |id, note, path: &str| {
        let case = desk.edited([id, clause, note], |r| {
            r.duplicate(path);
        });
        case.refused(CHECK, code)
    };
    let namespaces = "documents/0/issuerSigned/nameSpaces";
    vec![
        edited("mdoc/twice_status", "The status stands twice, alike.", "status"),
        edited("mdoc/twice_documents", "The documents stand twice, alike.", "documents"),
        edited("mdoc/twice_device_auth", "The device's proof stands twice, alike.", "documents/0/deviceSigned/deviceAuth"),
        edited("mdoc/twice_namespace", "A namespace stands twice.", &format!("{namespaces}/{JAPAN_NAME_SPACE}")),
        desk.edited(
            ["mdoc/twice_unlike_forms", clause, "The status stands twice, the name once with a longer head."],
            |r| {
                if let Cbor::Map(entries) = r {
                    entries.push((Cbor::from("status").formed(Form::One), 0.into()));
                }
            },
        )
        .refused(CHECK, code),
        desk.item(
            ["mdoc/twice_value", clause, "The value of an element stands twice, unlike, and the digest is that of the item as it is."],
            |item| {
                item.add("elementValue", "見本　太郎");
            },
        )
        .refused(CHECK, code),
        desk.mso(
            ["mdoc_issuer/twice_digest", clause, "A digest of the mobile security object stands twice."],
            |mso| {
                mso.duplicate(&format!("valueDigests/{JAPAN_NAME_SPACE}/0"));
            },
        )
        .refused(CHECK, code),
        desk.mso(
            ["mdoc_issuer/twice_valid_until", clause, "The end of the validity stands twice, unlike."],
            |mso| {
                mso.add("validityInfo/validUntil", Cbor::tdate(super::NOW + 86_400));
            },
        )
        .refused(CHECK, code),
        desk.signed(
            ["mdoc_issuer/twice_algorithm", clause, "The algorithm stands twice in the protected headers."],
            |s| s.protected_raw(vec![0xA2, 0x01, 0x26, 0x01, 0x26]),
        )
        .refused(CHECK, code),
        desk.presented(
            ["mdoc_device/twice_namespace", clause, "A namespace of the device stands twice."],
            |p| {
                let twice = || (Cbor::from(JAPAN_NAME_SPACE), Cbor::empty_map());
                p.device_name_spaces(Cbor::Map(vec![twice(), twice()])).signed()
            },
        )
        .refused(CHECK, code),
    ]
}

fn nesting(desk: &Desk<'_>) -> Vec<Vector> {
    let clause = "RFC 8949, 10";
    let code = "input.cbor_depth";
    // The response itself is the first level, the innermost number the last.
    let nested = |levels: usize| Cbor::Raw([vec![0x81; levels], vec![0x00]].concat());
    let beside = |id, note, levels| {
        desk.edited([id, clause, note], |r| {
            r.add("extension", nested(levels));
        })
    };
    vec![
        beside("mdoc/nesting_deepest", "There are sixteen levels.", 14).accepted(CHECK),
        beside("mdoc/nesting_too_deep", "There are seventeen levels.", 15).refused(CHECK, code),
        desk.case(
            [
                "mdoc/depth_bomb",
                clause,
                "There are four thousand levels and nothing else.",
            ],
            vec![0x81; 4000],
        )
        .refused(CHECK, code),
        desk.item(
            [
                "mdoc/item_too_deep",
                clause,
                "The value of an element has sixteen levels, its item seventeen.",
            ],
            |item| {
                item.set("elementValue", nested(15));
            },
        )
        .refused(CHECK, code),
        desk.mso(
            [
                "mdoc_issuer/mso_too_deep",
                clause,
                "An extension of the mobile security object is seventeen levels deep.",
            ],
            |mso| {
                mso.add("extension", nested(15));
            },
        )
        .refused(CHECK, code),
    ]
}

fn tags(desk: &Desk<'_>) -> Vec<Vector> {
    let code = "input.cbor_tag";
    let wrapped = |place: &mut Cbor, wrap: &dyn Fn(Vec<u8>) -> Cbor| {
        replace(place, |c| match c {
            Cbor::Tag(24, inner) => wrap(inner.as_bytes().unwrap_or_default()),
            other => other,
        });
    };
    vec![
        desk.edited(
            ["mdoc/tag_24_on_text", TAG_24, "The tag of an embedded item stands on text."],
            |r| {
                r.add("extension", Cbor::Tag(24, Box::new("a".into())));
            },
        )
        .refused(CHECK, code),
        desk.item(
            ["mdoc/tag_1004_on_number", "RFC 8943, 1", "The tag of a date stands on a number."],
            |item| {
                item.set("elementValue", Cbor::Tag(1004, Box::new(0.into())));
            },
        )
        .refused(CHECK, code),
        desk.mso(
            ["mdoc_issuer/tag_0_on_number", "RFC 8949, 3.4.1", "The tag of a time in text stands on a number."],
            |mso| {
                mso.set("validityInfo/validUntil", Cbor::Tag(0, Box::new(1_900_000_000.into())));
            },
        )
        .refused(CHECK, code),
        desk.item(
            ["mdoc/item_untagged", TAG_24, "An item is a byte string without its tag, and the digest is that of the byte string."],
            |item| wrapped(item, &|content| content.into()),
        )
        .refused(CHECK, "input.mdoc"),
        desk.item(
            ["mdoc/item_bare", TAG_24, "An item stands as it is, in no byte string, and the digest is that of the map."],
            |item| wrapped(item, &Cbor::Raw),
        )
        .refused(CHECK, "input.mdoc"),
        desk.item(
            ["mdoc/item_tagged_otherwise", TAG_24, "An item has another tag."],
            |item| wrapped(item, &|content| Cbor::Tag(63, Box::new(content.into()))),
        )
        .refused(CHECK, "input.mdoc"),
        desk.edited(
            ["mdoc_device/namespaces_untagged", "ISO/IEC 18013-5, 9.1.3.4", "What the device signs stands without its tag."],
            |r| wrapped(r.at("documents/0/deviceSigned/nameSpaces"), &|content| content.into()),
        )
        .refused(CHECK, "input.mdoc"),
        desk.presented(
            ["mdoc_device/namespaces_array", "ISO/IEC 18013-5, 9.1.3.4", "What the device signs is an array."],
            |p| p.device_name_spaces(Cbor::array([])).signed(),
        )
        .refused(CHECK, "input.mdoc"),
    ]
}

/// Items against each other.
fn items(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "mdoc.elements";
    let clause = "ISO/IEC 18013-5, 9.1.2.5";
    let other = "resident_address_unicode";
    let digest_id_twice = || {
        let numbered = desk
            .issuance()
            .item(JAPAN_NAME_SPACE, NAME, |item| number(item, 100))
            .item(JAPAN_NAME_SPACE, other, |item| number(item, 101));
        let mdoc = numbered.sign(desk.testbed.japan_signer());
        let document = desk.present(mdoc, |p| p.select(JAPAN_NAME_SPACE, &[other]).signed());
        let mut response = Response::of(document).build();
        // After the digests: two digests of one number are another defect.
        number(response.at(&name()), 101);
        response.encode()
    };
    let random = |octets: usize| vec![0x5A; octets];
    vec![
        desk.issued(
            [
                "mdoc/element_twice",
                clause,
                "An element stands twice with two values, both of which the issuer has signed.",
            ],
            |i| {
                i.item_again(JAPAN_NAME_SPACE, NAME, |item| {
                    number(item, 100).set("elementValue", "見本　太郎")
                })
            },
        )
        .refused(check, "mdoc.element_duplicate"),
        desk.case(
            [
                "mdoc/digest_id_twice",
                clause,
                "Two elements have one digest number.",
            ],
            digest_id_twice(),
        )
        .asked(|asked| {
            let elements = [
                (JAPAN_NAME_SPACE, NAME),
                (JAPAN_NAME_SPACE, other),
                (COMMON_NAME_SPACE, ADULT),
            ];
            asked.requested = vec![super::requested(super::JAPAN, &elements)];
        })
        .refused(check, "mdoc.digest_id_duplicate"),
        desk.issued(
            [
                "mdoc/digest_id_in_two",
                clause,
                "Elements of two namespaces have one digest number.",
            ],
            |i| {
                i.item(JAPAN_NAME_SPACE, NAME, |item| number(item, 100))
                    .item(COMMON_NAME_SPACE, ADULT, |item| number(item, 100))
            },
        )
        .accepted(check),
        desk.item(
            [
                "mdoc/random_short",
                clause,
                "An element has fifteen octets of randomness.",
            ],
            |item| {
                item.set("random", random(15));
            },
        )
        .refused(check, "mdoc.random"),
        desk.item(
            [
                "mdoc/random_shortest",
                clause,
                "An element has sixteen octets of randomness.",
            ],
            |item| {
                item.set("random", random(16));
            },
        )
        .accepted(check),
    ]
}

fn budget(desk: &Desk<'_>) -> Vec<Vector> {
    let check = "input.budget";
    let clause = "Budgets of the verifier";
    let many = |count: usize, entry: &dyn Fn(usize) -> (Cbor, Cbor)| {
        Cbor::Map((0..count).map(entry).collect())
    };
    let named = |n: usize| (Cbor::from(format!("{n}")), 0.into());
    let empty = |n: usize| (Cbor::from(format!("{n}")), Cbor::array([]));
    let long = "a".repeat(256);
    vec![
        desk.edited(
            ["mdoc/documents_many", clause, "There are five documents."],
            |r| {
                for _ in 0..4 {
                    r.duplicate("documents/0");
                }
            },
        )
        .refused(check, "input.too_many"),
        desk.edited(
            [
                "mdoc/namespaces_many",
                clause,
                "There are seventeen namespaces.",
            ],
            |r| {
                r.set("documents/0/issuerSigned/nameSpaces", many(17, &empty));
            },
        )
        .refused(check, "input.too_many"),
        desk.edited(
            [
                "mdoc/elements_many",
                clause,
                "There are 161 elements in a namespace.",
            ],
            |r| {
                let item = Cbor::tag24(Cbor::map([
                    ("digestID", Cbor::Unsigned(0)),
                    ("random", Vec::new().into()),
                    ("elementIdentifier", "".into()),
                    ("elementValue", 0.into()),
                ]));
                let items = Cbor::Array(vec![item; 161]);
                let place = format!("documents/0/issuerSigned/nameSpaces/{JAPAN_NAME_SPACE}");
                r.set(&place, items);
            },
        )
        .refused(check, "input.too_many"),
        desk.presented(
            [
                "mdoc_device/elements_many",
                clause,
                "The device signs 161 elements.",
            ],
            |p| {
                let elements = Cbor::map([(JAPAN_NAME_SPACE, many(161, &named))]);
                p.device_name_spaces(elements).signed()
            },
        )
        .refused(check, "input.too_many"),
        desk.mso(
            [
                "mdoc_issuer/digests_many",
                clause,
                "There are 1,025 digests in a namespace.",
            ],
            |mso| {
                let digest = |n: usize| (Cbor::Unsigned(n as u64), Cbor::Bytes(Vec::new()));
                mso.set("valueDigests/elsewhere", many(1025, &digest));
            },
        )
        .refused(check, "input.too_many"),
        desk.edited(
            [
                "mdoc/name_long",
                clause,
                "The type of the document has 256 octets.",
            ],
            |r| {
                r.set("documents/0/docType", long.as_str());
            },
        )
        .refused(check, "input.too_large"),
    ]
}

/// Gives an item another digest number.
fn number(item: &mut Cbor, number: u64) -> &mut Cbor {
    item.set("digestID", Cbor::Unsigned(number))
}
