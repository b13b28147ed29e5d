//! The second step of every op that asks about revocation.

use tashika::algorithm::AlgorithmTable;
use tashika::revocation::{
    CertificateList, ListSet, OcspPolicy, Pending, Policy, RevocationQuery, ScopePolicy, State,
    Status as Answer, Unconfirmed,
};
use tashika::trust::TrustStore;
use tashika::{Code, Disposition, Error, Time};

use crate::judge::answer::{Finding, Refusal, Status};
use crate::judge::row::Row;

/// What the lists and responses of a line may be, and whom they are believed.
pub(super) struct Evidence<'r> {
    pub(super) row: &'r Row,
    pub(super) trust: TrustStore,
    pub(super) algorithms: AlgorithmTable,
    pub(super) scope: ScopePolicy,
    pub(super) policy: Policy,
    pub(super) responders: OcspPolicy,
}

impl Evidence<'_> {
    /// Confirms what is pending by the lists of the line, if it has the field.
    pub(super) fn confirm_if_asked<P: Pending>(
        &self,
        pending: Unconfirmed<P>,
        now: Time,
    ) -> Finding {
        if self.row.asks_about_revocation() {
            return self.confirm(pending, now);
        }
        Finding {
            status: None,
            crl_reason: None,
            outcome: Ok(()),
        }
    }

    /// Confirms what is pending by the lists or the responses of the line.
    pub(super) fn confirm<P: Pending>(&self, pending: Unconfirmed<P>, now: Time) -> Finding {
        let query = pending.query();
        let (status, unusable) = match self.row.op.as_str() {
            "ocsp" => self.ask_responses(query, now),
            _ => self.ask_lists(query, now),
        };
        let error = match pending.confirm(&status, &self.policy, now) {
            Ok(_) => {
                return Finding {
                    status: Some(Status::Good),
                    crl_reason: None,
                    outcome: Ok(()),
                };
            }
            // There was something, but nothing that counts: why not says more.
            Err(error) if error.code() == Code::RevocationMissing => unusable.unwrap_or(error),
            Err(error) => error,
        };
        refused(&status, error)
    }

    /// What the lists of the line say, and why one that does not count does not.
    pub(super) fn ask_lists(&self, query: &RevocationQuery, now: Time) -> (Answer, Option<Error>) {
        let mut lists = ListSet::new();
        let mut unusable = None;
        for der in self.row.crls() {
            if let Err(error) = self.add(&mut lists, der, query) {
                unusable = Some(closer(unusable, error));
            }
        }
        (lists.status(query, &self.scope, now), unusable)
    }

    fn add(&self, lists: &mut ListSet, der: &[u8], query: &RevocationQuery) -> Result<(), Error> {
        let list = CertificateList::from_der(der)?;
        let list = list.verify(&self.trust, query.purpose(), &self.algorithms)?;
        let _ = lists.add(list)?;
        Ok(())
    }
}

/// What is refused with this error, given the status.
pub(super) fn refused(status: &Answer, error: Error) -> Finding {
    let crl_reason = match status.state() {
        State::Revoked { reason, .. } => Some(reason.number()),
        State::Good | State::Undetermined(_) => None,
    };
    let status = match error.disposition() {
        _ if crl_reason.is_some() => Some(Status::Revoked),
        Disposition::Undetermined => Some(Status::Unknown),
        _ => None,
    };
    Finding {
        status,
        crl_reason,
        outcome: Err(Refusal::Evidence(error)),
    }
}

/// Of two lists that do not count, the one that tells more: a list of somebody
/// else tells nothing.
fn closer(known: Option<Error>, new: Error) -> Error {
    match known {
        Some(known) if known.code() != Code::RevocationIssuer => known,
        Some(known) if new.code() == Code::RevocationIssuer => known,
        Some(_) | None => new,
    }
}
