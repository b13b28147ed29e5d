//! The second of two steps: from what was checked to what is proven.

use std::fmt;

use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::revocation::policy::Counts;
use crate::revocation::status::{Evidence, Finding};
use crate::revocation::{Freshness, Policy, RevocationQuery, Source, Status};
use crate::time::{Time, Validity};
use crate::x509::{Issued, check_anchor, check_validity};

/// Something that passed every check but that for revocation.
///
/// Nothing of it can be read but the question that remains. Answer it, and
/// [`confirm`](Self::confirm) gives the proof.
#[must_use]
pub struct Unconfirmed<P: Pending> {
    pending: P,
    query: RevocationQuery,
    validity: Validity,
    trace: Trace,
}

/// What becomes a proof once its certificate is known not to be revoked.
///
/// Implemented by the verifiers of this crate alone.
pub trait Pending: Sealed {
    /// The proof.
    type Proof;

    /// Becomes the proof, now that revocation is settled.
    fn confirm(self, settled: Settled) -> Self::Proof;
}

/// How the revocation of one certificate was settled, and every check that
/// passed. It is made by [`Unconfirmed`] alone, goes into one proof and cannot
/// be had out of it.
#[derive(Debug)]
pub struct Settled {
    confirmation: Confirmation,
    trace: Trace,
}

impl Settled {
    pub(crate) fn confirmation(&self) -> &Confirmation {
        &self.confirmation
    }

    pub(crate) fn trace(&self) -> Trace {
        self.trace
    }
}

/// Closes [`Pending`].
pub trait Sealed {}

/// What is known about the revocation of a certificate in a proof.
#[derive(Clone, Debug)]
pub enum Confirmation {
    /// It is not revoked.
    #[non_exhaustive]
    Good {
        /// When the issuer said so.
        as_of: Time,
        /// By when the issuer says something new.
        next_update: Option<Time>,
        /// Where the issuer said so.
        source: Source,
        /// How fresh that was: past its next update it counts only because the
        /// policy says so.
        freshness: Freshness,
        /// Whether the policy wants somebody to look at it.
        flagged: bool,
    },
    /// Nobody asked.
    Unchecked,
}

impl<P: Pending> Unconfirmed<P> {
    /// What is pending, the certificate it hangs on and the checks that passed.
    pub(crate) fn new(pending: P, issued: &Issued, mut trace: Trace) -> Result<Self, Error> {
        let query = trace.check(CheckId::Extensions, RevocationQuery::read(issued))?;
        Ok(Self {
            pending,
            query,
            validity: issued.validity(),
            trace,
        })
    }

    /// The question whose answer [`confirm`](Self::confirm) needs.
    #[must_use]
    pub fn query(&self) -> &RevocationQuery {
        &self.query
    }

    /// What is pending, for a verifier that has more to ask about it.
    #[cfg(feature = "mdoc")]
    pub(crate) fn pending(&self) -> &P {
        &self.pending
    }

    /// The checks that passed.
    #[cfg(feature = "mdoc")]
    pub(crate) fn trace(&self) -> Trace {
        self.trace
    }

    /// Gives the proof if `status` says, freshly enough at `now`, that the
    /// certificate is not revoked, and it is still valid.
    ///
    /// Freshness and clock do not matter where the status is revoked: that
    /// does not pass.
    ///
    /// # Errors
    /// `trust.expired`, `x509.not_yet_valid`, `x509.expired`,
    /// `revocation.query`, `revocation.clock`, `revocation.stale`, the code of
    /// an undetermined status, or one of `revoked.`.
    pub fn confirm(self, status: &Status, policy: &Policy, now: Time) -> Result<P::Proof, Error> {
        let mut trace = self.trace;
        let anchor = check_anchor(self.query.anchor(), now);
        trace.check(CheckId::AnchorValidity, anchor)?;
        let valid = check_validity(self.validity, now);
        trace.check(CheckId::Validity, valid)?;
        let confirmation = judge(&self.query, status, policy, now, &mut trace)?;
        let settled = Settled {
            confirmation,
            trace,
        };
        Ok(self.pending.confirm(settled))
    }

    /// Gives the proof without asking whether the certificate is revoked.
    ///
    /// Lost and stolen cards pass, and the cards of the dead.
    pub fn danger_unchecked(self) -> P::Proof {
        self.pending.confirm(Settled {
            confirmation: Confirmation::Unchecked,
            trace: self.trace,
        })
    }
}

