//! `tashika mdoc show`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tashika_testbed::mdoc::elements::JAPAN;

use super::phone::Phone;

#[test]
fn the_structure_is_shown_and_not_what_it_says() {
    let phone = Phone::new();
    let shown = phone.desk.run(&["mdoc", "show", "@response.cbor"]);
    shown.exits(0).says(&[
        "unverified",
        JAPAN,
        "org.iso.23220.1.jp/full_name_unicode  (masked)",
        "org.iso.23220.1/age_over_20  (masked)",
        "ES256",
        "valid until",
        "SHA-256",
        "device       signature, ES256",
    ]);
    let shown = phone
        .desk
        .run(&["mdoc", "show", "@response.cbor", "--json"]);
    let shown = shown.exits(0).json();
    assert_eq!(shown["verified"], false);
    assert_eq!(shown["version"], "1.0");
    let document = &shown["documents"][0];
    assert_eq!(document["doc_type"], JAPAN);
    assert_eq!(document["mso"]["valid_until"], "2027-02-11T08:00:00Z");
    assert_eq!(document["certificates"].as_array().unwrap().len(), 1);

    let show = ["mdoc", "show", "@response.cbor", "--show-attributes"];
    phone
        .desk
        .run_showing(&show)
        .exits(0)
        .says(&["架空　花子", "true"]);
}

#[test]
fn what_an_issuer_signed_is_shown() {
    let phone = Phone::new();
    let issued = phone
        .testbed
        .japan_with_status()
        .mdoc()
        .issuer_signed()
        .encode();
    phone.write("issued.txt", URL_SAFE_NO_PAD.encode(&issued));
    phone.write("issued.cbor", issued);
    for name in ["@issued.cbor", "@issued.txt"] {
        phone.desk.run(&["mdoc", "show", name]).exits(0).says(&[
            JAPAN,
            "portrait  (masked)",
            "status       status_list https://",
        ]);
    }
    phone
        .desk
        .run_showing(&["mdoc", "show", "@issued.cbor", "--show-attributes"])
        .exits(0)
        .says(&["portrait  (1000 octets, jpeg"]);
}

#[test]
fn what_cannot_be_read_is_refused() {
    let phone = Phone::new();
    for (content, code) in [
        (&b"nothing of the kind"[..], "input.mdoc"),
        (&[0xa0, 0x00], "input.cbor_trailing"),
        (&[0xa0], "input.mdoc"),
        (
            &[
                0xa1, 0x6a, b'i', b's', b's', b'u', b'e', b'r', b'A', b'u', b't', b'h', 0xf6,
            ],
            "mdoc.cose",
        ),
    ] {
        phone.write("odd.cbor", content);
        let shown = phone.desk.run(&["mdoc", "show", "@odd.cbor"]);
        shown.exits(1).complains(&[code]);
    }
    phone.desk.run(&["mdoc", "show", "@nowhere.cbor"]).exits(66);
}
