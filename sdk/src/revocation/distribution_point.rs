//! Distribution points in certificates and in lists (RFC 5280, 4.2.1.13 and
//! 5.2.5), and when two of them are the same.

use std::fmt;

use crate::asn1::{self, Reader};
use crate::certificate::Name;
use crate::code::Code;
use crate::error::Error;
use crate::limits;

/// `directoryName [4] Name`, EXPLICIT because a `Name` is a CHOICE.
const DIRECTORY_NAME: u8 = asn1::context_constructed(4);
/// `uniformResourceIdentifier [6] IA5String`.
const URI: u8 = asn1::context(6);

/// One name of a distribution point: a `GeneralName` in DER, a directory name
/// or a URI. Other kinds of names match nothing.
///
/// Names are the same when their encodings are. For a card certificate the
/// name is that of a municipality, so `Debug` does not print it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DistributionPointName<'a>(&'a [u8]);

impl<'a> DistributionPointName<'a> {
    /// Reads one `GeneralName`.
    ///
    /// # Errors
    /// `misuse.argument` if it is not in DER, or neither a directory name nor a URI.
    pub fn from_der(der: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(der, Code::MisuseArgument);
        let name = general_name(&mut reader)?;
        reader.finish()?;
        name.ok_or(Code::MisuseArgument.into())
    }

    /// The DER of the `GeneralName`.
    #[must_use]
    pub fn der(self) -> &'a [u8] {
        self.0
    }

    /// The directory name as DER, if it is one.
    #[must_use]
    pub fn directory_name(self) -> Option<&'a [u8]> {
        let explicit = Reader::only(self.0, DIRECTORY_NAME, Code::MisuseArgument);
        explicit.ok().map(|name| name.rest())
    }

    /// Whether it is the directory name `subject`, given in DER.
    pub(crate) fn is_directory(self, subject: &[u8]) -> bool {
        self.directory_name() == Some(subject)
    }
}

impl fmt::Debug for DistributionPointName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DistributionPointName({} octets)", self.0.len())
    }
}

/// The next `GeneralName`, if it is of a kind that can match.
fn general_name<'a>(names: &mut Reader<'a>) -> Result<Option<DistributionPointName<'a>>, Code> {
    let name = names.any()?;
    let mut contents = Reader::new(name.contents, names.malformed());
    match name.tag {
        DIRECTORY_NAME => {
            Name::read(&mut contents)?;
            contents.finish()?;
        }
        URI if !name.contents.is_empty() && name.contents.is_ascii() => {}
        // The CHOICE has the alternatives [0] to [8].
        0x80..=0x85 | 0x87 | 0x88 | 0xa0 | 0xa3 | 0xa5 => return Ok(None),
        _ => return Err(names.malformed()),
    }
    Ok(Some(DistributionPointName(name.raw)))
}

/// The names of distribution points, one after the other, all well-formed.
/// There may be none that can match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Names<'a>(&'a [u8]);

impl<'a> Names<'a> {
    /// Names that were read before and kept.
    pub(crate) const fn kept(names: &'a [u8]) -> Self {
        Self(names)
    }

    pub(crate) const fn der(self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn iter(self) -> impl Iterator<Item = DistributionPointName<'a>> {
        let mut reader = Reader::new(self.0, Code::InputCrl);
        std::iter::from_fn(move || general_name(&mut reader).ok()).flatten()
    }

    /// Whether both have a name in common.
    pub(crate) fn meet(self, other: Names<'_>) -> bool {
        self.iter().any(|one| other.iter().any(|two| one == two))
    }

    /// Reads `distributionPoint [0] DistributionPointName OPTIONAL`, which
    /// stands first in both structures.
    ///
    /// A name relative to the list's issuer is read as names of which none
    /// can match: it fails closed.
    fn optional(point: &mut Reader<'a>) -> Result<Option<Self>, Code> {
        let Some(mut choice) = point.optional_nested(asn1::context_constructed(0))? else {
            return Ok(None);
        };
        let names = match choice.optional(asn1::context_constructed(0))? {
            Some(full) => {
                count_general_names(Reader::new(full.contents, choice.malformed()))?;
                Self(full.contents)
            }
            None => {
                choice.element(asn1::context_constructed(1))?;
                Self(&[])
            }
        };
        choice.finish()?;
        Ok(Some(names))
    }
}

