//! Sessions of a token: one for each signature that is being made, up to a
//! bound, and opened again when the token has lost them.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use cryptoki::context::Pkcs11;
use cryptoki::error::{Error as ModuleError, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;

use super::error::Pkcs11Error;
use super::name::{Pkcs11Pin, TokenKey, TokenName};

/// Tokens have few sessions and sign one message after the other inside; this
/// many keep one busy.
pub(super) const MOST: usize = 8;

/// The sessions of one signer.
pub(super) struct Sessions {
    module: Pkcs11,
    token: TokenName,
    pin: Pkcs11Pin,
    key: TokenKey,
    /// Whether the token has refused the PIN. Held while the PIN is sent, so
    /// that a wrong one is sent once, and not once by each thread.
    refused: Mutex<bool>,
    idle: Mutex<Idle>,
    returned: Condvar,
}

struct Idle {
    opened: Vec<Opened>,
    /// How many signatures may begin now.
    places: usize,
}

/// A session in which the user is logged in, and the key as it knows it.
pub(super) struct Opened {
    session: Session,
    key: ObjectHandle,
}

impl Sessions {
    pub(super) fn new(module: Pkcs11, token: TokenName, pin: Pkcs11Pin, key: TokenKey) -> Self {
        let opened = Vec::new();
        let places = MOST;
        Self {
            module,
            token,
            pin,
            key,
            refused: Mutex::new(false),
            idle: Mutex::new(Idle { opened, places }),
            returned: Condvar::new(),
        }
    }

    /// Uses a session, and another one if the token has lost the first.
    pub(super) fn with<T>(
        &self,
        mut action: impl FnMut(&Opened) -> Result<T, ModuleError>,
    ) -> Result<T, Pkcs11Error> {
        let place = Place::wait(self);
        let opened = match self.idle().opened.pop() {
            Some(opened) => opened,
            None => self.open()?,
        };
        match action(&opened) {
            Ok(value) => {
                place.keep(opened);
                Ok(value)
            }
            Err(error) if is_lost(&error) => {
                drop(opened);
                let opened = self.open()?;
                let value = action(&opened).map_err(Pkcs11Error::token)?;
                place.keep(opened);
                Ok(value)
            }
            Err(error) => Err(Pkcs11Error::token(error)),
        }
    }

    /// A new session, with the user logged in.
    pub(super) fn open(&self) -> Result<Opened, Pkcs11Error> {
        let session = self.module.open_ro_session(self.slot()?);
        let session = session.map_err(|error| match error {
            ModuleError::Pkcs11(RvError::SlotIdInvalid | RvError::TokenNotPresent, _) => {
                Pkcs11Error::TokenMissing
            }
            other => Pkcs11Error::token(other),
        })?;
        self.log_in(&session)?;
        let keys = session.find_objects(&self.key.template());
        match *keys.map_err(Pkcs11Error::token)? {
            [key] => Ok(Opened { session, key }),
            [] => Err(Pkcs11Error::KeyMissing),
            _ => Err(Pkcs11Error::KeyAmbiguous),
        }
    }

    /// The slot in which the token is.
    fn slot(&self) -> Result<Slot, Pkcs11Error> {
        let label = match &self.token {
            TokenName::Slot(number) => {
                return Slot::try_from(*number).map_err(|_| Pkcs11Error::TokenMissing);
            }
            TokenName::Label(label) => label,
        };
        let slots = self.module.get_slots_with_token();
        let mut slots = slots.map_err(Pkcs11Error::token)?;
        // One that was taken out in this moment has no label.
        let label_of = |slot| self.module.get_token_info(slot);
        slots.retain(|slot| label_of(*slot).is_ok_and(|token| token.label() == label));
        match *slots {
            [slot] => Ok(slot),
            [] => Err(Pkcs11Error::TokenMissing),
            _ => Err(Pkcs11Error::TokenAmbiguous),
        }
    }

    /// Logs the user in. To be logged in is a state of the process and not of
    /// the session (PKCS #11, 5.6.8), so that others may have done it.
    fn log_in(&self, session: &Session) -> Result<(), Pkcs11Error> {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if *refused {
            return Err(Pkcs11Error::PinKeptBack);
        }
        match session.login(UserType::User, Some(&self.pin.0)) {
            Ok(()) | Err(ModuleError::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            Err(source) if is_about_pin(&source) => {
                *refused = true;
                Err(Pkcs11Error::Pin { source })
            }
            Err(source) => Err(Pkcs11Error::token(source)),
        }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Opened {
    pub(super) const fn key(&self) -> ObjectHandle {
        self.key
    }

    pub(super) fn sign(
        &self,
        mechanism: &Mechanism<'_>,
        input: &[u8],
    ) -> Result<Vec<u8>, ModuleError> {
        self.session.sign(mechanism, self.key, input)
    }

    pub(super) fn find(&self, template: &[Attribute]) -> Result<Vec<ObjectHandle>, Pkcs11Error> {
        let found = self.session.find_objects(template);
        found.map_err(Pkcs11Error::token)
    }

    /// Those of an object's attributes that it has.
    pub(super) fn attributes(
        &self,
        object: ObjectHandle,
        names: &[AttributeType],
    ) -> Result<Vec<Attribute>, Pkcs11Error> {
        let attributes = self.session.get_attributes(object, names);
        attributes.map_err(Pkcs11Error::token)
    }
}

/// The right to use a session; the next one may when it is dropped.
struct Place<'s>(&'s Sessions);

impl<'s> Place<'s> {
    fn wait(sessions: &'s Sessions) -> Self {
        let full = |idle: &mut Idle| idle.places == 0;
        let idle = sessions.returned.wait_while(sessions.idle(), full);
        idle.unwrap_or_else(PoisonError::into_inner).places -= 1;
        Self(sessions)
    }

    /// Leaves a session that works for others.
    fn keep(self, opened: Opened) {
        self.0.idle().opened.push(opened);
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.idle().places += 1;
        self.0.returned.notify_one();
    }
}

/// Whether a new session may do better: the token was out, or the user logged
/// out. What was not logged in does not see the key.
fn is_lost(error: &ModuleError) -> bool {
    matches!(
        error,
        ModuleError::Pkcs11(
            RvError::SessionHandleInvalid
                | RvError::SessionClosed
                | RvError::DeviceRemoved
                | RvError::DeviceError
                | RvError::TokenNotPresent
                | RvError::UserNotLoggedIn
                | RvError::KeyHandleInvalid
                | RvError::ObjectHandleInvalid,
            _
        )
    )
}

/// Whether the token wants another PIN, or none of ours.
fn is_about_pin(error: &ModuleError) -> bool {
    matches!(
        error,
        ModuleError::Pkcs11(
            RvError::PinIncorrect
                | RvError::PinInvalid
                | RvError::PinLenRange
                | RvError::PinExpired
                | RvError::PinLocked
                | RvError::UserPinNotInitialized,
            _
        )
    )
}
