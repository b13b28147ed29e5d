//! The second step of every op that asks about revocation.

use tashika::algorithm::AlgorithmTable;
use tashika::revocation::{
    CertificateList, ListSet, Pending, Policy, ScopePolicy, State, Unconfirmed,
};
use tashika::trust::TrustStore;
use tashika::{Code, Disposition, Error, Time};

use crate::judge::answer::{Finding, Refusal, Status};
use crate::judge::row::Row;

/// What the lists of a line may be, and whom they are believed.
pub(super) struct Evidence<'r> {
    pub(super) row: &'r Row,
    pub(super) trust: TrustStore,
    pub(super) algorithms: AlgorithmTable,
    pub(super) scope: ScopePolicy,
    pub(super) policy: Policy,
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

    /// Confirms what is pending by the lists of the line.
    pub(super) fn confirm<P: Pending>(&self, pending: Unconfirmed<P>, now: Time) -> Finding {
        let mut lists = ListSet::new();
        let mut unusable = None;
        for der in self.row.crls() {
            if let Err(error) = self.add(&mut lists, der, &pending) {
                unusable = Some(closer(unusable, error));
            }
        }
        let status = lists.status(pending.query(), &self.scope, now);
        let error = match pending.confirm(&status, &self.policy, now) {
            Ok(_) => {
                return Finding {
                    status: Some(Status::Good),
                    crl_reason: None,
                    outcome: Ok(()),
                };
            }
            // There were lists, but none that counts: why not says more.
            Err(error) if error.code() == Code::RevocationMissing => unusable.unwrap_or(error),
            Err(error) => error,
        };
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

    fn add<P: Pending>(
        &self,
        lists: &mut ListSet,
        der: &[u8],
        pending: &Unconfirmed<P>,
    ) -> Result<(), Error> {
        let list = CertificateList::from_der(der)?;
        let purpose = pending.query().purpose();
        let list = list.verify(&self.trust, purpose, &self.algorithms)?;
        let _ = lists.add(list)?;
        Ok(())
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
