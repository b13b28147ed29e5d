//! A pending presentation as it is sealed: an array in deterministic CBOR, of
//! which the first item says how the rest is laid out.

use std::borrow::Cow;

use zeroize::Zeroizing;

use crate::code::Code;
use crate::error::Error;
use crate::mdoc::cbor::{Reader, write};
use crate::mdoc::envelope::RequestForm;
use crate::mdoc::pending::PendingPresentation;
use crate::mdoc::pending::channel::{AnnexC, Apple, Channel, Openid4vp};
use crate::mdoc::requested::age_threshold;
use crate::mdoc::{
    AgeEvidence, Curve, EphemeralKey, Need, Requested, RequestedDocument, RequestedElement,
    Retention,
};
use crate::time::Time;
use crate::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};

/// The first item. Another layout has another number.
const FORM: &str = "tashika-pending-presentation/1";

type Secret = Zeroizing<Vec<u8>>;

pub(super) fn write(pending: &PendingPresentation) -> Result<Secret, Error> {
    let PendingPresentation {
        binding,
        requested,
        channels,
    } = pending;
    let channels: Result<Vec<_>, Error> = channels.iter().map(Channel::write).collect();
    let documents = requested.documents().iter();
    let documents: Vec<_> = documents.map(RequestedDocument::write).collect();
    Ok(list(vec![
        write::text(FORM),
        write::text(binding.audience.relying_party.as_str()),
        write::text(binding.audience.purpose.as_str()),
        write::bytes(&[binding.transaction.octets()]),
        write::integer(binding.expires.as_unix()),
        write::array(&documents),
        write::array(&channels?),
    ]))
}

/// `transaction.form` if it is anything else than was written.
pub(super) fn read(state: &[u8]) -> Result<PendingPresentation, Error> {
    let form = |_| Error::new(Code::TransactionForm);
    let mut reader = Reader::only(state, Code::TransactionForm).map_err(form)?;
    reader.tuple(7, parts).map_err(form)
}

fn parts(parts: &mut Reader<'_>) -> Result<PendingPresentation, Code> {
    if parts.text()? != FORM {
        return Err(Code::TransactionForm);
    }
    let binding = Binding {
        audience: Audience {
            relying_party: made(RelyingParty::from_origin(&parts.text()?))?,
            purpose: made(Purpose::named(&parts.text()?))?,
        },
        transaction: TransactionId::from_entropy(fixed(parts)?),
        expires: Time::from_unix(parts.integer()?),
    };
    let (mut documents, mut channels) = (Vec::new(), Vec::new());
    parts.array(|_, document| {
        documents.push(document.tuple(3, RequestedDocument::read)?);
        Ok(())
    })?;
    parts.array(|_, channel| {
        channels.push(channel.tuple(2, Channel::read)?);
        Ok(())
    })?;
    Ok(PendingPresentation {
        binding,
        requested: made(Requested::new(documents))?,
        channels,
    })
}

/// What was made once can be made again.
fn made<T>(outcome: Result<T, Error>) -> Result<T, Code> {
    outcome.map_err(|_| Code::TransactionForm)
}

/// An array of these items, which are wiped.
fn list(items: Vec<Vec<u8>>) -> Secret {
    let items: Vec<_> = items.into_iter().map(Zeroizing::new).collect();
    Zeroizing::new(write::array(&items))
}

fn fixed<const N: usize>(reader: &mut Reader<'_>) -> Result<[u8; N], Code> {
    let octets = reader.bytes()?;
    (*octets).try_into().map_err(|_| Code::TransactionForm)
}

impl RequestedDocument {
    fn write(&self) -> Vec<u8> {
        let elements: Vec<_> = self
            .elements()
            .iter()
            .map(RequestedElement::write)
            .collect();
        write::array(&[
            write::text(self.doc_type()),
            write::boolean(self.need() == Need::Mandatory),
            write::array(&elements),
        ])
    }

    /// In the same way as it was made, so that nothing can be asked for that
    /// nobody may ask for.
    fn read(parts: &mut Reader<'_>) -> Result<Self, Code> {
        let mut document = made(Self::new(&parts.text()?))?;
        if need(parts)? == Need::Optional {
            document = document.optional();
        }
        let mut elements = Vec::new();
        parts.array(|_, element| {
            elements.push(element.tuple(5, Asked::read)?);
            Ok(())
        })?;
        let mut elements = elements.into_iter();
        elements.try_fold(document, |document, asked| asked.of(document))
    }
}

/// What is asked for of a document.
struct Asked<'a> {
    namespace: Cow<'a, str>,
    identifier: Cow<'a, str>,
    retention: Retention,
    need: Need,
    age: Option<AgeEvidence>,
}

