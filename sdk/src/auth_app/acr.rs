//! How a person is to be authenticated.

use crate::ascii::is_word;
use crate::code::Code;
use crate::error::Error;

/// An authentication context class.
///
/// What each of them promises is the provider's to say; two are known by name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Acr {
    /// `aal3`: with the card and its PIN.
    Aal3,
    /// `crl`: and the certificate is looked up in the revocation lists.
    Crl,
    /// Another one.
    Other(OtherAcr),
}

/// A class that has no name here.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OtherAcr(String);

impl Acr {
    /// The class with this name in the protocol.
    ///
    /// # Errors
    /// `misuse.argument` unless it has 1 to 64 printable characters of ASCII
    /// and no space.
    pub fn named(name: &str) -> Result<Self, Error> {
        match name {
            "aal3" => Ok(Self::Aal3),
            "crl" => Ok(Self::Crl),
            other if is_word(other) => Ok(Self::Other(OtherAcr(other.to_owned()))),
            _ => Err(Code::MisuseArgument.into()),
        }
    }

    /// Its name in the protocol.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Aal3 => "aal3",
            Self::Crl => "crl",
            Self::Other(OtherAcr(name)) => name,
        }
    }
}

/// Which classes are asked for, and which the ID token has to name.
///
/// A browser carries the request, so what is asked for there can be taken out
/// on the way: what counts is what comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcrPolicy {
    asked: Vec<Acr>,
    required: Vec<Acr>,
}

impl AcrPolicy {
    /// Asks for `aal3` and `crl`, as all relying parties of the auth app do,
    /// and accepts an ID token that names both, in any order, between spaces.
    ///
    /// In which form the auth app names them in the ID token is not published.
    /// Whoever finds that it names less states that:
    /// [`requiring`](Self::requiring).
    #[must_use]
    pub fn standard() -> Self {
        let classes = vec![Acr::Aal3, Acr::Crl];
        Self {
            asked: classes.clone(),
            required: classes,
        }
    }

    /// Asks for these, and requires all of them.
    ///
    /// # Errors
    /// `misuse.argument` if there are none: [`danger_none`](Self::danger_none).
    pub fn of(classes: Vec<Acr>) -> Result<Self, Error> {
        let asked = Self::from_parts(classes.clone(), Vec::new());
        asked.requiring(classes)
    }

    /// Asks for none, and accepts whatever comes back: how a person is
    /// authenticated is the provider's choice.
    #[must_use]
    pub const fn danger_none() -> Self {
        Self {
            asked: Vec::new(),
            required: Vec::new(),
        }
    }

    /// Asks for the same, and requires others.
    ///
    /// # Errors
    /// `misuse.argument` if there are none:
    /// [`danger_requiring_none`](Self::danger_requiring_none).
    pub fn requiring(mut self, classes: Vec<Acr>) -> Result<Self, Error> {
        if classes.is_empty() {
            return Err(Code::MisuseArgument.into());
        }
        self.required = classes;
        Ok(self)
    }

    /// Asks for the same, and accepts whatever comes back, also nothing: how a
    /// person was authenticated is then the provider's choice, or that of
    /// whoever changed the request in the browser.
    #[must_use]
    pub fn danger_requiring_none(mut self) -> Self {
        self.required.clear();
        self
    }

    pub(super) fn asked(&self) -> &[Acr] {
        &self.asked
    }

    pub(super) fn required(&self) -> &[Acr] {
        &self.required
    }

    pub(super) fn from_parts(asked: Vec<Acr>, required: Vec<Acr>) -> Self {
        Self { asked, required }
    }

    /// Whether an ID token with this `acr` will do.
    pub(super) fn check(&self, acr: Option<&str>) -> Result<(), Code> {
        if self.required.is_empty() {
            return Ok(());
        }
        let acr = acr.ok_or(Code::AuthAppAcrMissing)?;
        let named = |class: &Acr| acr.split(' ').any(|name| name == class.as_str());
        if !self.required.iter().all(named) {
            return Err(Code::AuthAppAcr);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_required_class_has_to_be_named() {
        let policy = AcrPolicy::standard();
        assert_eq!(policy.check(Some("aal3 crl")), Ok(()));
        assert_eq!(policy.check(Some("crl aal3 other")), Ok(()));
        for less in [
            "aal3", "crl", "aal2 crl", "aal3crl", "aal3,crl", "AAL3 crl", "",
        ] {
            assert_eq!(policy.check(Some(less)), Err(Code::AuthAppAcr), "{less}");
        }
        assert_eq!(policy.check(None), Err(Code::AuthAppAcrMissing));

        let lower = AcrPolicy::standard().requiring(vec![Acr::Aal3]).unwrap();
        assert_eq!(lower.check(Some("aal3")), Ok(()));
        assert_eq!(lower.check(None), Err(Code::AuthAppAcrMissing));
        assert_eq!(lower.asked(), AcrPolicy::standard().asked());
        let none = AcrPolicy::standard().requiring(Vec::new());
        assert_eq!(none.unwrap_err().code(), Code::MisuseArgument);
        let none = AcrPolicy::of(Vec::new());
        assert_eq!(none.unwrap_err().code(), Code::MisuseArgument);
        for none in [
            AcrPolicy::standard().danger_requiring_none(),
            AcrPolicy::danger_none(),
        ] {
            assert_eq!(none.check(None), Ok(()));
        }
        assert!(AcrPolicy::danger_none().asked().is_empty());
    }

    #[test]
    fn names_have_no_spaces() {
        assert_eq!(Acr::named("aal3").unwrap(), Acr::Aal3);
        assert_eq!(Acr::named("urn:x").unwrap().as_str(), "urn:x");
        for bad in ["", "a b", "日", &"a".repeat(65)] {
            assert_eq!(Acr::named(bad).unwrap_err().code(), Code::MisuseArgument);
        }
    }
}