/// `GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName`.
fn count_general_names(mut names: Reader<'_>) -> Result<(), Code> {
    let malformed = names.malformed();
    for _ in 0..limits::DISTRIBUTION_POINTS {
        general_name(&mut names)?;
        if names.is_empty() {
            return Ok(());
        }
    }
    Err(malformed)
}

/// The names under which the lists for a certificate can be found: those of
/// all the distribution points that one complete list can satisfy.
///
/// A point with `reasons` wants several lists, one with `cRLIssuer` the list
/// of somebody else: neither contributes a name.
pub(crate) fn names_of_points(value: &[u8]) -> Result<Box<[u8]>, Code> {
    let mut points = Reader::only(value, asn1::SEQUENCE, Code::X509Extension)?;
    let mut names = Vec::with_capacity(value.len());
    for _ in 0..limits::DISTRIBUTION_POINTS {
        let mut point = points.nested(asn1::SEQUENCE)?;
        let name = Names::optional(&mut point)?;
        let reasons = point.optional(asn1::context(1))?;
        let issuer = point.optional(asn1::context_constructed(2))?;
        point.finish()?;
        if let Some(reasons) = reasons {
            asn1::named_bits(reasons.contents).ok_or(Code::X509Extension)?;
        }
        match (name, reasons, issuer) {
            // RFC 5280, 4.2.1.13: not only the reasons.
            (None, _, None) => return Err(Code::X509Extension),
            (Some(name), None, None) => names.extend(name.der()),
            _ => {}
        }
        if points.is_empty() {
            return Ok(names.into());
        }
    }
    Err(Code::X509Extension)
}

/// The certificates that a list speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CertificateKind {
    /// All of its issuer's.
    All,
    /// Those of end entities.
    User,
    /// Those of CAs.
    Ca,
    /// Attribute certificates.
    Attribute,
}

/// What a list says about its own scope: `IssuingDistributionPoint`
/// (RFC 5280, 5.2.5).
#[derive(Clone, Copy)]
pub struct IssuingDistributionPoint<'a> {
    names: Option<Names<'a>>,
    certificates: CertificateKind,
    /// The named bits of `onlySomeReasons`.
    reasons: Option<u16>,
    indirect: bool,
}

impl<'a> IssuingDistributionPoint<'a> {
    pub(crate) fn read(value: &'a [u8]) -> Result<Self, Code> {
        let malformed = Code::RevocationExtension;
        let mut point = Reader::only(value, asn1::SEQUENCE, malformed)?;
        // A list that limits nothing has no such extension.
        if point.is_empty() {
            return Err(malformed);
        }
        let names = Names::optional(&mut point)?;
        let user = point.default_false(asn1::context(1))?;
        let ca = point.default_false(asn1::context(2))?;
        let reasons = point.optional(asn1::context(3))?;
        let indirect = point.default_false(asn1::context(4))?;
        let attribute = point.default_false(asn1::context(5))?;
        point.finish()?;
        let certificates = match (user, ca, attribute) {
            (false, false, false) => CertificateKind::All,
            (true, false, false) => CertificateKind::User,
            (false, true, false) => CertificateKind::Ca,
            (false, false, true) => CertificateKind::Attribute,
            _ => return Err(malformed),
        };
        let reasons = match reasons.map(|r| asn1::named_bits(r.contents)) {
            None => None,
            // A list for no reason at all is no list.
            Some(None | Some(0)) => return Err(malformed),
            Some(some) => some,
        };
        Ok(Self {
            names,
            certificates,
            reasons,
            indirect,
        })
    }

    /// The names of its distribution point; none if it states no point.
    pub fn names(&self) -> impl Iterator<Item = DistributionPointName<'a>> {
        self.names.into_iter().flat_map(Names::iter)
    }

    /// The certificates that the list speaks of.
    #[must_use]
    pub fn certificates(&self) -> CertificateKind {
        self.certificates
    }

    /// Whether the list covers only some of the reasons for a revocation.
    #[must_use]
    pub fn only_some_reasons(&self) -> bool {
        self.reasons.is_some()
    }

    /// Whether the list may speak for other issuers than its own.
    #[must_use]
    pub fn is_indirect(&self) -> bool {
        self.indirect
    }

    pub(crate) fn stated_names(&self) -> Option<Names<'a>> {
        self.names
    }

    pub(crate) fn reasons(&self) -> Option<u16> {
        self.reasons
    }
}

