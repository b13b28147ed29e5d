//! What is sealed of a session.

use std::str;

use tashika::jpki::Kind;
use tashika::person::AtLeast;
use tashika::transaction::TransactionId;
use tashika::{Code, Error, Time};
use zeroize::Zeroizing;

use crate::session::certificates::Certificates;
use crate::session::{Gained, Identity};
use crate::verified::{Device, Gaining};

/// What a session knows.
#[derive(Debug)]
pub(super) struct State {
    pub(super) gained: Gained,
    pub(super) begun: Time,
    /// When its certificate was last found not to be revoked.
    pub(super) checked: Time,
}

/// The first octet, which says how the rest is laid out:
///
/// ```text
/// 1 ‖ begun ‖ checked ‖ transaction ‖ at ‖ device ‖ identity
///
/// certificate:  1 ‖ kind ‖ the question (RevocationQuery::to_octets)
/// login:        2 ‖ issuer ‖ subject ‖ (0 | 1 ‖ acr)
/// presentation: 3 ‖ number of types ‖ type …
/// age:          4 ‖ years ‖ outcome
/// ```
///
/// Times are seconds since 1970 in 64 bits, texts have their length in 16 bits
/// before them, and numbers are big endian.
const LAYOUT: u8 = 1;

impl State {
    /// Its octets, to be sealed.
    ///
    /// `misuse.argument` if a text is too long, or there are too many.
    pub(super) fn to_octets(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let Gaining {
            transaction,
            at,
            device,
        } = self.gained.gaining();
        let mut octets = Zeroizing::new(Vec::with_capacity(256));
        octets.push(LAYOUT);
        octets.extend(self.begun.as_unix().to_be_bytes());
        octets.extend(self.checked.as_unix().to_be_bytes());
        octets.extend(transaction.octets());
        octets.extend(at.as_unix().to_be_bytes());
        octets.push(match device {
            Device::Same => 1,
            Device::Other => 2,
        });
        write_identity(self.gained.identity(), &mut octets).ok_or(Code::MisuseArgument)?;
        Ok(octets)
    }

    /// What was kept as these octets, which nobody has changed.
    ///
    /// `transaction.form` if they are of another form, `x509.issuer` if the
    /// issuer of the certificate is no anchor any more, `misuse.layer` if nobody
    /// is known to ask about it.
    pub(super) fn read(octets: &[u8], certificates: &Certificates) -> Result<Self, Error> {
        let mut reader = Reader(octets);
        let head = reader.head().ok_or(Code::TransactionForm)?;
        let (begun, checked, gaining) = head;
        let identity = match reader.identity().ok_or(Code::TransactionForm)? {
            Kept::Certificate(kind, question) => {
                Identity::Certificate(kind, certificates.query(kind, question)?)
            }
            Kept::Whole(identity) => identity,
        };
        Ok(Self {
            gained: Gained::new(identity, gaining),
            begun,
            checked,
        })
    }
}

fn write_identity(identity: &Identity, octets: &mut Vec<u8>) -> Option<()> {
    match identity {
        Identity::Certificate(kind, query) => {
            octets.extend([1, kind_number(*kind)]);
            octets.extend(&*Zeroizing::new(query.to_octets()));
        }
        Identity::Login {
            issuer,
            subject,
            acr,
        } => {
            octets.push(2);
            write_text(issuer, octets)?;
            write_text(subject, octets)?;
            octets.push(u8::from(acr.is_some()));
            acr.iter().try_for_each(|acr| write_text(acr, octets))?;
        }
        Identity::Presentation { doc_types } => {
            octets.extend([3, u8::try_from(doc_types.len()).ok()?]);
            doc_types.iter().try_for_each(|t| write_text(t, octets))?;
        }
        Identity::Age { threshold, outcome } => {
            octets.extend([4, *threshold, outcome_number(*outcome)]);
        }
    }
    Some(())
}

fn write_text(text: &str, octets: &mut Vec<u8>) -> Option<()> {
    octets.extend(u16::try_from(text.len()).ok()?.to_be_bytes());
    octets.extend(text.as_bytes());
    Some(())
}

const fn kind_number(kind: Kind) -> u8 {
    match kind {
        Kind::Signing => 1,
        Kind::Authentication => 2,
    }
}

const fn outcome_number(outcome: AtLeast) -> u8 {
    match outcome {
        AtLeast::Yes => 1,
        AtLeast::No => 2,
        AtLeast::Unknown => 3,
    }
}

