//! Cookies of a request.

use http::HeaderMap;
use http::header::COOKIE;

/// The value of the first cookie whose name and `=` these are.
pub(crate) fn find<'h>(headers: &'h HeaderMap, begin: &str) -> Option<&'h str> {
    let lines = headers.get_all(COOKIE).into_iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut cookies = lines.flat_map(|line| line.split(';'));
    cookies.find_map(|cookie| cookie.trim().strip_prefix(begin))
}
