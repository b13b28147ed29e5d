//! What an index file says about itself and its list.

use std::sync::Arc;

use crate::limits;
use crate::revocation::distribution_point::CertificateKind;
use crate::revocation::facts::{AuthorityKey, Facts};
use crate::revocation::frame::verified_trace;
use crate::revocation::index::key::{Key, Wide};
use crate::revocation::index::table::Layout;
use crate::revocation::number::CrlNumber;
use crate::revocation::query::Deltas;
use crate::revocation::scope::{Scope, ScopeNames};
use crate::revocation::status::Origin;
use crate::time::Time;
use crate::trust::{Fingerprint, Purpose, TrustStore};

/// The tables of one set of entries, by the length of the serial numbers.
#[derive(Clone, Copy)]
pub(super) struct Tables {
    pub(super) narrow: Layout<u64>,
    pub(super) wide: Layout<Wide>,
}

impl Tables {
    pub(super) fn count(&self) -> usize {
        self.narrow.count as usize + self.wide.count as usize
    }
}

/// Where the lists are that dropped entries come from.
#[derive(Clone, Copy)]
pub(super) struct Origins {
    pub(super) offset: u64,
    pub(super) count: u32,
}

/// Everything but the rows.
pub(super) struct Meta {
    pub(super) facts: Facts,
    pub(super) conflicts: u64,
    pub(super) current: Tables,
    pub(super) dropped: Tables,
    pub(super) origins: Origins,
}

/// Why what a file says about itself is of no use.
pub(super) enum Unusable {
    /// It is not of the form that it must have.
    Malformed,
    /// No anchor of the trust store is the one that signed the list.
    Anchor,
}

/// Octets of an origin: two dates with a flag, a number with its length, and
/// a digest.
pub(super) const ORIGIN_RECORD: usize = 8 + 9 + 21 + 32;

/// No number, where the length of one stands.
const NO_NUMBER: u8 = 0xff;

impl Meta {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let anchor = &self.facts.anchor;
        string(&mut out, anchor.purpose().as_str().as_bytes());
        out.extend(anchor.fingerprint().octets());
        out.extend(anchor.key_fingerprint());
        out.extend(encode_origin(&self.facts.origin));
        out.push(u8::from(self.facts.authority_key == AuthorityKey::Stated));
        out.push(u8::from(self.facts.deltas == Deltas::PointedAt));
        encode_scope(&mut out, &self.facts.scope);
        out.extend(self.conflicts.to_le_bytes());
        for tables in [&self.current, &self.dropped] {
            encode_layout(&mut out, &tables.narrow);
            encode_layout(&mut out, &tables.wide);
        }
        out.extend(self.origins.offset.to_le_bytes());
        out.extend(self.origins.count.to_le_bytes());
        out
    }

    /// Reads it, and finds the anchor. `covered` is how many octets there are
    /// for tables.
    pub(super) fn decode(
        octets: &[u8],
        covered: u64,
        trust: &TrustStore,
    ) -> Result<Self, Unusable> {
        let malformed = Unusable::Malformed;
        let mut cursor = Cursor(octets);
        let purpose = cursor.string().ok_or(malformed)?;
        let fingerprint: [u8; 32] = cursor.array().ok_or(Unusable::Malformed)?;
        let key: [u8; 32] = cursor.array().ok_or(Unusable::Malformed)?;
        let is_anchor = |purpose_of: Purpose, of: Fingerprint| {
            purpose_of.as_str().as_bytes() == purpose && *of.octets() == fingerprint
        };
        let mut anchors = trust.anchors();
        let anchor = anchors.find(|a| is_anchor(a.purpose(), a.fingerprint()));
        let anchor = anchor.ok_or(Unusable::Anchor)?;
        if *anchor.key_fingerprint() != key || !anchor.signs_lists() {
            return Err(Unusable::Malformed);
        }
        let mut rest = || {
            let origin = cursor.take(ORIGIN_RECORD).and_then(decode_origin)?;
            let authority_key = match cursor.flag()? {
                true => AuthorityKey::Stated,
                false => AuthorityKey::Missing,
            };
            let deltas = match cursor.flag()? {
                true => Deltas::PointedAt,
                false => Deltas::None,
            };
            let scope = decode_scope(&mut cursor)?;
            let meta = Self {
                facts: Facts {
                    anchor: Arc::clone(anchor),
                    origin: Arc::new(origin),
                    scope,
                    authority_key,
                    deltas,
                },
                conflicts: cursor.u64()?,
                current: decode_tables(&mut cursor)?,
                dropped: decode_tables(&mut cursor)?,
                origins: Origins {
                    offset: cursor.u64()?,
                    count: cursor.u32()?,
                },
            };
            (cursor.0.is_empty() && meta.is_sound(covered)).then_some(meta)
        };
        rest().ok_or(Unusable::Malformed)
    }

    fn is_sound(&self, covered: u64) -> bool {
        let origins = u64::from(self.origins.count) * ORIGIN_RECORD as u64;
        let end = self.origins.offset.checked_add(origins);
        [&self.current, &self.dropped]
            .iter()
            .all(|tables| tables.narrow.is_sound(covered) && tables.wide.is_sound(covered))
            && end.is_some_and(|end| end <= covered)
            && !self.current.narrow.origins
            && !self.current.wide.origins
            && self.dropped.narrow.origins
            && self.dropped.wide.origins
    }
}

