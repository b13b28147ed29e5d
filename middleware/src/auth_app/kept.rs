//! What is remembered while somebody is in the app.

use std::fmt;

use tashika::{Code, Error};
use zeroize::Zeroizing;

use super::ReturnTo;

/// What is remembered, beside what the sdk remembers.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) aim: Aim,
    pub(super) return_to: Option<ReturnTo>,
    /// The login, as the sdk sealed it.
    pub(super) pending: Vec<u8>,
}

/// What somebody logs in for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    Login,
    /// To have the account of the session of this name belong to the login.
    Relink([u8; 16]),
}

/// The first octet, which says how the rest is laid out:
///
/// ```text
/// version ‖ aim ‖ session, if it is to relink ‖ length of the path ‖ path ‖ login
/// ```
///
/// The length has two octets, big endian, and is zero where there is no path.
const VERSION: u8 = 1;
const LOGIN: u8 = 0;
const RELINK: u8 = 1;

impl Kept {
    pub(super) fn to_octets(&self) -> Zeroizing<Vec<u8>> {
        let path = self.return_to.as_ref().map(ReturnTo::as_str);
        let path = path.unwrap_or_default().as_bytes();
        // At most 2048.
        let length = u16::try_from(path.len()).unwrap_or(u16::MAX);
        let (aim, session) = match &self.aim {
            Aim::Login => (LOGIN, &[][..]),
            Aim::Relink(session) => (RELINK, &session[..]),
        };
        let begin = [VERSION, aim];
        let parts = [&begin, session, &length.to_be_bytes(), path, &self.pending];
        Zeroizing::new(parts.concat())
    }

    /// `transaction.form` if it is anything else than was written.
    pub(super) fn read(octets: &[u8]) -> Result<Self, Error> {
        Self::parse(octets).ok_or(Code::TransactionForm.into())
    }

    fn parse(octets: &[u8]) -> Option<Self> {
        let ([VERSION, aim], rest) = octets.split_first_chunk()? else {
            return None;
        };
        let (aim, rest) = match *aim {
            LOGIN => (Aim::Login, rest),
            RELINK => {
                let (session, rest) = rest.split_first_chunk()?;
                (Aim::Relink(*session), rest)
            }
            _ => return None,
        };
        let (length, rest) = rest.split_first_chunk()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (path, pending) = rest.split_at_checked(length)?;
        let return_to = match path {
            [] => None,
            path => Some(ReturnTo::new(std::str::from_utf8(path).ok()?).ok()?),
        };
        Some(Self {
            aim,
            return_to,
            pending: pending.to_vec(),
        })
    }
}

// A session is somebody's.
impl fmt::Debug for Aim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Login => "Login",
            Self::Relink(_) => "Relink(…)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_is_fixed() {
        for (aim, path, octets) in [
            (Aim::Login, None, [&[1, 0, 0, 0][..], b"login"].concat()),
            (
                Aim::Relink([7; 16]),
                Some("/a?b"),
                [&[1, 1][..], &[7; 16], &[0, 4], b"/a?blogin"].concat(),
            ),
        ] {
            let kept = Kept {
                aim,
                return_to: path.map(|path| ReturnTo::new(path).unwrap()),
                pending: b"login".to_vec(),
            };
            assert_eq!(**kept.to_octets(), octets);
            assert_eq!(Kept::read(&octets).unwrap(), kept);
        }
    }

    #[test]
    fn anything_else_is_none_of_it() {
        let relink = [&[1, 1][..], &[7; 16], &[0, 4], b"/a?b"].concat();
        assert!(Kept::read(&relink).is_ok());
        for length in 0..relink.len() {
            let cut = &relink[..length];
            assert_eq!(Kept::read(cut).unwrap_err().code(), Code::TransactionForm);
        }
        for bad in [
            &b"\x02\x00\x00\x00"[..],
            b"\x01\x02\x00\x00",
            b"\x01\x00\x00\x02//login",
            b"\x01\x00\x00\x02/\xff",
        ] {
            assert_eq!(Kept::read(bad).unwrap_err().code(), Code::TransactionForm);
        }
    }
}
