//! Transactions of the site, from a browser's request to its answer.

use http::HeaderValue;
use http::header::COOKIE;
use http::request::Parts;
use tashika::transaction::{Audience, Binding, BrowserSecret, ClientKey, Purpose, TransactionId};
use tashika::{Code, Error, Time};
use zeroize::Zeroizing;

use crate::carry::{Carried, Carry};
use crate::site::Site;
use crate::store::Entry;
use crate::verified::{Device, Gaining};

/// Whether an answer may come from another browser than the one that asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum CrossDevice {
    Refused,
    /// Somebody stands by and looks.
    Attended,
}

/// A transaction that begins: what is kept for it is not known yet.
pub(crate) struct Opening<'s> {
    site: &'s Site,
    binding: Binding,
    browser: BrowserSecret,
    client: ClientKey,
    carry: Option<Carry>,
    cross_device: CrossDevice,
    now: Time,
}

/// A transaction whose answer has come: it cannot come again.
pub(crate) struct Redeemed {
    pub(crate) transaction: TransactionId,
    pub(crate) state: Zeroizing<Vec<u8>>,
    pub(crate) device: Device,
    pub(crate) carried: Option<Carried>,
}

impl Redeemed {
    /// That something was gained so, at this time.
    pub(crate) fn gaining(&self, at: Time) -> Gaining {
        Gaining::new(self.transaction, at, self.device)
    }
}

/// Stands before the state of a transaction that other devices may answer.
const DIGEST: usize = 16;

impl Site {
    /// Begins a transaction for `purpose`, in the browser of this request.
    pub(crate) fn open(
        &self,
        purpose: &Purpose,
        cross_device: CrossDevice,
        parts: &Parts,
        now: Time,
    ) -> Result<Opening<'_>, Error> {
        let transaction = TransactionId::generate()?;
        Ok(Opening {
            site: self,
            browser: BrowserSecret::generate(&transaction)?,
            binding: Binding {
                audience: self.audience(purpose),
                transaction,
                expires: now.plus(self.lifetime),
            },
            client: self.clients.of(parts),
            carry: parts.extensions.get().cloned(),
            cross_device,
            now,
        })
    }

    /// This site, for `purpose`.
    pub(crate) fn audience(&self, purpose: &Purpose) -> Audience {
        Audience {
            relying_party: self.relying_party.clone(),
            purpose: purpose.clone(),
        }
    }

    /// Takes what was kept for the transaction that a request says it answers.
    ///
    /// `input.answer` if it names none, `transaction.browser` if it comes from
    /// another browser and must not; else as [`TransactionStore::take`] and
    /// [`Sealer::open`].
    ///
    /// [`TransactionStore::take`]: crate::TransactionStore::take
    /// [`Sealer::open`]: tashika::seal::Sealer::open
    pub(crate) async fn redeem(
        &self,
        purpose: &Purpose,
        cross_device: CrossDevice,
        parts: &Parts,
        now: Time,
    ) -> Result<Redeemed, Error> {
        let transaction = transaction_of(parts)?;
        self.redeem_named(transaction, purpose, cross_device, parts, now)
            .await
    }

    /// The same of a transaction that stands elsewhere than in the query.
    pub(crate) async fn redeem_named(
        &self,
        transaction: TransactionId,
        purpose: &Purpose,
        cross_device: CrossDevice,
        parts: &Parts,
        now: Time,
    ) -> Result<Redeemed, Error> {
        let cookie = cookie_of(parts, &transaction);
        let place = match (cross_device, cookie) {
            (CrossDevice::Refused, Some(cookie)) => BrowserSecret::place(&transaction, cookie),
            (CrossDevice::Refused, None) => return Err(Code::TransactionBrowser.into()),
            (CrossDevice::Attended, _) => BrowserSecret::place(&transaction, ""),
        };
        let sealed = self.store.take(place, now).await?;
        let mut state = self.sealer.open(purpose, &transaction, &sealed, now)?;
        let device = match cross_device {
            CrossDevice::Refused => Device::Same,
            CrossDevice::Attended => {
                let began = *state.first_chunk::<DIGEST>().ok_or(Code::TransactionForm)?;
                state.drain(..DIGEST);
                let place = cookie.map(|cookie| BrowserSecret::place(&transaction, cookie));
                match place {
                    Some(place) if *place.octets() == began => Device::Same,
                    Some(_) | None => Device::Other,
                }
            }
        };
        let carried = Carried::take(&mut state)?;
        Ok(Redeemed {
            transaction,
            state,
            device,
            carried,
        })
    }
}

