//! What stands around the entries of a list (RFC 5280, 5.1 and 5.2).
//!
//! A list in memory and one that streams by are framed alike, and it is read
//! and judged here for both.

use std::sync::Arc;

use crate::algorithm::{AlgorithmTable, PublicKey, SignatureScheme};
use crate::asn1::{self, Reader};
use crate::certificate::{AuthorityKeyIdentifier, Extension, Name, extensions_of};
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::revocation::entries::not_the_budget_of_input;
use crate::revocation::{CrlNumber, IssuingDistributionPoint};
use crate::time::Time;
use crate::trust::{Anchor, Purpose, TrustStore};
use crate::x509::check_identifier;

/// What the signed part says before the entries.
#[derive(Clone)]
pub(super) struct Head<'a> {
    algorithm: asn1::Element<'a>,
    issuer: Name<'a>,
    this_update: Time,
    next_update: Option<Time>,
}

impl<'a> Head<'a> {
    pub(super) fn read(body: &mut Reader<'a>) -> Result<Self, Code> {
        version(body)?;
        let algorithm = body.element(asn1::SEQUENCE)?;
        let issuer = Name::read(body)?;
        let this_update = body.time()?;
        let next_update = if body.at_time() {
            Some(body.time()?)
        } else {
            None
        };
        Ok(Self {
            algorithm,
            issuer,
            this_update,
            next_update,
        })
    }

    /// The contents of the algorithm identifier.
    #[cfg(feature = "index")]
    pub(super) fn algorithm(&self) -> &'a [u8] {
        self.algorithm.contents
    }
}

/// `version Version OPTIONAL`: absent is v1, which has no extensions.
fn version(body: &mut Reader<'_>) -> Result<(), Code> {
    if !body.at(asn1::INTEGER) || body.small_integer()? != 1 {
        return Err(Code::RevocationVersion);
    }
    Ok(())
}

/// What stands behind the signed part.
#[derive(Clone, Copy)]
pub(super) struct Seal<'a> {
    algorithm: asn1::Element<'a>,
    signature: &'a [u8],
}

impl<'a> Seal<'a> {
    /// Reads to the end.
    pub(super) fn read(mut outer: Reader<'a>) -> Result<Self, Code> {
        let algorithm = outer.element(asn1::SEQUENCE)?;
        let signature = outer.signature()?;
        outer.finish()?;
        Ok(Self {
            algorithm,
            signature,
        })
    }
}

/// The extensions of a list that are understood.
#[derive(Clone, Default)]
pub(super) struct ListExtensions<'a> {
    pub(super) authority_key: Option<AuthorityKeyIdentifier<'a>>,
    pub(super) number: Option<CrlNumber>,
    pub(super) issuing_distribution_point: Option<IssuingDistributionPoint<'a>>,
    pub(super) points_at_deltas: bool,
}

/// 2.5.29.n, as the contents of their DER.
const CRL_NUMBER: &[u8] = &[0x55, 0x1d, 0x14];
const DELTA_CRL_INDICATOR: &[u8] = &[0x55, 0x1d, 0x1b];
const ISSUING_DISTRIBUTION_POINT: &[u8] = &[0x55, 0x1d, 0x1c];
const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 0x23];
const FRESHEST_CRL: &[u8] = &[0x55, 0x1d, 0x2e];

impl<'a> ListExtensions<'a> {
    /// Reads what is left of the signed part behind the entries.
    pub(super) fn read(mut body: Reader<'a>) -> Result<Self, Code> {
        let mut found = Self::default();
        if let Some(mut explicit) = body.optional_nested(asn1::context_constructed(0))? {
            let list = explicit.nested(asn1::SEQUENCE)?;
            explicit.finish()?;
            extensions_of(list, Code::RevocationExtension, |e| found.take(e))
                .map_err(not_the_budget_of_input)?;
        }
        body.finish()?;
        Ok(found)
    }

