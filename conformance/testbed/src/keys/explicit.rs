//! The domain parameters of P-256, spelled out (SEC 1, C.2; SP 800-186, 3.2.1.3).

use crate::{der, oid};

const FIELD: [u64; 4] = [
    0xFFFFFFFF00000001,
    0,
    0x00000000FFFFFFFF,
    0xFFFFFFFFFFFFFFFF,
];
const A: [u64; 4] = [
    0xFFFFFFFF00000001,
    0,
    0x00000000FFFFFFFF,
    0xFFFFFFFFFFFFFFFC,
];
const B: [u64; 4] = [
    0x5AC635D8AA3A93E7,
    0xB3EBBD55769886BC,
    0x651D06B0CC53B0F6,
    0x3BCE3C3E27D2604B,
];
const G_X: [u64; 4] = [
    0x6B17D1F2E12C4247,
    0xF8BCE6E563A440F2,
    0x77037D812DEB33A0,
    0xF4A13945D898C296,
];
const G_Y: [u64; 4] = [
    0x4FE342E2FE1A7F9B,
    0x8EE7EB4A7C0F9E16,
    0x2BCE33576B315ECE,
    0xCBB6406837BF51F5,
];
const ORDER: [u64; 4] = [
    0xFFFFFFFF00000000,
    0xFFFFFFFFFFFFFFFF,
    0xBCE6FAADA7179E84,
    0xF3B9CAC2FC632551,
];

pub(super) fn p256_spki(point: &[u8]) -> Vec<u8> {
    let field = der::sequence([der::oid(oid::PRIME_FIELD), der::unsigned(&octets(FIELD))]);
    let curve = der::sequence([der::octets(octets(A)), der::octets(octets(B))]);
    let base = der::octets(der::concat([vec![4], octets(G_X), octets(G_Y)]));
    let order = der::unsigned(&octets(ORDER));
    let parameters = der::sequence([der::small(1), field, curve, base, order, der::small(1)]);
    let algorithm = der::sequence([der::oid(oid::EC_PUBLIC_KEY), parameters]);
    der::sequence([algorithm, der::bits(point)])
}

fn octets(words: [u64; 4]) -> Vec<u8> {
    words.into_iter().flat_map(u64::to_be_bytes).collect()
}
