//! Which list may speak for which certificate (RFC 5280, 6.3.3 (b)).

use crate::code::Code;
use crate::revocation::distribution_point::Names;
use crate::revocation::query::{Deltas, is_same_issuer, is_same_name};
use crate::revocation::{
    CertificateKind, Coverage, DistributionPointName, IssuingDistributionPoint, RevocationQuery,
};
use crate::trust::Anchor;

/// What a list must be to say that a certificate is good.
///
/// It cannot forbid a list to say that a certificate is revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScopePolicy {
    distribution_point: Demand,
    list_scope: Demand,
    number: Demand,
    next_update: Demand,
    authority_key: Demand,
    deltas: DeltaRule,
    generations: Generations,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Demand {
    Required,
    DangerOptional,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DeltaRule {
    Undetermined,
    DangerIgnored,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Generations {
    SameKey,
    DangerSameName,
}

impl ScopePolicy {
    /// Nothing is optional: the certificate has a distribution point; the list
    /// names it in its own scope, or configuration
    /// [binds](crate::revocation::VerifiedList::bind) the list to it; the list
    /// is signed with the very key that signed the certificate, says with
    /// which, has a number and says when the next one comes; and neither
    /// points at delta lists.
    #[must_use]
    pub const fn production() -> Self {
        Self {
            distribution_point: Demand::Required,
            list_scope: Demand::Required,
            number: Demand::Required,
            next_update: Demand::Required,
            authority_key: Demand::Required,
            deltas: DeltaRule::Undetermined,
            generations: Generations::SameKey,
        }
    }

    /// A certificate may have no distribution point. Lists speak for it that
    /// are its issuer's own: named as the issuer, or without a scope where
    /// that is allowed.
    #[must_use]
    pub const fn danger_certificate_without_distribution_point(mut self) -> Self {
        self.distribution_point = Demand::DangerOptional;
        self
    }

    /// A list may state no distribution point. It is then taken to cover every
    /// certificate of its issuer, also if it is in truth one part of many.
    #[must_use]
    pub const fn danger_list_without_scope(mut self) -> Self {
        self.list_scope = Demand::DangerOptional;
        self
    }

    /// A list may have no number. An old one put in place of a newer is then
    /// told by its date alone.
    #[must_use]
    pub const fn danger_list_without_number(mut self) -> Self {
        self.number = Demand::DangerOptional;
        self
    }

    /// A list may not say when the next one comes. Its age is then the only limit.
    #[must_use]
    pub const fn danger_list_without_next_update(mut self) -> Self {
        self.next_update = Demand::DangerOptional;
        self
    }

    /// A list may not say which of the issuer's keys signed it.
    #[must_use]
    pub const fn danger_list_without_authority_key(mut self) -> Self {
        self.authority_key = Demand::DangerOptional;
        self
    }

    /// Certificate or list may point at delta lists. What stands only in a
    /// delta list is then missed.
    #[must_use]
    pub const fn danger_without_deltas(mut self) -> Self {
        self.deltas = DeltaRule::DangerIgnored;
        self
    }

    /// A list may be signed with another generation's key of the same name,
    /// which must be valid at the time. It takes an issuer that counts serial
    /// numbers through all its generations.
    #[must_use]
    pub const fn danger_same_name_generations(mut self) -> Self {
        self.generations = Generations::DangerSameName;
        self
    }

    /// Whether a list under `list` is a list of the certificate's issuer.
    pub(crate) fn is_issuer(&self, list: &Anchor, certificate: &Anchor) -> bool {
        match self.generations {
            Generations::SameKey => is_same_issuer(list, certificate),
            Generations::DangerSameName => is_same_name(list, certificate),
        }
    }

    pub(crate) fn check_deltas(&self, deltas: Deltas) -> Result<(), Silence> {
        match (self.deltas, deltas) {
            (DeltaRule::Undetermined, Deltas::PointedAt) => Err(Silence::Deltas),
            (DeltaRule::Undetermined, Deltas::None) | (DeltaRule::DangerIgnored, _) => Ok(()),
        }
    }

    pub(crate) fn check_authority_key(&self, stated: bool) -> Result<(), Silence> {
        self.authority_key.check(stated, Silence::AuthorityKey)
    }

    pub(crate) fn check_number(&self, stated: bool) -> Result<(), Silence> {
        self.number.check(stated, Silence::Number)
    }

    pub(crate) fn check_next_update(&self, stated: bool) -> Result<(), Silence> {
        self.next_update.check(stated, Silence::NextUpdate)
    }
}

impl Demand {
    fn check(self, met: bool, otherwise: Silence) -> Result<(), Silence> {
        match self {
            Self::Required if !met => Err(otherwise),
            Self::Required | Self::DangerOptional => Ok(()),
        }
    }
}

/// Why a list says nothing about a certificate, from the least telling reason
/// to the most: the later, the closer the list came to an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Silence {
    /// There is no list at all.
    NoList,
    /// It is not from the certificate's issuer, or the issuer is not valid now.
    Issuer,
    /// The certificate names no distribution point that it could cover.
    NoPoint,
    /// It covers other distribution points.
    OtherPoint,
    /// It states no distribution point.
    NoScope,
    /// It covers another kind of certificate.
    Kind,
    /// It covers only some reasons.
    Reasons,
    /// It may speak for other issuers.
    Indirect,
    /// Newer revocations may stand in delta lists.
    Deltas,
    /// It does not say which key signed it.
    AuthorityKey,
    /// It has no number.
    Number,
    /// It does not say when the next one comes.
    NextUpdate,
}

impl Silence {
    pub(crate) const fn code(self) -> Code {
        match self {
            Self::NoList => Code::RevocationMissing,
            Self::Issuer => Code::RevocationIssuer,
            Self::NoPoint => Code::RevocationNoDistributionPoint,
            Self::OtherPoint => Code::RevocationScope,
            Self::NoScope => Code::RevocationNoScope,
            Self::Kind => Code::RevocationCertificateKind,
            Self::Reasons => Code::RevocationPartialReasons,
            Self::Indirect => Code::RevocationIndirect,
            Self::Deltas => Code::RevocationFreshest,
            Self::AuthorityKey => Code::RevocationAuthorityKeyMissing,
            Self::Number => Code::RevocationNumberMissing,
            Self::NextUpdate => Code::RevocationNoNextUpdate,
        }
    }
}

/// The scope of a list: what it states, or what configuration adds.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(super) names: Option<ScopeNames>,
    pub(super) certificates: CertificateKind,
    pub(super) reasons: Option<u16>,
    pub(super) indirect: bool,
}

