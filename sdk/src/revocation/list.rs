//! Revocation lists as they arrive (RFC 5280, 5.1).

use std::collections::BTreeMap;
use std::fmt;

use crate::algorithm::{AlgorithmTable, DigestAlgorithm};
use crate::asn1::{self, Reader};
use crate::certificate::Name;
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::limits;
use crate::revocation::entries::Entries;
use crate::revocation::frame::{self, Frame, Head, ListExtensions, Seal};
use crate::revocation::{CrlNumber, IssuingDistributionPoint, Reason, VerifiedList};
use crate::time::Time;
use crate::trust::{Purpose, TrustStore};

/// A revocation list as it arrived: read to its end, not believed.
///
/// Whatever it says, it says nothing until [`CertificateList::verify`].
#[derive(Clone)]
pub struct CertificateList<'a> {
    der: &'a [u8],
    tbs: &'a [u8],
    frame: Frame<'a>,
    /// The contents of `revokedCertificates`.
    entries: &'a [u8],
    reasons: BTreeMap<Reason, usize>,
    trace: Trace,
}

impl<'a> CertificateList<'a> {
    /// Reads one complete list in DER, every entry of it.
    ///
    /// # Errors
    /// `input.crl`, `revocation.too_large`, `revocation.version`,
    /// `revocation.algorithm`, `revocation.serial`, `revocation.delta`,
    /// `revocation.critical_extension`, `revocation.extension` or
    /// `revocation.indirect`.
    pub fn from_der(der: &'a [u8]) -> Result<Self, Error> {
        let mut list = Trace::default().check(CheckId::CrlEncoding, Self::parse(der))?;
        list.trace = frame::read_trace();
        Ok(list)
    }

    fn parse(der: &'a [u8]) -> Result<Self, Code> {
        if der.len() > limits::CRL {
            return Err(Code::RevocationTooLarge);
        }
        let mut outer = Reader::only(der, asn1::SEQUENCE, Code::InputCrl)?;
        let tbs = outer.element(asn1::SEQUENCE)?;
        let seal = Seal::read(outer)?;

        let mut body = Reader::new(tbs.contents, Code::InputCrl);
        let head = Head::read(&mut body)?;
        // RFC 5280, 5.1.2.6 wants an empty list of entries absent. One that
        // is there says the same.
        let entries = body.optional(asn1::SEQUENCE)?;
        let entries = entries.map_or(&[][..], |e| e.contents);
        let extensions = ListExtensions::read(body)?;
        Ok(Self {
            der,
            tbs: tbs.raw,
            frame: Frame::new(head, extensions, seal)?,
            reasons: count(Entries::new(entries))?,
            entries,
            trace: Trace::default(),
        })
    }

    /// Believes the list if an anchor of `purpose` that may sign lists signed it.
    ///
    /// The anchor has the name of the list's issuer, and the key that the
    /// authority key identifier names if there is one. Whether the list says
    /// anything about a certificate, now, is another question.
    ///
    /// # Errors
    /// `revocation.algorithm`, `revocation.issuer`, `revocation.crl_sign` or
    /// `revocation.signature`.
    pub fn verify(
        &self,
        trust: &TrustStore,
        purpose: Purpose,
        algorithms: &AlgorithmTable,
    ) -> Result<VerifiedList, Error> {
        let digest = DigestAlgorithm::Sha256.digest(self.tbs);
        let (anchor, trace) = self.frame.signer(
            trust,
            purpose,
            algorithms,
            self.trace,
            |key, scheme| match scheme.digest() {
                Some(DigestAlgorithm::Sha256) => {
                    key.verify_digest(scheme, &digest, self.frame.signature())
                }
                _ => key.verify(scheme, self.tbs, self.frame.signature()),
            },
        )?;
        VerifiedList::new(self, anchor, &digest, trace)
    }

    /// The bytes that were read.
    #[must_use]
    pub fn der(&self) -> &'a [u8] {
        self.der
    }

    /// In whose name it is issued.
    #[must_use]
    pub fn issuer(&self) -> Name<'a> {
        self.frame.issuer()
    }

    /// When it was issued.
    #[must_use]
    pub fn this_update(&self) -> Time {
        self.frame.this_update()
    }

    /// By when the next one is issued.
    #[must_use]
    pub fn next_update(&self) -> Option<Time> {
        self.frame.next_update()
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> Option<&CrlNumber> {
        self.frame.extensions().number.as_ref()
    }

    /// The identifier of the key that is said to have signed it.
    #[must_use]
    pub fn authority_key_identifier(&self) -> Option<&'a [u8]> {
        self.frame.extensions().authority_key?.key_identifier
    }

    /// What it says about its own scope.
    #[must_use]
    pub fn issuing_distribution_point(&self) -> Option<&IssuingDistributionPoint<'a>> {
        self.frame.extensions().issuing_distribution_point.as_ref()
    }

    /// Whether it says that delta lists exist.
    #[must_use]
    pub fn points_at_deltas(&self) -> bool {
        self.frame.extensions().points_at_deltas
    }

    /// How many entries it has. One certificate may have several.
    #[must_use]
    pub fn entries(&self) -> usize {
        self.reasons.values().sum()
    }

    /// How many entries it has of each reason that occurs.
    pub fn reasons(&self) -> impl Iterator<Item = (Reason, usize)> + '_ {
        self.reasons.iter().map(|(reason, count)| (*reason, *count))
    }

    pub(super) fn frame(&self) -> &Frame<'a> {
        &self.frame
    }

    pub(crate) fn read_entries(&self) -> Entries<'a> {
        Entries::new(self.entries)
    }
}

