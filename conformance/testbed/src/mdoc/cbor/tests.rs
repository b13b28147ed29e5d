use super::*;

fn hex(text: &str) -> Vec<u8> {
    let digit = |at| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
    (0..text.len()).step_by(2).map(digit).collect()
}

/// Out of RFC 8949, appendix A, and forms that it does not list.
#[test]
fn reading_keeps_every_byte() {
    for text in [
        "00",
        "17",
        "1818",
        "1903e8",
        "1b000000e8d4a51000",
        "20",
        "3903e7",
        "f90000",
        "fb3ff199999999999a",
        "f4",
        "f6",
        "f7",
        "f8ff",
        "c074323031332d30332d32315432303a30343a30305a",
        "d818456449455446",
        "4401020304",
        "62c3bc",
        "83010203",
        "a201020304",
        "a26161016162820203",
        "5f42010243030405ff",
        "7f657374726561646d696e67ff",
        "9f01820203ff",
        "bf61610161629f0203ffff",
        "1800",
        "190001",
        "1b0000000000000001",
        "5801aa",
        "d9001800",
        "a201020102",
        "9800",
    ] {
        let item = Cbor::decode(&hex(text)).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(item.encode(), hex(text), "{text}");
    }
}

#[test]
fn what_is_no_item_is_not_read() {
    for text in [
        "", "18", "1c", "5802aa", "8201", "ff", "9f01", "0000", "61ff", "bf01ff",
    ] {
        assert_eq!(Cbor::decode(&hex(text)), None, "{text}");
    }
    assert_eq!(Cbor::decode(&[0x81; 100_000]), None);
}

/// What tag 24 wraps beyond the depth stays a byte string.
#[test]
fn wrappings_are_opened_to_a_depth() {
    let wrapped = (0..5_000).fold(vec![0], |inner, _| Cbor::tag24_of(&inner).encode());
    let item = Cbor::decode(&wrapped).unwrap();
    assert_eq!(item.encode(), wrapped);
}

/// Whatever is read is written back as it was.
#[test]
fn reading_loses_nothing_of_noise() {
    let mut rng = crate::Rng::from_seed(1);
    let good = Cbor::map([
        (
            "wrapped",
            Cbor::tag24(Cbor::array([1.into(), "text".into()])),
        ),
        ("formed", Cbor::from(vec![1, 2, 3]).formed(Form::Indefinite)),
    ]);
    let good = good.encode();
    let mut read = 0;
    for _ in 0..20_000 {
        let mut octets = good.clone();
        for _ in 0..2 {
            let noise = rng.bytes(2);
            let at = usize::from(noise[0]) % octets.len();
            octets[at] = noise[1];
        }
        if let Some(item) = Cbor::decode(&octets) {
            assert_eq!(item.encode(), octets);
            read += 1;
        }
    }
    assert!(read > 1_000, "{read} of them are items");
}

/// Another implementation reads the same out of what is written here.
#[test]
fn ciborium_agrees() {
    let item = Cbor::map([
        ("number", Cbor::from(70_000)),
        ("negative", Cbor::from(-300)),
        ("bytes", Cbor::from(&[1, 2, 3][..])),
        ("nothing", Cbor::NULL),
        ("truth", true.into()),
        ("wrapped", Cbor::tag24(Cbor::array([1.into(), "二".into()]))),
    ]);
    let value: ciborium::Value = ciborium::from_reader(&item.encode()[..]).unwrap();
    let mut theirs = Vec::new();
    ciborium::into_writer(&value, &mut theirs).unwrap();
    assert_eq!(theirs, item.encode());

    for form in [Form::Indefinite, Form::Eight] {
        let formed = Cbor::array([item.clone().formed(form), Cbor::from("日本語").formed(form)]);
        let again: ciborium::Value = ciborium::from_reader(&formed.encode()[..]).unwrap();
        assert_eq!(
            again,
            ciborium::Value::Array(vec![value.clone(), "日本語".into()])
        );
    }
}

#[test]
fn places_are_found_through_wrappings() {
    let inner = Cbor::map([("value", Cbor::from(1))]);
    let mut item = Cbor::map([(
        "list",
        Cbor::array([Cbor::tag24(inner.clone()), Cbor::from(inner.encode())]),
    )]);
    item.set("list/0/value", 2)
        .set("list/1/value", 3)
        .set("list/1/more", 4);
    item.duplicate("list/0/value").rename("list/0/value", 9);
    assert_eq!(
        item.encode(),
        hex("a1646c69737482d8184aa209026576616c7565024ea26576616c756503646d6f726504")
    );
    assert_eq!(item.get("list/1/value"), Some(3.into()));
    item.remove("list/1/value").remove("list/0");
    assert_eq!(item.encode(), hex("a1646c6973748147a1646d6f726504"));
}

#[test]
#[should_panic(expected = "nothing at absent")]
fn a_place_that_is_not_there_is_noticed() {
    Cbor::empty_map().at("absent");
}
