//! What was signed.

use std::ops::Deref;
use std::sync::Arc;

use tashika::jpki::SigningRequest;

/// What a person signed, without the lines that were written before it: in the
/// extensions of a request, beside
/// [`Verified<VerifiedSignature>`](crate::Verified), or `Verified<VerifiedSigning>`
/// if it was signed through the auth app.
///
/// It is what the service behind the layer handed out in this transaction,
/// octet for octet: `request.document()`. A clone is cheap.
#[derive(Clone, Debug)]
pub struct SignedRequest(Arc<SigningRequest>);

impl SignedRequest {
    pub(crate) fn new(request: SigningRequest) -> Self {
        Self(Arc::new(request))
    }
}

impl Deref for SignedRequest {
    type Target = SigningRequest;

    fn deref(&self) -> &SigningRequest {
        &self.0
    }
}
