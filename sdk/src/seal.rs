//! State that leaves the process and comes back: sealed, so that nobody reads,
//! changes or exchanges it on the way.
//!
//! A transaction begins on one machine and ends on another, so what the first
//! must remember goes into a store, a cookie or a form. [`Sealer`] encrypts it
//! with AES-256-GCM (NIST SP 800-38D) for one purpose and one transaction, and
//! with the second at which it ends: what was sealed for another does not open,
//! even where somebody swaps two entries of a store.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::Zeroizing;

use crate::code::Code;
use crate::error::Error;
use crate::time::Time;
#[cfg(any(feature = "auth-app", feature = "mdoc"))]
use crate::transaction::Binding;
use crate::transaction::{Purpose, TransactionId, random};

/// A secret key of 256 bits with the name by which what it sealed finds it.
pub struct SealingKey {
    id: String,
    key: LessSafeKey,
}

/// The keys of one environment: one that seals, and those before it, which
/// only open.
///
/// Nonces are random, so a key seals at most 2³² times (NIST SP 800-38D, 8.3);
/// at a thousand a second it lasts for seven weeks. To change it, make the new
/// key known to every machine as one that opens, then let it seal, and drop the
/// old one when nothing that it sealed is valid any more.
pub struct Sealer {
    current: SealingKey,
    earlier: Vec<SealingKey>,
}

/// The first octet of what is sealed, which says how the rest is laid out:
///
/// ```text
/// version ‖ length of the key's name ‖ the key's name ‖ nonce ‖ ciphertext ‖ tag
/// ```
///
/// Encrypted are the last valid second (64 bits, big endian) and the state.
const VERSION: u8 = 1;

/// The octets in which a length is written.
const LENGTH: usize = 8;

impl SealingKey {
    /// A fresh key. No other process has it, so what it seals ends with this
    /// one.
    ///
    /// # Errors
    /// `misuse.argument` as [`new`](Self::new), `misuse.entropy` if the system
    /// gives no randomness.
    pub fn generate(id: &str) -> Result<Self, Error> {
        Self::new(id, &Zeroizing::new(random()?))
    }

    /// The key of these octets, which must come from a source of randomness:
    /// a passphrase is none.
    ///
    /// # Errors
    /// `misuse.argument` unless the name has one to 32 lower-case letters,
    /// digits, dots, hyphens and underscores.
    pub fn new(id: &str, octets: &[u8; 32]) -> Result<Self, Error> {
        let permitted = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b);
        if id.is_empty() || id.len() > 32 || !id.bytes().all(permitted) {
            return Err(Code::MisuseArgument.into());
        }
        let key = UnboundKey::new(&AES_256_GCM, octets).map_err(|_| Code::MisuseArgument)?;
        Ok(Self {
            id: id.to_owned(),
            key: LessSafeKey::new(key),
        })
    }
}

impl Sealer {
    /// Seals with `current` and opens with it and with the `earlier` keys.
    ///
    /// # Errors
    /// `misuse.argument` if two keys have the same name.
    pub fn new(current: SealingKey, earlier: Vec<SealingKey>) -> Result<Self, Error> {
        let mut ids: Vec<_> = earlier
            .iter()
            .chain([&current])
            .map(|key| &key.id)
            .collect();
        ids.sort_unstable();
        if ids
            .windows(2)
            .any(|pair| matches!(pair, [one, other] if one == other))
        {
            return Err(Code::MisuseArgument.into());
        }
        Ok(Self { current, earlier })
    }

    /// Seals `state` of `transaction` for `purpose`; `expires` is the last
    /// second at which it opens.
    ///
    /// # Errors
    /// `misuse.entropy` if the system gives no randomness, `misuse.argument` if
    /// the state is too long for the cipher.
    pub fn seal(
        &self,
        purpose: &Purpose,
        transaction: &TransactionId,
        expires: Time,
        state: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let nonce = random()?;
        let bound = associated(purpose, transaction);
        self.seal_with_nonce(nonce, &bound, expires, state)
    }

