//! Revocation lists that are believed.

use std::fmt;
use std::sync::Arc;

use crate::algorithm::Digest;
use crate::certificate::SerialNumber;
use crate::error::{Error, Trace};
use crate::revocation::entries::Entry;
use crate::revocation::facts::{Facts, Testimony, answer};
use crate::revocation::{
    CertificateList, CrlNumber, DistributionPointName, RevocationQuery, ScopePolicy, Status,
};
use crate::time::Time;
use crate::trust::{Anchor, Fingerprint};

/// A revocation list that an anchor signed, in memory.
pub struct VerifiedList {
    facts: Facts,
    /// One per certificate, by serial number.
    entries: Box<[Entry]>,
    conflicts: usize,
}

impl VerifiedList {
    /// What `list` says, now that `anchor` is known to have signed it.
    pub(super) fn new(
        list: &CertificateList<'_>,
        anchor: &Arc<Anchor>,
        digest: &Digest,
        trace: Trace,
    ) -> Result<Self, Error> {
        let mut entries = Vec::with_capacity(list.entries());
        for entry in list.read_entries() {
            entries.push(entry?);
        }
        let conflicts = settle(&mut entries);
        Ok(Self {
            facts: Facts::of(list.frame(), Fingerprint::of_digest(digest), anchor, trace),
            entries: entries.into(),
            conflicts,
        })
    }

    /// Binds a list that states no distribution point to the one that
    /// configuration knows it was fetched for.
    ///
    /// # Errors
    /// `misuse.argument` if the list states one itself.
    pub fn bind(mut self, name: DistributionPointName<'_>) -> Result<Self, Error> {
        self.facts.bind(name)?;
        Ok(self)
    }

    /// What this list says about a certificate. Its freshness is judged by
    /// [`Unconfirmed::confirm`](crate::revocation::Unconfirmed::confirm).
    #[must_use]
    pub fn status(&self, query: &RevocationQuery, policy: &ScopePolicy, now: Time) -> Status {
        let testimony = std::iter::once(self.testify(query));
        answer(query, policy, now, testimony, None, None)
    }

    /// The anchor that signed it.
    #[must_use]
    pub fn anchor(&self) -> &Arc<Anchor> {
        &self.facts.anchor
    }

    /// When it was issued.
    #[must_use]
    pub fn this_update(&self) -> Time {
        self.facts.this_update()
    }

    /// By when the next one is issued.
    #[must_use]
    pub fn next_update(&self) -> Option<Time> {
        self.facts.origin.next_update
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> Option<&CrlNumber> {
        self.facts.number()
    }

    /// How many certificates it revokes.
    #[must_use]
    pub fn revoked(&self) -> usize {
        self.entries.len()
    }

    /// How many entries contradict another one about the same certificate. All
    /// such certificates are revoked; that there are any is worth an alert.
    #[must_use]
    pub fn conflicts(&self) -> usize {
        self.conflicts
    }

    pub(super) fn facts(&self) -> &Facts {
        &self.facts
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn find(&self, serial: &SerialNumber) -> Option<&Entry> {
        let index = self.entries.binary_search_by_key(serial, |e| e.serial);
        self.entries.get(index.ok()?)
    }

    /// What it has to say about the certificate that is asked for.
    pub(super) fn testify(&self, query: &RevocationQuery) -> Testimony<'_> {
        Testimony {
            facts: &self.facts,
            entry: self.find(query.serial()).copied(),
        }
    }
}

/// Sorts entries by serial number and keeps one for each certificate, the one
/// that [takes precedence](Entry::precedence). Returns how many contradicted it.
fn settle(entries: &mut Vec<Entry>) -> usize {
    entries.sort_unstable_by_key(|e| (e.serial, e.precedence()));
    let mut conflicts = 0;
    entries.dedup_by(|later, first| {
        let same = later.serial == first.serial;
        conflicts += usize::from(same && later != first);
        same
    });
    conflicts
}

impl fmt::Debug for VerifiedList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedList")
            .field("anchor", self.anchor())
            .field("this_update", &self.this_update())
            .field("next_update", &self.next_update())
            .field("revoked", &self.revoked())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::{CheckId, Code};
    use crate::revocation::testing::{
        Ca, ListFields, directory, extension, full_name, id_ce, now, one_point, time, time_at, tlv,
        uri,
    };
    use crate::revocation::{Coverage, Reason, Source, State};

