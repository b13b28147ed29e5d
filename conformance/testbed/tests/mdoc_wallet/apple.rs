//! The envelope of an app.

use tashika_testbed::{
    Algorithm, Hash,
    mdoc::{Apple, Asked, AskedElement, Cbor, MdocTestbed, Sealed, elements},
};

use crate::reader::NOW;

#[test]
fn the_envelope_opens_for_its_recipient_alone() {
    let testbed = MdocTestbed::from_seed(6, NOW);
    let recipient = testbed.key(Algorithm::P256, "merchant");
    let request = Apple::new(
        b"nonce-of-16-octs",
        "merchant.test",
        "TEAM000001",
        &recipient.public(),
    );
    let asked = Asked {
        doc_type: elements::JAPAN.to_owned(),
        elements: vec![AskedElement {
            name_space: elements::COMMON_NAME_SPACE.to_owned(),
            element: "age_over_20".to_owned(),
            retain: false,
        }],
    };
    let envelope = testbed.wallet().answer_apple(&request, &asked);
    let envelope = Cbor::decode(&envelope).unwrap();
    let part = |path| envelope.get(path).unwrap().as_bytes().unwrap();
    let transcript = request.transcript().encode();
    assert_eq!(
        envelope.get("algorithm").unwrap().as_text(),
        Some("APPLE-HPKE-v1")
    );
    assert_eq!(part("params/infoHash"), Hash::Sha256.digest(&transcript));
    assert_eq!(
        part("params/pkRHash"),
        Hash::Sha256.digest(&recipient.public_bits())
    );

    let sealed = Sealed {
        encapsulated: part("params/pkEm"),
        ciphertext: part("data"),
    };
    let opened = sealed.open(&recipient, &transcript).unwrap();
    let opened = Cbor::decode(&opened).unwrap();
    assert_eq!(opened.get("identity/status"), Some(0.into()));
    let element =
        "identity/documents/0/issuerSigned/nameSpaces/org.iso.23220.1/0/elementIdentifier";
    assert_eq!(opened.get(element).unwrap().as_text(), Some("age_over_20"));

    assert!(
        sealed
            .open(&testbed.key(Algorithm::P256, "other"), &transcript)
            .is_err()
    );
    assert!(sealed.open(&recipient, &transcript[1..]).is_err());
}
