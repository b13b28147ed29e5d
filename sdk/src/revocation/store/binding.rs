//! What configuration says about lists that state no scope.

use std::fmt;

use crate::certificate::Certificate;
use crate::code::Code;
use crate::error::Error;
use crate::revocation::DistributionPointName;
use crate::revocation::distribution_point::{Names, names_of_points};
use crate::revocation::scope::Scope;

/// The distribution point for which a source has lists that state none.
///
/// Such a list may be the whole or one part of many, so that it says of nobody
/// that a certificate is good, unless configuration knows what it covers. A
/// wrong binding makes the list of one municipality answer for another: where
/// it is from is on whoever configures it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Binding(Option<Box<[u8]>>);

impl Binding {
    /// None: lists cover what they state.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// Lists that state no distribution point cover this one. One that does is
    /// refused.
    #[must_use]
    pub fn to(name: DistributionPointName<'_>) -> Self {
        Self(Some(name.der().into()))
    }

    /// To the distribution point that a certificate in DER names. The
    /// certificate is not verified: it says how the name is written, and
    /// nothing else.
    ///
    /// # Errors
    /// `input.certificate` and other codes if it is malformed;
    /// `misuse.argument` unless it has one distribution point of one name,
    /// since a list would be bound to any of several by chance.
    pub fn of_certificate(der: &[u8]) -> Result<Self, Error> {
        let certificate = Certificate::from_der(der)?;
        let points = certificate.extensions().crl_distribution_points();
        let names = names_of_points(points.ok_or(Code::MisuseArgument)?)?;
        let mut names = Names::kept(&names).iter();
        match (names.next(), names.next()) {
            (Some(name), None) => Ok(Self::to(name)),
            _ => Err(Code::MisuseArgument.into()),
        }
    }

    pub(super) fn name(&self) -> Option<DistributionPointName<'_>> {
        Names::kept(self.0.as_deref()?).iter().next()
    }

    /// Whether lists of this source have such a scope, where they state none.
    pub(super) fn is_of(&self, scope: &Scope) -> bool {
        scope.configured() == self.0.as_deref()
    }
}

// A municipality.
impl fmt::Debug for Binding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Binding").field(&self.0.is_some()).finish()
    }
}