    /// Seals `state` of a transaction for its purpose, until it expires.
    #[cfg(any(feature = "auth-app", feature = "mdoc"))]
    pub(crate) fn seal_bound(&self, binding: &Binding, state: &[u8]) -> Result<Vec<u8>, Error> {
        let Binding {
            audience,
            transaction,
            expires,
        } = binding;
        self.seal(&audience.purpose, transaction, *expires, state)
    }

    /// The part of [`seal`](Self::seal) that draws nothing. It is not public: a
    /// nonce that is used twice gives the key's authentication away.
    fn seal_with_nonce(
        &self,
        nonce: [u8; NONCE_LEN],
        associated: &[u8],
        expires: Time,
        state: &[u8],
    ) -> Result<Vec<u8>, Error> {
        let SealingKey { id, key } = &self.current;
        let mut text = Zeroizing::new(Vec::with_capacity(LENGTH + state.len()));
        text.extend(expires.as_unix().to_be_bytes());
        text.extend(state);
        let tag = key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated),
                &mut text,
            )
            .map_err(|_| Code::MisuseArgument)?;
        #[expect(clippy::cast_possible_truncation, reason = "at most 32")]
        let header = [VERSION, id.len() as u8];
        Ok([&header[..], id.as_bytes(), &nonce, &text, tag.as_ref()].concat())
    }

    /// The state that was sealed for `purpose` in `transaction`.
    ///
    /// # Errors
    /// `transaction.seal` if it was sealed for others, with a key that is not
    /// one of these, or has been changed; `transaction.expired` if it opens and
    /// its time is over at `now`.
    pub fn open(
        &self,
        purpose: &Purpose,
        transaction: &TransactionId,
        sealed: &[u8],
        now: Time,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let opened = self.decrypt(&associated(purpose, transaction), sealed);
        let mut text = opened.ok_or(Code::TransactionSeal)?;
        let expires = text.first_chunk::<LENGTH>().ok_or(Code::TransactionSeal)?;
        if now > Time::from_unix(i64::from_be_bytes(*expires)) {
            return Err(Code::TransactionExpired.into());
        }
        // The state moves up and is not copied. What it leaves behind is wiped
        // with the rest, as all of the vector's room is.
        text.drain(..LENGTH);
        Ok(text)
    }

    fn decrypt(&self, associated: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let ([version, length], rest) = sealed.split_first_chunk()?;
        let (id, rest) = rest.split_at_checked(usize::from(*length))?;
        let (nonce, ciphertext) = rest.split_first_chunk()?;
        if *version != VERSION {
            return None;
        }
        let key = &self.named(id)?.key;
        let mut text = Zeroizing::new(ciphertext.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = key.open_in_place(nonce, Aad::from(associated), &mut text);
        let length = opened.ok()?.len();
        text.truncate(length);
        Some(text)
    }

    fn named(&self, id: &[u8]) -> Option<&SealingKey> {
        let mut keys = std::iter::once(&self.current).chain(&self.earlier);
        keys.find(|key| key.id.as_bytes() == id)
    }
}

/// What is authenticated beside the state. The purpose has its length before
/// it, and the rest has one length, so two bindings never have the same octets.
fn associated(purpose: &Purpose, transaction: &TransactionId) -> Vec<u8> {
    let purpose = purpose.as_str().as_bytes();
    let length = u64::try_from(purpose.len()).unwrap_or(u64::MAX);
    let version = [VERSION];
    [
        &length.to_be_bytes()[..],
        purpose,
        &version,
        transaction.octets(),
    ]
    .concat()
}

