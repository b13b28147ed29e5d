//! A person's browser: it keeps cookies, and goes where it is sent.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{HeaderValue, Request, Response, Uri};
use libtest_mimic::Failed;

use crate::http::send;

#[derive(Default)]
pub(crate) struct Browser {
    /// By path and name; all of them are of one host.
    cookies: BTreeMap<(String, String), String>,
}

/// Where it got to.
pub(crate) enum Arrival {
    /// A page, at this URL.
    Page(String, Response<Bytes>),
    /// An URL that begins as it was to end: nobody was asked there.
    There(String),
}

impl Arrival {
    /// The URL, which must be one that nobody was asked at.
    pub(crate) fn there(self) -> Result<String, Failed> {
        match self {
            Self::There(url) => Ok(url),
            Self::Page(url, page) => {
                Err(format!("{url}: {} {:?}", page.status(), page.body()).into())
            }
        }
    }

    /// The page with its URL.
    pub(crate) fn page(self) -> Result<(String, Response<Bytes>), Failed> {
        match self {
            Self::Page(url, page) => Ok((url, page)),
            Self::There(_) => Err("no page".into()),
        }
    }
}

impl Browser {
    /// Opens an URL, and goes on until there is a page, or an URL that begins
    /// so.
    pub(crate) fn open(&mut self, url: &str, until: &str) -> Result<Arrival, Failed> {
        self.go(Request::get(url).body(Bytes::new())?, until)
    }

    /// Sends a form, and goes on likewise.
    pub(crate) fn submit(&mut self, url: &str, form: &str, until: &str) -> Result<Arrival, Failed> {
        let request = Request::post(url).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let form = Bytes::copy_from_slice(form.as_bytes());
        self.go(request.body(form)?, until)
    }

    fn go(&mut self, mut request: Request<Bytes>, until: &str) -> Result<Arrival, Failed> {
        for _ in 0..10 {
            let at = request.uri().clone();
            let cookies = self.cookies_for(at.path());
            let headers = request.headers_mut();
            headers.insert(COOKIE, cookies.parse()?);
            headers.insert(ACCEPT, HeaderValue::from_static("text/html"));
            let response = send(&request)?;
            self.keep(&response)?;
            let Some(location) = response.headers().get(LOCATION) else {
                return Ok(Arrival::Page(at.to_string(), response));
            };
            let next = resolved(&at, location.to_str()?);
            if next.starts_with(until) {
                return Ok(Arrival::There(next));
            }
            request = Request::get(next).body(Bytes::new())?;
        }
        Err("sent around in circles".into())
    }

    fn cookies_for(&self, path: &str) -> String {
        let mine = self
            .cookies
            .iter()
            .filter(|((of, _), _)| path.starts_with(of));
        let pairs = mine.map(|((_, name), value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }

    /// RFC 6265, as far as it is used here.
    fn keep(&mut self, response: &Response<Bytes>) -> Result<(), Failed> {
        for cookie in response.headers().get_all(SET_COOKIE) {
            let mut parts = cookie.to_str()?.split(';').map(str::trim);
            let pair = parts.next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.ok_or("no cookie")?;
            let attributes: Vec<_> = parts.filter_map(|part| part.split_once('=')).collect();
            let attribute = |name: &str| {
                let mut found = attributes
                    .iter()
                    .filter(|(n, _)| n.eq_ignore_ascii_case(name));
                found.next().map(|(_, value)| *value)
            };
            let path = attribute("path").unwrap_or("/");
            let key = (path.to_owned(), name.to_owned());
            if attribute("expires").is_some_and(|at| at.contains(" 1970 ")) {
                self.cookies.remove(&key);
            } else {
                self.cookies.insert(key, value.to_owned());
            }
        }
        Ok(())
    }
}

fn resolved(at: &Uri, location: &str) -> String {
    match (location.strip_prefix('/'), at.authority()) {
        (Some(_), Some(authority)) => format!("http://{authority}{location}"),
        _ => location.to_owned(),
    }
}