impl Opening<'_> {
    /// To whom, for what, in which transaction and until when.
    pub(crate) fn binding(&self) -> &Binding {
        &self.binding
    }

    /// The same with this to carry, if it is there.
    pub(crate) fn carrying(mut self, carry: Option<Carry>) -> Self {
        self.carry = carry.or(self.carry);
        self
    }

    /// The same with a secret that was made for the browser with what has to be
    /// remembered.
    #[cfg(feature = "auth-app")]
    pub(crate) fn for_browser(mut self, browser: BrowserSecret) -> Self {
        self.browser = browser;
        self
    }

    /// Keeps what has to be remembered, sealed, and gives the browser's cookie.
    ///
    /// As [`TransactionStore::put`](crate::TransactionStore::put).
    pub(crate) async fn keep(self, state: &[u8]) -> Result<HeaderValue, Error> {
        let Self { site, binding, .. } = &self;
        let (transaction, secret) = (&binding.transaction, self.browser.value());
        let own = BrowserSecret::place(transaction, secret);
        let (place, mark) = match self.cross_device {
            CrossDevice::Refused => (own, &[][..]),
            CrossDevice::Attended => (BrowserSecret::place(transaction, ""), &own.octets()[..]),
        };
        let carry = Zeroizing::new(Carry::prefix(self.carry.as_ref()));
        let state = Zeroizing::new([mark, &carry, state].concat());
        let purpose = &binding.audience.purpose;
        let sealed = site
            .sealer
            .seal(purpose, transaction, binding.expires, &state)?;
        let entry = Entry {
            transaction: place,
            client: self.client,
            expires: binding.expires,
            state: sealed,
        };
        site.store.put(entry, self.now).await?;
        secret_value(&self.browser.set_cookie(site.lifetime))
    }
}

/// The header with which the cookie of a transaction goes, when it has served.
pub(crate) fn clear_cookie(transaction: &TransactionId) -> Result<HeaderValue, Error> {
    secret_value(&BrowserSecret::clear_cookie(transaction))
}

/// A header that proxies and logs are asked not to keep.
fn secret_value(value: &str) -> Result<HeaderValue, Error> {
    let mut value = HeaderValue::from_str(value).map_err(|_| Code::MisuseArgument)?;
    value.set_sensitive(true);
    Ok(value)
}

/// The transaction that stands in the query, once.
pub(crate) fn transaction_of(parts: &Parts) -> Result<TransactionId, Error> {
    let query = parts.uri.query().unwrap_or_default();
    let mut found = query
        .split('&')
        .filter_map(|pair| pair.strip_prefix(PARAMETER));
    let (transaction, None) = (found.next().ok_or(Code::InputAnswer)?, found.next()) else {
        return Err(Code::InputAnswer.into());
    };
    transaction.parse().map_err(|_| Code::InputAnswer.into())
}

const PARAMETER: &str = "transaction=";

