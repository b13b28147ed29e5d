//! `tashika auth-app`.

mod client_key;
mod keygen;
mod login;
mod public_key;
#[cfg(feature = "demo")]
mod testbed;

use crate::cli::auth_app::AuthApp;
use crate::exit::{Exit, Failure};
#[cfg(feature = "demo")]
pub(crate) use testbed::Simulation;

pub(crate) fn run(command: &AuthApp) -> Result<Exit, Failure> {
    match command {
        AuthApp::Keygen(options) => keygen::run(options),
        AuthApp::Jwk(options) => {
            let key = client_key::load(&options.key)?;
            public_key::print(key.public_key(), &options.form)
        }
        AuthApp::Login(options) => login::run(options),
    }
}
