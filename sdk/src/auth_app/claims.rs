//! What a provider tells of a person.

use std::fmt;

use serde_json::{Map, Value};

use crate::auth_app::{Scope, Scopes};
use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::person::{AtLeast, BirthDate, Sex, is_deceptive};
use crate::time::Time;

/// What a provider tells of a person, as far as it was asked for: what it tells
/// beside that is dropped unread.
///
/// The items come from the face of the card, and not from a certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct LoginClaims {
    name: Option<String>,
    address: Option<String>,
    birthdate: Option<Birthdate>,
    gender: Option<Gender>,
}

/// A date of birth, with the text in which it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Birthdate {
    text: String,
    date: BirthDate,
}

/// A sex, with the text in which it came.
#[derive(Clone, PartialEq, Eq)]
pub struct Gender {
    text: String,
    sex: Option<Sex>,
}

impl LoginClaims {
    pub(super) const fn none() -> Self {
        Self {
            name: None,
            address: None,
            birthdate: None,
            gender: None,
        }
    }

    /// `auth_app.claim_missing` if something that was asked for is not there,
    /// `auth_app.claim_form` if it is in none of its forms.
    pub(super) fn read(userinfo: &Map<String, Value>, asked: Scopes) -> Result<Self, Code> {
        let claim = |scope: Scope| match userinfo.get(scope.as_str()) {
            _ if !asked.contains(scope) => Ok(None),
            None | Some(Value::Null) => Err(Code::AuthAppClaimMissing),
            Some(value) => Ok(Some(value)),
        };
        let malformed = Code::AuthAppClaimForm;
        let name = claim(Scope::Name)?.map(|name| text(name).ok_or(malformed));
        let address = claim(Scope::Address)?.map(|value| address(value).ok_or(malformed));
        let birthdate = claim(Scope::Birthdate)?.map(|v| Birthdate::read(v).ok_or(malformed));
        let gender = claim(Scope::Gender)?.map(|value| Gender::read(value).ok_or(malformed));
        Ok(Self {
            name: name.transpose()?,
            address: address.transpose()?,
            birthdate: birthdate.transpose()?,
            gender: gender.transpose()?,
        })
    }

    /// The name, family name and given name in one text.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The address in one text.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The date of birth.
    #[must_use]
    pub fn birthdate(&self) -> Option<&Birthdate> {
        self.birthdate.as_ref()
    }

    /// The sex, as the card says.
    #[must_use]
    pub fn gender(&self) -> Option<&Gender> {
        self.gender.as_ref()
    }
}

impl Birthdate {
    /// `YYYYMMDD`, or `YYYY-MM-DD` (OpenID Connect Core 1.0, 5.1); zeros stand
    /// for what the register does not know.
    fn read(value: &Value) -> Option<Self> {
        let text = text(value)?;
        let parts = match text.as_bytes() {
            [_, _, _, _, b'-', _, _, b'-', _, _] => text.replace('-', ""),
            _ => text.clone(),
        };
        if parts.len() != 8 || !parts.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let (year, day) = parts.split_at_checked(4)?;
        let (month, day) = day.split_at_checked(2)?;
        let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
        let date = BirthDate::from_parts(year, month, day)?;
        Some(Self { text, date })
    }

    /// The text, as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The date, if all its parts are known: a date with unknown ones tells no
    /// age.
    #[must_use]
    pub fn date(&self) -> Option<BirthDate> {
        self.date.date().map(|_| self.date)
    }

    /// The date, perhaps with unknown parts.
    #[must_use]
    pub fn known_parts(&self) -> BirthDate {
        self.date
    }

    /// Whether an age is reached at `now`, as
    /// [`BirthDate::has_reached`] counts it. [`AtLeast::Unknown`] if a part of
    /// the date is not known.
    ///
    /// # Errors
    /// `misuse.argument` if `now` is outside the years of the calendar.
    pub fn has_reached(&self, age: u8, now: Time) -> Result<AtLeast, Error> {
        match self.date() {
            Some(date) => date.has_reached(age, now),
            None => Ok(AtLeast::Unknown),
        }
    }
}

impl Gender {
    /// `1` and `2`, or `male` and `female` (OpenID Connect Core 1.0, 5.1). What
    /// other texts there may be is not published.
    fn read(value: &Value) -> Option<Self> {
        let text = text(value)?;
        let sex = match text.as_str() {
            "1" | "male" => Some(Sex::Male),
            "2" | "female" => Some(Sex::Female),
            _ => None,
        };
        Some(Self { text, sex })
    }

    /// The text, as it came.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it means; none if that is not known.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        self.sex
    }
}

/// A text of one line that shows what is there.
fn text(value: &Value) -> Option<String> {
    let text = value.as_str()?;
    let length = text.chars().count();
    let sound = (1..=limits::CLAIM).contains(&length) && !text.contains(is_deceptive);
    sound.then(|| text.to_owned())
}

/// A text, or an object with `formatted` in it (OpenID Connect Core 1.0,
/// 5.1.1), whose lines are divided by one kind of break.
fn address(value: &Value) -> Option<String> {
    match value {
        Value::Object(members) => {
            let formatted = members.get("formatted")?.as_str()?;
            let lines = formatted.replace("\r\n", "\n");
            let sound = lines.chars().count() <= limits::CLAIM
                && !lines.trim().is_empty()
                && !lines.contains(|c| c != '\n' && is_deceptive(c));
            sound.then(|| formatted.to_owned())
        }
        other => text(other),
    }
}

// They tell of a person.
impl fmt::Debug for LoginClaims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LoginClaims(…)")
    }
}

impl fmt::Debug for Birthdate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Birthdate(…)")
    }
}

impl fmt::Debug for Gender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gender(…)")
    }
}
