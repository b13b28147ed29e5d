//! What is true of a provider from start to end.

use super::citizen::ClaimForm;
use super::signing::SigningSettings;

/// How a provider behaves when nothing is wrong with it. What the real one has not
/// published is here, with a default.
#[derive(Clone, Debug)]
pub struct Settings {
    /// All its keys follow from this.
    pub seed: u64,
    /// What time it is.
    pub clock: Clock,
    /// How long what it hands out is valid.
    pub lifetimes: Lifetimes,
    /// What it signs ID tokens with.
    pub id_token: IdTokenAlgorithm,
    /// How userinfo writes its claims.
    pub claims: ClaimForm,
    /// What access tokens look like.
    pub access_tokens: AccessTokenForm,
    /// Whether it hands out refresh tokens.
    pub refresh_tokens: bool,
    /// Whether callbacks name it with `iss` (RFC 9207).
    pub callback_issuer: bool,
    /// acr of somebody who was asked for card and PIN.
    pub acr: String,
    /// acr of somebody of whom nothing was asked.
    pub lesser_acr: String,
    /// amr, if ID tokens say it.
    pub amr: Option<Vec<String>>,
    /// Whether ID tokens say `auth_time`.
    pub auth_time: bool,
    /// Whether ID tokens say `azp`.
    pub azp: bool,
    /// How documents are signed.
    pub signing: SigningSettings,
    /// The base URL as relying parties see it, if something stands before the
    /// provider; ends with `/api`.
    pub base: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            seed: 1,
            clock: Clock::Fixed(1_800_000_000),
            lifetimes: Lifetimes::default(),
            id_token: IdTokenAlgorithm::Es256,
            claims: ClaimForm::Native,
            access_tokens: AccessTokenForm::Jwt,
            refresh_tokens: true,
            callback_issuer: false,
            acr: "aal3 crl".to_owned(),
            lesser_acr: "aal1".to_owned(),
            amr: None,
            auth_time: true,
            azp: true,
            signing: SigningSettings::default(),
            base: None,
        }
    }
}

/// Where the time comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// Unix seconds that stand still until they are set.
    Fixed(i64),
    /// The clock of the machine, put forward by [`Provider::put_forward`](super::Provider::put_forward).
    System,
}

/// Lifetimes in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// Authorization codes.
    pub code: i64,
    /// ID tokens.
    pub id_token: i64,
    /// Access tokens.
    pub access_token: i64,
    /// Refresh tokens.
    pub refresh_token: i64,
    /// Transactions in which something is to be signed.
    pub transaction: i64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            code: 60,
            id_token: 300,
            access_token: 300,
            refresh_token: 1800,
            transaction: 900,
        }
    }
}

/// What ID tokens are signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdTokenAlgorithm {
    /// ECDSA on P-256.
    Es256,
    /// RSASSA-PKCS1-v1_5.
    Rs256,
}

/// What access tokens look like. Relying parties do not look into them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessTokenForm {
    /// A JWT with an RS256 signature (RFC 9068).
    Jwt,
    /// Random characters: much cheaper, for tests with thousands of people.
    Opaque,
}