impl<'a> Asked<'a> {
    fn read(parts: &mut Reader<'a>) -> Result<Self, Code> {
        Ok(Self {
            namespace: parts.text()?,
            identifier: parts.text()?,
            retention: match parts.boolean()? {
                true => Retention::Retained,
                false => Retention::NotRetained,
            },
            need: need(parts)?,
            age: match parts.take_null()? {
                true => None,
                false => Some(evidence(parts)?),
            },
        })
    }

    fn of(&self, document: RequestedDocument) -> Result<RequestedDocument, Code> {
        let Self {
            namespace,
            identifier,
            retention,
            need,
            age,
        } = self;
        made(match (age, age_threshold(identifier)) {
            (Some(evidence), Some(threshold)) => {
                document.age_over(namespace, threshold, *retention, *need, *evidence)
            }
            (None, None) => document.element(namespace, identifier, *retention, *need),
            _ => return Err(Code::TransactionForm),
        })
    }
}

fn evidence(parts: &mut Reader<'_>) -> Result<AgeEvidence, Code> {
    match parts.unsigned()? {
        0 => Ok(AgeEvidence::OverOnly),
        1 => Ok(AgeEvidence::OrAgeInYears),
        2 => Ok(AgeEvidence::OrBirthDate),
        _ => Err(Code::TransactionForm),
    }
}

fn need(parts: &mut Reader<'_>) -> Result<Need, Code> {
    Ok(match parts.boolean()? {
        true => Need::Mandatory,
        false => Need::Optional,
    })
}

impl RequestedElement {
    fn write(&self) -> Vec<u8> {
        let evidence = match self.age_evidence() {
            None => write::null(),
            Some(AgeEvidence::OverOnly) => write::unsigned(0),
            Some(AgeEvidence::OrAgeInYears) => write::unsigned(1),
            Some(AgeEvidence::OrBirthDate) => write::unsigned(2),
        };
        write::array(&[
            write::text(self.namespace()),
            write::text(self.identifier()),
            write::boolean(self.retention() == Retention::Retained),
            write::boolean(self.need() == Need::Mandatory),
            evidence,
        ])
    }
}

const ANNEX_C: u64 = 0;
const OPENID4VP: u64 = 1;
const APPLE: u64 = 2;

impl Channel {
    /// The kind and what was made for it.
    fn write(&self) -> Result<Secret, Error> {
        let (kind, parts) = match self {
            Self::AnnexC(channel) => {
                let info = write::text(&channel.encryption_info);
                let key = write::bytes(&[&channel.key.scalar()?]);
                (ANNEX_C, vec![info, key])
            }
            Self::Openid4vp(channel) => {
                let nonce = write::text(&channel.nonce);
                let signed = write::boolean(channel.form == RequestForm::Signed);
                let key = match &channel.key {
                    Some(key) => write::bytes(&[&key.scalar()?]),
                    None => write::null(),
                };
                (OPENID4VP, vec![nonce, signed, key])
            }
            Self::Apple(channel) => {
                let nonce = write::bytes(&[&channel.nonce]);
                let merchant = write::text(&channel.merchant_id);
                let team = write::text(&channel.team_id);
                let hash = write::bytes(&[&channel.public_key_hash]);
                (APPLE, vec![nonce, merchant, team, hash])
            }
        };
        let parts = list(parts);
        Ok(Zeroizing::new(write::array(&[
            &write::unsigned(kind),
            &*parts,
        ])))
    }

    fn read(parts: &mut Reader<'_>) -> Result<Self, Code> {
        match parts.unsigned()? {
            ANNEX_C => parts.tuple(2, AnnexC::read).map(Self::AnnexC),
            OPENID4VP => parts.tuple(3, Openid4vp::read).map(Self::Openid4vp),
            APPLE => parts.tuple(4, Apple::read).map(Self::Apple),
            _ => Err(Code::TransactionForm),
        }
    }
}

impl AnnexC {
    fn read(parts: &mut Reader<'_>) -> Result<Self, Code> {
        Ok(Self {
            encryption_info: parts.text()?.into_owned(),
            key: key(parts)?,
        })
    }
}

impl Openid4vp {
    fn read(parts: &mut Reader<'_>) -> Result<Self, Code> {
        Ok(Self {
            nonce: parts.text()?.into_owned(),
            form: match parts.boolean()? {
                true => RequestForm::Signed,
                false => RequestForm::Unsigned,
            },
            key: match parts.take_null()? {
                true => None,
                false => Some(key(parts)?),
            },
        })
    }
}

impl Apple {
    fn read(parts: &mut Reader<'_>) -> Result<Self, Code> {
        Ok(Self {
            nonce: parts.bytes()?.into_owned(),
            merchant_id: parts.text()?.into_owned(),
            team_id: parts.text()?.into_owned(),
            public_key_hash: fixed(parts)?,
        })
    }
}

fn key(parts: &mut Reader<'_>) -> Result<EphemeralKey, Code> {
    let scalar = parts.bytes()?;
    made(EphemeralKey::from_entropy(Curve::P256, &scalar))
}
