//! The paths of logins.

use http::request::Parts;
use tashika::Error;

use super::{Ask, ReturnTo};
use crate::site::SitePath;

/// Where people log in and out, and where they go from there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginPaths {
    /// Where a login begins.
    pub login: SitePath,
    /// Where the provider sends people back to: the path of the redirect URI that
    /// is registered there.
    pub callback: SitePath,
    /// Where a session ends.
    pub logout: SitePath,
    /// Where a login begins to which the account of the session is to belong.
    pub relink: SitePath,
    /// Where somebody goes who has logged in and did not say where to.
    pub home: SitePath,
    /// Where somebody goes who has logged out.
    pub logged_out: SitePath,
}

impl LoginPaths {
    /// `login`, `callback`, `logout` and `relink` below this path, and from there
    /// to `/`.
    ///
    /// # Errors
    /// As [`SitePath::new`].
    pub fn under(path: &str) -> Result<Self, Error> {
        let (path, root) = (SitePath::new(path)?, SitePath::new("/")?);
        Ok(Self {
            login: path.join("login")?,
            callback: path.join("callback")?,
            logout: path.join("logout")?,
            relink: path.join("relink")?,
            home: root.clone(),
            logged_out: root,
        })
    }

    /// The same, but that somebody who did not say where to goes here.
    #[must_use]
    pub fn with_home(mut self, home: SitePath) -> Self {
        self.home = home;
        self
    }

    /// The same, but that somebody who has logged out goes here.
    #[must_use]
    pub fn with_logged_out(mut self, logged_out: SitePath) -> Self {
        self.logged_out = logged_out;
        self
    }

    /// Those that the layer answers.
    pub(super) fn own(&self) -> [(&SitePath, Ask); 4] {
        [
            (&self.login, Ask::Login),
            (&self.callback, Ask::Callback),
            (&self.logout, Ask::Logout),
            (&self.relink, Ask::Relink),
        ]
    }

    /// Which of them a request is for, if any.
    pub(super) fn find(&self, parts: &Parts) -> Option<Ask> {
        self.of(parts.uri.path())
    }

    /// Whether it is one of them: whoever returned there would be sent away
    /// again.
    pub(super) fn have(&self, return_to: &ReturnTo) -> bool {
        self.of(return_to.path()).is_some()
    }

    pub(super) fn home(&self) -> ReturnTo {
        ReturnTo::from(&self.home)
    }

    fn of(&self, path: &str) -> Option<Ask> {
        let found = self.own().into_iter().find(|(own, _)| own.as_str() == path);
        found.map(|(_, ask)| ask)
    }
}
