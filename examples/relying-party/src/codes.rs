//! Codes that a house signs: they say one thing, live for a moment, are shown on a
//! screen, and are taken once.

use std::fmt;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use tashika::transaction::{ClientKey, TransactionId};
use tashika::{Code, Duration, Error, Time};
use tashika_tower::{Mark, Seen, Site};

use crate::page::Problem;
use crate::trouble::Trouble;

/// Signs codes, and takes them.
pub struct Codes {
    key: Ed25519KeyPair,
    says: Statement,
    life: Duration,
}

/// What a code says: nothing else that is signed under its key begins so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statement(pub &'static str);

/// What a code is, beside what it says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CodeFacts {
    /// A random name.
    pub name: [u8; 16],
    /// The last second at which it is good.
    pub last: Time,
}

/// The octets before the signature: the name, and the second as 64 bits.
const BODY: usize = 16 + 8;

/// How far apart clocks may be of those who take codes: for so long after its last
/// second a code is still known to have been taken.
const CLOCKS_APART: Duration = Duration::minutes(5);

const FORGED: Problem = Problem {
    status: StatusCode::FORBIDDEN,
    code: "code.forged",
    text: ("当店のコードではありません。", "This is no code of ours."),
};
const EXPIRED: Problem = Problem {
    status: StatusCode::FORBIDDEN,
    code: "code.expired",
    text: (
        "コードの有効期限が切れています。新しいコードをご提示ください。",
        "The code is not good any more. Please show a new one.",
    ),
};
const USED: Problem = Problem {
    status: StatusCode::FORBIDDEN,
    code: "code.used",
    text: (
        "このコードはすでに使われています。新しいコードをご提示ください。",
        "This code has been used already. Please show a new one.",
    ),
};

impl Codes {
    /// Codes that say this and live for so long, signed under the key (Ed25519) of
    /// this seed.
    ///
    /// # Errors
    /// `misuse.argument` if there is no such key.
    pub fn new(seed: &[u8; 32], says: Statement, life: Duration) -> Result<Self, Error> {
        let key = Ed25519KeyPair::from_seed_unchecked(seed);
        let key = key.map_err(|_| Code::MisuseArgument)?;
        Ok(Self { key, says, life })
    }

    /// The 32 octets by which others know its codes.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        self.key.public_key().as_ref()
    }

    /// The same in base64url, for people to hand over.
    #[must_use]
    pub fn public_key_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.public_key())
    }

    /// A code, in base64url.
    ///
    /// # Errors
    /// `misuse.entropy`.
    pub fn issue(&self, now: Time) -> Result<String, Error> {
        let (name, last) = (TransactionId::generate()?, now.plus(self.life));
        let body = [&name.octets()[..], &last.as_unix().to_be_bytes()].concat();
        let signature = self.key.sign(&self.says.before(&body));
        Ok(URL_SAFE_NO_PAD.encode([&body, signature.as_ref()].concat()))
    }

    /// Takes a code, which nobody who shares the site's store takes again.
    ///
    /// # Errors
    /// `code.forged`, `code.expired`, `code.used`, or what the store says.
    pub async fn take(&self, code: &str, site: &Site) -> Result<(), Trouble> {
        let facts = self.says.read(code, self.public_key(), site.now())?;
        // Nobody but us issues codes, so that each may have a share of its own.
        let (mark, client) = (
            Mark::of(self.says.0, &facts.name),
            ClientKey::of(&facts.name),
        );
        let forgotten = facts.last.plus(CLOCKS_APART);
        let seen = site.store().mark(mark, client, forgotten, site.now());
        match seen.await? {
            Seen::First => Ok(()),
            Seen::Again => Err(USED.into()),
        }
    }
}

impl Statement {
    /// Reads a code that says this, with the public key alone: it is the house's, and
    /// it is still good. That nobody else has taken it, this does not tell.
    ///
    /// # Errors
    /// `code.forged` or `code.expired`.
    pub fn read(self, code: &str, public_key: &[u8], now: Time) -> Result<CodeFacts, Problem> {
        let octets = URL_SAFE_NO_PAD.decode(code.trim()).map_err(|_| FORGED)?;
        let (body, signature) = octets.split_first_chunk::<BODY>().ok_or(FORGED)?;
        let key = UnparsedPublicKey::new(&ED25519, public_key);
        let verified = key.verify(&self.before(body), signature);
        verified.map_err(|_| FORGED)?;
        let (name, last) = body.split_first_chunk().ok_or(FORGED)?;
        let last = last.first_chunk().copied().ok_or(FORGED)?;
        let (name, last) = (*name, Time::from_unix(i64::from_be_bytes(last)));
        match now > last {
            true => Err(EXPIRED),
            false => Ok(CodeFacts { name, last }),
        }
    }

