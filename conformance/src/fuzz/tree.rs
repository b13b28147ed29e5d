//! DER and CBOR as a tree that can be changed and written again, with lengths
//! that fit or with such as do not.

mod cbor;
mod der;

/// One element.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The first octet: of CBOR, but for strings, arrays and maps, with all its
    /// bits.
    pub(super) tag: u8,
    pub(super) form: Form,
    body: Body,
}

#[derive(Clone, Debug)]
enum Body {
    Octets(Vec<u8>),
    /// Elements, behind octets of another kind: the first of a BIT STRING, the
    /// number of a tag.
    Nodes(Vec<u8>, Vec<Node>),
}

/// How the length is written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Form {
    /// As short as it can be.
    Fitting,
    /// Indefinite.
    Indefinite,
    /// With leading zeros.
    Padded,
    /// So many octets or elements more than there are.
    Longer(u8),
    /// As much as can be stated.
    Huge,
}

/// How elements are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Notation {
    Der,
    Cbor,
}

impl Notation {
    /// The elements of an encoding, or none if it is not of this notation to
    /// its end.
    pub(super) fn read(self, mut octets: &[u8]) -> Option<Vec<Node>> {
        let mut nodes = Vec::new();
        while !octets.is_empty() {
            let (node, rest) = match self {
                Self::Der => der::read(octets)?,
                Self::Cbor => cbor::read(octets)?,
            };
            nodes.push(node);
            octets = rest;
        }
        Some(nodes)
    }

    /// The encoding of elements.
    pub(super) fn encode(self, nodes: &[Node]) -> Vec<u8> {
        let encode = match self {
            Self::Der => der::encode,
            Self::Cbor => cbor::encode,
        };
        nodes.iter().flat_map(encode).collect()
    }
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
    fn nodes_mut(&mut self) -> Option<&mut Vec<Node>> {
        match self {
            Self::Octets(_) => None,
            Self::Nodes(_, nodes) => Some(nodes),
        }
    }
}
