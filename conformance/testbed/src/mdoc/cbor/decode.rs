//! Bytes to items, without loss.

use super::{Cbor, Form};

/// How deep items may lie in each other.
const DEPTH: u32 = 64;

impl Cbor {
    /// The item whose encoding these bytes are, all of them. Floats and strings in
    /// chunks stay [`Cbor::Raw`]; what tag 24 wraps is opened if it can be.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        read_whole(bytes, DEPTH)
    }

    /// The byte string as what it holds, where it holds the encoding of an item.
    pub(super) fn opened(bytes: &[u8]) -> Option<Self> {
        let item = Self::decode(bytes)?;
        Some(Self::Embedded(Box::new(item)))
    }
}

struct Head {
    major: u8,
    argument: u64,
    form: Option<Form>,
}

fn read_whole(bytes: &[u8], depth: u32) -> Option<Cbor> {
    let mut rest = bytes;
    let item = read(&mut rest, depth)?;
    rest.is_empty().then_some(item)
}

fn read(rest: &mut &[u8], depth: u32) -> Option<Cbor> {
    let depth = depth.checked_sub(1)?;
    let start = *rest;
    let head = read_head(rest)?;
    let indefinite = head.form == Some(Form::Indefinite);
    let item = match (head.major, indefinite) {
        (0, false) => Cbor::Unsigned(head.argument),
        (1, false) => Cbor::Negative(head.argument),
        (2, false) => Cbor::Bytes(take(rest, head.argument)?.to_vec()),
        (3, false) => Cbor::Text(String::from_utf8(take(rest, head.argument)?.to_vec()).ok()?),
        (2 | 3, true) => {
            while !at_break(rest) {
                read(rest, depth)?;
            }
            return Some(Cbor::Raw(consumed(start, rest)));
        }
        (4, _) => Cbor::Array(read_all(rest, &head, |rest| read(rest, depth))?),
        (5, _) => Cbor::Map(read_all(rest, &head, |rest| {
            Some((read(rest, depth)?, read(rest, depth)?))
        })?),
        (6, false) => {
            let item = read(rest, depth)?;
            Cbor::Tag(head.argument, Box::new(tagged(head.argument, item, depth)))
        }
        (7, false) => return simple(start, rest, &head),
        _ => return None,
    };
    Some(match head.form {
        Some(form) => item.formed(form),
        None => item,
    })
}

/// What tag 24 wraps lies deeper, too: it is opened as far as the depth allows.
fn tagged(tag: u64, item: Cbor, depth: u32) -> Cbor {
    match item {
        Cbor::Bytes(bytes) if tag == 24 => match read_whole(&bytes, depth) {
            Some(wrapped) => Cbor::Embedded(Box::new(wrapped)),
            None => Cbor::Bytes(bytes),
        },
        other => other,
    }
}

fn read_all<T>(
    rest: &mut &[u8],
    head: &Head,
    mut element: impl FnMut(&mut &[u8]) -> Option<T>,
) -> Option<Vec<T>> {
    let mut all = Vec::new();
    if head.form == Some(Form::Indefinite) {
        while !at_break(rest) {
            all.push(element(rest)?);
        }
    } else {
        for _ in 0..head.argument {
            all.push(element(rest)?);
        }
    }
    Some(all)
}

/// Floats and what has no short form are kept as they are.
fn simple(start: &[u8], rest: &mut &[u8], head: &Head) -> Option<Cbor> {
    Some(match (head.form, u8::try_from(head.argument)) {
        (None, Ok(value)) => Cbor::Simple(value),
        _ => Cbor::Raw(consumed(start, rest)),
    })
}

fn read_head(rest: &mut &[u8]) -> Option<Head> {
    let (&initial, after) = rest.split_first()?;
    *rest = after;
    let (major, info) = (initial >> 5, initial & 31);
    let (argument, form, least) = match info {
        0..24 => (u64::from(info), None, 0),
        24 => (argument(rest, 1)?, Some(Form::One), 24),
        25 => (argument(rest, 2)?, Some(Form::Two), 1 << 8),
        26 => (argument(rest, 4)?, Some(Form::Four), 1 << 16),
        27 => (argument(rest, 8)?, Some(Form::Eight), 1 << 32),
        31 => (0, Some(Form::Indefinite), u64::MAX),
        _ => return None,
    };
    // What a float's octets mean as a number says nothing about their form.
    let float = major == 7 && info > 24;
    let form = form.filter(|_| float || argument < least);
    Some(Head {
        major,
        argument,
        form,
    })
}

fn argument(rest: &mut &[u8], length: u64) -> Option<u64> {
    let octets = take(rest, length)?;
    Some(
        octets
            .iter()
            .fold(0, |sum, octet| sum << 8 | u64::from(*octet)),
    )
}

fn take<'a>(rest: &mut &'a [u8], length: u64) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = after;
    Some(taken)
}

fn at_break(rest: &mut &[u8]) -> bool {
    let after = rest.strip_prefix(&[0xFF]);
    *rest = after.unwrap_or(rest);
    after.is_some()
}

fn consumed(start: &[u8], rest: &[u8]) -> Vec<u8> {
    let length = start.len().saturating_sub(rest.len());
    start.iter().take(length).copied().collect()
}