// Keys are not printed; their names are no secret.
impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.id)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer")
            .field("current", &self.current)
            .field("earlier", &self.earlier)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::Hex;

    const NOW: Time = Time::from_unix(1_800_000_000);
    const STATE: &[u8] = b"what must be remembered";

    fn key(id: &str, octet: u8) -> SealingKey {
        SealingKey::new(id, &[octet; 32]).unwrap()
    }

    fn sealer() -> Sealer {
        Sealer::new(key("b", 2), vec![key("a", 1)]).unwrap()
    }

    fn purpose(name: &str) -> Purpose {
        Purpose::named(name).unwrap()
    }

    const ID: TransactionId = TransactionId::from_entropy([7; 16]);

    fn open(sealer: &Sealer, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Code> {
        let opened = sealer.open(&purpose("login"), &ID, sealed, NOW);
        opened.map_err(|error| error.code())
    }

    /// Computed with another library (Python's `cryptography`): AES-256-GCM
    /// with the key 02…02, the nonce 03…03, and the associated data and text
    /// written out by hand.
    #[test]
    fn the_layout_is_fixed() {
        let bound = associated(&purpose("login"), &ID);
        let sealed = sealer().seal_with_nonce([3; 12], &bound, NOW, STATE);
        assert_eq!(Hex(&sealed.unwrap()).to_string(), PUBLISHED);
    }

    const PUBLISHED: &str = "010162030303030303030303030303\
        c5fdfb297cb6ab71aacd2544a2ea3cc674eb713d1e832a529d397dff128a82fec8887e451972b12f992f4dedb80165";

    #[test]
    fn what_is_sealed_opens_where_it_belongs_until_its_last_second() {
        let sealer = sealer();
        let (login, other) = (purpose("login"), purpose("logi"));
        let sealed = sealer.seal(&login, &ID, NOW, STATE).unwrap();
        assert_ne!(sealed, sealer.seal(&login, &ID, NOW, STATE).unwrap());
        assert_eq!(**open(&sealer, &sealed).unwrap(), *STATE);
        assert!(!sealed.windows(STATE.len()).any(|part| part == STATE));

        let refused = |purpose, transaction, now| {
            let opened = sealer.open(purpose, transaction, &sealed, now);
            opened.unwrap_err().code()
        };
        let foreign = TransactionId::from_entropy([8; 16]);
        let late = Time::from_unix(NOW.as_unix() + 1);
        assert_eq!(refused(&other, &ID, NOW), Code::TransactionSeal);
        assert_eq!(refused(&login, &foreign, NOW), Code::TransactionSeal);
        assert_eq!(refused(&login, &ID, late), Code::TransactionExpired);
        // Whose time is over is told to those only to whom it belongs.
        assert_eq!(refused(&login, &foreign, late), Code::TransactionSeal);
    }

    #[test]
    fn every_octet_and_the_length_are_sealed() {
        let sealer = sealer();
        let sealed = sealer.seal(&purpose("login"), &ID, NOW, STATE).unwrap();
        for position in 0..sealed.len() {
            for bit in [1, 0x80] {
                let mut changed = sealed.clone();
                *changed.get_mut(position).unwrap() ^= bit;
                assert_eq!(open(&sealer, &changed), Err(Code::TransactionSeal));
            }
            let cut = sealed.get(..position).unwrap();
            assert_eq!(open(&sealer, cut), Err(Code::TransactionSeal));
        }
        let longer = [&sealed[..], &[0]].concat();
        assert_eq!(open(&sealer, &longer), Err(Code::TransactionSeal));
    }

    #[test]
    fn keys_change_and_the_old_ones_still_open() {
        let before = Sealer::new(key("a", 1), Vec::new()).unwrap();
        let sealed = before.seal(&purpose("login"), &ID, NOW, STATE).unwrap();
        assert_eq!(**open(&sealer(), &sealed).unwrap(), *STATE);

        // Gone, known by another name, and another key of its name.
        for sealer in [
            Sealer::new(key("b", 2), Vec::new()),
            Sealer::new(key("b", 1), Vec::new()),
            Sealer::new(key("a", 2), Vec::new()),
        ] {
            assert_eq!(open(&sealer.unwrap(), &sealed), Err(Code::TransactionSeal));
        }
    }

    #[test]
    fn keys_have_distinct_names_and_are_not_printed() {
        let twice = Sealer::new(key("a", 1), vec![key("b", 2), key("a", 3)]);
        assert_eq!(twice.unwrap_err().code(), Code::MisuseArgument);
        for bad in ["", "A", "a b", "a\n", &"a".repeat(33)] {
            let error = SealingKey::generate(bad).unwrap_err();
            assert_eq!(error.code(), Code::MisuseArgument, "{bad}");
        }
        let printed = format!("{:?}", sealer());
        assert_eq!(
            printed,
            "Sealer { current: SealingKey(b), earlier: [SealingKey(a)] }"
        );
    }
}
