//! What a response says about one certificate (RFC 6960, 4.2.1).

use crate::asn1::{self, Reader};
use crate::certificate::{Extension, extensions_of};
use crate::code::Code;
use crate::revocation::entries::{Entry, INVALIDITY_DATE, invalidity, reason};
use crate::revocation::ocsp::certificate_id::CertificateId;
use crate::revocation::{Reason, RevocationQuery};
use crate::time::Time;

const MALFORMED: Code = Code::RevocationOcspExtension;

/// A `SingleResponse`.
#[derive(Clone, Copy)]
pub(super) struct Answer<'a> {
    pub(super) id: CertificateId<'a>,
    pub(super) state: CertificateState,
    pub(super) this_update: Time,
    pub(super) next_update: Option<Time>,
    invalid_since: Option<Time>,
}

/// `CertStatus`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum CertificateState {
    Good,
    Revoked { at: Time, reason: Reason },
    Unknown,
}

impl<'a> Answer<'a> {
    pub(super) fn read(list: &mut Reader<'a>) -> Result<Self, Code> {
        let mut fields = list.nested(asn1::SEQUENCE)?;
        let mut answer = Self {
            id: CertificateId::read(&mut fields)?,
            state: CertificateState::read(&mut fields)?,
            this_update: fields.generalized_time()?,
            next_update: None,
            invalid_since: None,
        };
        if let Some(mut explicit) = fields.optional_nested(asn1::context_constructed(0))? {
            answer.next_update = Some(explicit.generalized_time()?);
            explicit.finish()?;
        }
        if let Some(mut explicit) = fields.optional_nested(asn1::context_constructed(1))? {
            let extensions = explicit.nested(asn1::SEQUENCE)?;
            explicit.finish()?;
            extensions_of(extensions, MALFORMED, |e| answer.take(e))
                .map_err(not_the_budget_of_input)?;
        }
        fields.finish()?;
        Ok(answer)
    }

    /// RFC 6960, 4.4.5: the extensions of the entries of lists may stand
    /// here too. What a list it came from was called matters to nobody.
    fn take(&mut self, extension: Extension<'_>) -> Result<(), Code> {
        match extension.oid {
            INVALIDITY_DATE => self.invalid_since = Some(invalidity(extension.value, MALFORMED)?),
            _ if extension.critical => return Err(Code::RevocationOcspCriticalExtension),
            _ => {}
        }
        Ok(())
    }

    /// What a list would say, if this says that the certificate is revoked.
    pub(super) fn entry(&self, query: &RevocationQuery) -> Option<Entry> {
        let CertificateState::Revoked { at, reason } = self.state else {
            return None;
        };
        Some(Entry {
            serial: *query.serial(),
            reason,
            revoked_at: at,
            invalid_since: self.invalid_since,
        })
    }
}

impl CertificateState {
    fn read(fields: &mut Reader<'_>) -> Result<Self, Code> {
        let malformed = fields.malformed();
        if let Some(mut revoked) = fields.optional_nested(asn1::context_constructed(1))? {
            let at = revoked.generalized_time()?;
            let stated = revoked.optional(asn1::context_constructed(0))?;
            let reason = stated.map(|e| reason(e.contents, malformed)).transpose()?;
            revoked.finish()?;
            return Ok(Self::Revoked {
                at,
                reason: reason.unwrap_or(Reason::Unspecified),
            });
        }
        let null = fields.any()?;
        match (null.tag, null.contents) {
            (GOOD, []) => Ok(Self::Good),
            (UNKNOWN, []) => Ok(Self::Unknown),
            _ => Err(malformed),
        }
    }
}

// Both are IMPLICIT NULLs, so primitive.
const GOOD: u8 = asn1::context(0);
const UNKNOWN: u8 = asn1::context(2);

/// Too many extensions are a fault of the response, not of what somebody sent in.
pub(super) fn not_the_budget_of_input(code: Code) -> Code {
    match code {
        Code::InputTooMany => MALFORMED,
        other => other,
    }
}
