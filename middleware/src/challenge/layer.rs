//! The layer.

use std::sync::Arc;

use tashika::Error;
use tashika::jpki::AuthenticationVerifier;
use tashika::transaction::Purpose;

use crate::challenge::ChallengeDesk;
use crate::flow::FlowPaths;
use crate::front::layer;
use crate::revocation::Revocation;
use crate::site::Site;

layer! {
    /// Logs people in with the 利用者証明用 certificate of their card.
    ///
    /// | request | what answers |
    /// |---|---|
    /// | `POST …/request` | the layer: bytes to be signed, in a transaction of this browser |
    /// | `POST …/answer?transaction=…` | the layer, if it is refused; else the service behind it, with [`Verified<VerifiedAuthentication>`](crate::Verified) in the request's extensions |
    /// | any other | the service behind it |
    ///
    /// The response to the first is JSON:
    ///
    /// ```json
    /// {
    ///   "transaction": "07070707070707070707070707070707",
    ///   "answer": "/login/answer?transaction=07070707070707070707070707070707",
    ///   "to_be_signed": "dGFzaGlrYS1hdXRoZW50aWNhdGlvbi1jaGFsbGVuZ2UvMQo…",
    ///   "sha256": "1W8i…",
    ///   "expires": "2027-01-15T08:10:00Z"
    /// }
    /// ```
    ///
    /// and comes with a cookie without which the answer is refused. The answer
    /// is JSON with the certificate in DER and the signature, both in base64:
    ///
    /// ```json
    /// { "certificate": "MIIF…", "signature": "S2l…" }
    /// ```
    ///
    /// The answer has no body for the service behind the layer, which finds all
    /// there is to know in the proof. Its transaction has ended, whatever the
    /// service says.
    ///
    /// What a page that passes itself off as the relying party can still do:
    /// [`Challenge`](tashika::jpki::Challenge).
    ChallengeLayer, ChallengeService, ChallengeDesk
}

impl ChallengeLayer {
    /// Answers these paths of `site`, for `purpose`.
    ///
    /// # Errors
    /// `misuse.layer` if another layer of the site has one of the paths.
    pub fn new(
        site: Site,
        paths: FlowPaths,
        purpose: Purpose,
        verifier: AuthenticationVerifier,
        revocation: Revocation,
    ) -> Result<Self, Error> {
        site.claim(paths.all())?;
        let desk = ChallengeDesk {
            site,
            paths,
            purpose,
            verifier: Arc::new(verifier),
            revocation,
        };
        Ok(Self::of(desk))
    }
}
