//! Login and signing with the Digital Agency's auth app (デジタル認証アプリ), as
//! an OpenID Connect client.

mod assertion;
mod assertion_key;
mod client_id;
mod client_public_key;

pub use assertion::{
    AssertionAudience, AssertionId, AssertionLifetime, ClientAssertion, PrivateKeyJwt,
    UnsignedAssertion,
};
pub use assertion_key::{AssertionKey, AssertionKeys};
pub use client_id::ClientId;
pub use client_public_key::ClientPublicKey;
