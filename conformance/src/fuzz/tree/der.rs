//! Elements of DER.

use tashika_testbed::der::{self, Length, tag};

use super::{Body, Form, Node, Notation};

/// The first element, and what follows it. Indefinite lengths are octets.
pub(super) fn read(octets: &[u8]) -> Option<(Node, &[u8])> {
    let (&tag, rest) = octets.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(first), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
            let length = length
                .iter()
                .fold(0, |n, octet| n << 8 | usize::from(*octet));
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    let node = Node {
        tag,
        form: Form::Fitting,
        body: body(tag, content),
    };
    Some((node, rest))
}

/// Strings are elements too where they encapsulate some.
fn body(tag: u8, content: &[u8]) -> Body {
    let (prefix, inside) = match (tag, content) {
        (tag::BIT_STRING, [0, inside @ ..]) => (vec![0], inside),
        _ => (Vec::new(), content),
    };
    let constructed = tag & 0x20 != 0;
    let may_encapsulate = matches!(tag, tag::OCTET_STRING | tag::BIT_STRING);
    match Notation::Der.read(inside).filter(|nodes| !nodes.is_empty()) {
        Some(nodes) if constructed || may_encapsulate => Body::Nodes(prefix, nodes),
        _ => Body::Octets(content.to_vec()),
    }
}

pub(super) fn encode(node: &Node) -> Vec<u8> {
    let content = match &node.body {
        Body::Octets(octets) => octets.clone(),
        Body::Nodes(prefix, nodes) => [prefix.clone(), Notation::Der.encode(nodes)].concat(),
    };
    let with_length = |length: &[u8]| [&[node.tag], length, &content].concat();
    match node.form {
        Form::Fitting => der::tlv(node.tag, &content),
        Form::Indefinite => der::tlv_with(node.tag, Length::Indefinite, &content),
        Form::Padded => {
            let length = u16::try_from(content.len()).unwrap_or(u16::MAX);
            let [high, low] = length.to_be_bytes();
            with_length(&[0x83, 0, high, low])
        }
        Form::Longer(more) => {
            let length = content.len().saturating_add(usize::from(more));
            with_length(&der::length_octets(length as u64))
        }
        Form::Huge => with_length(&[0x84, 0xFF, 0xFF, 0xFF, 0xFF]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_written_again() {
        let octets = der::sequence([
            der::octets(der::sequence([der::small(7)])),
            der::bits(b"\x30"),
            der::octets([0xFF; 300]),
        ]);
        let nodes = Notation::Der.read(&octets).unwrap();
        assert_eq!(Notation::Der.encode(&nodes), octets);
        assert_eq!(nodes[0].count(), 6);
        assert!(Notation::Der.read(&octets[..octets.len() - 1]).is_none());
    }
}
