//! The layer.

use std::sync::Arc;

use tashika::Error;
use tashika::jpki::SigningVerifier;
use tashika::transaction::Purpose;

use crate::flow::FlowPaths;
use crate::front::layer;
use crate::revocation::Revocation;
use crate::signature::{DOCUMENT, SignatureDesk};
use crate::site::Site;

layer! {
    /// Has people sign a document with the 署名用 certificate of their card.
    ///
    /// | request | what answers |
    /// |---|---|
    /// | `POST …/request` | the service behind the layer, with the document; the layer makes bytes to be signed of it, in a transaction of this browser |
    /// | `POST …/answer?transaction=…` | the layer, if it is refused; else the service behind it, with [`Verified<VerifiedSignature>`](crate::Verified) and [`SignedRequest`](crate::SignedRequest) in the request's extensions |
    /// | any other | the service behind it |
    ///
    /// # The document
    ///
    /// It is the body of the service's response to the first, where that is a
    /// success (2xx), as a form that somebody filled in. It is of any media type,
    /// and of at most [`DOCUMENT`](Self::DOCUMENT) octets; of what is longer, the
    /// document tells the digest. Of the response's headers `Set-Cookie` is passed
    /// on. What is no success passes as it is.
    ///
    /// The layer answers in JSON:
    ///
    /// ```json
    /// {
    ///   "transaction": "07070707070707070707070707070707",
    ///   "answer": "/sign/answer?transaction=07070707070707070707070707070707",
    ///   "to_be_signed": "dGFzaGlrYS1zaWduaW5nLXJlcXVlc3QvMQo…",
    ///   "media_type": "text/plain; charset=utf-8",
    ///   "sha256": "1W8i…",
    ///   "expires": "2027-01-15T08:10:00Z"
    /// }
    /// ```
    ///
    /// and with a cookie without which the answer is refused. In the bytes to be
    /// signed the document follows the first empty line. Its media type is not
    /// signed: what a document means has to stand in it.
    ///
    /// If the document is too long, breaks off, or comes with a
    /// `Content-Encoding`, the response is 500 with `misuse.argument`. A layer
    /// that compresses belongs outside of this one.
    ///
    /// # The answer
    ///
    /// It has one of these forms:
    ///
    /// | `Content-Type` | body |
    /// |---|---|
    /// | `application/json` | `certificate` (DER) and `signature`, or `cms`, in base64 |
    /// | `multipart/form-data` | parts of the same names, of octets |
    /// | `application/pkcs7-signature`, `application/pkcs7-mime` | the octets of a CMS message |
    ///
    /// A CMS message may carry the bytes that were to be signed, and then has to
    /// carry these and no others, or leave them out.
    ///
    /// The answer has no body for the service behind the layer. Its transaction
    /// has ended, whatever the service says.
    SignatureLayer, SignatureService, SignatureDesk
}

impl SignatureLayer {
    /// How many octets a document has at most: what is kept of an open
    /// transaction is it, and the lines that tie it to the transaction. What the
    /// transaction [carries](crate::Carry) takes its room from there.
    ///
    /// A store in memory with room for 10,000 transactions holds 640 MB of the
    /// longest.
    pub const DOCUMENT: usize = DOCUMENT;

    /// Answers these paths of `site`, for `purpose`.
    ///
    /// # Errors
    /// `misuse.layer` if another layer of the site has one of the paths.
    pub fn new(
        site: Site,
        paths: FlowPaths,
        purpose: Purpose,
        verifier: SigningVerifier,
        revocation: Revocation,
    ) -> Result<Self, Error> {
        site.claim(paths.all())?;
        Ok(Self::of(SignatureDesk {
            site,
            paths,
            purpose,
            verifier: Arc::new(verifier),
            revocation,
        }))
    }
}
