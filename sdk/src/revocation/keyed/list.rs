//! The lists in the trailer of a file.

use crate::revocation::keyed::{KeyedError, KeyedList};
use crate::revocation::status::Origin;
use crate::revocation::{CrlNumber, keyed::footer::Cursor};
use crate::time::Time;
use crate::trust::{Fingerprint, Purpose};

impl KeyedList {
    pub(super) fn of(purpose: Purpose, origin: &Origin) -> Self {
        Self {
            purpose,
            number: origin.number.clone(),
            this_update: origin.this_update,
            next_update: origin.next_update,
            digest: origin.digest,
        }
    }

    /// Digest, purpose, thisUpdate, whether there is a nextUpdate, nextUpdate,
    /// octets of the number plus one (zero: no number), the number.
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend(self.digest.octets());
        out.push(match self.purpose {
            Purpose::JpkiSigning => 1,
            Purpose::JpkiAuthentication => 2,
            Purpose::MdocIssuer => 3,
            Purpose::MdocStatus => 4,
        });
        out.extend(self.this_update.as_unix().to_be_bytes());
        out.push(u8::from(self.next_update.is_some()));
        let next_update = self.next_update.map_or(0, Time::as_unix);
        out.extend(next_update.to_be_bytes());
        let digits = self.number.as_ref().map(CrlNumber::as_unsigned);
        // A number has at most `limits::CRL_NUMBER` octets.
        let length = digits.and_then(|d| u8::try_from(d.len() + 1).ok());
        out.push(length.unwrap_or(0));
        out.extend(digits.unwrap_or_default());
    }

    pub(super) fn read(from: &mut Cursor<'_>) -> Result<Self, KeyedError> {
        let digest = Fingerprint::kept(*from.take::<32>()?);
        let purpose = match from.take::<1>()? {
            [1] => Purpose::JpkiSigning,
            [2] => Purpose::JpkiAuthentication,
            [3] => Purpose::MdocIssuer,
            [4] => Purpose::MdocStatus,
            _ => return Err(KeyedError::Damaged),
        };
        let this_update = Time::from_unix(i64::from_be_bytes(*from.take()?));
        let [has_next_update] = *from.take::<1>()?;
        let next_update = Time::from_unix(i64::from_be_bytes(*from.take()?));
        let number = match *from.take::<1>()? {
            [0] => None,
            [length] => {
                let digits = from.slice(usize::from(length) - 1)?;
                Some(CrlNumber::kept(digits))
            }
        };
        Ok(Self {
            purpose,
            number,
            this_update,
            next_update: (has_next_update == 1).then_some(next_update),
            digest,
        })
    }
}
