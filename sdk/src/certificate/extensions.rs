//! Extensions (RFC 5280, 4.2): found in one pass, decoded when asked for.

use const_oid::db::rfc6960::ID_PKIX_OCSP_NOCHECK;

use crate::asn1::{self, NULL, Reader};
use crate::certificate::{Name, SerialNumber};
use crate::code::Code;
use crate::limits;

/// The contents of `id-ce` identifiers end in one octet: 2.5.29.n.
const ID_CE: [u8; 2] = [0x55, 0x1d];

const SUBJECT_KEY_IDENTIFIER: u8 = 14;
const KEY_USAGE: u8 = 15;
const SUBJECT_ALT_NAME: u8 = 17;
const ISSUER_ALT_NAME: u8 = 18;
const BASIC_CONSTRAINTS: u8 = 19;
const NAME_CONSTRAINTS: u8 = 30;
const CRL_DISTRIBUTION_POINTS: u8 = 31;
const CERTIFICATE_POLICIES: u8 = 32;
const POLICY_MAPPINGS: u8 = 33;
const AUTHORITY_KEY_IDENTIFIER: u8 = 35;
const POLICY_CONSTRAINTS: u8 = 36;
const EXTENDED_KEY_USAGE: u8 = 37;
const FRESHEST_CRL: u8 = 46;
const INHIBIT_ANY_POLICY: u8 = 54;

/// RFC 5280, 4.2.1.1, 4.2.1.2 and 4.2.1.15.
const NEVER_CRITICAL: [u8; 3] = [
    AUTHORITY_KEY_IDENTIFIER,
    SUBJECT_KEY_IDENTIFIER,
    FRESHEST_CRL,
];

/// One extension: its criticality and the contents of its OCTET STRING.
#[derive(Clone, Copy)]
pub(crate) struct Extension<'a> {
    pub(crate) oid: &'a [u8],
    pub(crate) critical: bool,
    pub(crate) value: &'a [u8],
}

/// Which extensions there are, for profiles that demand or forbid some by
/// themselves, whatever their value.
#[derive(Clone, Copy, Default)]
pub(crate) struct ExtensionPresence {
    pub(crate) subject_key: bool,
    pub(crate) issuer_alt_name: bool,
    pub(crate) distribution_points: bool,
    pub(crate) key_usage_critical: bool,
    pub(crate) basic_constraints_critical: bool,
    pub(crate) extended_key_usage_critical: bool,
    /// Policy mappings, policy and name constraints, the inhibition of any
    /// policy, and delta lists (ISO/IEC 18013-5, B.1).
    pub(crate) forbidden_for_mdocs: bool,
}

impl ExtensionPresence {
    fn note(&mut self, number: u8, critical: bool) {
        match number {
            SUBJECT_KEY_IDENTIFIER => self.subject_key = true,
            ISSUER_ALT_NAME => self.issuer_alt_name = true,
            CRL_DISTRIBUTION_POINTS => self.distribution_points = true,
            KEY_USAGE => self.key_usage_critical = critical,
            BASIC_CONSTRAINTS => self.basic_constraints_critical = critical,
            EXTENDED_KEY_USAGE => self.extended_key_usage_critical = critical,
            NAME_CONSTRAINTS | POLICY_MAPPINGS | POLICY_CONSTRAINTS | INHIBIT_ANY_POLICY
            | FRESHEST_CRL => self.forbidden_for_mdocs = true,
            _ => {}
        }
    }
}

/// The values of the extensions that the profiles speak of.
#[derive(Clone, Copy, Default)]
pub(crate) struct Extensions<'a> {
    authority_key_identifier: Option<&'a [u8]>,
    subject_key_identifier: Option<&'a [u8]>,
    key_usage: Option<&'a [u8]>,
    certificate_policies: Option<&'a [u8]>,
    subject_alt_name: Option<&'a [u8]>,
    basic_constraints: Option<&'a [u8]>,
    extended_key_usage: Option<&'a [u8]>,
    crl_distribution_points: Option<&'a [u8]>,
    freshest_crl: Option<&'a [u8]>,
    presence: ExtensionPresence,
    wrongly_critical: bool,
    unprocessed_critical: bool,
    constrains_paths: bool,
    ocsp_nocheck: bool,
}

impl<'a> Extensions<'a> {
    /// Reads `Extensions ::= SEQUENCE SIZE (1..MAX) OF Extension`.
    pub(crate) fn read(list: Reader<'a>) -> Result<Self, Code> {
        let mut found = Self::default();
        extensions_of(list, Code::X509DuplicateExtension, |extension| {
            found.take(extension);
            Ok(())
        })?;
        if found.wrongly_critical {
            return Err(Code::X509Extension);
        }
        Ok(found)
    }