/// Reads every entry and counts them by reason.
fn count(entries: Entries<'_>) -> Result<BTreeMap<Reason, usize>, Code> {
    let mut reasons = BTreeMap::new();
    for (index, entry) in entries.enumerate() {
        if index >= limits::CRL_ENTRIES {
            return Err(Code::RevocationTooLarge);
        }
        *reasons.entry(entry?.reason).or_default() += 1;
    }
    Ok(reasons)
}

impl fmt::Debug for CertificateList<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateList")
            .field("this_update", &self.this_update())
            .field("next_update", &self.next_update())
            .field("entries", &self.entries())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::revocation::testing::{
        Ca, KEY_USAGE_CERTIFICATES_ONLY, ListFields, directory, extension, id_ce, integer, name,
        time, time_at, tlv,
    };

    fn read(der: &[u8]) -> Code {
        CertificateList::from_der(der).unwrap_err().code()
    }

    fn ca_and_list() -> (Ca, ListFields) {
        let ca = Ca::new("CA");
        let list = ca.list(1, &[directory("A")]).revoking(&[5], 1);
        (ca, list)
    }

    #[test]
    fn what_a_list_says_can_be_shown() {
        let (ca, list) = ca_and_list();
        let der = ca.sign_list(&list.revoking(&[6], 4).revoking(&[7], 4));
        let list = CertificateList::from_der(&der).unwrap();
        assert_eq!(list.der(), der);
        assert_eq!(list.issuer().der(), name("CA"));
        assert_eq!(list.this_update(), time_at("2026-04-01T00:00:00Z"));
        assert_eq!(list.next_update(), Some(time_at("2026-04-02T00:00:00Z")));
        assert_eq!(list.number().unwrap().to_string(), "0x01");
        assert_eq!(
            list.authority_key_identifier(),
            Some(&ca.key_identifier()[..])
        );
        let point = list.issuing_distribution_point().unwrap();
        assert_eq!(point.names().count(), 1);
        assert!(!list.points_at_deltas());
        assert_eq!(list.entries(), 3);
        let reasons: Vec<_> = list.reasons().collect();
        assert_eq!(
            reasons,
            [(Reason::KeyCompromise, 1), (Reason::Superseded, 2)]
        );
    }

    #[test]
    fn a_list_says_no_more_than_its_der() {
        let (ca, list) = ca_and_list();
        let der = ca.sign_list(&list);
        let shown = format!("{:?}", CertificateList::from_der(&der).unwrap());
        assert_eq!(
            shown,
            "CertificateList { this_update: Time(1775001600), \
             next_update: Some(Time(1775088000)), entries: 1, .. }"
        );
    }

    #[test]
    fn every_part_has_its_one_form() {
        let (ca, list) = ca_and_list();
        let sign = |change: &dyn Fn(&mut Vec<Vec<u8>>)| {
            let mut body = list.body();
            change(&mut body);
            read(&ca.sign_list_body(&body))
        };
        assert_eq!(sign(&|b| b[0] = integer(&[0])), Code::RevocationVersion);
        assert_eq!(sign(&|b| b[0] = integer(&[2])), Code::RevocationVersion);
        assert_eq!(sign(&|b| drop(b.remove(0))), Code::RevocationVersion);
        assert_eq!(sign(&|b| b[1] = tlv(0x30, &[])), Code::RevocationAlgorithm);
        assert_eq!(sign(&|b| drop(b.remove(2))), Code::InputCrl);
        assert_eq!(sign(&|b| b.push(integer(&[1]))), Code::InputCrl);
        let trailing = [ca.sign_list(&list), vec![0]].concat();
        assert_eq!(read(&trailing), Code::InputCrl);
        assert_eq!(read(&[]), Code::InputCrl);
        let large = vec![0; limits::CRL + 1];
        assert_eq!(read(&large), Code::RevocationTooLarge);
        assert_eq!(read(&large[1..]), Code::InputCrl);
    }

    #[test]
    fn an_empty_list_of_entries_is_no_entries() {
        let (ca, list) = ca_and_list();
        let mut body = list.body();
        body[5] = tlv(0x30, &[]);
        let der = ca.sign_list_body(&body);
        assert_eq!(CertificateList::from_der(&der).unwrap().entries(), 0);
    }

    #[test]
    fn extensions_are_in_their_one_permitted_form() {
        let (ca, list) = ca_and_list();
        let number = &id_ce(20);
        let scope = tlv(0x30, &[vec![0x81, 0x01, 0xff]]);
        let refused = Code::RevocationExtension;
        for (without, with, code) in [
            (20, extension(number, true, &integer(&[1])), refused),
            (20, extension(number, false, &integer(&[0x80])), refused),
            (20, extension(number, false, &integer(&[1; 21])), refused),
            (0, extension(number, false, &integer(&[1])), refused),
            (28, extension(&id_ce(28), false, &scope), refused),
            (28, extension(&id_ce(28), true, &tlv(0x30, &[])), refused),
            (
                28,
                extension(&id_ce(28), true, &tlv(0x30, &[vec![0x83, 0x01, 0x00]])),
                refused,
            ),
            (35, extension(&id_ce(35), true, &tlv(0x30, &[])), refused),
            (0, extension(&id_ce(46), true, &tlv(0x30, &[])), refused),
            (
                0,
                extension(&id_ce(27), true, &integer(&[1])),
                Code::RevocationDelta,
            ),
            (
                0,
                extension(&id_ce(18), true, &tlv(0x30, &[])),
                Code::RevocationCriticalExtension,
            ),
            (
                0,
                extension(&id_ce(99), true, &[]),
                Code::RevocationCriticalExtension,
            ),
        ] {
            let list = list.clone().without(without).with(with);
            assert_eq!(read(&ca.sign_list(&list)), code, "{list:?}");
        }
        for with in [
            extension(&id_ce(18), false, &tlv(0x30, &[])),
            extension(&id_ce(46), false, &tlv(0x30, &[])),
            extension(&id_ce(99), false, &[]),
        ] {
            let der = ca.sign_list(&list.clone().with(with));
            CertificateList::from_der(&der).unwrap();
        }
        let many = (0..32).fold(list, |list, n| {
            list.with(extension(&id_ce(n + 64), false, &[]))
        });
        assert_eq!(read(&ca.sign_list(&many)), refused);
    }

    #[test]
    fn one_bad_entry_refuses_the_list() {
        let (ca, mut list) = ca_and_list();
        let date = time(time_at("2026-03-01T00:00:00Z"));
        let issuer = extension(&id_ce(29), true, &tlv(0x30, &[directory("B")]));
        let serial = integer(&[9]);
        let indirect = tlv(0x30, &[serial, date.clone(), tlv(0x30, &[issuer])]);
        list.entries.push(indirect);
        assert_eq!(read(&ca.sign_list(&list)), Code::RevocationIndirect);
        list.entries[1] = tlv(0x30, &[integer(&[0xff]), date]);
        assert_eq!(read(&ca.sign_list(&list)), Code::RevocationSerial);
    }

    #[test]
    fn only_the_named_key_of_the_issuer_is_believed() {
        let (ca, list) = ca_and_list();
        let (other, successor) = (Ca::new("Other"), Ca::new("CA"));
        let weak = Ca::with_key_usage("CA", KEY_USAGE_CERTIFICATES_ONLY);
        let anonymous = list.clone().without(35);
        for (signer, list, believed, code) in [
            (&ca, &list, &ca, None),
            (&ca, &anonymous, &ca, None),
            (&ca, &list, &other, Some(Code::RevocationIssuer)),
            (&ca, &list, &successor, Some(Code::RevocationIssuer)),
            (&successor, &list, &ca, Some(Code::RevocationSignature)),
            (&ca, &anonymous, &successor, Some(Code::RevocationSignature)),
            (&ca, &anonymous, &weak, Some(Code::RevocationCrlSign)),
        ] {
            let outcome = believed.verify(&signer.sign_list(list));
            assert_eq!(outcome.err(), code);
        }
    }

    #[test]
    fn an_anchor_of_another_purpose_signs_no_list() {
        let (ca, list) = ca_and_list();
        let der = ca.sign_list(&list);
        let list = CertificateList::from_der(&der).unwrap();
        let trust = Ca::trust(&[&ca], Purpose::JpkiAuthentication);
        let standard = AlgorithmTable::standard();
        let verify = |purpose| list.verify(&trust, purpose, &standard);
        verify(Purpose::JpkiAuthentication).unwrap();
        let refused = verify(Purpose::JpkiSigning).unwrap_err();
        assert_eq!(refused.code(), Code::RevocationIssuer);
        assert!(refused.trace().passed(CheckId::CrlExtensions));
        assert!(!refused.trace().passed(CheckId::CrlIssuer));
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
            let _ = CertificateList::from_der(&bytes);
            Entries::new(&bytes).for_each(drop);
            let _ = IssuingDistributionPoint::read(&bytes);
            let _ = crate::revocation::distribution_point::names_of_points(&bytes);
        }

        #[test]
        fn damaged_lists_never_panic_and_never_verify(at in 0_usize..400, to: u8) {
            let (ca, list) = ca_and_list();
            let mut der = ca.sign_list(&list);
            let at = at % der.len();
            prop_assume!(der[at] != to);
            der[at] = to;
            prop_assert!(ca.verify(&der).is_err());
        }
    }
}
