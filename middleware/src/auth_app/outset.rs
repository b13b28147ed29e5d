//! How a login begins.

use bytes::Bytes;
use form_urlencoded::{Serializer, parse};
use http::header::ACCEPT;
use http::request::Parts;
use http::{HeaderMap, Method, Response};
use tashika::auth_app::VerifiedLogin;
use tashika::transport::HttpService;
use tashika::{Code, Error, Time};

use super::kept::{Aim, Kept};
use super::{AuthAppDesk, Landing, ReturnTo, query_of, session_of, slot_of};
use crate::answer;
use crate::front::Step;
use crate::site::CrossDevice;

/// What a page sends (URL Standard, 5).
const FORM: &str = "application/x-www-form-urlencoded";

/// The parameter with the path to return to.
const PARAMETER: &str = "return_to";

impl<H: HttpService> AuthAppDesk<H> {
    pub(super) async fn log_in(
        &self,
        parts: &Parts,
        form: &Bytes,
        now: Time,
    ) -> Result<Step<VerifiedLogin>, Error> {
        // Whoever is only sent on is known by their session alone.
        if self.logins.landing == Landing::Redirect {
            slot_of(parts)?;
        }
        let return_to = self.return_to(parts, form)?;
        self.begin(Aim::Login, return_to, parts, now).await
    }

    pub(super) async fn relink(
        &self,
        parts: &Parts,
        form: &Bytes,
        now: Time,
    ) -> Result<Step<VerifiedLogin>, Error> {
        slot_of(parts)?;
        let session = session_of(parts).ok_or(Code::TransactionSession)?;
        let aim = Aim::Relink(*session.id().octets());
        let return_to = self.return_to(parts, form)?;
        self.begin(aim, return_to, parts, now).await
    }

    async fn begin(
        &self,
        aim: Aim,
        return_to: Option<ReturnTo>,
        parts: &Parts,
        now: Time,
    ) -> Result<Step<VerifiedLogin>, Error> {
        let cross_device = CrossDevice::Refused;
        let opening = self
            .site
            .open(&self.logins.purpose, cross_device, parts, now)?;
        let binding = opening.binding().clone();
        let begun = self.auth_app.begin(binding, self.logins.request.clone())?;
        let kept = Kept {
            aim,
            return_to,
            pending: begun.pending.seal(self.site.sealer())?,
        };
        let opening = opening.for_browser(begun.browser);
        let cookie = opening.keep(&kept.to_octets()).await?;
        let response = answer::see_other(&begun.url)?;
        Ok(Step::Respond(answer::with_cookie(response, cookie)))
    }

    /// Shows somebody who has no session to the login, if it is a person who
    /// looks for a page.
    pub(super) fn show_in(&self, parts: &Parts) -> Result<Step<VerifiedLogin>, Error> {
        slot_of(parts)?;
        if parts.method != Method::GET || !takes_pages(&parts.headers) {
            return Err(Code::TransactionSession.into());
        }
        Ok(Step::Respond(self.to_login(parts)?))
    }

    fn to_login(&self, parts: &Parts) -> Result<Response<Bytes>, Error> {
        let login = self.logins.paths.login.as_str();
        let asked = parts.uri.path_and_query().map(|asked| asked.as_str());
        // From a path to which nobody is sent back, they come home.
        let Ok(return_to) = ReturnTo::new(asked.unwrap_or_default()) else {
            return answer::see_other(login);
        };
        let mut query = Serializer::new(String::new());
        query.append_pair(PARAMETER, return_to.as_str());
        answer::see_other(&format!("{login}?{}", query.finish()))
    }

    /// Where a login says that it is to end.
    ///
    /// `input.return_to` unless it is a path of this site, that is none of the
    /// login's own, and stands once in the query and the form together;
    /// `input.media_type` if something else than a form was sent.
    fn return_to(&self, parts: &Parts, form: &Bytes) -> Result<Option<ReturnTo>, Error> {
        if !form.is_empty() && answer::media_type(parts).as_deref() != Some(FORM) {
            return Err(Code::InputMediaType.into());
        }
        let pairs = parse(query_of(parts).as_bytes()).chain(parse(form));
        let mut found = pairs.filter(|(name, _)| name == PARAMETER);
        let Some((_, path)) = found.next() else {
            return Ok(None);
        };
        let return_to = ReturnTo::new(&path)?;
        if found.next().is_some() || self.logins.paths.have(&return_to) {
            return Err(Code::InputReturnTo.into());
        }
        Ok(Some(return_to))
    }
}

/// Whether somebody asks for a page, and not a script for data (RFC 9110,
/// 12.5.1).
fn takes_pages(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT).into_iter();
    let ranges = lines.filter_map(|line| line.to_str().ok());
    let mut ranges = ranges.flat_map(|line| line.split(','));
    ranges.any(|range| {
        let mut parts = range.split(';').map(str::trim);
        let page = parts
            .next()
            .is_some_and(|media_type| media_type.eq_ignore_ascii_case("text/html"));
        let quality = parts.find_map(|parameter| parameter.strip_prefix("q="));
        page && quality.is_none_or(|quality| quality.parse::<f32>().is_ok_and(|q| q > 0.0))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    #[test]
    fn a_page_is_asked_for_by_name() {
        for (accept, page) in [
            ("text/html", true),
            ("application/json, Text/HTML ; charset=utf-8;q=0.1", true),
            ("text/html;q=0", false),
            ("text/html;q=x", false),
            ("text/*", false),
            ("*/*", false),
            ("text/htmlx", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(takes_pages(&headers), page, "{accept}");
        }
        assert!(!takes_pages(&HeaderMap::new()));
    }
}
