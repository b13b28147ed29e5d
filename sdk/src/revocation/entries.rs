//! The entries of a list (RFC 5280, 5.3), read one by one.

use std::fmt;

use crate::asn1::{self, Reader};
use crate::certificate::{Extension, SerialNumber, extensions_of};
use crate::code::Code;
use crate::revocation::Reason;
use crate::time::Time;

/// 2.5.29.21, 2.5.29.24 and 2.5.29.29, as the contents of their DER.
const REASON_CODE: &[u8] = &[0x55, 0x1d, 0x15];
pub(super) const INVALIDITY_DATE: &[u8] = &[0x55, 0x1d, 0x18];
const CERTIFICATE_ISSUER: &[u8] = &[0x55, 0x1d, 0x1d];

const MALFORMED: Code = Code::RevocationExtension;

/// One revoked certificate, as a verified list has it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub(crate) serial: SerialNumber,
    pub(crate) reason: Reason,
    pub(crate) revoked_at: Time,
    /// Since when the key is suspect, where the issuer says so.
    pub(crate) invalid_since: Option<Time>,
}

/// Reads the contents of `revokedCertificates` from front to back, keeping
/// nothing. It ends after the first error.
#[derive(Clone)]
pub(crate) struct Entries<'a> {
    rest: Reader<'a>,
}

impl<'a> Entries<'a> {
    pub(crate) const fn new(contents: &'a [u8]) -> Self {
        Self {
            rest: Reader::new(contents, Code::InputCrl),
        }
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, Code>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = Entry::read(&mut self.rest);
        if entry.is_err() {
            *self = Self::new(&[]);
        }
        Some(entry)
    }
}

impl Entry {
    /// The serial number of the certificate.
    #[must_use]
    pub fn serial(&self) -> &SerialNumber {
        &self.serial
    }

    /// Why it was revoked, as the issuer codes it. For the operator alone.
    #[must_use]
    pub fn reason(&self) -> Reason {
        self.reason
    }

    /// Since when it is revoked. It may lie in the future; that changes nothing.
    #[must_use]
    pub fn revoked_at(&self) -> Time {
        self.revoked_at
    }

    /// Since when the key is suspect, where the issuer says so.
    #[must_use]
    pub fn invalid_since(&self) -> Option<Time> {
        self.invalid_since
    }

    pub(super) fn read(list: &mut Reader<'_>) -> Result<Self, Code> {
        let mut fields = list.nested(asn1::SEQUENCE)?;
        let serial = fields.element(asn1::INTEGER)?.contents;
        let mut entry = Self {
            serial: SerialNumber::from_contents(serial).map_err(|_| Code::RevocationSerial)?,
            revoked_at: fields.time()?,
            reason: Reason::Unspecified,
            invalid_since: None,
        };
        if let Some(extensions) = fields.optional_nested(asn1::SEQUENCE)? {
            extensions_of(extensions, Code::RevocationExtension, |e| entry.take(e))
                .map_err(not_the_budget_of_input)?;
        }
        fields.finish()?;
        Ok(entry)
    }

    fn take(&mut self, extension: Extension<'_>) -> Result<(), Code> {
        match extension.oid {
            // From such an entry on, the list speaks for another issuer:
            // ignoring it would revoke the wrong certificates and miss the
            // right ones.
            CERTIFICATE_ISSUER => return Err(Code::RevocationIndirect),
            REASON_CODE => self.reason = reason(extension.uncritical()?, MALFORMED)?,
            INVALIDITY_DATE => {
                self.invalid_since = Some(invalidity(extension.uncritical()?, MALFORMED)?)
            }
            _ if extension.critical => return Err(Code::RevocationCriticalExtension),
            _ => {}
        }
        Ok(())
    }

    /// Which of several entries for one certificate counts: the lowest. What
    /// revokes goes before what takes off the list, the earlier before the
    /// later, a key that is suspect before one that is not.
    pub(crate) fn precedence(&self) -> impl Ord + use<> {
        let removes = self.reason == Reason::RemoveFromCrl;
        let suspect = (self.invalid_since.is_none(), self.invalid_since);
        (removes, self.revoked_at, self.reason, suspect)
    }
}

// Whose certificate it is, and why it was revoked, is the person's.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").finish_non_exhaustive()
    }
}

impl<'a> Extension<'a> {
    /// The value of an extension that may not be critical.
    pub(super) fn uncritical(self) -> Result<&'a [u8], Code> {
        if self.critical {
            Err(Code::RevocationExtension)
        } else {
            Ok(self.value)
        }
    }
}

/// Too many extensions are a fault of the list, not of what somebody sent in.
pub(super) fn not_the_budget_of_input(code: Code) -> Code {
    match code {
        Code::InputTooMany => Code::RevocationExtension,
        other => other,
    }
}

