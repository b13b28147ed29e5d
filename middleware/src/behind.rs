//! What a layer leaves in a request, and what becomes of a handler that needs it
//! and does not find it.

mod missing;
mod require;

use http::Extensions;
use http::request::Parts;
use tashika::Code;
use tashika::jpki::{VerifiedAuthentication, VerifiedSignature};
use tashika::mdoc::VerifiedPresentation;

use crate::front::Stands;
use crate::presentation::VerifiedAge;
use crate::refusal::Refusal;
use crate::session::Session;
use crate::site::language_of;
use crate::verified::Verified;

pub use missing::{Lack, MissingLayer};
pub use require::{RequireLayer, RequireService};

/// What a layer of this crate leaves in the extensions of a request: a proof, or
/// the session.
///
/// Whoever needs it finds it there, or with the feature `axum` takes it as an
/// argument of a handler, or stands behind a [`RequireLayer`].
pub trait FromLayer: left::Left {
    /// The name of the layer.
    const LAYER: &'static str;
}

impl FromLayer for Verified<VerifiedAuthentication> {
    const LAYER: &'static str = "ChallengeLayer";
}

impl FromLayer for Verified<VerifiedSignature> {
    const LAYER: &'static str = "SignatureLayer";
}

impl FromLayer for Verified<VerifiedPresentation> {
    const LAYER: &'static str = "PresentationLayer";
}

impl FromLayer for Verified<VerifiedAge> {
    const LAYER: &'static str = "AgeLayer";
}

#[cfg(feature = "auth-app")]
impl FromLayer for Verified<tashika::auth_app::VerifiedLogin> {
    const LAYER: &'static str = "AuthAppLayer";
}

#[cfg(feature = "auth-app")]
impl FromLayer for Verified<tashika::auth_app::signing::VerifiedSigning> {
    const LAYER: &'static str = "AuthAppSigningLayer";
}

impl FromLayer for Session {
    const LAYER: &'static str = "SessionLayer";
}

mod left {
    use super::{Code, Extensions};

    /// How it is left, which is this crate's own business.
    pub trait Left: Clone + Send + Sync + 'static {
        /// Why a request is refused that passed the layer and has nothing of it.
        const NOTHING: Code;

        /// Whether the layer stands before whoever looks.
        fn stands(extensions: &Extensions) -> bool;
    }
}

impl<T: Send + Sync + 'static> left::Left for Verified<T> {
    // A proof is there on the one path at which the layer lets it through. A
    // handler of another has been put into the wrong place.
    const NOTHING: Code = Code::MisuseLayer;

    fn stands(extensions: &Extensions) -> bool {
        extensions.get::<Stands<T>>().is_some()
    }
}

impl left::Left for Session {
    const NOTHING: Code = Code::TransactionSession;

    fn stands(extensions: &Extensions) -> bool {
        extensions.get::<Stands<Self>>().is_some()
    }
}

/// What a layer left in this request.
///
/// The refusal is `misuse.layer` if the layer does not stand there, or has let no
/// proof through; `transaction.session` if there is no session.
pub(crate) fn demand<T: FromLayer>(parts: &Parts) -> Result<T, Refusal> {
    find(parts)?.ok_or_else(|| match T::NOTHING {
        Code::MisuseLayer => misplaced(parts, MissingLayer::of::<T>(Lack::Elsewhere)),
        code => Refusal::new(code.into(), language_of(parts)),
    })
}

/// The same of a layer that may have left nothing.
pub(crate) fn find<T: FromLayer>(parts: &Parts) -> Result<Option<T>, Refusal> {
    match parts.extensions.get::<T>() {
        Some(left) => Ok(Some(left.clone())),
        None if T::stands(&parts.extensions) => Ok(None),
        None => Err(misplaced(parts, MissingLayer::of::<T>(Lack::Absent))),
    }
}

/// The operator hears of it as well: no request mends it.
fn misplaced(parts: &Parts, missing: MissingLayer) -> Refusal {
    tracing::error!(layer = missing.layer(), "{missing}");
    Refusal::misplaced(missing, language_of(parts))
}

#[cfg(test)]
mod tests;
