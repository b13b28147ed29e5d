//! The lines with which challenges and signing requests begin.

use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::transaction::{Audience, Binding, Purpose, RelyingParty};

impl Binding {
    /// The lines, each with its end: `prefix` separates this use of a key
    /// from every other.
    pub(crate) fn write(&self, prefix: &str) -> String {
        format!(
            "{prefix}\nrelying-party: {}\npurpose: {}\ntransaction: {}\nexpires: {}\n",
            self.audience.relying_party.as_str(),
            self.audience.purpose.as_str(),
            self.transaction,
            self.expires,
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::time::Time;
    use crate::transaction::TransactionId;

    const PREFIX: &str = "test/1";

    pub(crate) fn binding() -> Binding {
        Binding {
            audience: audience("https://bank.example", "login"),
            transaction: TransactionId::from_entropy([7; 16]),
            expires: Time::from_unix(1_800_000_000),
        }
    }

    pub(crate) fn audience(origin: &str, purpose: &str) -> Audience {
        Audience {
            relying_party: RelyingParty::from_origin(origin).unwrap(),
            purpose: Purpose::named(purpose).unwrap(),
        }
    }

    #[test]
    fn the_lines_have_one_form() {
        let written = binding().write(PREFIX);
        assert_eq!(
            written,
            "test/1\n\
             relying-party: https://bank.example\n\
             purpose: login\n\
             transaction: 07070707070707070707070707070707\n\
             expires: 2027-01-15T08:00:00Z\n"
        );
        let bytes = [written.as_bytes(), b"rest"].concat();
        let (read, rest) = Binding::read(PREFIX, &bytes).unwrap();
        assert_eq!((read, rest), (binding(), &b"rest"[..]));
    }

    #[test]
    fn every_other_form_is_refused() {
        let written = binding().write(PREFIX);
        for (from, to) in [
            ("test/1", "test/2"),
            ("login", "Login"),
            ("bank.example", "bank.example/"),
            (
                "expires: 2027-01-15T08:00:00Z",
                "expires: 2027-01-15T08:00:00+00:00",
            ),
            ("08:00:00Z", "08:00:00.0Z"),
            ("expires: ", "expires:"),
            ("0707", "07"),
            ("purpose: login\n", ""),
            ("\n", "\r\n"),
        ] {
            let changed = written.replacen(from, to, 1);
            assert_ne!(changed, written);
            let error = Binding::read(PREFIX, changed.as_bytes()).unwrap_err();
            assert_eq!(error.code(), Code::TransactionForm, "{changed}");
        }
    }

    #[test]
    fn hexadecimal_digits_are_lower_case() {
        let mut binding = binding();
        binding.transaction = TransactionId::from_entropy([0xab; 16]);
        let changed = binding.write(PREFIX).replace("ab", "AB");
        assert!(Binding::read(PREFIX, changed.as_bytes()).is_err());
    }
}
