//! The paths of signatures.

use tashika::Error;

use crate::flow::FlowPaths;
use crate::site::SitePath;

/// Where a document goes to be signed through the app, and where people come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningPaths {
    /// Where it begins.
    pub request: SitePath,
    /// Where the provider sends people back to: the path of the redirect URI that
    /// is registered there.
    pub callback: SitePath,
}

impl SigningPaths {
    /// `request` and `callback` below this path.
    ///
    /// # Errors
    /// As [`SitePath::new`].
    pub fn under(path: &str) -> Result<Self, Error> {
        let path = SitePath::new(path)?;
        Ok(Self {
            request: path.join("request")?,
            callback: path.join("callback")?,
        })
    }

    /// The same as those of a flow whose answer is the callback.
    pub(super) fn flow(&self) -> FlowPaths {
        FlowPaths {
            request: self.request.clone(),
            answer: self.callback.clone(),
        }
    }
}