    const PRODUCTION: ScopePolicy = ScopePolicy::production();

    fn revoked(status: &Status) -> Option<Reason> {
        match status.state() {
            State::Revoked { reason, .. } => Some(reason),
            State::Good | State::Undetermined(_) => None,
        }
    }

    fn coverage(status: &Status) -> Option<Coverage> {
        let Source::List(source) = status.source()? else {
            return None;
        };
        Some(source.coverage())
    }

    struct Scene {
        ca: Ca,
        query: RevocationQuery,
    }

    impl Scene {
        fn new() -> Self {
            let ca = Ca::new("CA");
            let query = ca.query(&[5], Some(&one_point(&[directory("A")])));
            Self { ca, query }
        }

        fn good_list(&self) -> ListFields {
            self.ca.list(1, &[directory("A")])
        }

        fn state(&self, list: &ListFields, policy: ScopePolicy) -> State {
            let list = self.ca.verified(list);
            list.status(&self.query, &policy, now()).state()
        }

        /// The production policy is silent with `code`; `lax` lets it speak;
        /// a hit revokes in either case.
        fn needs(&self, list: &ListFields, code: Code, lax: Option<ScopePolicy>) {
            assert_eq!(self.state(list, PRODUCTION), State::Undetermined(code));
            if let Some(lax) = lax {
                assert_eq!(self.state(list, lax), State::Good, "{code}");
            }
            let hit = list.clone().revoking(&[5], 4);
            let status = self.ca.verified(&hit);
            let status = status.status(&self.query, &PRODUCTION, now());
            assert_eq!(revoked(&status), Some(Reason::Superseded), "{code}");
            assert_eq!(coverage(&status), Some(Coverage::Elsewhere), "{code}");
        }
    }

    fn scope(fields: &[Vec<u8>]) -> Vec<u8> {
        extension(&id_ce(28), true, &tlv(0x30, fields))
    }

    #[test]
    fn a_list_for_the_same_point_says_good_or_revoked() {
        let scene = Scene::new();
        let list = scene.ca.verified(&scene.good_list().revoking(&[4], 1));
        assert_eq!(list.conflicts(), 0);
        let status = list.status(&scene.query, &PRODUCTION, now());
        assert_eq!(status.state(), State::Good);
        assert_eq!(coverage(&status), Some(Coverage::DistributionPoint));
        assert_eq!(status.as_of(), Some(list.this_update()));
        assert_eq!(status.next_update(), list.next_update());
        assert!(status.trace().passed(CheckId::CrlSignature));
        assert!(status.trace().passed(CheckId::Scope));

        let list = scene.ca.verified(&scene.good_list().revoking(&[5], 6));
        let status = list.status(&scene.query, &PRODUCTION, now());
        assert_eq!(revoked(&status), Some(Reason::CertificateHold));
        assert_eq!(coverage(&status), Some(Coverage::DistributionPoint));
        assert_eq!(format!("{status:?}"), "Status(revoked)");
    }

    #[test]
    fn entries_alike_are_no_conflict() {
        let scene = Scene::new();
        let once = scene.good_list().revoking(&[4], 1);
        let alike = scene.ca.verified(&once.clone().revoking(&[4], 1));
        assert_eq!((alike.revoked(), alike.conflicts()), (1, 0));
        let unlike = scene.ca.verified(&once.revoking(&[4], 4));
        assert_eq!((unlike.revoked(), unlike.conflicts()), (1, 1));
        let shown = format!("{unlike:?}");
        assert!(shown.starts_with("VerifiedList { anchor: Anchor { "));
        assert!(shown.ends_with("revoked: 1, .. }"));
    }

