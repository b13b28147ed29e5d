//! What a login is made of, in a vector: what both sides know, and what the
//! provider and the browser bring.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Audience, Octets};

/// A login with the auth app, from its beginning to what is told of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// With which registration it begins.
    pub registration: Registration,
    /// With which it goes on, if it is another one: from the callback, or from
    /// the ID token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_on_with: Option<(Since, Registration)>,
    /// To whom, for what.
    pub audience: Audience,
    /// When its time is over, in unix seconds.
    pub expires: i64,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The authentication context classes that are asked for, and required.
    pub acr: Vec<String>,
    /// Those that are required, if they are others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr_required: Option<Vec<String>>,
    /// What it drew at random.
    pub entropy: Entropy,
    /// The query of the callback.
    pub callback: String,
    /// The value of the browser's cookie, if it has one.
    pub cookie: Option<String>,
    /// The answer of the token endpoint.
    pub tokens: Reply,
    /// The provider's key set.
    pub jwks: String,
    /// The answer of the userinfo endpoint, if it was asked.
    pub userinfo: Option<Reply>,
    /// What is known in the end; nothing where it is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
}

/// From which step on something else holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Since {
    /// The callback.
    Callback,
    /// The ID token.
    IdToken,
}

/// A registration at a provider, and how its tokens are judged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The provider's base URL.
    pub base: String,
    /// Who we are there.
    pub client_id: String,
    /// Where browsers come back to.
    pub redirect_uri: String,
    /// Whether callbacks always name the provider.
    #[serde(default, skip_serializing_if = "is_false")]
    pub callbacks_name_it: bool,
    /// The algorithms of ID tokens, if not ES256 alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub algorithms: Option<Vec<String>>,
    /// How far clocks may be apart in seconds, if not a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skew: Option<i64>,
    /// Whether ID tokens may do without `at_hash`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub at_hash_if_present: bool,
    /// How long ago in seconds the person may have been authenticated, if
    /// there is a limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authenticated_within: Option<i64>,
    /// What further errors of callbacks mean.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub refusals: BTreeMap<String, Refusal>,
}

/// What an error of a callback means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// The provider's transaction has expired.
    Expired,
    /// The certificate is not valid.
    Certificate,
    /// The PIN is locked.
    PinLocked,
    /// The card has no PIN.
    NoPin,
    /// The app is not there.
    AppMissing,
}

/// What a login drew at random.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entropy {
    /// The 16 octets of the transaction's name.
    pub transaction: Octets,
    /// The 16 secret octets of the state.
    pub state: Octets,
    /// The 32 octets of the nonce.
    pub nonce: Octets,
    /// The 32 octets of the code verifier.
    pub verifier: Octets,
    /// The 32 octets of the browser's secret.
    pub browser: Octets,
}

/// An answer over HTTP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The content type, if it has one.
    pub content_type: Option<String>,
    /// The body.
    pub body: String,
}

/// What is known of a person who logged in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Told {
    /// Who it is.
    pub subject: String,
    /// How the person was authenticated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// When that was, in unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authenticated_at: Option<i64>,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The date of birth as it came, and the age on the day of the login in
    /// Japan, if the date tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<(String, Option<i16>)>,
    /// The sex as it came, and what it means, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<(String, Option<Sex>)>,
}

/// What a text about a sex means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sex {
    /// 男.
    Male,
    /// 女.
    Female,
}

/// A signed token by itself, with whatever is in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// The token.
    pub compact: String,
    /// The key set.
    pub jwks: String,
    /// The algorithms that are allowed.
    pub algorithms: Vec<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks in this way")]
const fn is_false(value: &bool) -> bool {
    !*value
}
