//! Why a wallet does not answer.

use std::fmt;

/// The check by which a wallet refuses what it is asked or sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Not of the form that its kind has.
    Malformed,
    /// A version that is not understood, or a feature that the version does not have.
    Version,
    /// Nothing is asked for, or not as the document type has it.
    Items,
    /// Nobody signed it.
    Unsigned,
    /// The algorithm is not the one of the key.
    Algorithm,
    /// There is no certificate with the signature.
    Chain,
    /// The certificate is not issued by an authority that the wallet knows.
    Untrusted,
    /// The certificate has expired or is not valid yet.
    Expired,
    /// The certificate is not one of a reader.
    Purpose,
    /// The signature does not fit what was received.
    Signature,
    /// The client identifier is not that of the certificate.
    ClientId,
    /// The origin is not one that the request expects.
    Origin,
    /// The request is meant for somebody else.
    Audience,
    /// The type of the token is not that of a request.
    Type,
    /// The nonce is missing or short.
    Nonce,
    /// The way to respond is not one of the flow.
    ResponseMode,
    /// The key to encrypt for is missing or not on its curve.
    Key,
    /// What arrived cannot be decrypted.
    Decryption,
    /// The session was ended by the other side.
    Ended,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Malformed => "malformed",
            Self::Version => "version or feature unknown",
            Self::Items => "nothing is asked for properly",
            Self::Unsigned => "nobody signed it",
            Self::Algorithm => "algorithm and key do not match",
            Self::Chain => "no certificate",
            Self::Untrusted => "reader unknown",
            Self::Expired => "certificate not valid now",
            Self::Purpose => "not a reader's certificate",
            Self::Signature => "signature does not fit",
            Self::ClientId => "client identifier is another's",
            Self::Origin => "origin not expected",
            Self::Audience => "meant for somebody else",
            Self::Type => "not a request",
            Self::Nonce => "no nonce",
            Self::ResponseMode => "response mode unknown",
            Self::Key => "no key to encrypt for",
            Self::Decryption => "cannot be decrypted",
            Self::Ended => "session ended",
        };
        f.write_str(text)
    }
}

impl std::error::Error for Refusal {}