/// `CRLReason ::= ENUMERATED`; what is malformed is refused with `malformed`.
pub(super) fn reason(value: &[u8], malformed: Code) -> Result<Reason, Code> {
    let mut reader = Reader::new(value, malformed);
    let contents = reader.element(asn1::ENUMERATED)?.contents;
    reader.finish()?;
    match contents {
        [number @ ..=0x7f] | [0x00, number @ 0x80..=0xff] => Ok(Reason::from_number(*number)),
        _ => Err(malformed),
    }
}

/// `InvalidityDate ::= GeneralizedTime`; what is malformed is refused with `malformed`.
pub(super) fn invalidity(value: &[u8], malformed: Code) -> Result<Time, Code> {
    let mut reader = Reader::new(value, malformed);
    let time = reader.generalized_time()?;
    reader.finish()?;
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::testing::{extension, integer, time, tlv};

    fn at(text: &str) -> Time {
        text.parse().unwrap()
    }

    fn read(serial: &[u8], extensions: &[Vec<u8>]) -> Result<Entry, Code> {
        let date = time(at("2026-04-01T00:00:00Z"));
        let mut fields = vec![integer(serial), date];
        if !extensions.is_empty() {
            fields.push(tlv(0x30, extensions));
        }
        let list = tlv(0x30, &fields);
        let mut entries = Entries::new(&list);
        let entry = entries.next().unwrap();
        assert!(entries.next().is_none());
        entry
    }

    fn reason_code(contents: &[u8]) -> Vec<u8> {
        extension(REASON_CODE, false, &tlv(0x0a, &[contents.to_vec()]))
    }

    #[test]
    fn reason_and_dates_are_read() {
        let suspect = time(at("2050-01-01T00:00:00Z"));
        let invalidity = extension(INVALIDITY_DATE, false, &suspect);
        let entry = read(&[0x05], &[reason_code(&[1]), invalidity]).unwrap();
        assert_eq!(entry.reason, Reason::KeyCompromise);
        assert_eq!(entry.revoked_at, at("2026-04-01T00:00:00Z"));
        assert_eq!(entry.invalid_since, Some(at("2050-01-01T00:00:00Z")));
        let plain = read(&[0x05], &[]).unwrap();
        assert_eq!(plain.reason, Reason::Unspecified);
        assert_eq!(plain.invalid_since, None);
    }

    #[test]
    fn unknown_reasons_are_kept() {
        for (contents, number) in [(&[0x07][..], 7), (&[0x0b], 11), (&[0x00, 0xff], 255)] {
            let entry = read(&[5], &[reason_code(contents)]).unwrap();
            assert_eq!(entry.reason, Reason::Unknown(number));
        }
        for bad in [&[][..], &[0xff], &[0x00, 0x01], &[0x01, 0x00]] {
            let code = read(&[5], &[reason_code(bad)]).err();
            assert_eq!(code, Some(Code::RevocationExtension), "{bad:02x?}");
        }
    }

    #[test]
    fn serial_numbers_are_positive_and_short() {
        read(&[0x7f; 20], &[]).unwrap();
        for bad in [&[][..], &[0x00], &[0x80], &[0x00, 0x01], &[0x7f; 21]] {
            assert_eq!(read(bad, &[]).err(), Some(Code::RevocationSerial));
        }
    }

    #[test]
    fn extensions_that_are_not_understood_refuse_the_list() {
        let other = &[0x55, 0x1d, 0x17][..];
        for (extensions, code) in [
            (vec![extension(other, false, &[0x05, 0x00])], None),
            (
                vec![extension(other, true, &[0x05, 0x00])],
                Some(Code::RevocationCriticalExtension),
            ),
            (
                vec![extension(CERTIFICATE_ISSUER, true, &[0x30, 0x00])],
                Some(Code::RevocationIndirect),
            ),
            (
                vec![extension(CERTIFICATE_ISSUER, false, &[0x30, 0x00])],
                Some(Code::RevocationIndirect),
            ),
            (
                vec![reason_code(&[1]), reason_code(&[1])],
                Some(Code::RevocationExtension),
            ),
            (
                vec![extension(REASON_CODE, true, &[0x0a, 1, 1])],
                Some(Code::RevocationExtension),
            ),
            (
                vec![extension(INVALIDITY_DATE, false, b"\x17\x0d260401000000Z")],
                Some(Code::RevocationExtension),
            ),
        ] {
            assert_eq!(read(&[5], &extensions).err(), code);
        }
    }

    #[test]
    fn reading_ends_after_the_first_error() {
        let mut entries = Entries::new(&[0x30, 0x00, 0x30, 0x00]);
        assert!(entries.next().is_some_and(|e| e.is_err()));
        assert!(entries.next().is_none());
    }
}