#[derive(Clone, PartialEq, Eq)]
pub(super) enum ScopeNames {
    Stated(Box<[u8]>),
    Configured(Box<[u8]>),
}

impl Scope {
    /// The scope that a list states; without the extension it states none.
    pub(crate) fn stated(point: Option<&IssuingDistributionPoint<'_>>) -> Self {
        let names = point.and_then(|p| p.stated_names());
        Self {
            names: names.map(|n| ScopeNames::Stated(n.der().into())),
            certificates: point.map_or(CertificateKind::All, |p| p.certificates()),
            reasons: point.and_then(|p| p.reasons()),
            indirect: point.is_some_and(|p| p.is_indirect()),
        }
    }

    /// Adds the name of a distribution point to a scope that has none.
    pub(crate) fn bind(&mut self, name: DistributionPointName<'_>) -> Result<(), Code> {
        if self.names.is_some() {
            return Err(Code::MisuseArgument);
        }
        self.names = Some(ScopeNames::Configured(name.der().into()));
        Ok(())
    }

    /// The names of its distribution points; `None` if it states none.
    #[cfg(feature = "index")]
    pub(crate) fn names(&self) -> Option<Names<'_>> {
        match self.names.as_ref()? {
            ScopeNames::Stated(names) | ScopeNames::Configured(names) => Some(Names::kept(names)),
        }
    }

    /// The name that configuration added.
    #[cfg(feature = "index")]
    pub(crate) fn configured(&self) -> Option<&[u8]> {
        match self.names.as_ref()? {
            ScopeNames::Stated(_) => None,
            ScopeNames::Configured(name) => Some(name),
        }
    }

    /// RFC 5280, 6.3.3 (b) (2), for the certificate of an end entity.
    pub(crate) fn covers(
        &self,
        query: &RevocationQuery,
        policy: &ScopePolicy,
    ) -> Result<Coverage, Silence> {
        let coverage = self.covers_point(query, policy)?;
        match self.certificates {
            CertificateKind::All | CertificateKind::User => {}
            CertificateKind::Ca | CertificateKind::Attribute => return Err(Silence::Kind),
        }
        if self.reasons.is_some() {
            return Err(Silence::Reasons);
        }
        if self.indirect {
            return Err(Silence::Indirect);
        }
        Ok(coverage)
    }

    fn covers_point(
        &self,
        query: &RevocationQuery,
        policy: &ScopePolicy,
    ) -> Result<Coverage, Silence> {
        let points = query.names();
        policy
            .distribution_point
            .check(points.is_some(), Silence::NoPoint)?;
        let (names, coverage) = match &self.names {
            Some(ScopeNames::Stated(names)) => (names, Coverage::DistributionPoint),
            Some(ScopeNames::Configured(names)) => (names, Coverage::Configured),
            None => {
                policy.list_scope.check(false, Silence::NoScope)?;
                return Ok(Coverage::Unscoped);
            }
        };
        let names = Names::kept(names);
        match points {
            Some(points) if points.meet(names) => Ok(coverage),
            // The last step of 6.3.3: a certificate without a distribution
            // point has that of its issuer's name.
            None if names
                .iter()
                .any(|n| n.is_directory(query.anchor().subject())) =>
            {
                Ok(Coverage::Unscoped)
            }
            Some(_) | None => Err(Silence::OtherPoint),
        }
    }
}
