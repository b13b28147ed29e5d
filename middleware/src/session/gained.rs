//! What a session carries of a proof.

use std::fmt;

use tashika::Time;
use tashika::jpki::Kind;
use tashika::person::AtLeast;
use tashika::revocation::RevocationQuery;

use crate::verified::Gaining;

/// What was gained, how, and by whom, as far as later requests need to know it.
///
/// It is less than the proof: nothing that a person signed, no attribute of
/// theirs, no element of a document.
#[derive(Clone)]
pub struct Gained {
    identity: Identity,
    gaining: Gaining,
}

/// Who the person is, by what was proved.
#[derive(Clone)]
#[non_exhaustive]
pub enum Identity {
    /// The holder of a certificate of the My Number Card: its kind, and the
    /// question whether it is revoked, which a session asks again.
    Certificate(Kind, RevocationQuery),
    /// Somebody whom a provider calls so.
    Login {
        /// The provider.
        issuer: String,
        /// What it calls the person.
        subject: String,
        /// How it says that the person was authenticated.
        acr: Option<String>,
    },
    /// Somebody who presented these documents, which say nothing here.
    Presentation {
        /// The types of the documents.
        doc_types: Vec<String>,
    },
    /// Somebody of whom it was asked whether they have reached an age: no day,
    /// and nothing of what decided.
    Age {
        /// The age, in years.
        threshold: u8,
        /// Whether it is reached.
        outcome: AtLeast,
    },
}

impl Gained {
    /// That this was gained so.
    #[must_use]
    pub const fn new(identity: Identity, gaining: Gaining) -> Self {
        Self { identity, gaining }
    }

    /// Who the person is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// How it was gained.
    #[must_use]
    pub fn gaining(&self) -> Gaining {
        self.gaining
    }

    /// When it was gained.
    #[must_use]
    pub fn at(&self) -> Time {
        self.gaining.at
    }
}

// Who it is, is the person's.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Certificate(..) => "Identity(certificate)",
            Self::Login { .. } => "Identity(login)",
            Self::Presentation { .. } => "Identity(presentation)",
            Self::Age { .. } => "Identity(age)",
        })
    }
}

impl fmt::Debug for Gained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gained")
            .field("identity", &self.identity)
            .field("gaining", &self.gaining)
            .finish()
    }
}
