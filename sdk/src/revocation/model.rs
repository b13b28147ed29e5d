//! A second opinion on scope: RFC 5280, 6.3.3 written down step by step over
//! plain values, slow and without DER, compared with what lists answer in
//! memory and, where there is a store, from its files.

use proptest::prelude::*;

use crate::code::Code;
use crate::revocation::testing::{Ca, ListFields, directory, extension, id_ce, now, tlv, uri};
use crate::revocation::{
    DistributionPointName, ListSet, Reason, RevocationQuery, ScopePolicy, State,
};
use crate::trust::Purpose;
#[cfg(feature = "index")]
use crate::{
    algorithm::AlgorithmTable,
    revocation::testing::temporary,
    revocation::{Binding, Ingest, ListOrigin, ListStore, Recovery, StoreUpdate},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Name {
    TownA,
    TownB,
    Uri,
    /// The name of the CA itself.
    Issuer,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PointName {
    Full(Vec<Name>),
    /// Relative to the CA's name, always the same.
    Relative,
}

/// `DistributionPoint`.
#[derive(Clone, Debug)]
struct Point {
    name: Option<PointName>,
    /// Wants keyCompromise from here.
    reasons: bool,
    /// Wants the list of somebody else.
    crl_issuer: bool,
}

#[derive(Clone, Debug)]
struct Leaf {
    points: Option<Vec<Point>>,
    freshest: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    All,
    User,
    Ca,
    Attribute,
}

/// `IssuingDistributionPoint`.
#[derive(Clone, Debug)]
struct Idp {
    name: Option<PointName>,
    kind: Kind,
    /// Covers keyCompromise only.
    reasons: bool,
    indirect: bool,
}

#[derive(Clone, Debug)]
struct List {
    /// Signed by the key that signed the leaf, or by the next.
    same_key: bool,
    idp: Option<Idp>,
    number: Option<u8>,
    /// The reason for which it revokes the certificate.
    revokes: Option<u8>,
    /// The name that configuration knows it by, where it states no name.
    bound: Option<Name>,
}

impl List {
    /// The names of its scope, stated or configured.
    fn names(&self) -> Option<PointName> {
        match self.idp.as_ref().and_then(|idp| idp.name.clone()) {
            Some(stated) => Some(stated),
            None => self.bound.map(|name| PointName::Full(vec![name])),
        }
    }

    fn binding(&self) -> Option<Name> {
        let stated = self.idp.as_ref().and_then(|idp| idp.name.as_ref());
        self.bound.filter(|_| stated.is_none())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LastStep {
    /// As the standard has it: after the distribution points, any list of the
    /// issuer.
    Always,
    /// Only where the certificate has no distribution point.
    WithoutPoints,
}

const ALL_REASONS: u16 = 0x1ff;
const KEY_COMPROMISE: u16 = 0x002;

/// 6.3.3 for the certificate of an end entity, without delta lists.
fn is_good(leaf: &Leaf, lists: &[&List], last_step: LastStep) -> bool {
    let mut points = leaf.points.clone().unwrap_or_default();
    if leaf.points.is_none() || last_step == LastStep::Always {
        // "Assume a DP with both the reasons and the cRLIssuer fields omitted
        // and a distribution point name of the certificate issuer."
        points.push(Point {
            name: Some(PointName::Full(vec![Name::Issuer])),
            reasons: false,
            crl_issuer: false,
        });
    }
    let mut reasons_mask = 0;
    for point in &points {
        for list in lists {
            // (b) (1): nobody else's list is here.
            if point.crl_issuer {
                continue;
            }
            // (b) (2) (i)
            if let Some(list_name) = &list.names() {
                let Some(name) = &point.name else { continue };
                let same = match (list_name, name) {
                    (PointName::Full(a), PointName::Full(b)) => a.iter().any(|n| b.contains(n)),
                    (PointName::Relative, PointName::Relative) => true,
                    _ => false,
                };
                if !same {
                    continue;
                }
            }
            if let Some(idp) = &list.idp {
                // (ii) holds; (iii) and (iv)
                if idp.kind == Kind::Ca || idp.kind == Kind::Attribute {
                    continue;
                }
            }
            // (d)
            let list_reasons = match &list.idp {
                Some(idp) if idp.reasons => KEY_COMPROMISE,
                _ => ALL_REASONS,
            };
            let point_reasons = if point.reasons {
                KEY_COMPROMISE
            } else {
                ALL_REASONS
            };
            let interim = list_reasons & point_reasons;
            // (e)
            if interim & !reasons_mask == 0 {
                continue;
            }
            // (i), (j), (l)
            if list.revokes.is_some() {
                return false;
            }
            reasons_mask |= interim;
        }
    }
    reasons_mask == ALL_REASONS
}

/// What production adds: one complete list, by this key and with a number,
/// that names a point of the certificate or is bound to one.
fn is_good_in_production(leaf: &Leaf, lists: &[&List]) -> bool {
    let points = leaf.points.iter().flatten();
    let mut names = points
        .filter(|p| !p.reasons && !p.crl_issuer)
        .filter_map(|p| match &p.name {
            Some(PointName::Full(names)) => Some(names),
            _ => None,
        })
        .flatten();
    let speaks = |list: &&List, name: &Name| {
        let complete = list.idp.as_ref().is_none_or(|idp| {
            matches!(idp.kind, Kind::All | Kind::User) && !idp.reasons && !idp.indirect
        });
        let named = match list.names() {
            Some(PointName::Full(names)) => names.contains(name),
            Some(PointName::Relative) | None => false,
        };
        complete && named && list.number.is_some()
    };
    !leaf.freshest && names.any(|name| lists.iter().any(|list| speaks(list, name)))
}

/// Whether a combination needs what is not processed, and fails closed.
fn is_supported(leaf: &Leaf, lists: &[&List]) -> bool {
    let relative = |name: &Option<PointName>| *name == Some(PointName::Relative);
    let points = leaf.points.iter().flatten();
    !leaf.freshest
        && points.clone().all(|p| !p.reasons && !relative(&p.name))
        && lists
            .iter()
            .flat_map(|l| &l.idp)
            .all(|i| !i.reasons && !i.indirect && !relative(&i.name))
}

fn name() -> impl Strategy<Value = Name> {
    prop_oneof![
        Just(Name::TownA),
        Just(Name::TownB),
        Just(Name::Uri),
        Just(Name::Issuer)
    ]
}

fn names() -> impl Strategy<Value = Vec<Name>> {
    prop::collection::vec(name(), 1..3)
}

fn point_name() -> impl Strategy<Value = Option<PointName>> {
    prop_oneof![
        8 => names().prop_map(|n| Some(PointName::Full(n))),
        1 => Just(Some(PointName::Relative)),
        1 => Just(None),
    ]
}

fn rarely() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.15)
}

fn leaves() -> impl Strategy<Value = Leaf> {
    let point = (point_name(), rarely(), rarely()).prop_map(|(name, reasons, issuer)| Point {
        // A point has a name or an issuer.
        crl_issuer: issuer || name.is_none(),
        name,
        reasons,
    });
    let points = prop::option::weighted(0.85, prop::collection::vec(point, 1..4));
    (points, rarely()).prop_map(|(points, freshest)| Leaf { points, freshest })
}

fn lists() -> impl Strategy<Value = Vec<List>> {
    let kind = prop_oneof![
        4 => Just(Kind::All),
        4 => Just(Kind::User),
        1 => Just(Kind::Ca),
        1 => Just(Kind::Attribute),
    ];
    let idp = (point_name(), kind, rarely(), rarely());
    let idp = idp.prop_map(|(name, kind, reasons, indirect)| Idp {
        // A scope says something.
        indirect: indirect || (name.is_none() && kind == Kind::All && !reasons),
        name,
        kind,
        reasons,
    });
    let idp = prop::option::weighted(0.7, idp);
    let bound = prop::option::weighted(0.6, name());
    let number = prop::option::weighted(0.9, 1..4_u8);
    let reason = prop::sample::select(vec![0, 1, 3, 4, 5, 6, 8, 10, 100]);
    let revokes = prop::option::weighted(0.15, reason);
    let list = (prop::bool::weighted(0.7), idp, number, revokes, bound);
    let list = list.prop_map(|(same_key, idp, number, revokes, bound)| List {
        same_key,
        idp,
        number,
        revokes,
        bound,
    });
    prop::collection::vec(list, 0..6)
}

fn name_der(name: &Name) -> Vec<u8> {
    match name {
        Name::TownA => directory("A"),
        Name::TownB => directory("B"),
        Name::Uri => uri("ldap://directory/A"),
        Name::Issuer => directory("CA"),
    }
}

fn point_name_der(name: &PointName) -> Vec<u8> {
    let choice = match name {
        PointName::Full(names) => tlv(0xa0, &names.iter().map(name_der).collect::<Vec<_>>()),
        PointName::Relative => tlv(0xa1, &[directory("A")]),
    };
    tlv(0xa0, &[choice])
}

fn query(ca: &Ca, leaf: &Leaf) -> RevocationQuery {
    let mut extensions = Vec::new();
    if let Some(points) = &leaf.points {
        let points: Vec<_> = points.iter().map(point_der).collect();
        extensions.push(extension(&id_ce(31), false, &tlv(0x30, &points)));
    }
    if leaf.freshest {
        let point = tlv(
            0x30,
            &[point_name_der(&PointName::Full(vec![Name::Issuer]))],
        );
        extensions.push(extension(&id_ce(46), false, &tlv(0x30, &[point])));
    }
    let leaf = ca.leaf_with(&[5], extensions);
    RevocationQuery::of(&ca.issued(&leaf, Purpose::JpkiSigning)).unwrap()
}

fn point_der(point: &Point) -> Vec<u8> {
    let mut fields: Vec<_> = point.name.iter().map(point_name_der).collect();
    if point.reasons {
        fields.push(vec![0x81, 0x02, 0x06, 0x40]);
    }
    if point.crl_issuer {
        fields.push(tlv(0xa2, &[directory("Somebody else")]));
    }
    tlv(0x30, &fields)
}

fn idp_der(idp: &Idp) -> Vec<u8> {
    let flag = |number: u8| vec![0x80 | number, 0x01, 0xff];
    let mut fields: Vec<_> = idp.name.iter().map(point_name_der).collect();
    fields.extend((idp.kind == Kind::User).then(|| flag(1)));
    fields.extend((idp.kind == Kind::Ca).then(|| flag(2)));
    fields.extend(idp.reasons.then(|| vec![0x83, 0x02, 0x06, 0x40]));
    fields.extend(idp.indirect.then(|| flag(4)));
    fields.extend((idp.kind == Kind::Attribute).then(|| flag(5)));
    extension(&id_ce(28), true, &tlv(0x30, &fields))
}

impl List {
    fn fields(&self, signer: &Ca) -> ListFields {
        let mut fields = signer.unscoped_list(self.number.unwrap_or_default());
        if self.number.is_none() {
            fields = fields.without(20);
        }
        fields.extensions.extend(self.idp.as_ref().map(idp_der));
        match self.revokes {
            Some(reason) => fields.revoking(&[5], reason),
            None => fields,
        }
    }
}

/// Two generations of one CA, and the lists of both in the order in which
/// they come.
struct Scene<'a> {
    ca: Ca,
    successor: Ca,
    lists: &'a [List],
}

impl<'a> Scene<'a> {
    fn new(lists: &'a [List]) -> Self {
        Self {
            ca: Ca::new("CA"),
            successor: Ca::new("CA"),
            lists,
        }
    }

    /// Who signed each list, the list, and what configuration binds it to.
    fn signed(&self) -> impl Iterator<Item = (&Ca, ListFields, Option<Vec<u8>>)> {
        self.lists.iter().map(|list| {
            let signer = if list.same_key {
                &self.ca
            } else {
                &self.successor
            };
            let bound = list.binding().as_ref().map(name_der);
            (signer, list.fields(signer), bound)
        })
    }

    /// The lists in memory; one that is older than another still revokes.
    fn set(&self) -> ListSet {
        let mut set = ListSet::new();
        for (signer, fields, bound) in self.signed() {
            let mut list = signer.verified(&fields);
            if let Some(name) = &bound {
                let name = DistributionPointName::from_der(name).unwrap();
                list = list.bind(name).unwrap();
            }
            match set.add(list) {
                Ok(_) => {}
                Err(error) => assert_eq!(error.code(), Code::RevocationNumber),
            }
        }
        set
    }

    /// The lists in files. The last ones come with an update of their own.
    #[cfg(feature = "index")]
    fn store(&self, dir: &tempfile::TempDir) -> ListStore {
        let path = dir.path().join("store");
        let trust = Ca::trust(&[&self.ca, &self.successor], Purpose::JpkiSigning);
        let ingest = Ingest::new(
            trust.clone(),
            vec![Purpose::JpkiSigning],
            AlgorithmTable::standard(),
        );
        let signed: Vec<_> = self.signed().collect();
        let (first, last) = signed.split_at(signed.len() / 2);
        for lists in [first, last] {
            let update = StoreUpdate::begin(&path, ingest.clone(), Recovery::Refuse).unwrap();
            for (signer, fields, bound) in lists {
                let der = signer.sign_list(fields);
                let name = bound.as_deref().map(DistributionPointName::from_der);
                let binding = name.map_or(Binding::none(), |name| Binding::to(name.unwrap()));
                let origin = ListOrigin {
                    // A source has one binding.
                    label: format!("{bound:?}"),
                    binding,
                    ..ListOrigin::default()
                };
                match update.take(&*der, der.len() as u64, &origin, now()) {
                    Ok(_) => {}
                    Err(error) => assert_eq!(error.code(), Code::RevocationNumber),
                }
            }
            update.finish().unwrap();
        }
        ListStore::open(&path, trust).unwrap()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn answers_agree_with_the_standard(leaf in leaves(), lists in lists()) {
        let scene = Scene::new(&lists);
        let query = query(&scene.ca, &leaf);
        let set = scene.set();

        for (policy, any_key) in policies() {
            let state = set.status(&query, &policy, now()).state();
            let heard: Vec<_> = lists.iter().filter(|l| any_key || l.same_key).collect();
            if let State::Revoked { reason, .. } = state {
                let reasons = heard.iter().filter_map(|l| l.revokes);
                let known = reasons.map(Reason::from_number).any(|r| r == reason);
                prop_assert!(known, "{:?}", reason);
                continue;
            }
            prop_assert!(heard.iter().all(|l| l.revokes.is_none()), "{:?}", state);
            let good = state == State::Good;
            if good {
                prop_assert!(is_good(&leaf, &heard, LastStep::Always));
                prop_assert!(!leaf.freshest);
            }
            if policy == ScopePolicy::production() {
                prop_assert_eq!(good, is_good_in_production(&leaf, &heard), "{:?}", state);
            } else if is_supported(&leaf, &heard) && is_good(&leaf, &heard, LastStep::WithoutPoints) {
                prop_assert!(good, "{state:?}");
            }
            if lists.is_empty() {
                prop_assert_eq!(state, State::Undetermined(Code::RevocationMissing));
            }
        }
    }
}

#[cfg(feature = "index")]
proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn a_store_answers_as_lists_in_memory(leaf in leaves(), lists in lists()) {
        let scene = Scene::new(&lists);
        let query = query(&scene.ca, &leaf);
        let dir = temporary();
        let (set, store) = (scene.set(), scene.store(&dir));
        for (policy, _) in policies() {
            let due = set.status(&query, &policy, now());
            let found = store.status(&query, &policy, now());
            match (due.state(), found.state()) {
                // One of several entries: which one, either may choose.
                (State::Revoked { .. }, State::Revoked { .. }) => {}
                (due, found) => prop_assert_eq!(due, found),
            }
            let only = lists.iter().filter(|l| l.revokes.is_some()).count() == 1;
            if only {
                prop_assert_eq!(due.state(), found.state());
            }
            prop_assert_eq!(due.next_update(), found.next_update());
            prop_assert_eq!(due.as_of(), found.as_of());
        }
    }
}

/// Policies, and whether they hear lists under another key of the name.
fn policies() -> [(ScopePolicy, bool); 3] {
    let production = ScopePolicy::production();
    let lax = production
        .danger_certificate_without_distribution_point()
        .danger_list_without_scope()
        .danger_list_without_number();
    let by_name = lax.danger_same_name_generations();
    [(production, false), (lax, false), (by_name, true)]
}
