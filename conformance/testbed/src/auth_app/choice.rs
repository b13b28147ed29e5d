//! What somebody does when the provider asks.

/// The outcome of an authorization, as the person or the card brings it about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This person shows card and PIN.
    Citizen(String),
    /// The person presses 中止.
    Cancel,
    /// The certificate has expired.
    ExpiredCertificate,
    /// The certificate is revoked.
    RevokedCertificate,
    /// Too many wrong PINs.
    PinLocked,
    /// The card has no PIN, or no certificate of this kind.
    NoPin,
    /// The app is not installed.
    AppMissing,
    /// Nobody did anything for too long.
    Expired,
}

impl Choice {
    /// The outcomes other than a person.
    pub const FAILURES: [Self; 7] = [
        Self::Cancel,
        Self::ExpiredCertificate,
        Self::RevokedCertificate,
        Self::PinLocked,
        Self::NoPin,
        Self::AppMissing,
        Self::Expired,
    ];

    /// This person shows card and PIN.
    #[must_use]
    pub fn citizen(id: &str) -> Self {
        Self::Citizen(id.to_owned())
    }

    /// The values of `error` and `error_description` that the relying party gets to
    /// see; none where somebody authorizes. Only `access_denied` has a standard
    /// behind it: how the real provider says the rest is not published.
    #[must_use]
    pub fn error(&self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::Citizen(_) => return None,
            Self::Cancel => ("access_denied", "the person stopped"),
            // Both look the same from outside.
            Self::ExpiredCertificate | Self::RevokedCertificate => {
                ("certificate_not_valid", "the certificate is not valid")
            }
            Self::PinLocked => ("pin_locked", "the PIN is locked"),
            Self::NoPin => ("no_pin", "the card has no PIN"),
            Self::AppMissing => ("app_missing", "the app is missing"),
            Self::Expired => ("transaction_expired", "the transaction has expired"),
        })
    }

    /// Its value in the form of the page.
    pub(super) fn value(&self) -> String {
        let fixed = match self {
            Self::Citizen(id) => return format!("citizen:{id}"),
            Self::Cancel => "cancel",
            Self::ExpiredCertificate => "expired-certificate",
            Self::RevokedCertificate => "revoked-certificate",
            Self::PinLocked => "pin-locked",
            Self::NoPin => "no-pin",
            Self::AppMissing => "app-missing",
            Self::Expired => "expired",
        };
        fixed.to_owned()
    }

    pub(super) fn of_value(value: &str) -> Option<Self> {
        if let Some(id) = value.strip_prefix("citizen:") {
            return Some(Self::citizen(id));
        }
        let failures = Self::FAILURES.into_iter();
        failures.into_iter().find(|choice| choice.value() == value)
    }
}