    fn take(&mut self, extension: Extension<'a>) {
        let number = match extension.oid {
            [a, b, number] if [*a, *b] == ID_CE => *number,
            _ => 0,
        };
        self.presence.note(number, extension.critical);
        self.wrongly_critical |= extension.critical && NEVER_CRITICAL.contains(&number);
        let slot = match number {
            AUTHORITY_KEY_IDENTIFIER => &mut self.authority_key_identifier,
            SUBJECT_KEY_IDENTIFIER => &mut self.subject_key_identifier,
            KEY_USAGE => &mut self.key_usage,
            CERTIFICATE_POLICIES => &mut self.certificate_policies,
            SUBJECT_ALT_NAME => &mut self.subject_alt_name,
            BASIC_CONSTRAINTS => &mut self.basic_constraints,
            EXTENDED_KEY_USAGE => &mut self.extended_key_usage,
            CRL_DISTRIBUTION_POINTS => &mut self.crl_distribution_points,
            FRESHEST_CRL => &mut self.freshest_crl,
            NAME_CONSTRAINTS | POLICY_MAPPINGS | POLICY_CONSTRAINTS | INHIBIT_ANY_POLICY => {
                self.constrains_paths = true;
                self.unprocessed_critical |= extension.critical;
                return;
            }
            _ => {
                self.unprocessed_critical |= extension.critical;
                self.ocsp_nocheck |=
                    extension.oid == ID_PKIX_OCSP_NOCHECK.as_bytes() && extension.value == NULL;
                return;
            }
        };
        *slot = Some(extension.value);
    }

    /// Which extensions there are.
    #[cfg(feature = "mdoc")]
    pub(crate) fn presence(&self) -> ExtensionPresence {
        self.presence
    }

    /// Whether there is a critical extension that nothing here processes.
    pub(crate) fn has_unprocessed_critical(&self) -> bool {
        self.unprocessed_critical
    }

    /// Whether there are name or policy constraints, which need a path to
    /// mean anything.
    pub(crate) fn constrains_paths(&self) -> bool {
        self.constrains_paths
    }

    /// Whether its issuer says that its revocation need not be checked
    /// (RFC 6960, 4.2.2.2.1).
    pub(crate) fn needs_no_check(&self) -> bool {
        self.ocsp_nocheck
    }

    pub(crate) fn asks_for_delta_lists(&self) -> bool {
        self.freshest_crl.is_some()
    }

    pub(crate) fn authority_key_identifier(
        &self,
    ) -> Result<Option<AuthorityKeyIdentifier<'a>>, Code> {
        self.authority_key_identifier
            .map(|value| AuthorityKeyIdentifier::read(value, Code::X509Extension))
            .transpose()
    }

    pub(crate) fn subject_key_identifier(&self) -> Result<Option<&'a [u8]>, Code> {
        self.subject_key_identifier
            .map(|value| {
                let mut reader = Reader::new(value, Code::X509Extension);
                let identifier = reader.element(asn1::OCTET_STRING)?.contents;
                reader.finish()?;
                Ok(identifier)
            })
            .transpose()
    }

    pub(crate) fn key_usage(&self) -> Result<Option<KeyUsage>, Code> {
        self.key_usage
            .map(|value| {
                let mut reader = Reader::new(value, Code::X509Extension);
                let bits = reader.element(asn1::BIT_STRING)?.contents;
                reader.finish()?;
                let bits = asn1::named_bits(bits).ok_or(Code::X509Extension)?;
                Ok(KeyUsage(bits))
            })
            .transpose()
    }

    /// Whether basic constraints are present and say `cA TRUE`.
    pub(crate) fn is_ca(&self) -> Result<bool, Code> {
        Ok(self.basic_constraints()?.0)
    }

    /// Whether it is a CA whose certificates are no CAs.
    #[cfg(feature = "mdoc")]
    pub(crate) fn issues_leaves_only(&self) -> Result<bool, Code> {
        Ok(self.basic_constraints()? == (true, Some(0)))
    }

    /// `cA` and `pathLenConstraint` (RFC 5280, 4.2.1.9).
    fn basic_constraints(&self) -> Result<(bool, Option<u32>), Code> {
        let Some(value) = self.basic_constraints else {
            return Ok((false, None));
        };
        let mut constraints = Reader::only(value, asn1::SEQUENCE, Code::X509Extension)?;
        let ca = constraints.default_false(asn1::BOOLEAN)?;
        let mut length = None;
        if constraints.at(asn1::INTEGER) {
            length = Some(constraints.small_integer()?);
        }
        constraints.finish()?;
        Ok((ca, length))
    }

    /// The purposes of the extended key usage, as the contents of their OIDs.
    pub(crate) fn extended_key_usage(&self) -> Result<Option<Vec<&'a [u8]>>, Code> {
        self.extended_key_usage
            .map(|value| {
                let mut purposes = Reader::only(value, asn1::SEQUENCE, Code::X509Extension)?;
                let mut found = Vec::new();
                while !purposes.is_empty() {
                    found.push(purposes.oid()?);
                }
                Ok(found)
            })
            .transpose()
    }

    /// The policies as the contents of their OIDs; one that stands twice is
    /// refused (RFC 5280, 4.2.1.4).
    pub(crate) fn policies(&self) -> Result<Vec<&'a [u8]>, Code> {
        let Some(value) = self.certificate_policies else {
            return Ok(Vec::new());
        };
        let mut policies = Reader::only(value, asn1::SEQUENCE, Code::X509Extension)?;
        let mut found: Vec<&[u8]> = Vec::with_capacity(1);
        while !policies.is_empty() {
            let mut policy = policies.nested(asn1::SEQUENCE)?;
            let oid = policy.oid()?;
            policy.optional(asn1::SEQUENCE)?;
            policy.finish()?;
            if found.contains(&oid) {
                return Err(Code::X509DuplicatePolicy);
            }
            found.push(oid);
        }
        Ok(found)
    }

    /// The value of the subject's alternative names.
    pub(crate) fn subject_alt_name(&self) -> Option<&'a [u8]> {
        self.subject_alt_name
    }

    /// The value of the CRL distribution points.
    pub(crate) fn crl_distribution_points(&self) -> Option<&'a [u8]> {
        self.crl_distribution_points
    }
}

