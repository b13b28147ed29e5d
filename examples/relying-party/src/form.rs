//! Forms that somebody fills in before they are asked for a card or a phone.
//!
//! A transaction carries the form from its request to its answer, sealed: nothing
//! of it comes back by way of the browser, and of two tabs none gets the other's.

use std::fmt;
use std::ops::Deref;

use axum::Form as Urlencoded;
use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::middleware::Next;
use axum::response::Response;
use http::request::Parts;
use http::{StatusCode, header};
use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer, Error as _};
use tashika::Code;
use tashika::person::{BirthDate, Stated, is_deceptive};
use tashika_tower::{Carried, Carry, Refusal};

use crate::page::{Frame, Problem};

/// A form. Its fields say what they take.
pub trait Form: DeserializeOwned + Clone + Send + Sync + 'static {
    /// What somebody is told whose form is not taken.
    const UNFIT: Problem;
}

/// The form of this transaction: as an argument of the handler that makes
/// something of it at the beginning, and of the one that has the answer.
#[derive(Clone)]
pub struct Filled<F>(pub F);

/// A line of text with at least and at most so many characters, without spaces around
/// it, and without controls or what else shows something that is not there.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Line<const LEAST: usize, const MOST: usize>(String);

/// A date of birth as people write it. Of some, the register does not know all.
#[derive(Clone, PartialEq, Eq)]
pub struct Born {
    /// As it was written.
    pub written: String,
    /// What it says.
    pub date: BirthDate,
}

/// What somebody states of themselves who wants to be identified.
#[derive(Clone, Debug, Deserialize)]
pub struct Statement {
    /// 氏名.
    pub name: Line<1, 100>,
    /// The name in kana, which nothing verifies.
    #[serde(default)]
    pub kana: Line<0, 100>,
    /// 住所.
    pub address: Line<1, 200>,
    /// 生年月日.
    pub birth: Born,
}

impl Statement {
    /// What can be compared.
    #[must_use]
    pub fn stated(&self) -> Stated {
        Stated {
            name: self.name.to_string(),
            address: self.address.to_string(),
            birth_date: self.birth.date,
        }
    }
}

impl Form for Statement {
    const UNFIT: Problem = Problem {
        status: StatusCode::UNPROCESSABLE_ENTITY,
        code: "form.unfit",
        text: (
            "氏名（100文字以内）、住所（200文字以内）、生年月日（例：1985-07-04、昭和60年7月4日）をご確認ください。",
            "Please look at the name (at most 100 characters), the address (at most 200) and the date of birth (such as 1985-07-04).",
        ),
    };
}

/// Reads the form of every request that begins a transaction, which is one whose
/// path ends with `/request`, and has the transaction carry it. Stands outside of
/// the layers, which then see no body.
pub async fn carry<F: Form>(frame: Frame, request: Request, next: Next) -> Response {
    if !request.uri().path().ends_with("/request") {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let media_type = parts.headers.get(header::CONTENT_TYPE);
    let is_form = media_type.is_some_and(|value| value.as_bytes().starts_with(FORM.as_bytes()));
    let octets = to_bytes(body, Carry::MOST).await;
    let Some((octets, carry)) = octets.ok().filter(|_| is_form).and_then(|octets| {
        let carry = Carry::new(octets.clone()).ok()?;
        Some((octets, carry))
    }) else {
        return UNREADABLE.respond(&frame);
    };
    let Some(form) = read::<F>(octets).await else {
        return F::UNFIT.respond(&frame);
    };
    for name in [header::CONTENT_LENGTH, header::CONTENT_TYPE] {
        parts.headers.remove(name);
    }
    parts.extensions.insert(carry);
    parts.extensions.insert(Filled(form));
    next.run(Request::from_parts(parts, Body::empty())).await
}

const FORM: &str = "application/x-www-form-urlencoded";

async fn read<F: Form>(octets: impl Into<Body>) -> Option<F> {
    let form = Request::post("/").header(header::CONTENT_TYPE, FORM);
    let form = Urlencoded::from_request(form.body(octets.into()).ok()?, &()).await;
    form.ok().map(|Urlencoded(form)| form)
}

const UNREADABLE: Problem = Problem {
    status: StatusCode::UNPROCESSABLE_ENTITY,
    code: "form.unreadable",
    text: (
        "入力内容を読み取れませんでした。ページを読み込み直してください。",
        "The form could not be read. Please reload the page.",
    ),
};

impl<S: Sync, F: Form> FromRequestParts<S> for Filled<F> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        if let Some(filled) = parts.extensions.get::<Self>() {
            return Ok(filled.clone());
        }
        let carried = parts.extensions.get::<Carried>();
        let octets = carried.map(|carried| carried.octets().to_vec());
        let language = parts.extensions.get::<Frame>().map(|frame| frame.language);
        let form = read(octets.unwrap_or_default()).await;
        let refusal = || Refusal::new(Code::TransactionForm.into(), language.unwrap_or_default());
        form.map(Self).ok_or_else(refusal)
    }
}

