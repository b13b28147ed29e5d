//! That a layer is missing.

use std::fmt;

use crate::behind::FromLayer;

/// A handler needs what no layer has left for it: the service is put together
/// wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MissingLayer {
    layer: &'static str,
    lack: Lack,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lack {
    /// The layer does not stand before the handler.
    Absent,
    /// It stands there, and lets a proof through at another path than the
    /// handler's.
    Elsewhere,
    /// No layer of the site has been put before any service.
    Unplaced,
}

impl MissingLayer {
    pub(crate) const fn of<T: FromLayer>(lack: Lack) -> Self {
        let layer = T::LAYER;
        Self { layer, lack }
    }

    /// The name of the layer.
    #[must_use]
    pub const fn layer(&self) -> &'static str {
        self.layer
    }

    /// What is wrong.
    #[must_use]
    pub const fn lack(&self) -> Lack {
        self.lack
    }
}

impl fmt::Display for MissingLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { layer, lack } = self;
        match lack {
            Lack::Absent => write!(
                f,
                "{layer} is missing: it does not stand before this handler"
            ),
            Lack::Elsewhere => write!(
                f,
                "{layer} stands before this handler, and lets no proof through to this path"
            ),
            Lack::Unplaced => write!(
                f,
                "{layer} is missing: none of this site stands before a service"
            ),
        }
    }
}

impl std::error::Error for MissingLayer {}
