//! How it went, as a screen shows it.

use tashika::person::AtLeast;
use tashika::{Code, Disposition};
use tashika_tower::{Device, Verified, VerifiedAge};

use crate::trouble::Trouble;

/// How it went, as a screen shows it: nothing of the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whether they may go on.
    pub verdict: Verdict,
    /// Whether the answer came from another device than the one that asked, and so
    /// perhaps from anywhere.
    pub elsewhere: bool,
    /// The name of the check, for a receipt, or the code of a refusal.
    pub reference: String,
    /// What a person is told of a refusal of the house's own, in Japanese and in
    /// English; else nothing.
    pub text: (&'static str, &'static str),
}

/// Whether somebody may go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// They may.
    Yes,
    /// They may not, by what was shown.
    No,
    /// What was shown was not accepted.
    Refused,
    /// It is not known, which is none of the others: a person decides.
    Undetermined,
}

impl Verdict {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Refused => "refused",
            Self::Undetermined => "undetermined",
        }
    }
}

impl From<AtLeast> for Shown {
    fn from(reached: AtLeast) -> Self {
        let verdict = match reached {
            AtLeast::Yes => Verdict::Yes,
            AtLeast::No => Verdict::No,
            AtLeast::Unknown => Verdict::Undetermined,
        };
        Self {
            verdict,
            elsewhere: false,
            reference: String::new(),
            text: ("", ""),
        }
    }
}

impl From<&Verified<VerifiedAge>> for Shown {
    fn from(proof: &Verified<VerifiedAge>) -> Self {
        Self {
            elsewhere: proof.gained().device == Device::Other,
            reference: proof.evidence().to_string(),
            ..proof.outcome().into()
        }
    }
}

impl From<Trouble> for Shown {
    fn from(trouble: Trouble) -> Self {
        let (verdict, reference, text) = match trouble {
            Trouble::Ours(problem) => (Verdict::Refused, problem.code, problem.text),
            Trouble::Sdk(error) => {
                let verdict = match error.disposition() {
                    Disposition::Malformed | Disposition::Rejected => Verdict::Refused,
                    // Also what is our own fault: a person looks.
                    _ => Verdict::Undetermined,
                };
                (verdict, Code::outside(error.code()), ("", ""))
            }
        };
        let reference = reference.to_owned();
        Self {
            verdict,
            elsewhere: false,
            reference,
            text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tashika::Error;

    #[test]
    fn what_is_not_known_is_neither_good_nor_bad() {
        for (code, verdict, reference) in [
            (Code::InputAnswer, Verdict::Refused, "input.answer"),
            (Code::MdocExpired, Verdict::Refused, "mdoc.expired"),
            (Code::RevokedSuperseded, Verdict::Refused, "revoked"),
            (
                Code::RevocationStale,
                Verdict::Undetermined,
                "revocation.stale",
            ),
            (Code::MisuseLayer, Verdict::Undetermined, "misuse.layer"),
        ] {
            let shown = Shown::from(Trouble::Sdk(Error::new(code)));
            assert_eq!((shown.verdict, &*shown.reference), (verdict, reference));
        }
        for (reached, verdict) in [
            (AtLeast::Yes, Verdict::Yes),
            (AtLeast::No, Verdict::No),
            (AtLeast::Unknown, Verdict::Undetermined),
        ] {
            assert_eq!(Shown::from(reached).verdict, verdict);
        }
    }
}
