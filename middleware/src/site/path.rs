//! Paths that a layer answers.

use std::fmt;

use tashika::{Code, Error};

/// A path of the site, as it stands in a request: `/sign/answer`.
///
/// A request is for it if its path is the same octet for octet. What only looks
/// like it (another case, a slash at the end, percent-encoding) is passed on,
/// and whoever answers that finds no proof with it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SitePath(Box<str>);

impl SitePath {
    /// A path that begins with a slash, and has letters, digits and `-._~/`.
    ///
    /// # Errors
    /// `misuse.argument` if it is anything else, or longer than 255 octets.
    pub fn new(path: &str) -> Result<Self, Error> {
        let permitted = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
        let sound = path.len() <= 255 && path.starts_with('/') && path.bytes().all(permitted);
        // Two slashes are another site's name to a browser.
        if !sound || path.contains("//") || path.contains("/.") {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self(path.into()))
    }

    /// One below it.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn join(&self, segment: &str) -> Result<Self, Error> {
        let base = self.0.strip_suffix('/').unwrap_or(&self.0);
        Self::new(&format!("{base}/{segment}"))
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SitePath({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_of_this_site() {
        let path = SitePath::new("/sign").unwrap();
        assert_eq!(path.join("answer").unwrap().as_str(), "/sign/answer");
        let root = SitePath::new("/").unwrap();
        assert_eq!(root.join("sign").unwrap(), path);
        let long = format!("/{}", "a".repeat(255));
        for bad in [
            "", "sign", "//evil", "/a//b", "/a/../b", "/.", "/a?b", "/a#b", "/%61", "/a b", "/ä",
            &long,
        ] {
            let refused = SitePath::new(bad).unwrap_err();
            assert_eq!(refused.code(), Code::MisuseArgument, "{bad}");
        }
        assert!(path.join("/x").is_err());
    }
}
