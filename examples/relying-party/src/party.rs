//! A relying party, and what it serves.

use std::future::Future;
use std::io;
use std::pin::Pin;

use axum::Router;
use tashika_tower::{FileSinkError, MissingLayer};

use crate::backing::Backing;
use crate::settings::SettingsError;

/// A relying party that can be hosted: under its own name or in a demonstration.
#[derive(Clone, Copy)]
pub struct Party {
    /// Its name in settings and URLs.
    pub name: &'static str,
    /// What it is called, in Japanese and in English.
    pub title: (&'static str, &'static str),
    /// What a visitor finds there, in Japanese and in English.
    pub about: (&'static str, &'static str),
    /// The port it would like.
    pub port: u16,
    /// The paths at which the auth app's provider sends people back.
    pub callbacks: &'static [&'static str],
    /// Opens it.
    pub open: fn(Backing) -> Opening,
}

/// A house that is being opened.
pub type Opening = Pin<Box<dyn Future<Output = Result<House, StartError>> + Send>>;

/// What a relying party serves.
#[derive(Debug, Default)]
pub struct House {
    /// For everybody.
    pub public: Router,
    /// For its staff, at an origin of their own.
    pub staff: Option<Router>,
    /// For its terminals, see [`terminal`](crate::terminal).
    pub terminal: Option<Router>,
}

/// Why a relying party does not open.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Its settings are unfit.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// Something that the settings name is unfit.
    #[error("{0}: {1}")]
    Unfit(String, #[source] Box<dyn std::error::Error + Send + Sync>),
    /// The sdk refuses what it is given.
    #[error("{}: {}", .0.code(), .0.code().description())]
    Verifier(#[source] tashika::Error),
    /// A layer is missing.
    #[error(transparent)]
    Layer(#[from] MissingLayer),
    /// The evidence cannot be kept.
    #[error(transparent)]
    Evidence(#[from] FileSinkError),
    /// A socket or a file.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl StartError {
    /// That something which the settings name is unfit.
    pub fn unfit(
        what: impl Into<String>,
        why: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Unfit(what.into(), why.into())
    }
}

impl From<tashika::Error> for StartError {
    fn from(error: tashika::Error) -> Self {
        Self::Verifier(error)
    }
}

impl std::fmt::Debug for Party {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Party")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
