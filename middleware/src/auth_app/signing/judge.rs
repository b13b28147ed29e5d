//! Who verifies what a card made.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use tashika::Time;
use tashika::auth_app::Fault;
use tashika::auth_app::signing::{OperatorClient, SigningResult, VerifiedSigning};
use tashika::jpki::{SignedDocument, SigningVerifier};
use tashika::transport::{Client, HttpService};

use crate::revocation::Revocation;
use crate::site::Site;

/// Who verifies signatures that were made through the app. The provider does not.
///
/// It depends on the form in which a relying party gets results, which is under
/// contract; a result in the other form is refused as `auth_app.signing_form`.
pub enum SigningJudge<H = Client> {
    /// We do, with the certificate that comes beside the signature, and ask
    /// whether it is revoked.
    Ourselves(Arc<SigningVerifier>, Revocation),
    /// The platform operator, for which results are encrypted.
    Operator(Arc<OperatorClient<H>>),
}

/// A proof, and what may be kept as evidence of it, if we have seen it.
pub(super) type Judged = (VerifiedSigning, Option<SignedDocument>);

impl<H: HttpService> SigningJudge<H> {
    /// Verifies a result about what was issued.
    pub(super) async fn judge(
        &self,
        site: &Site,
        result: SigningResult,
        issued: Bytes,
        now: Time,
    ) -> Result<Judged, Fault> {
        match self {
            Self::Ourselves(verifier, revocation) => {
                let plain = result.plain()?;
                let document = plain.signed_document(issued)?;
                let verifier = Arc::clone(verifier);
                let unconfirmed = site.work(move || plain.check(&verifier, now)).await?;
                let proof = revocation.confirm_signing(unconfirmed, now).await?;
                Ok((proof, Some(document)))
            }
            Self::Operator(operator) => {
                let sealed = result.sealed()?;
                Ok((operator.verify(&sealed).await?, None))
            }
        }
    }
}

impl<H: HttpService> fmt::Debug for SigningJudge<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ourselves(_, revocation) => f.debug_tuple("Ourselves").field(revocation).finish(),
            Self::Operator(operator) => f.debug_tuple("Operator").field(operator).finish(),
        }
    }
}