pub(super) fn encode_origin(origin: &Origin) -> [u8; ORIGIN_RECORD] {
    let mut out = Vec::with_capacity(ORIGIN_RECORD);
    out.extend(origin.this_update.as_unix().to_le_bytes());
    optional_time(&mut out, origin.next_update);
    let number = origin.number.as_ref().map(CrlNumber::as_unsigned);
    let length = number.and_then(|n| u8::try_from(n.len()).ok());
    out.push(length.unwrap_or(NO_NUMBER));
    let digits = number.unwrap_or_default().iter().copied();
    out.extend(digits.chain(std::iter::repeat(0)).take(20));
    out.extend(origin.digest.octets());
    let mut record = [0; ORIGIN_RECORD];
    record.iter_mut().zip(out).for_each(|(to, from)| *to = from);
    record
}

/// The origin of a list that was verified when its index was made.
pub(super) fn decode_origin(record: &[u8]) -> Option<Origin> {
    let mut cursor = Cursor(record);
    let this_update = cursor.time()?;
    let next_update = cursor.optional_time()?;
    let length = cursor.u8()?;
    let digits = cursor.take(20)?;
    let number = match length {
        NO_NUMBER => None,
        length => Some(CrlNumber::kept(digits.get(..usize::from(length))?)),
    };
    Some(Origin {
        this_update,
        next_update,
        number,
        digest: Fingerprint::kept(cursor.array()?),
        trace: verified_trace(),
    })
}

fn encode_scope(out: &mut Vec<u8>, scope: &Scope) {
    let (kind, names): (u8, &[u8]) = match &scope.names {
        None => (0, &[]),
        Some(ScopeNames::Stated(names)) => (1, names),
        Some(ScopeNames::Configured(names)) => (2, names),
    };
    out.push(kind);
    string(out, names);
    out.push(match scope.certificates {
        CertificateKind::All => 0,
        CertificateKind::User => 1,
        CertificateKind::Ca => 2,
        CertificateKind::Attribute => 3,
    });
    out.push(u8::from(scope.reasons.is_some()));
    out.extend(scope.reasons.unwrap_or(0).to_le_bytes());
    out.push(u8::from(scope.indirect));
}

fn decode_scope(cursor: &mut Cursor<'_>) -> Option<Scope> {
    let kind = cursor.u8()?;
    let names = cursor.string()?;
    let names = match kind {
        0 => None,
        1 => Some(ScopeNames::Stated(names.into())),
        2 => Some(ScopeNames::Configured(names.into())),
        _ => return None,
    };
    let certificates = match cursor.u8()? {
        0 => CertificateKind::All,
        1 => CertificateKind::User,
        2 => CertificateKind::Ca,
        3 => CertificateKind::Attribute,
        _ => return None,
    };
    let partial = cursor.flag()?;
    let reasons = u16::from_le_bytes(cursor.array()?);
    Some(Scope {
        names,
        certificates,
        reasons: partial.then_some(reasons),
        indirect: cursor.flag()?,
    })
}

fn encode_layout<K: Key>(out: &mut Vec<u8>, layout: &Layout<K>) {
    out.extend(layout.count.to_le_bytes());
    let mut min = [0; limits::SERIAL];
    layout.min.write(&mut min);
    out.extend(min);
    out.extend([layout.shift, layout.buckets, layout.date]);
    out.push(u8::from(layout.origins));
    out.extend(layout.oldest.as_unix().to_le_bytes());
    for offset in [layout.rows, layout.directory, layout.invalidities] {
        out.extend(offset.to_le_bytes());
    }
    out.extend(layout.invalidity_count.to_le_bytes());
}

fn decode_tables(cursor: &mut Cursor<'_>) -> Option<Tables> {
    Some(Tables {
        narrow: decode_layout(cursor)?,
        wide: decode_layout(cursor)?,
    })
}

fn decode_layout<K: Key>(cursor: &mut Cursor<'_>) -> Option<Layout<K>> {
    Some(Layout {
        count: cursor.u32()?,
        min: K::from_octets(cursor.take(20)?, K::mask(160))?,
        shift: cursor.u8()?,
        buckets: cursor.u8()?,
        date: cursor.u8()?,
        origins: cursor.flag()?,
        oldest: cursor.time()?,
        rows: cursor.u64()?,
        directory: cursor.u64()?,
        invalidities: cursor.u64()?,
        invalidity_count: cursor.u32()?,
    })
}

fn string(out: &mut Vec<u8>, octets: &[u8]) {
    // Names of distribution points are part of a list's end, which is bounded.
    out.extend(u32::try_from(octets.len()).unwrap_or(0).to_le_bytes());
    out.extend(octets);
}

fn optional_time(out: &mut Vec<u8>, time: Option<Time>) {
    out.push(u8::from(time.is_some()));
    out.extend(time.map_or(0, Time::as_unix).to_le_bytes());
}

/// Takes octets from the front.
pub(in crate::revocation) struct Cursor<'a>(pub(in crate::revocation) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(in crate::revocation) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    pub(in crate::revocation) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.first_chunk().copied()
    }

    pub(in crate::revocation) fn u8(&mut self) -> Option<u8> {
        self.array().map(|[octet]| octet)
    }

    pub(in crate::revocation) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(in crate::revocation) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(in crate::revocation) fn flag(&mut self) -> Option<bool> {
        match self.u8()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    pub(in crate::revocation) fn time(&mut self) -> Option<Time> {
        self.array().map(|o| Time::from_unix(i64::from_le_bytes(o)))
    }

    pub(in crate::revocation) fn optional_time(&mut self) -> Option<Option<Time>> {
        let stated = self.flag()?;
        let time = self.time()?;
        Some(stated.then_some(time))
    }

    pub(in crate::revocation) fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.u32()?).ok()?;
        self.take(length)
    }
}