impl fmt::Debug for IssuingDistributionPoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuingDistributionPoint")
            .field("certificates", &self.certificates)
            .field("only_some_reasons", &self.only_some_reasons())
            .field("indirect", &self.indirect)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::revocation::testing::{directory, tlv, uri};

    fn point(names: &[Vec<u8>]) -> Vec<u8> {
        tlv(0xa0, &[tlv(0xa0, names)])
    }

    fn idp(fields: &[Vec<u8>]) -> Result<(), Code> {
        IssuingDistributionPoint::read(&tlv(0x30, fields)).map(|_| ())
    }

    #[test]
    fn any_name_of_any_point_counts() {
        let (a, b, c) = (directory("A"), uri("http://b"), directory("C"));
        let dns = tlv(0x82, &[b"a.example".to_vec()]);
        let value = tlv(
            0x30,
            &[
                tlv(0x30, &[point(&[dns, a.clone()])]),
                tlv(0x30, &[point(&[b.clone(), c.clone()])]),
            ],
        );
        let names = names_of_points(&value).unwrap();
        let found: Vec<_> = Names::kept(&names).iter().map(|n| n.der()).collect();
        assert_eq!(found, [&a[..], &b, &c]);
        assert!(Names::kept(&names).meet(Names::kept(&c)));
        assert!(!Names::kept(&names).meet(Names::kept(&directory("c"))));
    }

    #[test]
    fn a_point_that_wants_more_than_one_list_has_no_name() {
        let name = point(&[directory("A")]);
        let reasons = tlv(0x81, &[vec![0x06, 0x40]]);
        let issuer = tlv(0xa2, &[directory("B")]);
        let relative = tlv(0xa0, &[tlv(0xa1, &[vec![]])]);
        for fields in [
            vec![name.clone(), reasons.clone()],
            vec![name.clone(), issuer.clone()],
            vec![issuer],
            vec![relative],
        ] {
            let value = tlv(0x30, &[tlv(0x30, &fields)]);
            assert!(names_of_points(&value).unwrap().is_empty());
        }
        for fields in [vec![], vec![reasons], vec![tlv(0xa0, &[])]] {
            let value = tlv(0x30, &[tlv(0x30, &fields)]);
            assert_eq!(names_of_points(&value), Err(Code::X509Extension));
        }
        assert_eq!(names_of_points(&tlv(0x30, &[])), Err(Code::X509Extension));
    }

    #[test]
    fn a_scope_says_something_and_nothing_twice() {
        let yes = |number: u8| tlv(0x80 | number, &[vec![0xff]]);
        let reasons = |bits: &[u8]| tlv(0x83, &[bits.to_vec()]);
        idp(&[point(&[directory("A")]), yes(1)]).unwrap();
        idp(&[reasons(&[0x06, 0x40])]).unwrap();
        for fields in [
            vec![],
            vec![yes(1), yes(2)],
            vec![yes(2), yes(5)],
            vec![yes(4), yes(1)],
            vec![tlv(0x81, &[vec![0x00]])],
            vec![reasons(&[0x00])],
            vec![reasons(&[])],
            vec![reasons(&[0x07, 0x00])],
            vec![yes(6)],
            vec![point(&[])],
        ] {
            assert_eq!(idp(&fields), Err(Code::RevocationExtension), "{fields:?}");
        }
    }

    #[test]
    fn a_configured_name_is_a_directory_or_a_uri() {
        let name = directory("A");
        assert_eq!(DistributionPointName::from_der(&name).unwrap().der(), name);
        DistributionPointName::from_der(&uri("ldap://a")).unwrap();
        let twice = [name.clone(), name].concat();
        for bad in [&twice[..], b"\x82\x01a", b"\x86\x00", b""] {
            let code = DistributionPointName::from_der(bad).unwrap_err().code();
            assert_eq!(code, Code::MisuseArgument);
        }
    }
}
