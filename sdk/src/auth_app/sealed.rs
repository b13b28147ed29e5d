//! A pending login as it is sealed: JSON, of which one member says how the rest
//! is laid out.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::auth_app::pending::{PendingLogin, Registered};
use crate::auth_app::state::{BrowserDigest, State};
use crate::auth_app::{Acr, AcrPolicy, Scopes};
use crate::code::Code;
use crate::error::Error;
use crate::time::Time;
use crate::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};

/// Another layout has another name.
const FORM: &str = "tashika-pending-login/1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sealed {
    form: String,
    relying_party: String,
    purpose: String,
    transaction: [u8; 16],
    expires: i64,
    issuer: String,
    client_id: String,
    redirect_uri: String,
    scopes: u8,
    asked: Vec<String>,
    required: Vec<String>,
    state: [u8; 16],
    nonce: [u8; 32],
    verifier: [u8; 32],
    browser: [u8; 32],
    sign_transaction: Option<String>,
}

// The secrets among it.
impl Drop for Sealed {
    fn drop(&mut self) {
        self.state.zeroize();
        self.nonce.zeroize();
        self.verifier.zeroize();
    }
}

pub(super) fn write(state: &impl Serialize) -> Result<Zeroizing<Vec<u8>>, Error> {
    // Long enough that no copy is left behind by growing.
    let mut json = Zeroizing::new(Vec::with_capacity(ROOM));
    serde_json::to_writer(&mut *json, state).map_err(|_| Code::MisuseArgument)?;
    Ok(json)
}

/// Octets of the longest state of common length.
const ROOM: usize = 4096;

/// `transaction.form` if it is anything else than was written.
pub(super) fn read<'j, T: Deserialize<'j>>(json: &'j [u8]) -> Result<T, Error> {
    serde_json::from_slice(json).map_err(|_| Code::TransactionForm.into())
}

impl Sealed {
    pub(super) fn of(pending: &PendingLogin) -> Self {
        let PendingLogin {
            binding,
            registered,
            acr,
            ..
        } = pending;
        let names = |classes: &[Acr]| classes.iter().map(|c| c.as_str().to_owned()).collect();
        Self {
            form: FORM.to_owned(),
            relying_party: binding.audience.relying_party.as_str().to_owned(),
            purpose: binding.audience.purpose.as_str().to_owned(),
            transaction: *binding.transaction.octets(),
            expires: binding.expires.as_unix(),
            issuer: registered.issuer.clone(),
            client_id: registered.client_id.clone(),
            redirect_uri: registered.redirect_uri.clone(),
            scopes: pending.scopes.bits(),
            asked: names(acr.asked()),
            required: names(acr.required()),
            state: *pending.state.secret(),
            nonce: *pending.nonce,
            verifier: *pending.verifier,
            browser: pending.browser.0,
            sign_transaction: pending.sign_transaction.clone(),
        }
    }

    /// `transaction.form` if it is anything else than was written.
    pub(super) fn login(&self) -> Result<PendingLogin, Error> {
        self.pending().map_err(|_| Code::TransactionForm.into())
    }

    /// Made again in the same way as it was made.
    fn pending(&self) -> Result<PendingLogin, Error> {
        if self.form != FORM {
            return Err(Code::TransactionForm.into());
        }
        let transaction = TransactionId::from_entropy(self.transaction);
        let classes = |names: &[String]| {
            names
                .iter()
                .map(|name| Acr::named(name))
                .collect::<Result<_, _>>()
        };
        let acr = AcrPolicy::from_parts(classes(&self.asked)?, classes(&self.required)?);
        Ok(PendingLogin {
            binding: Binding {
                audience: Audience {
                    relying_party: RelyingParty::from_origin(&self.relying_party)?,
                    purpose: Purpose::named(&self.purpose)?,
                },
                transaction,
                expires: Time::from_unix(self.expires),
            },
            registered: Registered {
                issuer: self.issuer.clone(),
                client_id: self.client_id.clone(),
                redirect_uri: self.redirect_uri.clone(),
            },
            scopes: Scopes::from_bits(self.scopes).ok_or(Code::TransactionForm)?,
            acr,
            state: State::new(transaction, self.state),
            nonce: Zeroizing::new(self.nonce),
            verifier: Zeroizing::new(self.verifier),
            browser: BrowserDigest(self.browser),
            sign_transaction: self.sign_transaction.clone(),
        })
    }
}
