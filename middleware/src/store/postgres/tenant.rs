//! Whose rows they are.

use std::fmt;

use aws_lc_rs::hmac;
use tashika::Error;
use tashika::transaction::{ClientKey, Purpose};

/// Whose rows they are, where several share a database. What one tenant keeps is
/// not there for another, and takes no room of it.
///
/// It has a key with which clients are written down. Clients are told apart by
/// their addresses, of which there are so few that a plain digest tells them to
/// whoever reads the database.
#[derive(Clone)]
pub struct Tenant {
    name: String,
    key: hmac::Key,
}

impl Tenant {
    /// The tenant of this name, with 32 random octets that every node of it knows
    /// and the database does not. With other octets, shares of clients begin anew,
    /// and nothing else changes.
    ///
    /// # Errors
    /// `misuse.argument` unless the name has one to 64 lower-case letters, digits,
    /// dots, hyphens and underscores.
    pub fn new(name: &str, key: &[u8; 32]) -> Result<Self, Error> {
        // Named as purposes are.
        let name = Purpose::named(name)?.as_str().to_owned();
        let key = hmac::Key::new(hmac::HMAC_SHA256, key);
        Ok(Self { name, key })
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How a client is written down.
    pub(super) fn client(&self, client: &ClientKey) -> hmac::Tag {
        hmac::sign(&self.key, client.octets())
    }
}

impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tenant({})", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tashika::Code;

    #[test]
    fn clients_are_told_apart_by_those_alone_who_have_the_key() {
        let tenant = |key| Tenant::new("bank", &[key; 32]).unwrap();
        let client = ClientKey::of(b"192.0.2.1");
        let written = |tenant: &Tenant| tenant.client(&client).as_ref().to_vec();
        assert_eq!(written(&tenant(1)), written(&tenant(1)));
        assert_ne!(written(&tenant(1)), written(&tenant(2)));
        assert_ne!(written(&tenant(1)), client.octets());
        assert_eq!(format!("{:?}", tenant(1)), "Tenant(bank)");
        let refused = Tenant::new("Bank'", &[1; 32]).unwrap_err();
        assert_eq!(refused.code(), Code::MisuseArgument);
    }
}