/// Reads a list of extensions and calls `each` with every one; one that
/// stands twice is refused with `duplicate` (RFC 5280, 4.2).
pub(crate) fn extensions_of<'a>(
    mut list: Reader<'a>,
    duplicate: Code,
    mut each: impl FnMut(Extension<'a>) -> Result<(), Code>,
) -> Result<(), Code> {
    if list.is_empty() {
        return Err(list.malformed());
    }
    let mut seen = [&[][..]; limits::EXTENSIONS];
    let mut count = 0;
    while !list.is_empty() {
        let mut entry = list.nested(asn1::SEQUENCE)?;
        let oid = entry.oid()?;
        let critical = entry.default_false(asn1::BOOLEAN)?;
        let value = entry.element(asn1::OCTET_STRING)?.contents;
        entry.finish()?;
        // Identifiers differ most often in their last octet.
        let is_same = |known: &&[u8]| known.last() == oid.last() && *known == oid;
        if seen.iter().take(count).any(is_same) {
            return Err(duplicate);
        }
        *seen.get_mut(count).ok_or(Code::InputTooMany)? = oid;
        count += 1;
        each(Extension {
            oid,
            critical,
            value,
        })?;
    }
    Ok(())
}

/// `AuthorityKeyIdentifier` (RFC 5280, 4.2.1.1).
#[derive(Clone, Copy, Default)]
pub(crate) struct AuthorityKeyIdentifier<'a> {
    pub(crate) key_identifier: Option<&'a [u8]>,
    /// Issuer name and serial number of the authority's certificate.
    pub(crate) certificate: Option<(Name<'a>, SerialNumber)>,
}

impl<'a> AuthorityKeyIdentifier<'a> {
    /// Reads the value of the extension; what is malformed is refused with `malformed`.
    pub(crate) fn read(value: &'a [u8], malformed: Code) -> Result<Self, Code> {
        let mut reader = Reader::only(value, asn1::SEQUENCE, malformed)?;
        let key_identifier = reader.optional(asn1::context(0))?.map(|e| e.contents);
        let issuer = reader.optional_nested(asn1::context_constructed(1))?;
        let serial = reader.optional(asn1::context(2))?;
        reader.finish()?;
        let certificate = match (issuer, serial) {
            (None, None) => None,
            (Some(mut names), Some(serial)) => {
                // GeneralNames with the one directoryName, [4] EXPLICIT Name.
                let mut directory_name = names.nested(asn1::context_constructed(4))?;
                names.finish()?;
                let name = Name::read(&mut directory_name)?;
                directory_name.finish()?;
                let serial = SerialNumber::from_contents(serial.contents).map_err(|_| malformed)?;
                Some((name, serial))
            }
            _ => return Err(malformed),
        };
        Ok(Self {
            key_identifier,
            certificate,
        })
    }
}

/// `KeyUsage` (RFC 5280, 4.2.1.3), bit 0 of the standard the highest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct KeyUsage(u16);

impl KeyUsage {
    pub(crate) const DIGITAL_SIGNATURE: Self = Self(0x8000);
    pub(crate) const NON_REPUDIATION: Self = Self(0x4000);
    pub(crate) const KEY_CERT_SIGN: Self = Self(0x0400);
    pub(crate) const CRL_SIGN: Self = Self(0x0200);

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}