    #[test]
    fn what_is_missing_for_good_is_named_one_by_one() {
        let scene = Scene::new();
        let good = scene.good_list();
        let point = full_name(&[directory("A")]);
        let flag = |number: u8| vec![0x80 | number, 0x01, 0xff];
        let only = |flag: Vec<u8>| good.clone().without(28).with(scope(&[point.clone(), flag]));

        assert_eq!(scene.state(&only(flag(1)), PRODUCTION), State::Good);
        scene.needs(&only(flag(2)), Code::RevocationCertificateKind, None);
        scene.needs(&only(flag(5)), Code::RevocationCertificateKind, None);
        scene.needs(
            &only(vec![0x83, 0x02, 0x06, 0x40]),
            Code::RevocationPartialReasons,
            None,
        );
        scene.needs(&only(flag(4)), Code::RevocationIndirect, None);
        let other = scene.ca.list(1, &[directory("B"), uri("ldap://a")]);
        scene.needs(&other, Code::RevocationScope, None);
        let relative = tlv(0xa0, &[tlv(0xa1, &[vec![]])]);
        let relative = good.clone().without(28).with(scope(&[relative]));
        scene.needs(&relative, Code::RevocationScope, None);

        let lax = PRODUCTION.danger_list_without_scope();
        let unscoped = good.clone().without(28);
        scene.needs(&unscoped, Code::RevocationNoScope, Some(lax));
        let flags_only = unscoped.with(scope(&[flag(1)]));
        scene.needs(&flags_only, Code::RevocationNoScope, Some(lax));
        let freshest = extension(&id_ce(46), false, &one_point(&[directory("D")]));
        scene.needs(
            &good.clone().with(freshest),
            Code::RevocationFreshest,
            Some(PRODUCTION.danger_without_deltas()),
        );
        scene.needs(
            &good.clone().without(35),
            Code::RevocationAuthorityKeyMissing,
            Some(PRODUCTION.danger_list_without_authority_key()),
        );
        scene.needs(
            &good.clone().without(20),
            Code::RevocationNumberMissing,
            Some(PRODUCTION.danger_list_without_number()),
        );
        let mut endless = good;
        endless.next_update = None;
        scene.needs(
            &endless,
            Code::RevocationNoNextUpdate,
            Some(PRODUCTION.danger_list_without_next_update()),
        );
    }

    #[test]
    fn a_certificate_without_a_point_needs_a_list_of_its_issuer() {
        let ca = Ca::new("CA");
        let query = ca.query(&[5], None);
        let state = |list: &ListFields, policy: ScopePolicy| {
            ca.verified(list).status(&query, &policy, now()).state()
        };
        let nothing = State::Undetermined(Code::RevocationNoDistributionPoint);
        let lax = PRODUCTION.danger_certificate_without_distribution_point();
        let laxer = lax.danger_list_without_scope();
        let own = ca.list(1, &[directory("CA")]);
        let part = ca.list(1, &[directory("A")]);
        assert_eq!(state(&own, PRODUCTION), nothing);
        assert_eq!(state(&own, lax), State::Good);
        let other = State::Undetermined(Code::RevocationScope);
        assert_eq!(state(&part, laxer), other);
        let unscoped = ca.unscoped_list(1);
        let no_scope = State::Undetermined(Code::RevocationNoScope);
        assert_eq!(state(&unscoped, PRODUCTION), nothing);
        assert_eq!(state(&unscoped, lax), no_scope);
        assert_eq!(state(&unscoped, laxer), State::Good);
    }

    #[test]
    fn a_certificate_that_points_at_deltas_is_undetermined() {
        let ca = Ca::new("CA");
        let points = one_point(&[directory("A")]);
        let leaf = ca.leaf_with(
            &[5],
            vec![
                extension(&id_ce(31), false, &points),
                extension(&id_ce(46), false, &points),
            ],
        );
        let issued = ca.issued(&leaf, crate::trust::Purpose::JpkiSigning);
        let query = RevocationQuery::of(&issued).unwrap();
        let list = ca.verified(&ca.list(1, &[directory("A")]));
        let state = |policy| list.status(&query, &policy, now()).state();
        let undetermined = State::Undetermined(Code::RevocationFreshest);
        assert_eq!(state(PRODUCTION), undetermined);
        assert_eq!(state(PRODUCTION.danger_without_deltas()), State::Good);
    }

