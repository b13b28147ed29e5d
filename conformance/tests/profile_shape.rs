//! The testbed's certificates against real ones, element by element.
//!
//! A small TLV walker of this file's own lays both out as lists of elements. Every
//! tag, object identifier, flag and their order must be equal; only the values
//! listed here may differ.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what cannot be read fails the test"
)]

use std::{fs, path::PathBuf};

use tashika_conformance::fixtures::myna_card_dir;
use tashika_testbed::{
    Authority, Generation, Kind, Municipality, Person, Profile, Terms, Testbed, calendar::moment,
};

const NOW: i64 = 1_790_000_000;

/// Values that follow from key, time and number.
const ROOT_VALUES: &[&str] = &[
    "serialNumber",
    "notBefore",
    "notAfter",
    "modulus",
    "subjectKeyIdentifier",
    "signature",
];
const LEAF_VALUES: &[&str] = &[
    "serialNumber",
    "notBefore",
    "commonName",
    "modulus",
    "authorityKeyIdentifier.keyIdentifier",
    "authorityKeyIdentifier.serialNumber",
    "authorityInfoAccess",
    "subjectKeyIdentifier",
    "signature",
];

#[test]
fn signing_leaf() {
    let real = fixture("tests/fixtures/jpki-sign-cert.der");
    let items = subject_items(&real);
    let [name, birth, sex, address, name_flags, address_flags] = items.as_slice() else {
        panic!("{} items", items.len());
    };
    let mut person = Person::new(name, birth, sex, address, Municipality::KIYOSE);
    person.name_substitution.clone_from(name_flags);
    person.address_substitution.clone_from(address_flags);
    let made = leaf(Kind::Signing, &person);
    assert_same(&real, &made, LEAF_VALUES);
    assert_eq!(real.len(), made.len());
}

#[test]
fn authentication_leaf() {
    let real = fixture("tests/fixtures/jpki-auth-cert.der");
    let person = Person::new("あ　い", "319800217", "1", "う", Municipality::KIYOSE);
    assert_same(&real, &leaf(Kind::Authentication, &person), LEAF_VALUES);
}

#[test]
fn test_roots() {
    for (file, kind) in [
        ("signca-test-2019", Kind::Signing),
        ("signca-test-2024", Kind::Signing),
        ("authca-test-2019", Kind::Authentication),
        ("authca-test-2023", Kind::Authentication),
    ] {
        let real = fixture(&format!("certs/test/{file}.cer"));
        assert_same(&real, &root(kind, "JPKI-TEST"), ROOT_VALUES);
    }
}

#[test]
fn production_roots() {
    for (file, kind) in [("signca", Kind::Signing), ("authca", Kind::Authentication)] {
        for generation in 1..=3 {
            let real = fixture(&format!("certs/{file}0{generation}.cer"));
            assert_same(&real, &root(kind, "JPKI"), ROOT_VALUES);
        }
    }
}

/// The comparison itself: one changed flag, one other order.
#[test]
fn differences_are_found() {
    let testbed = Testbed::from_seed(5, NOW);
    let authority = testbed.authority(Kind::Signing, Generation::Third);
    let key = authority.key();
    let good = elements(&authority.root().sign(key));
    let reversed = authority.root().extensions(|list| list.reverse()).sign(key);
    assert_ne!(shape(&good), shape(&elements(&reversed)));
    let uncritical = authority.root().extensions(|list| {
        list.edit(
            tashika_testbed::oid::KEY_USAGE,
            tashika_testbed::Extension::non_critical,
        )
    });
    assert_ne!(shape(&good), shape(&elements(&uncritical.sign(key))));
}

