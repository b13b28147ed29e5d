//! DER as a tree that can be changed and written again, with lengths that fit
//! or with such as do not.

use tashika_testbed::der::{self, Length, tag};

/// One element.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) tag: u8,
    pub(super) form: Form,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    Octets(Vec<u8>),
    /// Elements, behind the octet that BIT STRINGs begin with.
    Nodes(Vec<u8>, Vec<Node>),
}

/// How the length is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// As DER demands.
    Fitting,
    /// Indefinite.
    Indefinite,
    /// With a leading zero.
    Padded,
    /// So many octets more than there are.
    Longer(u8),
    /// Four gigabytes.
    Huge,
}

/// The elements of an encoding, or none if it is not DER to its end.
pub(super) fn read(mut octets: &[u8]) -> Option<Vec<Node>> {
    let mut nodes = Vec::new();
    while !octets.is_empty() {
        let (node, rest) = Node::read(octets)?;
        nodes.push(node);
        octets = rest;
    }
    Some(nodes)
}

/// The encoding of elements.
pub(super) fn encode(nodes: &[Node]) -> Vec<u8> {
    nodes.iter().flat_map(Node::encode).collect()
}

impl Form {
    pub(super) fn of(octet: u8) -> Self {
        match octet % 4 {
            0 => Self::Indefinite,
            1 => Self::Padded,
            2 => Self::Longer(octet),
            _ => Self::Huge,
        }
    }
}

impl Node {
    /// The first element, and what follows it. Indefinite lengths are octets.
    fn read(octets: &[u8]) -> Option<(Self, &[u8])> {
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
        let node = Self {
            tag,
            form: Form::Fitting,
            body: Body::read(tag, content),
        };
        Some((node, rest))
    }

    fn encode(&self) -> Vec<u8> {
        let content = match &self.body {
            Body::Octets(octets) => octets.clone(),
            Body::Nodes(prefix, nodes) => [prefix.clone(), encode(nodes)].concat(),
        };
        let with_length = |length: &[u8]| [&[self.tag], length, &content].concat();
        match self.form {
            Form::Fitting => der::tlv(self.tag, &content),
            Form::Indefinite => der::tlv_with(self.tag, Length::Indefinite, &content),
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

    /// This element and all that it contains.
    pub(super) fn count(&self) -> usize {
        1 + self
            .nodes()
            .map_or(0, |nodes| nodes.iter().map(Self::count).sum())
    }

    /// How many levels of elements it is, itself the first.
    pub(super) fn depth(&self) -> usize {
        let nodes = self.nodes().unwrap_or_default();
        1 + nodes.iter().map(Self::depth).max().unwrap_or(0)
    }

    pub(super) fn nodes(&self) -> Option<&[Self]> {
        match &self.body {
            Body::Octets(_) => None,
            Body::Nodes(_, nodes) => Some(nodes),
        }
    }

    /// This element, or one that it contains, by its number.
    pub(super) fn find(&mut self, number: usize) -> Option<&mut Self> {
        if number == 0 {
            return Some(self);
        }
        let mut before = 1;
        for node in self.body.nodes_mut()? {
            let count = node.count();
            if number < before + count {
                return node.find(number - before);
            }
            before += count;
        }
        None
    }

    pub(super) fn flip(&mut self, place: usize) {
        if let Body::Octets(octets) = &mut self.body {
            let length = octets.len().max(1);
            if let Some(octet) = octets.get_mut(place % length) {
                *octet ^= 1 << (place % 8);
            }
        }
    }

    pub(super) fn remove(&mut self, place: usize) {
        if let Some(nodes) = self.body.nodes_mut().filter(|nodes| !nodes.is_empty()) {
            nodes.remove(place % nodes.len());
        }
    }

    pub(super) fn duplicate(&mut self, place: usize) {
        if let Some(nodes) = self.body.nodes_mut() {
            let twin = nodes.get(place % nodes.len().max(1)).cloned();
            nodes.extend(twin);
        }
    }

    pub(super) fn swap(&mut self, place: usize) {
        if let Some(nodes) = self.body.nodes_mut().filter(|nodes| nodes.len() > 1) {
            let place = place % (nodes.len() - 1);
            nodes.swap(place, place + 1);
        }
    }

    pub(super) fn truncate(&mut self, by: usize) {
        match &mut self.body {
            Body::Octets(octets) => octets.truncate(octets.len().saturating_sub(by)),
            Body::Nodes(_, nodes) => nodes.truncate(nodes.len().saturating_sub(by % 4)),
        }
    }

    pub(super) fn extend(&mut self, by: usize) {
        if let Body::Octets(octets) = &mut self.body {
            octets.extend(vec![0xFF; by]);
        }
    }

    /// Puts the element into so many of its own kind.
    pub(super) fn nest(&mut self, levels: usize) {
        for _ in 0..levels {
            let outer = Self {
                tag: self.tag,
                form: self.form,
                body: Body::Octets(Vec::new()),
            };
            let inner = std::mem::replace(self, outer);
            self.body = Body::Nodes(Vec::new(), vec![inner]);
        }
    }

    pub(super) fn clear(&mut self) {
        self.body = Body::Octets(Vec::new());
    }
}

impl Body {
    /// Strings are elements too where they encapsulate some.
    fn read(tag: u8, content: &[u8]) -> Self {
        let (prefix, inside) = match (tag, content) {
            (tag::BIT_STRING, [0, inside @ ..]) => (vec![0], inside),
            _ => (Vec::new(), content),
        };
        let constructed = tag & 0x20 != 0;
        let may_encapsulate = matches!(tag, tag::OCTET_STRING | tag::BIT_STRING);
        match read(inside).filter(|nodes| !nodes.is_empty()) {
            Some(nodes) if constructed || may_encapsulate => Self::Nodes(prefix, nodes),
            _ => Self::Octets(content.to_vec()),
        }
    }

    fn nodes_mut(&mut self) -> Option<&mut Vec<Node>> {
        match self {
            Self::Octets(_) => None,
            Self::Nodes(_, nodes) => Some(nodes),
        }
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
        let nodes = read(&octets).unwrap();
        assert_eq!(encode(&nodes), octets);
        assert_eq!(nodes[0].count(), 6);
        assert!(read(&octets[..octets.len() - 1]).is_none());
    }
}