    #[test]
    fn another_generation_speaks_only_by_name() {
        let scene = Scene::new();
        let successor = Ca::new("CA");
        let list = successor.verified(&successor.list(1, &[directory("A")]));
        let hit = successor.verified(&successor.list(1, &[directory("A")]).revoking(&[5], 1));
        let by_name = PRODUCTION.danger_same_name_generations();
        let ask = |list: &VerifiedList, policy| list.status(&scene.query, &policy, now());
        let nothing = State::Undetermined(Code::RevocationIssuer);
        assert_eq!(ask(&list, PRODUCTION).state(), nothing);
        assert_eq!(ask(&hit, PRODUCTION).state(), nothing);
        assert_eq!(ask(&list, by_name).state(), State::Good);
        assert_eq!(revoked(&ask(&hit, by_name)), Some(Reason::KeyCompromise));

        let late = time_at("2028-01-01T00:00:00Z");
        let expired = list.status(&scene.query, &by_name, late).state();
        assert_eq!(expired, nothing);
        let stranger = Ca::new("Other");
        let hit = stranger.list(1, &[directory("A")]).revoking(&[5], 1);
        assert_eq!(ask(&stranger.verified(&hit), by_name).state(), nothing);
    }

    #[test]
    fn configuration_binds_a_list_without_a_scope() {
        let scene = Scene::new();
        let point = directory("A");
        let bind = |list: &ListFields, name: &[u8]| {
            let name = DistributionPointName::from_der(name).unwrap();
            scene.ca.verified(list).bind(name)
        };
        let unscoped = scene.ca.unscoped_list(1);
        let list = bind(&unscoped, &point).unwrap();
        let status = list.status(&scene.query, &PRODUCTION, now());
        assert_eq!(status.state(), State::Good);
        assert_eq!(coverage(&status), Some(Coverage::Configured));
        let elsewhere = bind(&unscoped, &directory("B")).unwrap();
        let status = elsewhere.status(&scene.query, &PRODUCTION, now());
        let other = State::Undetermined(Code::RevocationScope);
        assert_eq!(status.state(), other);
        let stated = bind(&scene.good_list(), &point).unwrap_err();
        assert_eq!(stated.code(), Code::MisuseArgument);
    }

    #[test]
    fn contradicting_entries_revoke() {
        let scene = Scene::new();
        let list = scene.good_list().revoking(&[5], 8).revoking(&[5], 3);
        let list = scene.ca.verified(&list.revoking(&[6], 1).revoking(&[6], 1));
        assert_eq!((list.revoked(), list.conflicts()), (2, 1));
        let status = list.status(&scene.query, &PRODUCTION, now());
        assert_eq!(revoked(&status), Some(Reason::AffiliationChanged));

        let taken_off = scene.ca.verified(&scene.good_list().revoking(&[5], 8));
        let status = taken_off.status(&scene.query, &PRODUCTION, now());
        assert_eq!(revoked(&status), Some(Reason::RemoveFromCrl));
    }

    #[test]
    fn a_revocation_in_the_future_is_one() {
        let scene = Scene::new();
        let mut list = scene.good_list();
        let date = time(time_at("2030-01-01T00:00:00Z"));
        list.entries = vec![tlv(0x30, &[vec![0x02, 0x01, 0x05], date])];
        let status = scene.ca.verified(&list);
        let status = status.status(&scene.query, &PRODUCTION, now());
        assert_eq!(revoked(&status), Some(Reason::Unspecified));
    }

    #[test]
    fn serials_differ_by_value_not_by_prefix() {
        let ca = Ca::new("CA");
        let point = one_point(&[directory("A")]);
        let long = [0x7f; 20];
        let mut neighbour = long;
        neighbour[19] = 0x7e;
        let fields = ca.list(1, &[directory("A")]);
        let list = ca.verified(&fields.revoking(&long, 1).revoking(&[0x00, 0x80], 1));
        let state = |serial: &[u8]| {
            let query = ca.query(serial, Some(&point));
            revoked(&list.status(&query, &PRODUCTION, now())).is_some()
        };
        for (serial, hit) in [
            (&long[..], true),
            (&neighbour, false),
            (&long[..19], false),
            (&[0x00, 0x80], true),
            (&[0x01, 0x80], false),
        ] {
            assert_eq!(state(serial), hit, "{serial:02x?}");
        }
    }
}