    fn before(self, body: &[u8]) -> Vec<u8> {
        [self.0.as_bytes(), &[0], body].concat()
    }
}

// Whoever holds a code may use it.
impl fmt::Debug for CodeFacts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeFacts(…)")
    }
}

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Codes")
            .field("says", &self.says)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZeroUsize;
    use std::sync::Arc;
    use tashika_tower::MemoryTransactions;

    use crate::testing;

    const NOW: Time = Time::from_unix(1_800_000_000);
    const OF_AGE: Statement = Statement("of age");

    #[test]
    fn a_code_is_read_by_its_key_until_its_last_second() {
        let codes = Codes::new(&[7; 32], OF_AGE, Duration::seconds(60)).unwrap();
        let code = codes.issue(NOW).unwrap();
        let read = |code: &str, seconds| {
            let now = NOW.plus(Duration::seconds(seconds));
            OF_AGE
                .read(code, codes.public_key(), now)
                .map_err(|problem| problem.code)
        };
        let facts = read(&format!(" {code}\n"), 60).unwrap();
        assert_eq!(facts.last, NOW.plus(Duration::seconds(60)));
        assert_ne!(
            facts.name,
            read(&codes.issue(NOW).unwrap(), 0).unwrap().name
        );
        assert_eq!(read(&code, 61).err(), Some("code.expired"));
        assert_eq!(format!("{facts:?}"), "CodeFacts(…)");
    }

    fn site(now: Time, store: &Arc<MemoryTransactions>) -> Site {
        testing::site_over(Arc::clone(store), move || now)
    }

    async fn taken(codes: &Codes, code: &str, site: &Site) -> &'static str {
        match codes.take(code, site).await {
            Ok(()) => "good",
            Err(Trouble::Ours(problem)) => problem.code,
            Err(Trouble::Sdk(error)) => error.code().as_str(),
        }
    }

    #[tokio::test]
    async fn what_others_show_at_the_same_time_leaves_room_for_a_code() {
        let codes = Codes::new(&[7; 32], OF_AGE, Duration::seconds(60)).unwrap();
        let (many, one) = (NonZeroUsize::new(9).unwrap(), NonZeroUsize::new(1).unwrap());
        let site = site(NOW, &Arc::new(MemoryTransactions::new(many, one)));
        for _ in 0..3 {
            let code = codes.issue(NOW).unwrap();
            assert_eq!(taken(&codes, &code, &site).await, "good");
            assert_eq!(taken(&codes, &code, &site).await, "code.used");
        }
    }

    #[tokio::test]
    async fn a_clock_that_is_a_little_behind_takes_no_code_again() {
        let codes = Codes::new(&[7; 32], OF_AGE, Duration::seconds(60)).unwrap();
        let store = Arc::new(MemoryTransactions::standard());
        let (used, fresh) = (codes.issue(NOW).unwrap(), codes.issue(NOW).unwrap());
        let (last, ahead) = (
            NOW.plus(Duration::seconds(60)),
            NOW.plus(Duration::seconds(90)),
        );
        assert_eq!(taken(&codes, &used, &site(last, &store)).await, "good");
        // The store forgets by the time of whoever asks.
        let other = Codes::new(&[7; 32], OF_AGE, Duration::seconds(120)).unwrap();
        let later = other.issue(NOW).unwrap();
        assert_eq!(taken(&other, &later, &site(ahead, &store)).await, "good");
        assert_eq!(taken(&codes, &used, &site(last, &store)).await, "code.used");
        assert_eq!(taken(&codes, &fresh, &site(last, &store)).await, "good");
    }

    #[test]
    fn nothing_else_is_one() {
        let codes = Codes::new(&[7; 32], OF_AGE, Duration::seconds(60)).unwrap();
        let code = codes.issue(NOW).unwrap();
        let forged = |says: Statement, code: &str, key: &[u8]| {
            says.read(code, key, NOW).err().map(|problem| problem.code) == Some("code.forged")
        };
        let octets = URL_SAFE_NO_PAD.decode(&code).unwrap();
        for index in 0..octets.len() {
            let mut changed = octets.clone();
            changed[index] ^= 1;
            let changed = URL_SAFE_NO_PAD.encode(changed);
            assert!(forged(OF_AGE, &changed, codes.public_key()), "{index}");
        }
        let other = Codes::new(&[8; 32], OF_AGE, Duration::seconds(60)).unwrap();
        assert!(forged(OF_AGE, &code, other.public_key()));
        assert!(forged(Statement("of ag"), &code, codes.public_key()));
        for short in ["", "AAAA", &code[..40], "***"] {
            assert!(forged(OF_AGE, short, codes.public_key()), "{short}");
        }
    }
}
