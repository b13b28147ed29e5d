//! What is asked for.

/// Something that a person can be asked for, beside who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// The name, in the characters of the card.
    Name,
    /// The address.
    Address,
    /// The date of birth.
    Birthdate,
    /// The sex, as the card says.
    Gender,
    /// A signature with the 署名用 certificate.
    Sign,
}

impl Scope {
    /// Every scope.
    pub const ALL: &'static [Self] = &[
        Self::Name,
        Self::Address,
        Self::Birthdate,
        Self::Gender,
        Self::Sign,
    ];

    /// The name of the scope in the protocol.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Address => "address",
            Self::Birthdate => "birthdate",
            Self::Gender => "gender",
            Self::Sign => "sign",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// What a login asks for: always who the person is (`openid`), and each of the
/// others only where it is needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u8);

impl Scopes {
    /// Who the person is, by a name that only this relying party knows them by,
    /// and nothing about them.
    #[must_use]
    pub const fn openid() -> Self {
        Self(0)
    }

    /// These and another.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | scope.bit())
    }

    /// Whether this is asked for.
    #[must_use]
    pub const fn contains(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// What is asked for beside `openid`.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL
            .iter()
            .copied()
            .filter(move |s| self.contains(*s))
    }

    /// Whether userinfo has anything to tell.
    pub(super) fn has_claims(self) -> bool {
        self.iter().any(|scope| scope != Scope::Sign)
    }

    /// These of the names in a list with spaces; none if `openid` is not among
    /// them. Names of nothing that can be asked for here are passed over.
    pub(super) fn granted(list: &str) -> Option<Self> {
        let mut names = list.split(' ');
        let known = |name: &str| Scope::ALL.iter().find(|scope| scope.as_str() == name);
        let granted = list.split(' ').filter_map(known);
        let granted = granted.fold(Self::openid(), |all, scope| all.with(*scope));
        names.any(|name| name == "openid").then_some(granted)
    }

    pub(super) const fn includes(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(super) const fn bits(self) -> u8 {
        self.0
    }

    pub(super) fn from_bits(bits: u8) -> Option<Self> {
        let all = Scope::ALL.iter().fold(0, |all, scope| all | scope.bit());
        (bits & !all == 0).then_some(Self(bits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn granted_scopes_are_names_between_spaces() {
        let asked = Scopes::openid().with(Scope::Name).with(Scope::Birthdate);
        for (list, enough) in [
            ("openid name birthdate", true),
            ("birthdate email openid name sign", true),
            ("openid name", false),
            ("openid name birthdates", false),
            ("openid NAME birthdate", false),
            ("openid", false),
        ] {
            let granted = Scopes::granted(list).unwrap();
            assert_eq!(granted.includes(asked), enough, "{list}");
        }
        assert_eq!(Scopes::granted("name birthdate"), None);
        assert_eq!(Scopes::granted(""), None);
        assert_eq!(asked.iter().count(), 2);
        assert_eq!(Scopes::from_bits(asked.bits()), Some(asked));
        assert_eq!(Scopes::from_bits(0x20), None);
    }
}
