//! A status token: a CWT (RFC 8392) with a list in it.

use std::fmt;

use crate::code::Code;
use crate::limits;
use crate::mdoc::cbor::{Key, Reader};
use crate::mdoc::cose::{Message, SIGN1};
use crate::mdoc::status::StatusKind;
use crate::mdoc::status::list::{IdentifierList, StatusList};
use crate::time::{Duration, Time};

/// What every refusal of a token's form is: bad or unreadable, it says nothing
/// about the document.
pub(super) const MALFORMED: Code = Code::InputStatusToken;

/// What a token says, before anybody has looked at who signed it.
pub(super) struct Claims {
    pub(super) subject: Box<str>,
    pub(super) issued_at: Time,
    pub(super) not_before: Option<Time>,
    pub(super) expires: Option<Time>,
    /// How long it may be kept (draft-ietf-oauth-status-list, 13.7).
    pub(super) time_to_live: Option<Duration>,
    pub(super) list: List,
}

/// The list of a token.
pub(super) enum List {
    Statuses(StatusList),
    Identifiers(IdentifierList),
}

/// RFC 8392, 3.1; draft-ietf-oauth-status-list, 5.2; ISO/IEC 18013-5, second
/// edition, 12.3.6.4.
mod claim {
    pub(super) const SUBJECT: i128 = 2;
    pub(super) const EXPIRES: i128 = 4;
    pub(super) const NOT_BEFORE: i128 = 5;
    pub(super) const ISSUED_AT: i128 = 6;
    pub(super) const IDENTIFIER_LIST: i128 = 65530;
    pub(super) const STATUS_LIST: i128 = 65533;
    pub(super) const TIME_TO_LIVE: i128 = 65534;
}

impl StatusKind {
    /// The type in the protected header 16 (RFC 9596), which is the media type.
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::StatusList => "application/statuslist+cwt",
            Self::IdentifierList => "application/identifierlist+cwt",
        }
    }

    fn of_content_type(text: &str) -> Option<Self> {
        let kinds = [Self::StatusList, Self::IdentifierList];
        kinds.into_iter().find(|kind| kind.content_type() == text)
    }
}

/// The COSE message of a token, soundly encoded.
pub(super) fn message(token: &[u8]) -> Result<Message<'_>, Code> {
    if token.len() > limits::STATUS_TOKEN {
        return Err(Code::MdocStatusTooLarge);
    }
    let mut reader = Reader::only(token, MALFORMED).map_err(|_| MALFORMED)?;
    let message = Message::read(&mut reader, SIGN1).map_err(|_| MALFORMED)?;
    if message.has_critical() {
        return Err(MALFORMED);
    }
    Ok(message)
}

impl Claims {
    /// Reads the claims of a message whose type says what list it carries.
    pub(super) fn of(message: &Message<'_>) -> Result<Self, Code> {
        let content_type = message.protected().content_type();
        let kind = content_type.and_then(StatusKind::of_content_type);
        let payload = message.payload().ok_or(MALFORMED)?;
        let reader = Reader::only_with(payload, MALFORMED, limits::STATUS_IDENTIFIERS);
        let mut reader = reader.map_err(|_| MALFORMED)?;
        let mut found = Found::default();
        let outcome = reader.map(|key, value| found.take(&key, value));
        outcome.map_err(|_| MALFORMED)?;
        found.claims(kind.ok_or(MALFORMED)?)
    }
}

#[derive(Default)]
struct Found {
    subject: Option<Box<str>>,
    issued_at: Option<Time>,
    not_before: Option<Time>,
    expires: Option<Time>,
    time_to_live: Option<Duration>,
    statuses: Option<StatusList>,
    identifiers: Option<IdentifierList>,
}

impl Found {
    fn take(&mut self, key: &Key<'_>, value: &mut Reader<'_>) -> Result<(), Code> {
        let Key::Integer(key) = key else {
            return Ok(());
        };
        match *key {
            claim::SUBJECT => self.subject = Some(value.text()?.into()),
            claim::ISSUED_AT => self.issued_at = Some(time(value)?),
            claim::NOT_BEFORE => self.not_before = Some(time(value)?),
            claim::EXPIRES => self.expires = Some(time(value)?),
            claim::TIME_TO_LIVE => self.time_to_live = Some(seconds(value)?),
            claim::STATUS_LIST => self.statuses = Some(StatusList::read(value)?),
            claim::IDENTIFIER_LIST => self.identifiers = Some(IdentifierList::read(value)?),
            _ => {}
        }
        Ok(())
    }

    /// A token carries the list of its type and no other (ISO/IEC 18013-5,
    /// second edition, 12.3.6.4).
    fn claims(self, kind: StatusKind) -> Result<Claims, Code> {
        let list = match (kind, self.statuses, self.identifiers) {
            (StatusKind::StatusList, Some(list), None) => List::Statuses(list),
            (StatusKind::IdentifierList, None, Some(list)) => List::Identifiers(list),
            (StatusKind::StatusList | StatusKind::IdentifierList, ..) => return Err(MALFORMED),
        };
        Ok(Claims {
            subject: self.subject.ok_or(MALFORMED)?,
            issued_at: self.issued_at.ok_or(MALFORMED)?,
            not_before: self.not_before,
            expires: self.expires,
            time_to_live: self.time_to_live,
            list,
        })
    }
}

/// NumericDate (RFC 8392, 2). Fractions of a second are nothing that a list
/// needs.
fn time(value: &mut Reader<'_>) -> Result<Time, Code> {
    value.integer().map(Time::from_unix)
}

fn seconds(value: &mut Reader<'_>) -> Result<Duration, Code> {
    let seconds = i64::try_from(value.unsigned()?).unwrap_or(i64::MAX);
    if seconds == 0 {
        return Err(MALFORMED);
    }
    Ok(Duration::seconds(seconds))
}

impl List {
    pub(super) const fn kind(&self) -> StatusKind {
        match self {
            Self::Statuses(_) => StatusKind::StatusList,
            Self::Identifiers(_) => StatusKind::IdentifierList,
        }
    }

    /// What it takes in memory.
    #[cfg(any(feature = "cache", feature = "fetch"))]
    pub(super) fn octets(&self) -> usize {
        match self {
            Self::Statuses(list) => list.octets(),
            Self::Identifiers(list) => list.octets(),
        }
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}(…)", self.kind())
    }
}