/// What a status says of the certificate of `query`.
pub(super) fn judge(
    query: &RevocationQuery,
    status: &Status,
    policy: &Policy,
    now: Time,
    trace: &mut Trace,
) -> Result<Confirmation, Error> {
    let about = if status.answers(query) {
        Ok(())
    } else {
        Err(Code::RevocationQuery)
    };
    trace.check(CheckId::RevocationQuery, about)?;
    trace.merge(status.trace());
    let (evidence, newest) = match status.finding() {
        Finding::Good { evidence, newest } => (evidence, *newest),
        Finding::Revoked { entry, .. } => {
            return trace.check(CheckId::NotRevoked, Err(entry.reason.code()));
        }
        Finding::Undetermined(code) => return trace.check(code.check(), Err(*code)),
    };
    trace.check(CheckId::Clock, policy.check_clock(newest, now))?;
    let Evidence {
        as_of,
        next_update,
        source,
    } = evidence.clone();
    let fresh = policy.check_freshness(as_of, next_update, now);
    let Counts { freshness, flagged } = trace.check(CheckId::Freshness, fresh)?;
    trace.pass(CheckId::NotRevoked);
    Ok(Confirmation::Good {
        as_of,
        next_update,
        source,
        freshness,
        flagged,
    })
}

impl<P: Pending> fmt::Debug for Unconfirmed<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unconfirmed")
            .field("query", &self.query)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::testing::{Ca, ListFields, directory, now, one_point, time_at};
    use crate::revocation::{ListSet, ScopePolicy};
    use crate::time::Duration;
    use crate::trust::Purpose;

    struct Waiting;

    impl Sealed for Waiting {}

    impl Pending for Waiting {
        type Proof = (Confirmation, Trace);

        fn confirm(self, settled: Settled) -> Self::Proof {
            (settled.confirmation, settled.trace)
        }
    }

    const POLICY: Policy = Policy::strict(Duration::hours(36));

    struct Scene {
        ca: Ca,
        lists: ListSet,
    }

    impl Scene {
        fn new(list: impl FnOnce(ListFields) -> ListFields) -> Self {
            let ca = Ca::new("CA");
            let mut lists = ListSet::new();
            let list = list(ca.list(1, &[directory("A")]));
            let _ = lists.add(ca.verified(&list)).unwrap();
            Self { ca, lists }
        }

        fn unconfirmed(&self, serial: u8) -> Unconfirmed<Waiting> {
            let points = one_point(&[directory("A")]);
            let leaf = self.ca.leaf(&[serial], Some(&points));
            let issued = self.ca.issued(&leaf, Purpose::JpkiSigning);
            Unconfirmed::new(Waiting, &issued, issued.trace()).unwrap()
        }

        fn status(&self, serial: u8) -> Status {
            let pending = self.unconfirmed(serial);
            let policy = ScopePolicy::production();
            self.lists.status(pending.query(), &policy, now())
        }

        fn confirm(&self, policy: Policy, at: Time) -> Result<(Confirmation, Trace), Error> {
            let status = self.status(5);
            self.unconfirmed(5).confirm(&status, &policy, at)
        }

        fn refused(&self, policy: Policy, at: Time) -> Code {
            self.confirm(policy, at).unwrap_err().code()
        }
    }

    #[test]
    fn a_good_and_fresh_status_confirms() {
        let scene = Scene::new(|list| list);
        let (confirmation, trace) = scene.confirm(POLICY, now()).unwrap();
        let Confirmation::Good {
            as_of,
            freshness,
            flagged,
            ..
        } = confirmation
        else {
            panic!("it was asked");
        };
        assert_eq!(as_of, time_at("2026-04-01T00:00:00Z"));
        assert_eq!((freshness, flagged), (Freshness::Fresh, false));
        for check in [
            CheckId::CertificateSignature,
            CheckId::RevocationQuery,
            CheckId::CrlSignature,
            CheckId::Scope,
            CheckId::Clock,
            CheckId::CrlNumber,
            CheckId::Freshness,
            CheckId::NotRevoked,
        ] {
            assert!(trace.passed(check), "{check}");
        }
    }

    #[test]
    fn nobody_asked_is_said_so() {
        let (confirmation, trace) = Scene::new(|list| list).unconfirmed(5).danger_unchecked();
        assert!(matches!(confirmation, Confirmation::Unchecked));
        assert!(!trace.passed(CheckId::NotRevoked));
    }

    #[test]
    fn the_status_of_another_certificate_is_no_answer() {
        let scene = Scene::new(|list| list);
        let other = scene.status(6);
        let stranger = Scene::new(|list| list).status(5);
        for status in [other, stranger] {
            let refused = scene.unconfirmed(5).confirm(&status, &POLICY, now());
            assert_eq!(refused.unwrap_err().code(), Code::RevocationQuery);
        }
    }

    #[test]
    fn the_same_certificate_for_another_purpose_is_another() {
        let scene = Scene::new(|list| list);
        let leaf = scene.ca.leaf(&[5], Some(&one_point(&[directory("A")])));
        let issued = scene.ca.issued(&leaf, Purpose::JpkiAuthentication);
        let pending = Unconfirmed::new(Waiting, &issued, issued.trace()).unwrap();
        let refused = pending.confirm(&scene.status(5), &POLICY, now());
        assert_eq!(refused.unwrap_err().code(), Code::RevocationQuery);
    }

    #[test]
    fn a_certificate_alone_is_confirmed_like_any_other() {
        let scene = Scene::new(|list| list);
        let leaf = scene.ca.leaf(&[5], Some(&one_point(&[directory("A")])));
        let issued = scene.ca.issued(&leaf, Purpose::JpkiSigning);
        let unconfirmed = Unconfirmed::of(&issued).unwrap();
        let proof = unconfirmed.confirm(&scene.status(5), &POLICY, now());
        let proof = proof.unwrap();
        assert_eq!(proof.issued().serial(), issued.serial());
        assert!(matches!(proof.confirmation(), Confirmation::Good { .. }));
        assert!(proof.trace().passed(CheckId::CertificateSignature));
        assert!(proof.trace().passed(CheckId::NotRevoked));

        let revoked = Scene::new(|list| list.revoking(&[5], 4));
        let leaf = revoked.ca.leaf(&[5], Some(&one_point(&[directory("A")])));
        let issued = revoked.ca.issued(&leaf, Purpose::JpkiSigning);
        let unconfirmed = Unconfirmed::of(&issued).unwrap();
        let refused = unconfirmed.confirm(&revoked.status(5), &POLICY, now());
        assert_eq!(refused.unwrap_err().code(), Code::RevokedSuperseded);
    }

    #[test]
    fn age_counts_from_when_the_list_was_made() {
        let scene = Scene::new(|list| list);
        let due = time_at("2026-04-02T00:00:00Z");
        let overdue = due.plus(Duration::seconds(1));
        scene.confirm(POLICY, due).unwrap();
        assert_eq!(scene.refused(POLICY, overdue), Code::RevocationStale);
        let hour = Policy::strict(Duration::hours(1));
        assert_eq!(scene.refused(hour, now()), Code::RevocationStale);
        let grace = POLICY.danger_with_grace(Duration::minutes(10));
        let (confirmation, _) = scene.confirm(grace, overdue).unwrap();
        assert!(matches!(
            confirmation,
            Confirmation::Good {
                freshness: Freshness::WithinGrace,
                flagged: true,
                ..
            }
        ));
    }

    #[test]
    fn a_clock_behind_the_newest_list_is_wrong() {
        let mut scene = Scene::new(|list| list);
        let early = time_at("2026-03-31T23:59:00Z");
        let skew = POLICY.with_clock_skew(Duration::minutes(1));
        assert_eq!(scene.refused(POLICY, early), Code::RevocationClock);
        scene.confirm(skew, early).unwrap();

        let mut elsewhere = scene.ca.list(1, &[directory("B")]);
        elsewhere.this_update = time_at("2026-04-01T13:00:00Z");
        let _ = scene.lists.add(scene.ca.verified(&elsewhere)).unwrap();
        assert_eq!(scene.refused(POLICY, now()), Code::RevocationClock);
    }

    #[test]
    fn a_list_that_may_not_answer_still_tells_the_time() {
        let mut scene = Scene::new(|list| list);
        let mut renumbered = scene.ca.list(0, &[directory("A")]);
        renumbered.this_update = time_at("2026-04-01T13:00:00Z");
        let refused = scene.lists.add(scene.ca.verified(&renumbered));
        assert_eq!(refused.unwrap_err().code(), Code::RevocationNumber);
        assert_eq!(scene.refused(POLICY, now()), Code::RevocationClock);
    }

    #[test]
    fn a_question_that_was_kept_is_confirmed_again() {
        let scene = Scene::new(|list| list);
        let query = scene.unconfirmed(5).query().clone();
        let again = |status, at| {
            let confirmed = query.confirm(&status, &POLICY, at);
            confirmed.map_err(|error| error.code())
        };
        let confirmation = again(scene.status(5), now()).unwrap();
        assert!(matches!(confirmation, Confirmation::Good { .. }));
        let other = again(scene.status(6), now());
        assert_eq!(other.unwrap_err(), Code::RevocationQuery);
        let overdue = time_at("2026-04-02T00:00:01Z");
        let stale = again(scene.status(5), overdue).unwrap_err();
        assert_eq!(stale, Code::RevocationStale);
        let late = time_at("2027-01-01T00:00:01Z");
        let anchor = again(scene.status(5), late).unwrap_err();
        assert_eq!(anchor, Code::TrustExpired);

        let lists = ListSet::new();
        let status = lists.status(&query, &ScopePolicy::production(), now());
        assert_eq!(again(status, now()).unwrap_err(), Code::RevocationMissing);
        let mut lists = ListSet::new();
        let list = scene.ca.list(1, &[directory("A")]).revoking(&[5], 4);
        let _ = lists.add(scene.ca.verified(&list)).unwrap();
        let status = lists.status(&query, &ScopePolicy::production(), now());
        assert_eq!(again(status, now()).unwrap_err(), Code::RevokedSuperseded);
    }

    #[test]
    fn a_certificate_that_expires_is_not_confirmed_again() {
        let scene = Scene::new(|list| list);
        let query = scene.unconfirmed(5).query().clone();
        let mut octets = query.to_octets();
        // Behind a serial number of one octet.
        octets[37..45].copy_from_slice(&now().as_unix().to_be_bytes());
        let trust = Ca::trust(&[&scene.ca], Purpose::JpkiSigning);
        let query = RevocationQuery::from_octets(&octets, &trust, Purpose::JpkiSigning);
        let query = query.unwrap();
        assert_eq!(query.not_after(), Some(now()));
        let again = |at| query.confirm(&scene.status(5), &POLICY, at);
        assert!(again(now()).is_ok());
        let late = again(now().plus(Duration::seconds(1)));
        assert_eq!(late.unwrap_err().code(), Code::X509Expired);
    }

    #[test]
    fn the_certificate_is_checked_again_at_this_time() {
        let scene = Scene::new(|list| list);
        let late = time_at("2027-01-01T00:00:01Z");
        assert_eq!(scene.refused(POLICY, late), Code::TrustExpired);
    }

    #[test]
    fn revoked_is_refused_however_old_the_list() {
        let scene = Scene::new(|list| list.revoking(&[5], 3));
        for at in [
            "2026-03-01T00:00:00Z",
            "2026-04-01T12:00:00Z",
            "2026-12-01T00:00:00Z",
        ] {
            let error = scene.confirm(POLICY, time_at(at)).unwrap_err();
            assert_eq!(error.code(), Code::RevokedAffiliationChanged);
            assert!(error.trace().passed(CheckId::CrlSignature));
        }
    }

    #[test]
    fn the_code_of_an_undetermined_status_is_the_error() {
        let scene = Scene::new(|list| list.without(20));
        assert_eq!(scene.refused(POLICY, now()), Code::RevocationNumberMissing);
    }

    #[test]
    fn nothing_printed_names_the_certificate() {
        let scene = Scene::new(|list| list);
        let pending = scene.unconfirmed(5);
        let shown = format!("{pending:?}");
        assert!(shown.starts_with("Unconfirmed { query: RevocationQuery { anchor: Anchor"));
        let (confirmation, _) = scene.confirm(POLICY, now()).unwrap();
        let shown = format!("{confirmation:?}");
        assert!(shown.contains("source: List(ListSource { coverage: DistributionPoint, .. })"));
    }
}