/// An identity, as far as it can be read without anchors.
enum Kept<'a> {
    Certificate(Kind, &'a [u8]),
    Whole(Identity),
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn head(&mut self) -> Option<(Time, Time, Gaining)> {
        let LAYOUT = self.octet()? else { return None };
        let (begun, checked) = (self.time()?, self.time()?);
        let transaction = TransactionId::from_entropy(self.array()?);
        let at = self.time()?;
        let device = match self.octet()? {
            1 => Device::Same,
            2 => Device::Other,
            _ => return None,
        };
        Some((begun, checked, Gaining::new(transaction, at, device)))
    }

    fn identity(&mut self) -> Option<Kept<'a>> {
        let identity = match self.octet()? {
            1 => return Some(Kept::Certificate(self.kind()?, self.0)),
            2 => Identity::Login {
                issuer: self.text()?,
                subject: self.text()?,
                acr: match self.octet()? {
                    0 => None,
                    1 => Some(self.text()?),
                    _ => return None,
                },
            },
            3 => {
                let types = self.octet()?;
                let doc_types = (0..types).map(|_| self.text()).collect::<Option<_>>()?;
                Identity::Presentation { doc_types }
            }
            4 => Identity::Age {
                threshold: self.octet()?,
                outcome: self.outcome()?,
            },
            _ => return None,
        };
        self.0.is_empty().then_some(Kept::Whole(identity))
    }

    fn kind(&mut self) -> Option<Kind> {
        match self.octet()? {
            1 => Some(Kind::Signing),
            2 => Some(Kind::Authentication),
            _ => None,
        }
    }

    fn outcome(&mut self) -> Option<AtLeast> {
        match self.octet()? {
            1 => Some(AtLeast::Yes),
            2 => Some(AtLeast::No),
            3 => Some(AtLeast::Unknown),
            _ => None,
        }
    }

    fn text(&mut self) -> Option<String> {
        let length = u16::from_be_bytes(self.array()?);
        let (text, rest) = self.0.split_at_checked(usize::from(length))?;
        self.0 = rest;
        str::from_utf8(text).ok().map(str::to_owned)
    }

    fn time(&mut self) -> Option<Time> {
        let seconds = self.array().map(i64::from_be_bytes)?;
        Some(Time::from_unix(seconds))
    }

    fn octet(&mut self) -> Option<u8> {
        self.array().map(|[octet]| octet)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(identity: Identity) -> State {
        let transaction = TransactionId::from_entropy([7; 16]);
        let gaining = Gaining::new(transaction, Time::from_unix(3), Device::Other);
        State {
            gained: Gained::new(identity, gaining),
            begun: Time::from_unix(1),
            checked: Time::from_unix(2),
        }
    }

    fn login() -> Identity {
        Identity::Login {
            issuer: "https://a.example".to_owned(),
            subject: "名前".to_owned(),
            acr: Some("aal3".to_owned()),
        }
    }

    fn identities() -> [Identity; 5] {
        let age = |threshold, outcome| Identity::Age { threshold, outcome };
        let doc_types = vec!["org.iso.18013.5.1.mDL".to_owned(), String::new()];
        [
            login(),
            Identity::Login {
                issuer: String::new(),
                subject: "s".to_owned(),
                acr: None,
            },
            Identity::Presentation { doc_types },
            age(20, AtLeast::Yes),
            age(18, AtLeast::Unknown),
        ]
    }

    fn read(octets: &[u8]) -> Result<State, Code> {
        let read = State::read(octets, &Certificates::none());
        read.map_err(|error| error.code())
    }

    /// Identities print as nothing, so they are compared by what they hold.
    fn told(identity: &Identity) -> String {
        match identity {
            Identity::Certificate(..) => "certificate".to_owned(),
            Identity::Login {
                issuer,
                subject,
                acr,
            } => format!("{issuer} {subject} {acr:?}"),
            Identity::Presentation { doc_types } => format!("{doc_types:?}"),
            Identity::Age { threshold, outcome } => format!("{threshold} {outcome:?}"),
        }
    }

    #[test]
    fn a_state_is_read_as_it_was() {
        for identity in identities() {
            let state = state(identity);
            let again = read(&state.to_octets().unwrap()).unwrap();
            assert_eq!((again.begun, again.checked), (state.begun, state.checked));
            assert_eq!(again.gained.gaining(), state.gained.gaining());
            let identities = [&again, &state].map(|state| told(state.gained.identity()));
            assert_eq!(identities[0], identities[1]);
        }
    }

    /// Octet for octet, so that a change of the layout is noticed by who still
    /// has sessions of the one before.
    #[test]
    fn the_layout_is_fixed() {
        let time = |second: u8| [0, 0, 0, 0, 0, 0, 0, second];
        let mut known = vec![1];
        known.extend(time(1));
        known.extend(time(2));
        known.extend([7; 16]);
        known.extend(time(3));
        known.extend([2, 4, 20, 2]);
        let age = Identity::Age {
            threshold: 20,
            outcome: AtLeast::No,
        };
        assert_eq!(**state(age).to_octets().unwrap(), *known);
        known.truncate(42);
        known.extend(b"\x02\0\x11https://a.example\0\x06\xe5\x90\x8d\xe5\x89\x8d\x01\0\x04aal3");
        assert_eq!(**state(login()).to_octets().unwrap(), *known);
    }

    #[test]
    fn what_has_another_form_is_refused() {
        let mut forms = Vec::new();
        for identity in identities() {
            let octets = state(identity).to_octets().unwrap();
            forms.extend((0..octets.len()).map(|end| octets[..end].to_vec()));
            forms.push([&octets[..], &[0]].concat());
            for (at, to) in [(0, 2), (41, 3), (42, 5)] {
                let mut changed = octets.to_vec();
                changed[at] = to;
                forms.push(changed);
            }
        }
        let mut certificate = state(login()).to_octets().unwrap().to_vec();
        certificate.truncate(42);
        forms.push([&certificate[..], &[1, 3]].concat());
        forms.push([&certificate[..], b"\x02\0\x01\xff\0\0\0"].concat());
        forms.push([&certificate[..], b"\x02\0\0\0\0\x02"].concat());
        for form in forms {
            assert_eq!(read(&form).unwrap_err(), Code::TransactionForm, "{form:?}");
        }
        // Nobody is known to ask about certificates.
        certificate.extend([1, 2]);
        assert_eq!(read(&certificate).unwrap_err(), Code::MisuseLayer);
    }

    #[test]
    fn what_is_too_long_is_not_kept() {
        let long = "a".repeat(usize::from(u16::MAX) + 1);
        let many = vec![String::new(); 256];
        for identity in [
            Identity::Presentation {
                doc_types: vec![long],
            },
            Identity::Presentation { doc_types: many },
        ] {
            let refused = state(identity).to_octets().unwrap_err();
            assert_eq!(refused.code(), Code::MisuseArgument);
        }
    }
}
