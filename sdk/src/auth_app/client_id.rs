//! Who we are at a provider.

use crate::code::Code;
use crate::error::Error;

/// The identifier of a registered client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientId(String);

impl ClientId {
    /// The identifier: 1 to 255 letters and digits of ASCII.
    ///
    /// # Errors
    /// `misuse.argument` if it is anything else.
    pub fn new(id: &str) -> Result<Self, Error> {
        let sound = (1..=255).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric());
        if !sound {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self(id.to_owned()))
    }

    /// The identifier.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
