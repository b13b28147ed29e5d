//! Octets, read as a list of changes to something genuine.

use super::tree::{Form, Node, Notation};

/// Changes of four octets each: which, where (two octets) and how much.
#[derive(Clone, Copy, Debug)]
pub(super) struct Script<'a>(pub(super) &'a [u8]);

/// More would leave nothing of what was genuine.
const CHANGES: usize = 8;

/// Levels of elements: far more than anybody reads, and not so many that the
/// tree, which is written by recursion, overflows the stack of a test.
const DEPTH: usize = 300;

#[derive(Clone, Copy)]
struct Change {
    which: u8,
    place: usize,
    extent: u8,
}

impl Script<'_> {
    /// Changes elements where the change is one of elements, and octets of the
    /// encoding where not, or where that is not DER.
    pub(super) fn apply(self, genuine: &[u8]) -> Vec<u8> {
        self.apply_in(Notation::Der, genuine)
    }

    /// The same to what is encoded in another way.
    pub(super) fn apply_in(self, notation: Notation, genuine: &[u8]) -> Vec<u8> {
        let Some(mut nodes) = notation.read(genuine) else {
            return self.apply_to_octets(genuine);
        };
        let mut left = Vec::new();
        for change in self.changes() {
            if !change.apply_to_nodes(&mut nodes) {
                left.push(change);
            }
        }
        let mut octets = notation.encode(&nodes);
        left.into_iter()
            .for_each(|change| change.apply_to_octets(&mut octets));
        octets
    }

    /// Changes what is signed of a certificate or list: the first of its parts.
    pub(super) fn apply_to_signed(self, genuine: &[u8]) -> Vec<u8> {
        let nodes = Notation::Der.read(genuine).unwrap_or_default();
        let signed = nodes.first().and_then(|node| node.nodes()?.first());
        let signed = signed.map(|node| Notation::Der.encode(std::slice::from_ref(node)));
        self.apply(&signed.unwrap_or_default())
    }

    /// Changes octets alone.
    pub(super) fn apply_to_octets(self, genuine: &[u8]) -> Vec<u8> {
        let mut octets = genuine.to_vec();
        self.changes()
            .for_each(|change| change.apply_to_octets(&mut octets));
        octets
    }

    fn changes(&self) -> impl Iterator<Item = Change> {
        self.0
            .chunks_exact(4)
            .take(CHANGES)
            .filter_map(|octets| match *octets {
                [which, high, low, extent] => Some(Change {
                    which,
                    place: usize::from(u16::from_be_bytes([high, low])),
                    extent,
                }),
                _ => None,
            })
    }
}

impl Change {
    /// Whether it is a change of elements.
    fn apply_to_nodes(self, nodes: &mut [Node]) -> bool {
        let count: usize = nodes.iter().map(Node::count).sum();
        if count == 0 {
            return false;
        }
        let graft = find(nodes, usize::from(self.extent) * 7 % count).cloned();
        let depth = nodes.iter().map(Node::depth).max().unwrap_or(0);
        let room = DEPTH.saturating_sub(depth);
        let Some(node) = find(nodes, self.place % count) else {
            return false;
        };
        let extent = usize::from(self.extent);
        match self.which % 16 {
            0 => node.flip(extent),
            1 => node.remove(extent),
            2 => node.duplicate(extent),
            3 => node.swap(extent),
            4 => node.truncate(extent),
            5 => node.extend(extent),
            6 => node.tag = self.extent,
            7 => node.form = Form::of(self.extent),
            8 => node.nest(extent.min(room)),
            9 => node.clear(),
            10..=11 => {
                if let Some(graft) = graft.filter(|graft| graft.depth() <= room) {
                    *node = graft;
                }
            }
            _ => return false,
        }
        true
    }

    fn apply_to_octets(self, octets: &mut Vec<u8>) {
        let place = self.place % octets.len().max(1);
        match self.which % 4 {
            0 => octets.truncate(place),
            1 => octets.extend(vec![self.extent; usize::from(self.extent)]),
            2 => octets.insert(place, self.extent),
            _ => {
                if let Some(octet) = octets.get_mut(place) {
                    *octet ^= self.extent.max(1);
                }
            }
        }
    }
}

/// The node of a number, counted from the front, each before what it contains.
fn find(nodes: &mut [Node], number: usize) -> Option<&mut Node> {
    let mut before = 0;
    for node in nodes {
        let count = node.count();
        if number < before + count {
            return node.find(number - before);
        }
        before += count;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_so_deep_that_writing_it_fails() {
        let nested = [8, 0, 0, 255].repeat(CHANGES);
        let grafted = [[8, 0, 0, 255], [10, 1, 44, 0]]
            .concat()
            .repeat(CHANGES / 2);
        for script in [nested, grafted] {
            for (notation, genuine) in [
                (Notation::Der, &[0x30, 0x03, 0x02, 0x01, 0x05][..]),
                (Notation::Cbor, &[0x81, 0x05]),
            ] {
                let octets = Script(&script).apply_in(notation, genuine);
                let depth = notation.read(&octets).unwrap().first().map(Node::depth);
                assert_eq!(depth, Some(DEPTH));
            }
        }
    }
}
