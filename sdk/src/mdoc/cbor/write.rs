//! A writer of deterministic CBOR (RFC 8949, 4.2.1), for what is asked of
//! wallets and for what is hashed together with them.
//!
//! What arrived is never written again. Parts are items that are encoded
//! already; keys of maps are put into their order here.

/// A non-negative integer.
pub(crate) fn unsigned(value: u64) -> Vec<u8> {
    head(0, value)
}

/// An integer.
pub(crate) fn integer(value: i64) -> Vec<u8> {
    match u64::try_from(value) {
        Ok(value) => head(0, value),
        Err(_) => head(1, !value.cast_unsigned()),
    }
}

/// A byte string of the parts, one after the other.
pub(crate) fn bytes(parts: &[&[u8]]) -> Vec<u8> {
    with_head(2, length(total(parts)), parts)
}

/// Text.
pub(crate) fn text(value: &str) -> Vec<u8> {
    with_head(3, length(value.len()), &[value.as_bytes()])
}

/// An array of items.
pub(crate) fn array<T: AsRef<[u8]>>(items: &[T]) -> Vec<u8> {
    let parts: Vec<_> = items.iter().map(AsRef::as_ref).collect();
    with_head(4, length(items.len()), &parts)
}

/// A map of keys and values. The caller states no key twice.
pub(crate) fn map(mut entries: Vec<(Vec<u8>, Vec<u8>)>) -> Vec<u8> {
    entries.sort_unstable();
    map_in_order(entries)
}

/// A map with its keys in the order in which they are given: not what we send,
/// but what others may have.
pub(crate) fn map_in_order(entries: Vec<(Vec<u8>, Vec<u8>)>) -> Vec<u8> {
    let mut octets = head(5, length(entries.len()));
    for (key, value) in entries {
        octets.extend(key);
        octets.extend(value);
    }
    octets
}

/// An item under a tag.
pub(crate) fn tagged(tag: u64, item: &[u8]) -> Vec<u8> {
    with_head(6, tag, &[item])
}

/// An encoded item in a byte string, with its tag 24.
pub(crate) fn embedded(item: &[u8]) -> Vec<u8> {
    tagged(super::EMBEDDED, &bytes(&[item]))
}

/// True or false.
pub(crate) fn boolean(value: bool) -> Vec<u8> {
    vec![if value { 0xf5 } else { 0xf4 }]
}

/// Null.
pub(crate) fn null() -> Vec<u8> {
    vec![0xf6]
}

/// The head of a byte string of so many octets, for what is hashed and never
/// put together.
pub(crate) fn bytes_head(content: usize) -> Vec<u8> {
    head(2, length(content))
}

fn total(parts: &[&[u8]]) -> usize {
    parts.iter().map(|part| part.len()).sum()
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

/// Octets of a head, at most.
const HEAD: usize = 9;

fn with_head(major: u8, argument: u64, parts: &[&[u8]]) -> Vec<u8> {
    let mut octets = Vec::with_capacity(HEAD + total(parts));
    put_head(&mut octets, major << 5, argument);
    parts.iter().for_each(|part| octets.extend_from_slice(part));
    octets
}

fn head(major: u8, argument: u64) -> Vec<u8> {
    with_head(major, argument, &[])
}

/// Major type and argument in the shortest form (RFC 8949, 3).
fn put_head(octets: &mut Vec<u8>, major: u8, argument: u64) {
    let digits = argument.to_be_bytes();
    let [.., low] = digits;
    let (info, skipped) = match argument {
        0..24 => return octets.push(major | low),
        24..0x100 => (24, 7),
        0x100..0x1_0000 => (25, 6),
        0x1_0000..0x1_0000_0000 => (26, 4),
        _ => (27, 0),
    };
    octets.push(major | info);
    octets.extend_from_slice(digits.get(skipped..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8949, appendix A.
    #[test]
    fn heads_are_the_shortest() {
        for (value, octets) in [
            (0, &[0x00][..]),
            (23, &[0x17]),
            (24, &[0x18, 24]),
            (255, &[0x18, 0xff]),
            (1000, &[0x19, 0x03, 0xe8]),
            (1_000_000, &[0x1a, 0x00, 0x0f, 0x42, 0x40]),
            (
                1_000_000_000_000,
                &[0x1b, 0x00, 0x00, 0x00, 0xe8, 0xd4, 0xa5, 0x10, 0x00],
            ),
        ] {
            assert_eq!(unsigned(value), octets);
        }
        assert_eq!(integer(-1), [0x20]);
        assert_eq!(integer(-100), [0x38, 0x63]);
        assert_eq!(
            integer(i64::MIN),
            [0x3b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
        );
        assert_eq!(text("水"), [0x63, 0xe6, 0xb0, 0xb4]);
        assert_eq!(bytes(&[&[1], &[2, 3]]), [0x43, 1, 2, 3]);
        assert_eq!(bytes_head(300), [0x59, 0x01, 0x2c]);
        assert_eq!(
            array(&[unsigned(1), null(), boolean(true)]),
            [0x83, 1, 0xf6, 0xf5]
        );
        assert_eq!(embedded(&[0x01]), [0xd8, 0x18, 0x41, 0x01]);
    }

    #[test]
    fn keys_are_in_the_order_of_their_octets() {
        let entry = |key: Vec<u8>| (key, unsigned(0));
        let keys = [
            text("aa"),
            unsigned(100),
            integer(-1),
            text("z"),
            unsigned(10),
        ];
        let octets = map(keys.into_iter().map(entry).collect());
        assert_eq!(
            octets,
            [
                0xa5, 0x0a, 0, 0x18, 0x64, 0, 0x20, 0, 0x61, b'z', 0, 0x62, b'a', b'a', 0
            ]
        );
    }
}