/// The value of the transaction's cookie; none if it is not there, or there
/// twice.
pub(crate) fn cookie_of<'p>(parts: &'p Parts, transaction: &TransactionId) -> Option<&'p str> {
    let lines = parts.headers.get_all(COOKIE).into_iter();
    let mut found = lines.filter_map(|line| BrowserSecret::find(line, transaction));
    let cookie = found.next()?;
    found.next().is_none().then_some(cookie)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;
    use crate::site::tests::{NOW, site};
    use tashika::Duration;

    fn purpose() -> Purpose {
        Purpose::named("login").unwrap()
    }

    /// A request with these cookies, for a transaction.
    fn request(query: &str, cookies: &[&str]) -> Parts {
        let request = http::Request::post(format!("/answer{query}")).body(());
        let mut parts = request.unwrap().into_parts().0;
        for cookie in cookies {
            let cookie = HeaderValue::from_str(cookie).unwrap();
            parts.headers.append(COOKIE, cookie);
        }
        parts
    }

    /// A transaction that has begun, and the cookie of its browser.
    async fn begun(site: &Site, cross_device: CrossDevice) -> (TransactionId, String) {
        let parts = request("", &[]);
        let opening = site.open(&purpose(), cross_device, &parts, NOW).unwrap();
        let transaction = opening.binding().transaction;
        let cookie = opening.keep(b"state").await.unwrap();
        assert!(cookie.is_sensitive());
        let cookie = cookie.to_str().unwrap().split(';').next().unwrap();
        (transaction, cookie.to_owned())
    }

    async fn redeem(
        site: &Site,
        cross_device: CrossDevice,
        transaction: &TransactionId,
        cookies: &[&str],
    ) -> Result<(Vec<u8>, Device), Code> {
        let parts = request(&format!("?transaction={transaction}"), cookies);
        let redeemed = site.redeem(&purpose(), cross_device, &parts, NOW).await;
        let redeemed = redeemed.map_err(|error| error.code())?;
        assert_eq!(redeemed.transaction, *transaction);
        Ok((redeemed.state.to_vec(), redeemed.device))
    }

    #[tokio::test]
    async fn only_the_browser_that_began_ends_a_transaction() {
        let (site, same) = (site(), CrossDevice::Refused);
        let (transaction, cookie) = begun(&site, same).await;
        let (other, stranger) = begun(&site, same).await;
        let (name, _) = cookie.split_once('=').unwrap();
        let forged = format!("{name}=x");
        let refused = [
            (&[][..], Code::TransactionBrowser),
            (&[&*stranger], Code::TransactionBrowser),
            (&[&*cookie, &*forged], Code::TransactionBrowser),
            (&[&*forged], Code::TransactionUnknown),
        ];
        for (cookies, code) in refused {
            let outcome = redeem(&site, same, &transaction, cookies).await;
            assert_eq!(outcome, Err(code));
        }
        // None of them has taken it away.
        let both = [&*stranger, &*cookie];
        let state = b"state".to_vec();
        let outcome = redeem(&site, same, &transaction, &both).await;
        assert_eq!(outcome, Ok((state.clone(), Device::Same)));
        let again = redeem(&site, same, &transaction, &both).await;
        assert_eq!(again, Err(Code::TransactionUnknown));
        let outcome = redeem(&site, same, &other, &both).await;
        assert_eq!(outcome, Ok((state, Device::Same)));
    }

    #[tokio::test]
    async fn where_somebody_stands_by_another_device_may_answer_and_is_told_apart() {
        let (site, attended) = (site(), CrossDevice::Attended);
        for (same_browser, device) in [(true, Device::Same), (false, Device::Other)] {
            let (transaction, cookie) = begun(&site, attended).await;
            let cookies = if same_browser { vec![&*cookie] } else { vec![] };
            let outcome = redeem(&site, attended, &transaction, &cookies).await;
            assert_eq!(outcome, Ok((b"state".to_vec(), device)));
            let again = redeem(&site, attended, &transaction, &cookies).await;
            assert_eq!(again, Err(Code::TransactionUnknown));
        }
        // What was begun for one browser is not there for others.
        let (transaction, _) = begun(&site, CrossDevice::Refused).await;
        let outcome = redeem(&site, attended, &transaction, &[]).await;
        assert_eq!(outcome, Err(Code::TransactionUnknown));
    }

    #[tokio::test]
    async fn a_transaction_is_for_its_purpose_and_its_time() {
        let site = site();
        let (transaction, cookie) = begun(&site, CrossDevice::Refused).await;
        let parts = request(&format!("?transaction={transaction}"), &[&cookie]);
        let other = Purpose::named("other").unwrap();
        let redeemed = site.redeem(&other, CrossDevice::Refused, &parts, NOW).await;
        assert_eq!(redeemed.err().unwrap().code(), Code::TransactionSeal);

        let (transaction, cookie) = begun(&site, CrossDevice::Refused).await;
        let parts = request(&format!("?transaction={transaction}"), &[&cookie]);
        let late = NOW.plus(site.lifetime()).plus(Duration::seconds(1));
        let site = site.with_clock(Clock::told(move || late));
        let (purpose, now) = (purpose(), site.now());
        let redeemed = site.redeem(&purpose, CrossDevice::Refused, &parts, now);
        let refused = redeemed.await.err().unwrap().code();
        assert_eq!(refused, Code::TransactionUnknown);
    }

    #[test]
    fn the_query_names_one_transaction() {
        let id = TransactionId::from_entropy([0xab; 16]);
        let named = |query: &str| transaction_of(&request(query, &[])).map_err(|e| e.code());
        assert_eq!(named(&format!("?transaction={id}")), Ok(id));
        assert_eq!(named(&format!("?a=b&transaction={id}&c")), Ok(id));
        for bad in [
            String::new(),
            "?transaction=".to_owned(),
            "?transaction=ab".to_owned(),
            format!("?transaction={id}0"),
            format!("?Transaction={id}"),
            format!("?transaction={id}&transaction={id}"),
            format!("?%74ransaction={id}"),
        ] {
            assert_eq!(named(&bad), Err(Code::InputAnswer), "{bad}");
        }
    }
}