impl<const LEAST: usize, const MOST: usize> Line<LEAST, MOST> {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de, const LEAST: usize, const MOST: usize> Deserialize<'de> for Line<LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let line = text.trim();
        let fits = (LEAST..=MOST).contains(&line.chars().count());
        match fits && !line.contains(is_deceptive) {
            true => Ok(Self(line.to_owned())),
            false => Err(D::Error::custom("it does not fit")),
        }
    }
}

impl<'de> Deserialize<'de> for Born {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Line(written) = Line::<1, 40>::deserialize(deserializer)?;
        let date = match written.as_str() {
            "不詳" | "unknown" => BirthDate::from_parts(0, 0, 0),
            date => BirthDate::from_written(date),
        };
        let date = date.ok_or_else(|| D::Error::custom("it is no date"))?;
        Ok(Self { written, date })
    }
}

impl<const LEAST: usize, const MOST: usize> fmt::Display for Line<LEAST, MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// It is what somebody filled in.
impl<const LEAST: usize, const MOST: usize> fmt::Debug for Line<LEAST, MOST> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line(…)")
    }
}

impl fmt::Debug for Born {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Born(…)")
    }
}

impl<F> Deref for Filled<F> {
    type Target = F;

    fn deref(&self) -> &F {
        &self.0
    }
}

impl<F> fmt::Debug for Filled<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Filled(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Deserialize)]
    struct Two {
        name: Line<1, 3>,
        birth: Born,
    }

    impl Form for Two {
        const UNFIT: Problem = UNREADABLE;
    }

    #[tokio::test]
    async fn fields_take_what_they_say() {
        let form: Two = read("name=+花子&birth=1985-07-04&more=x").await.unwrap();
        assert_eq!(
            (form.name.as_str(), form.birth.date.year()),
            ("花子", Some(1985))
        );
        let unknown: Two = read("name=a&birth=不詳").await.unwrap();
        assert_eq!(
            (unknown.birth.date.year(), unknown.birth.written.as_str()),
            (None, "不詳")
        );
        for bad in [
            "name=&birth=1985-07-04",
            "name=%20%20&birth=1985-07-04",
            "name=abcd&birth=1985-07-04",
            "name=a%0Ab&birth=1985-07-04",
            "name=a\u{202e}b&birth=1985-07-04",
            "name=a\u{2028}b&birth=1985-07-04",
            "name=a\u{200b}&birth=1985-07-04",
            "name=a&birth=1985-02-30",
            "name=a&birth=",
            "name=a",
            "name=a&name=b&birth=1985-07-04",
        ] {
            assert!(read::<Two>(bad).await.is_none(), "{bad}");
        }
        assert_eq!(format!("{:?}{:?}", form.name, form.birth), "Line(…)Born(…)");
    }
}