fn fixture(path: &str) -> Vec<u8> {
    let file: PathBuf = myna_card_dir().expect("the folder of myna-card").join(path);
    fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn root(kind: Kind, organization: &str) -> Vec<u8> {
    let profile = Profile {
        organization: organization.to_owned(),
        ..Profile::default()
    };
    let testbed = Testbed::from_seed(5, NOW).profile(profile);
    testbed
        .authority(kind, Generation::Second)
        .certificate()
        .to_vec()
}

fn leaf(kind: Kind, person: &Person) -> Vec<u8> {
    let testbed = Testbed::from_seed(5, NOW);
    let authority: &Authority = testbed.authority(kind, Generation::Third);
    let issued = moment(2025, 10, 20, 0, 0, 0);
    let terms = Terms::issued(issued, person, &[0x1E, 0xE6, 0x08], 134);
    let key = testbed.key(authority.algorithm(), "leaf");
    authority.issue(person, key, &terms).certificate().to_vec()
}

fn assert_same(real: &[u8], made: &[u8], may_differ: &[&str]) {
    let (real, made) = (elements(real), elements(made));
    assert_eq!(shape(&real), shape(&made));
    for (real, made) in real.iter().zip(&made) {
        if real.value != made.value {
            let label = real.label();
            assert!(
                may_differ.contains(&label),
                "{label:?} at {:?} differs",
                real.path
            );
        }
    }
}

/// One element: where it is, its tag, and its value if it has no parts.
#[derive(Debug)]
struct Element {
    path: Vec<usize>,
    tag: u8,
    value: Option<Vec<u8>>,
    extension: Option<Vec<u8>>,
    attribute: Option<Vec<u8>>,
}

impl Element {
    /// What the value is, for those values that may differ.
    fn label(&self) -> &'static str {
        match (
            self.path.as_slice(),
            self.extension.as_deref(),
            self.attribute.as_deref(),
        ) {
            ([0, 1], ..) => "serialNumber",
            ([0, 4, 0], ..) => "notBefore",
            ([0, 4, 1], ..) => "notAfter",
            ([0, 5, ..], _, Some([0x55, 4, 3])) => "commonName",
            ([0, 6, 1, 0, 0], ..) => "modulus",
            ([2], ..) => "signature",
            (_, Some([0x55, 29, 14]), _) => "subjectKeyIdentifier",
            (_, Some([0x55, 29, 35]), _) if self.tag == 0x80 => {
                "authorityKeyIdentifier.keyIdentifier"
            }
            (_, Some([0x55, 29, 35]), _) if self.tag == 0x82 => {
                "authorityKeyIdentifier.serialNumber"
            }
            (_, Some([0x2B, 6, 1, 5, 5, 7, 1, 1]), _) if self.tag == 0x86 => "authorityInfoAccess",
            _ => "",
        }
    }
}

/// Path, tag, and the value where it belongs to the shape.
type Shape<'a> = (&'a [usize], u8, Option<&'a [u8]>);

/// Everything but values that are neither object identifiers nor flags.
fn shape(elements: &[Element]) -> Vec<Shape<'_>> {
    let kept = |element: &&Element| matches!(element.tag, 0x01 | 0x06);
    elements
        .iter()
        .map(|element| {
            let value = Some(element)
                .filter(kept)
                .and_then(|element| element.value.as_deref());
            (element.path.as_slice(), element.tag, value)
        })
        .collect()
}

fn elements(certificate: &[u8]) -> Vec<Element> {
    let (tag, content, rest) = read(certificate);
    assert_eq!((tag, rest.len()), (0x30, 0));
    let mut all = Vec::new();
    walk(content, &[], None, &mut all);
    all
}

fn walk(mut bytes: &[u8], parent: &[usize], extension: Option<&[u8]>, all: &mut Vec<Element>) {
    let mut oid: Option<Vec<u8>> = None;
    for index in 0.. {
        if bytes.is_empty() {
            return;
        }
        let (tag, content, rest) = read(bytes);
        bytes = rest;
        let path = [parent, &[index]].concat();
        // The second field of an Extension and after: below [0, 7, 0, n].
        let of_extension = (path.len() == 5 && path.starts_with(&[0, 7])).then(|| oid.clone());
        let extension = of_extension.flatten().or(extension.map(<[u8]>::to_vec));
        let inside = parts(tag, content, &path);
        all.push(Element {
            path: path.clone(),
            tag,
            value: inside.is_none().then(|| content.to_vec()),
            extension: extension.clone(),
            attribute: oid.clone(),
        });
        if tag == 0x06 && index == 0 {
            oid = Some(content.to_vec());
        }
        if let Some(inside) = inside {
            walk(inside, &path, extension.as_deref(), all);
        }
    }
}

/// What lies inside: of constructed elements, of extnValue, of the RSA key.
fn parts<'a>(tag: u8, content: &'a [u8], path: &[usize]) -> Option<&'a [u8]> {
    match (tag, path) {
        (0x04, [0, 7, 0, _, _]) => Some(content),
        (0x03, [0, 6, 1]) => Some(&content[1..]),
        _ if tag & 0x20 != 0 => Some(content),
        _ => None,
    }
}

/// Tag, content, rest. One-octet tags; definite, minimal lengths.
fn read(bytes: &[u8]) -> (u8, &[u8], &[u8]) {
    let (length, start) = match bytes[1] {
        short if short < 0x80 => (usize::from(short), 2),
        long => {
            let octets = usize::from(long & 0x7F);
            let length = &bytes[2..2 + octets];
            (
                length
                    .iter()
                    .fold(0, |length, octet| length << 8 | usize::from(*octet)),
                2 + octets,
            )
        }
    };
    let (content, rest) = bytes[start..].split_at(length);
    (bytes[0], content, rest)
}

/// The texts of the six otherName in the order of [`Person::new`] and its flags.
fn subject_items(certificate: &[u8]) -> Vec<String> {
    elements(certificate)
        .into_iter()
        .filter(|element| element.extension.as_deref() == Some(&[0x55, 29, 17]))
        .filter(|element| element.tag == 0x0C)
        .map(|element| String::from_utf8(element.value.unwrap()).unwrap())
        .collect()
}
