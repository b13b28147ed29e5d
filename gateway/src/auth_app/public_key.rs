//! A public key, as an application form or another program wants it.

use std::io::{self, Write};

use serde_json::json;
use tashika::Code;
use tashika::auth_app::ClientPublicKey;

use crate::cli::auth_app::Form;
use crate::exit::{Exit, Failure};

const KINDS: &str = "the provider takes keys on P-256 (ES256) and RSA keys of 2048 bits and more (RS256), and this is another";

/// Prints the key of a `SubjectPublicKeyInfo`.
pub(super) fn print(spki: &[u8], form: &Form) -> Result<Exit, Failure> {
    write(&text(spki, form)?)
}

pub(super) fn write(text: &str) -> Result<Exit, Failure> {
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(Exit::Accepted)
}

/// The key in the form that was chosen, or in all of them.
pub(super) fn text(spki: &[u8], form: &Form) -> Result<String, Failure> {
    let key = ClientPublicKey::from_spki(spki).map_err(|error| match error.code() {
        Code::MisuseArgument => Failure::Usage(KINDS.to_owned()),
        _ => Failure::Library(error),
    })?;
    let jwk = key.jwk();
    if form.pem {
        return Ok(key.pem());
    }
    if form.jwk {
        return Ok(format!("{jwk:#}\n"));
    }
    if form.jwks {
        return Ok(format!("{:#}\n", json!({ "keys": [jwk] })));
    }
    Ok(format!("kid  {}\n\n{}\n{jwk:#}\n", key.kid(), key.pem()))
}
