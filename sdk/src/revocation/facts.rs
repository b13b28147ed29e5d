//! What a list is, apart from its entries, and what lists say together.

use std::sync::Arc;

use crate::code::{CheckId, Code};
use crate::error::Trace;
use crate::revocation::entries::Entry;
use crate::revocation::frame::Frame;
use crate::revocation::query::{Deltas, is_same_issuer};
use crate::revocation::scope::{Scope, Silence};
use crate::revocation::status::{Finding, Origin};
use crate::revocation::{
    Coverage, CrlNumber, DistributionPointName, RevocationQuery, ScopePolicy, Status,
};
use crate::time::Time;
use crate::trust::{Anchor, Fingerprint};

/// Everything about a list that an anchor signed but whom it revokes.
#[derive(Clone)]
pub(crate) struct Facts {
    pub(super) anchor: Arc<Anchor>,
    pub(super) origin: Arc<Origin>,
    pub(super) scope: Scope,
    pub(super) authority_key: AuthorityKey,
    pub(super) deltas: Deltas,
}

/// Whether a list says which key signed it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AuthorityKey {
    Stated,
    Missing,
}

impl Facts {
    /// Those of a list with this frame, now that `anchor` is known to have
    /// signed it; `digest` is that of what was signed.
    pub(super) fn of(
        frame: &Frame<'_>,
        digest: Fingerprint,
        anchor: &Arc<Anchor>,
        trace: Trace,
    ) -> Self {
        let extensions = frame.extensions();
        let identifier = extensions.authority_key.and_then(|a| a.key_identifier);
        let authority_key = match identifier {
            Some(_) => AuthorityKey::Stated,
            None => AuthorityKey::Missing,
        };
        let deltas = if extensions.points_at_deltas {
            Deltas::PointedAt
        } else {
            Deltas::None
        };
        Self {
            anchor: Arc::clone(anchor),
            origin: Arc::new(Origin {
                this_update: frame.this_update(),
                next_update: frame.next_update(),
                number: extensions.number.clone(),
                digest,
                trace,
            }),
            scope: Scope::stated(extensions.issuing_distribution_point.as_ref()),
            authority_key,
            deltas,
        }
    }

    /// Adds the name of a distribution point to a scope that has none.
    pub(super) fn bind(&mut self, name: DistributionPointName<'_>) -> Result<(), Code> {
        self.scope.bind(name)
    }

    pub(super) fn this_update(&self) -> Time {
        self.origin.this_update
    }

    pub(super) fn number(&self) -> Option<&CrlNumber> {
        self.origin.number.as_ref()
    }

    /// Whether one list is an earlier or later issue of the other.
    pub(super) fn is_same_series(&self, other: &Self) -> bool {
        is_same_issuer(&self.anchor, &other.anchor) && self.scope == other.scope
    }

    /// What grows from one issue to the next; lists without a number come first.
    pub(super) fn rank(&self) -> impl Ord + '_ {
        (self.number(), self.this_update())
    }

    /// Whether this list can say that the certificate is good, and how it
    /// covers it. In the order of [`Silence`].
    fn speaks_for(
        &self,
        query: &RevocationQuery,
        policy: &ScopePolicy,
        now: Time,
    ) -> Result<Coverage, Silence> {
        let issuer = policy.is_issuer(&self.anchor, query.anchor());
        if !issuer || !self.anchor.validity().contains(now) {
            return Err(Silence::Issuer);
        }
        let coverage = self.scope.covers(query, policy)?;
        policy.check_deltas(query.deltas())?;
        policy.check_deltas(self.deltas)?;
        policy.check_authority_key(self.authority_key == AuthorityKey::Stated)?;
        policy.check_number(self.number().is_some())?;
        policy.check_next_update(self.origin.next_update.is_some())?;
        Ok(coverage)
    }
}

/// A list, and its entry about the certificate that is asked for.
#[derive(Clone, Copy)]
pub(super) struct Testimony<'l> {
    pub(super) facts: &'l Facts,
    pub(super) entry: Option<Entry>,
}

/// An entry about the certificate that is asked for, on a list of its issuer.
pub(super) struct Hit<'l> {
    pub(super) entry: Entry,
    pub(super) origin: &'l Arc<Origin>,
    pub(super) coverage: Coverage,
}

/// What lists and an entry that an earlier list had say together.
///
/// Any hit revokes, whatever else its list lacks. Without one, the newest
/// list that can speak for the certificate says that it is good. `newest` is
/// the highest date of issue that was ever seen.
pub(super) fn answer<'l>(
    query: &RevocationQuery,
    policy: &ScopePolicy,
    now: Time,
    lists: impl Iterator<Item = Testimony<'l>>,
    dropped: Option<Hit<'l>>,
    newest: Option<Time>,
) -> Status {
    let mut worst = None;
    let mut best: Option<(&Arc<Origin>, Coverage)> = None;
    let mut silence = (Silence::NoList, Trace::default());
    for Testimony { facts, entry } in lists {
        let origin = &facts.origin;
        let coverage = facts.speaks_for(query, policy, now);
        if let Some(entry) = entry
            && policy.is_issuer(&facts.anchor, query.anchor())
        {
            let coverage = coverage.unwrap_or(Coverage::Elsewhere);
            worst = worse(
                worst,
                Hit {
                    entry,
                    origin,
                    coverage,
                },
            );
        }
        match coverage {
            Ok(coverage) => {
                if best.is_none_or(|(b, _)| b.this_update < origin.this_update) {
                    best = Some((origin, coverage));
                }
            }
            Err(reason) if reason > silence.0 => silence = (reason, origin.trace),
            Err(_) => {}
        }
    }
    if let Some(hit) = dropped {
        worst = worse(worst, hit);
    }
    if let Some(hit) = worst {
        let finding = Finding::Revoked {
            entry: hit.entry,
            evidence: hit.origin.evidence(hit.coverage),
        };
        return Status::new(query, finding, hit.origin.trace);
    }
    let Some((origin, coverage)) = best else {
        let (reason, trace) = silence;
        return Status::new(query, Finding::Undetermined(reason.code()), trace);
    };
    let mut trace = origin.trace;
    trace.pass(CheckId::CrlNumber);
    trace.pass(CheckId::Scope);
    let finding = Finding::Good {
        evidence: origin.evidence(coverage),
        newest: newest.map_or(origin.this_update, |n| n.max(origin.this_update)),
    };
    Status::new(query, finding, trace)
}

/// Of two hits the one whose entry takes precedence; the first if neither does.
fn worse<'l>(known: Option<Hit<'l>>, new: Hit<'l>) -> Option<Hit<'l>> {
    match known {
        Some(known) if known.entry.precedence() <= new.entry.precedence() => Some(known),
        Some(_) | None => Some(new),
    }
}
