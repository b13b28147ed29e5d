//! Other implementations, asked the same question.
//!
//! They check less than we do: signatures, and what their library checks by
//! itself. That is a head start for them.

#[cfg(feature = "peers")]
mod isomdl;
#[cfg(feature = "peers")]
mod openidconnect;
#[cfg(feature = "peers")]
mod openssl;
#[cfg(feature = "peers")]
mod rustcrypto;
#[cfg(feature = "peers")]
mod x509_cert;
#[cfg(feature = "peers")]
mod x509_ocsp;

use crate::scoreboard::Failure;
use crate::scoreboard::auth_app::Login;
use crate::scoreboard::cards::{Message, Response, Signed};
use crate::scoreboard::contest::{Cases, Contender};
use crate::scoreboard::failure::Faulty;
use crate::scoreboard::wallets::Presentation;

/// Whether other implementations take part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Peers {
    /// Only ours.
    None,
    /// All that are built in.
    #[cfg(feature = "peers")]
    All,
}

impl Peers {
    /// All peers.
    ///
    /// # Errors
    /// [`Failure::NoPeers`] without the feature `peers`.
    pub fn all() -> Result<Self, Failure> {
        #[cfg(feature = "peers")]
        return Ok(Self::All);
        #[cfg(not(feature = "peers"))]
        return Err(Failure::NoPeers);
    }

    /// The one that is a program beside us, if it was not built.
    #[must_use]
    pub fn absent(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            #[cfg(feature = "peers")]
            Self::All => (!isomdl::program().exists()).then_some(isomdl::NAME),
        }
    }
}

/// Certificate and signature over a short message.
#[cfg_attr(not(feature = "peers"), expect(unused_variables))]
pub(crate) fn signed(peers: Peers, cases: &Cases<Signed>) -> Result<Vec<Contender>, Faulty> {
    match peers {
        Peers::None => Ok(Vec::new()),
        #[cfg(feature = "peers")]
        Peers::All => Ok(vec![
            openssl::signed(cases)?,
            rustcrypto::signed(cases)?,
            x509_cert::signed(cases)?,
        ]),
    }
}

/// A CMS message.
#[cfg_attr(not(feature = "peers"), expect(unused_variables))]
pub(crate) fn message(peers: Peers, cases: &Cases<Message>) -> Result<Vec<Contender>, Faulty> {
    match peers {
        Peers::None => Ok(Vec::new()),
        #[cfg(feature = "peers")]
        Peers::All => Ok(vec![openssl::message(cases)?, x509_cert::message(cases)?]),
    }
}

/// An OCSP response.
#[cfg_attr(not(feature = "peers"), expect(unused_variables))]
pub(crate) fn response(peers: Peers, cases: &Cases<Response>) -> Result<Vec<Contender>, Faulty> {
    match peers {
        Peers::None => Ok(Vec::new()),
        #[cfg(feature = "peers")]
        Peers::All => Ok(vec![openssl::response(cases)?, x509_ocsp::response(cases)?]),
    }
}

/// A presentation of a licence.
#[cfg_attr(not(feature = "peers"), expect(unused_variables))]
pub(crate) fn presentation(
    peers: Peers,
    cases: &Cases<Presentation>,
) -> Result<Vec<Contender>, Faulty> {
    match peers {
        Peers::None => Ok(Vec::new()),
        #[cfg(feature = "peers")]
        Peers::All => Ok(isomdl::presentation(cases)?.into_iter().collect()),
    }
}

/// A login with the auth app.
#[cfg_attr(not(feature = "peers"), expect(unused_variables))]
pub(crate) fn login(peers: Peers, cases: &Cases<Login>) -> Result<Vec<Contender>, Faulty> {
    match peers {
        Peers::None => Ok(Vec::new()),
        #[cfg(feature = "peers")]
        Peers::All => Ok(vec![openidconnect::login(cases)?]),
    }
}
