//! Items of CBOR (RFC 8949).

use super::{Body, Form, Node, Notation};

/// An entry of a map, which has no head: the octet that no item begins with.
const ENTRY: u8 = 0xFF;

/// Major types: the upper three bits of the first octet.
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;
const TAG: u8 = 6;

/// The first item, and what follows it. What has an indefinite length or a head
/// that could be shorter is octets.
pub(super) fn read(octets: &[u8]) -> Option<(Node, &[u8])> {
    let (&tag, rest) = octets.split_first()?;
    let info = tag & 0x1F;
    let (digits, rest) = match info {
        0..24 => rest.split_at_checked(0)?,
        24..28 => rest.split_at_checked(1 << (info - 24))?,
        _ => return None,
    };
    let argument = match digits {
        [] => u64::from(info),
        _ => digits.iter().fold(0, |n, digit| n << 8 | u64::from(*digit)),
    };
    let (body, rest) = match tag >> 5 {
        BYTES | TEXT => {
            let (content, rest) = rest.split_at_checked(usize::try_from(argument).ok()?)?;
            (string(tag >> 5, content), rest)
        }
        ARRAY => items(Vec::new(), argument, rest, read)?,
        MAP => items(Vec::new(), argument, rest, entry)?,
        TAG => items(digits.to_vec(), 1, rest, read)?,
        _ => (Body::Octets(digits.to_vec()), rest),
    };
    let node = Node {
        tag,
        form: Form::Fitting,
        body,
    };
    let is_shortest = octets.starts_with(&encode(&node));
    is_shortest.then_some((node, rest))
}

fn entry(octets: &[u8]) -> Option<(Node, &[u8])> {
    let (body, rest) = items(Vec::new(), 2, octets, read)?;
    let node = Node {
        tag: ENTRY,
        form: Form::Fitting,
        body,
    };
    Some((node, rest))
}

/// What reads the first of something, and gives what follows it.
type Read = fn(&[u8]) -> Option<(Node, &[u8])>;

fn items(prefix: Vec<u8>, count: u64, mut octets: &[u8], read: Read) -> Option<(Body, &[u8])> {
    let mut nodes = Vec::new();
    for _ in 0..count {
        let (node, rest) = read(octets)?;
        nodes.push(node);
        octets = rest;
    }
    Some((Body::Nodes(prefix, nodes), octets))
}

/// Byte strings are items too where they hold one that holds others.
fn string(major: u8, content: &[u8]) -> Body {
    let inside = Notation::Cbor.read(content).filter(|_| major == BYTES);
    match inside {
        Some(nodes) if nodes.len() == 1 && nodes.iter().any(|n| n.nodes().is_some()) => {
            Body::Nodes(Vec::new(), nodes)
        }
        _ => Body::Octets(content.to_vec()),
    }
}

pub(super) fn encode(node: &Node) -> Vec<u8> {
    let (prefix, content, count) = match &node.body {
        Body::Octets(octets) => (&[][..], octets.clone(), octets.len()),
        Body::Nodes(prefix, nodes) => (&**prefix, Notation::Cbor.encode(nodes), nodes.len()),
    };
    let head = match (node.tag, node.tag >> 5) {
        (ENTRY, _) => Vec::new(),
        (_, BYTES | TEXT) => head(node, content.len()),
        (_, ARRAY | MAP) => head(node, count),
        _ => [&[node.tag], prefix].concat(),
    };
    let is_open = matches!(node.form, Form::Indefinite) && (BYTES..=MAP).contains(&(node.tag >> 5));
    let mut octets = [head, content].concat();
    octets.extend(is_open.then_some(0xFF));
    octets
}

/// The head of a string, an array or a map.
fn head(node: &Node, length: usize) -> Vec<u8> {
    let major = node.tag & 0xE0;
    let length = length as u64;
    let in_eight = |length: u64| [&[major | 27][..], &length.to_be_bytes()].concat();
    match node.form {
        Form::Fitting => shortest(major, length),
        // A string in one chunk.
        Form::Indefinite if node.tag >> 5 <= TEXT => {
            [vec![major | 31], shortest(major, length)].concat()
        }
        Form::Indefinite => vec![major | 31],
        Form::Padded => in_eight(length),
        Form::Longer(more) => shortest(major, length.saturating_add(more.into())),
        Form::Huge => in_eight(u64::MAX),
    }
}

fn shortest(major: u8, argument: u64) -> Vec<u8> {
    let octets = argument.to_be_bytes();
    let (info, skipped) = match argument {
        0..24 => return vec![major | octets[7]],
        24..0x100 => (24, 7),
        0x100..0x1_0000 => (25, 6),
        0x1_0000..0x1_0000_0000 => (26, 4),
        _ => (27, 0),
    };
    let digits = octets.into_iter().skip(skipped);
    [major | info].into_iter().chain(digits).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_again() {
        // {"a": [1, -500, 24(<<[true, h'07', ""]>>)], 1004: h'80', 5: null}
        let octets = [
            &[0xA3, 0x61, b'a', 0x83, 0x01, 0x39, 0x01, 0xF3][..],
            &[0xD8, 0x18, 0x45, 0x83, 0xF5, 0x41, 0x07, 0x60],
            &[0x19, 0x03, 0xEC, 0x41, 0x80, 0x05, 0xF6],
        ]
        .concat();
        let nodes = Notation::Cbor.read(&octets).unwrap();
        assert_eq!(Notation::Cbor.encode(&nodes), octets);
        assert_eq!(nodes[0].count(), 19);
        for other in [&octets[..octets.len() - 1], &[0x18, 0x01], &[0x9F, 0xFF]] {
            let again = Notation::Cbor.read(other);
            let same = |nodes: Vec<Node>| Notation::Cbor.encode(&nodes) == other;
            assert!(again.is_none_or(same), "{other:02x?}");
        }
    }

    #[test]
    fn heads_have_every_form() {
        let mut nodes = Notation::Cbor.read(&[0x82, 0x41, 0x07, 0xA0]).unwrap();
        let mut with = |form| {
            nodes[0].form = form;
            Notation::Cbor.encode(&nodes)
        };
        assert_eq!(with(Form::Indefinite), [0x9F, 0x41, 0x07, 0xA0, 0xFF]);
        assert_eq!(with(Form::Longer(30)), [0x98, 32, 0x41, 0x07, 0xA0]);
        let huge = [&[0x9B][..], &[0xFF; 8], &[0x41, 0x07, 0xA0]].concat();
        assert_eq!(with(Form::Huge), huge);
        let padded = [&[0x9B][..], &[0; 7], &[2, 0x41, 0x07, 0xA0]].concat();
        assert_eq!(with(Form::Padded), padded);
    }
}
