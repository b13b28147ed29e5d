//! The lines with which challenges and signing requests begin.

use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::time::Time;
use crate::transaction::{Purpose, RelyingParty, TransactionId};

/// Who asks, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// The relying party that asks.
    pub relying_party: RelyingParty,
    /// What it asks for.
    pub purpose: Purpose,
}

/// To whom, for what, in which transaction and until when: what ties a
/// signature to one use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Who asks, and what for.
    pub audience: Audience,
    /// The transaction of this person.
    pub transaction: TransactionId,
    /// The last second at which an answer counts.
    pub expires: Time,
}

impl Binding {
    /// Whether an answer that is bound so counts for `audience` at `now`.
    pub(crate) fn check(&self, audience: &Audience, now: Time) -> Result<(), Code> {
        if self.audience != *audience {
            return Err(Code::TransactionForeign);
        }
        if now > self.expires {
            return Err(Code::TransactionExpired);
        }
        Ok(())
    }

    /// The lines, each with its end: `prefix` separates this use of a key
    /// from every other.
    pub(crate) fn write(&self, prefix: &str) -> String {
        format!(
            "{prefix}\nrelying-party: {}\npurpose: {}\ntransaction: {}\nexpires: {}\n",
            self.audience.relying_party.as_str(),
            self.audience.purpose.as_str(),
            self.transaction,
            self.expires.as_unix(),
        )
    }

    /// Reads the lines back; what follows them is the rest.
    pub(crate) fn read<'a>(prefix: &str, bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        let mut lines = Lines(bytes);
        if lines.next("").ok_or(Code::TransactionForm)? != prefix {
            return Err(Code::TransactionForm.into());
        }
        let mut field = |name| lines.next(name).ok_or(Error::new(Code::TransactionForm));
        let form = |_| Error::new(Code::TransactionForm);
        let relying_party = RelyingParty::from_origin(field("relying-party: ")?).map_err(form)?;
        let purpose = Purpose::named(field("purpose: ")?).map_err(form)?;
        let transaction = field("transaction: ")?.parse()?;
        let expires = field("expires: ")?
            .parse()
            .map(Time::from_unix)
            .map_err(|_| Code::TransactionForm)?;
        let binding = Self {
            audience: Audience {
                relying_party,
                purpose,
            },
            transaction,
            expires,
        };
        // One encoding only: what was read is what would be written.
        let rest = bytes.strip_prefix(binding.write(prefix).as_bytes());
        Ok((binding, rest.ok_or(Code::TransactionForm)?))
    }
}

/// Takes line after line off the front.
struct Lines<'a>(&'a [u8]);

impl<'a> Lines<'a> {
    /// The rest of the next line, which must begin with `name`.
    fn next(&mut self, name: &str) -> Option<&'a str> {
        let end = self
            .0
            .iter()
            .take(limits::TRANSACTION)
            .position(|b| *b == b'\n')?;
        let (line, rest) = self.0.split_at_checked(end)?;
        self.0 = rest.get(1..)?;
        std::str::from_utf8(line).ok()?.strip_prefix(name)
    }
}
