//! The provider of the auth app (デジタル認証アプリ), right and wrong.
//!
//! [`Provider`] refuses what the real one is known to refuse; what is not published
//! about the real one is in its [`Settings`]. [`Switches`] make it hostile, one defect
//! at a time, at any moment, and [`Scenario::ALL`] lists the defects by name.
//!
//! | what | where |
//! |---|---|
//! | the server, and the same without sockets | [`Provider`] |
//! | relying parties and their keys | [`RegisteredClient`], [`ClientKey`] |
//! | people, and what they do when they are asked | [`Citizen`], [`Choice`] |
//! | what it was asked | [`Event`] |
//! | signing documents, and who verifies what comes of it | [`SigningSettings`], [`SigningOperator`] |
//!
//! ```
//! use tashika_testbed::auth_app::{Choice, Citizen, ClientKey, Provider, RegisteredClient, Settings};
//! use tashika_testbed::{Algorithm, KeyPair, Person, Rng};
//!
//! let provider = Provider::start(Settings::default())?;
//! let key = KeyPair::generate(Algorithm::P256, &mut Rng::from_seed(7));
//! let callback = "https://rp.example/callback";
//! provider.register(RegisteredClient::new("shop", callback, ClientKey::of(&key)));
//! let subject = provider.enrol(Citizen::new("hanako", &Person::everybody(1_800_000_000)[0]));
//! assert_eq!(provider.sub_for("shop", "hanako"), subject);
//!
//! let url = format!(
//!     "{}/protocol/openid-connect/auth?response_type=code&client_id=shop&scope=openid\
//!      &redirect_uri=https%3A%2F%2Frp.example%2Fcallback&state=s&nonce=n\
//!      &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
//!     provider.issuer(),
//! );
//! let back = provider.authorize(&url, Choice::citizen("hanako"));
//! assert!(back.starts_with("https://rp.example/callback?code="));
//! # Ok::<(), std::io::Error>(())
//! ```

mod assertion;
mod authorization;
mod choice;
mod citizen;
mod client;
mod core;
mod event;
mod id_token;
mod jose;
mod json;
mod keys;
mod metadata;
mod page;
mod parameters;
mod provider;
mod refusal;
mod rsa;
mod scenario;
mod settings;
mod signing;
mod state;
mod switches;
mod token;
mod userinfo;

use self::authorization::SCOPES;

pub use self::choice::Choice;
pub use self::citizen::{Citizen, ClaimForm};
pub use self::client::{ClientKey, RegisteredClient};
pub use self::core::Visit;
pub use self::event::{Endpoint, Event};
pub use self::json::{Changes, Object};
pub use self::keys::OldKeys;
pub use self::provider::Provider;
pub use self::refusal::Refusal;
pub use self::rsa::RsaPublic;
pub use self::scenario::Scenario;
pub use self::settings::{AccessTokenForm, Clock, IdTokenAlgorithm, Lifetimes, Settings};
pub use self::signing::{
    OperatorNames, OperatorSwitches, ResultForm, SigningNames, SigningOperator, SigningSettings,
};
pub use self::switches::{
    IdTokenSwitches, KeySet, KeySetSwitches, Reply, Shape, Signature, Swap, Switches,
};