    /// RFC 5280, 5.2: which extensions there are, and that the issuing
    /// distribution point is critical and the others are not.
    fn take(&mut self, extension: Extension<'a>) -> Result<(), Code> {
        match extension.oid {
            AUTHORITY_KEY_IDENTIFIER => {
                let value = extension.uncritical()?;
                let identifier = AuthorityKeyIdentifier::read(value, Code::RevocationExtension)?;
                self.authority_key = Some(identifier);
            }
            CRL_NUMBER => self.number = Some(CrlNumber::read(extension.uncritical()?)?),
            ISSUING_DISTRIBUTION_POINT if extension.critical => {
                let point = IssuingDistributionPoint::read(extension.value)?;
                self.issuing_distribution_point = Some(point);
            }
            ISSUING_DISTRIBUTION_POINT => return Err(Code::RevocationExtension),
            DELTA_CRL_INDICATOR => return Err(Code::RevocationDelta),
            FRESHEST_CRL => {
                extension.uncritical()?;
                self.points_at_deltas = true;
            }
            _ if extension.critical => return Err(Code::RevocationCriticalExtension),
            _ => {}
        }
        Ok(())
    }
}

/// A list without its entries, not believed.
#[derive(Clone)]
pub(super) struct Frame<'a> {
    head: Head<'a>,
    extensions: ListExtensions<'a>,
    signature: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Puts together what is of one list: the algorithm identifiers are equal
    /// (RFC 5280, 5.1.1.2).
    pub(super) fn new(
        head: Head<'a>,
        extensions: ListExtensions<'a>,
        seal: Seal<'a>,
    ) -> Result<Self, Code> {
        if head.algorithm.raw != seal.algorithm.raw {
            return Err(Code::RevocationAlgorithm);
        }
        Ok(Self {
            head,
            extensions,
            signature: seal.signature,
        })
    }

    /// The anchor of `purpose` that signed the list, according to `signed`,
    /// and the checks that have passed by then.
    ///
    /// The anchor has the name of the list's issuer, may sign lists, and has
    /// the key that the authority key identifier names if there is one.
    ///
    /// # Errors
    /// `revocation.algorithm`, `revocation.issuer`, `revocation.crl_sign` or
    /// `revocation.signature`.
    pub(super) fn signer<'t>(
        &self,
        trust: &'t TrustStore,
        purpose: Purpose,
        algorithms: &AlgorithmTable,
        mut trace: Trace,
        signed: impl Fn(&PublicKey, SignatureScheme) -> Result<(), Code>,
    ) -> Result<(&'t Arc<Anchor>, Trace), Error> {
        let scheme = algorithms
            .scheme(self.head.algorithm.contents)
            .ok_or(Code::RevocationAlgorithm);
        let scheme = trace.check(CheckId::CrlProfile, scheme)?;

        let identifier = self.extensions.authority_key.unwrap_or_default();
        let mut candidates = trust
            .named(purpose, self.head.issuer)
            .filter(|anchor| check_identifier(anchor, &identifier).is_ok())
            .peekable();
        let named = candidates.peek().ok_or(Code::RevocationIssuer);
        trace.check(CheckId::CrlIssuer, named.map(|_| ()))?;
        let mut signers = candidates.filter(|a| a.signs_lists()).peekable();
        let may_sign = signers.peek().ok_or(Code::RevocationCrlSign);
        trace.check(CheckId::CrlIssuer, may_sign.map(|_| ()))?;

        let signer = signers.find(|anchor| signed(anchor.key(), scheme).is_ok());
        let signer = signer.ok_or(Code::RevocationSignature);
        let anchor = trace.check(CheckId::CrlSignature, signer)?;
        Ok((anchor, trace))
    }

    pub(super) fn issuer(&self) -> Name<'a> {
        self.head.issuer
    }

    pub(super) fn this_update(&self) -> Time {
        self.head.this_update
    }

    pub(super) fn next_update(&self) -> Option<Time> {
        self.head.next_update
    }

    pub(super) fn extensions(&self) -> &ListExtensions<'a> {
        &self.extensions
    }

    pub(super) fn signature(&self) -> &'a [u8] {
        self.signature
    }
}

/// The checks that a list has passed once it is read.
pub(super) fn read_trace() -> Trace {
    trace_of(&READING)
}

/// The checks that a list has passed once an anchor is known to have signed it.
#[cfg(feature = "index")]
pub(super) fn verified_trace() -> Trace {
    let mut trace = trace_of(&READING);
    trace.merge(trace_of(&VERIFYING));
    trace
}

const READING: [CheckId; 3] = [
    CheckId::CrlEncoding,
    CheckId::CrlProfile,
    CheckId::CrlExtensions,
];

#[cfg(feature = "index")]
const VERIFYING: [CheckId; 2] = [CheckId::CrlIssuer, CheckId::CrlSignature];

fn trace_of(checks: &[CheckId]) -> Trace {
    let mut trace = Trace::default();
    checks.iter().for_each(|check| trace.pass(*check));
    trace
}
