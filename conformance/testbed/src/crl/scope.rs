//! IssuingDistributionPoint (RFC 5280, 5.2.5).

use crate::{Extension, GeneralName, der, oid};

/// What a list says it covers, in any combination.
#[derive(Clone, Debug, Default)]
pub struct IssuingDistributionPoint {
    point: Vec<u8>,
    only_user: bool,
    only_ca: bool,
    only_some_reasons: Vec<u8>,
    indirect: bool,
    only_attribute: bool,
}

impl IssuingDistributionPoint {
    /// Without a distributionPoint and with every flag FALSE: an empty SEQUENCE.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a distributionPoint of one directoryName.
    #[must_use]
    pub fn of(name: impl Into<Vec<u8>>) -> Self {
        Self::new().full_name(&[GeneralName::directory(name)])
    }

    /// fullName with these names.
    #[must_use]
    pub fn full_name(mut self, names: &[GeneralName]) -> Self {
        self.point = der::explicit(0, der::explicit(0, der::concat(names)));
        self
    }

    /// nameRelativeToCRLIssuer with one attribute (a complete encoding as its value).
    #[must_use]
    pub fn relative_name(mut self, arcs: &[u64], value: &[u8]) -> Self {
        let attribute = der::sequence([&der::oid(arcs)[..], value]);
        self.point = der::explicit(0, der::explicit(1, attribute));
        self
    }

    /// onlyContainsUserCerts.
    #[must_use]
    pub fn only_user_certificates(mut self) -> Self {
        self.only_user = true;
        self
    }

    /// onlyContainsCACerts.
    #[must_use]
    pub fn only_ca_certificates(mut self) -> Self {
        self.only_ca = true;
        self
    }

    /// onlyContainsAttributeCerts.
    #[must_use]
    pub fn only_attribute_certificates(mut self) -> Self {
        self.only_attribute = true;
        self
    }

    /// onlySomeReasons with these bits of ReasonFlags (1 keyCompromise … 8
    /// aACompromise); none gives a BIT STRING without bits.
    #[must_use]
    pub fn only_some_reasons(self, flags: &[u8]) -> Self {
        self.only_some_reasons_raw(&der::named_bits_content(flags))
    }

    /// onlySomeReasons from the content octets of its BIT STRING as they are.
    #[must_use]
    pub fn only_some_reasons_raw(mut self, content: &[u8]) -> Self {
        self.only_some_reasons = der::implicit(3, content);
        self
    }

    /// indirectCRL.
    #[must_use]
    pub fn indirect(mut self) -> Self {
        self.indirect = true;
        self
    }

    /// The extension, critical.
    #[must_use]
    pub fn extension(&self) -> Extension {
        let value = der::sequence([
            self.point.clone(),
            flag(1, self.only_user),
            flag(2, self.only_ca),
            self.only_some_reasons.clone(),
            flag(4, self.indirect),
            flag(5, self.only_attribute),
        ]);
        Extension::new(oid::ISSUING_DISTRIBUTION_POINT, value).critical()
    }
}

fn flag(number: u8, set: bool) -> Vec<u8> {
    if set {
        der::implicit(number, [0xFF])
    } else {
        Vec::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_an_empty_sequence() {
        assert_eq!(
            IssuingDistributionPoint::new().extension().value(),
            [0x30, 0]
        );
    }

    #[test]
    fn flags_and_reasons() {
        let scope = IssuingDistributionPoint::new()
            .only_user_certificates()
            .only_some_reasons(&[1])
            .indirect();
        let expected = [0x30, 10, 0x81, 1, 0xFF, 0x83, 2, 6, 0x40, 0x84, 1, 0xFF];
        assert_eq!(scope.extension().value(), expected);
    }

    #[test]
    fn reasons_without_bits() {
        let scope = IssuingDistributionPoint::new();
        let named = scope.clone().only_some_reasons(&[]);
        assert_eq!(named.extension().value(), [0x30, 3, 0x83, 1, 0]);
        let raw = scope.only_some_reasons_raw(&[]);
        assert_eq!(raw.extension().value(), [0x30, 2, 0x83, 0]);
    }
}
