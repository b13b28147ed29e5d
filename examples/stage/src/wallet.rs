//! A person's phone and card: what they answer, rightly and wrongly.

mod asked;
mod card;
mod defect;
mod phone;
mod proximity;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tashika_testbed::mdoc::{ReaderTrust, Refusal};

use crate::world::World;

pub(crate) use asked::{Explained, explain};
pub(crate) use defect::{DEFECTS, Row};
pub(crate) use proximity::{Overheard, Tap};

use defect::Defect;

/// What a phone or a card is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// Documents, by way of a browser.
    Present,
    /// A signature with the 署名用 certificate.
    Sign,
    /// The answer to a challenge, with the 利用者証明用 certificate.
    Challenge,
    /// Documents, before a reader.
    Tap,
}

impl Kind {
    /// Its name in messages.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Present => "present",
            Self::Sign => "sign",
            Self::Challenge => "challenge",
            Self::Tap => "tap",
        }
    }
}

/// How a signature is handed over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Form {
    /// Certificate and signature as they are.
    #[default]
    Raw,
    /// A CMS message without its content.
    Cms,
}

/// What a page asks, and who answers how.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Question {
    pub(crate) kind: Kind,
    /// Who asks, as the browser knows it.
    #[serde(default)]
    pub(crate) origin: String,
    #[serde(default)]
    pub(crate) person: usize,
    /// The name of a [`Defect`]; none is none.
    #[serde(default)]
    pub(crate) defect: String,
    /// `navigator.credentials.get`'s argument.
    #[serde(default)]
    pub(crate) request: Value,
    /// Octets in base64.
    #[serde(default)]
    pub(crate) to_be_signed: String,
    #[serde(default)]
    pub(crate) form: Form,
    #[serde(default)]
    pub(crate) media_type: String,
}

/// That there is no answer, and why, in Japanese and in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoAnswer(pub(crate) String, pub(crate) String);

/// What was answered before, to be answered again.
#[derive(Debug, Default)]
pub(crate) struct Memory(Mutex<BTreeMap<(Kind, String), Value>>);

impl Memory {
    fn keep(&self, key: (Kind, String), answer: &Value) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(key, answer.clone());
    }

    fn again(&self, key: &(Kind, String)) -> Result<Value, NoAnswer> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let nothing = || {
            NoAnswer::new(
                "送り直せる以前の回答がありません。先に一度、正しく回答してください。",
                "There is no earlier answer to send again. Answer rightly once before.",
            )
        };
        kept.get(key).cloned().ok_or_else(nothing)
    }
}

impl NoAnswer {
    pub(crate) fn new(japanese: &str, english: &str) -> Self {
        Self(japanese.to_owned(), english.to_owned())
    }

    pub(crate) fn malformed() -> Self {
        Self::new("要求を読み取れません。", "The request cannot be read.")
    }
}

/// A wallet says for developers why it does not answer.
impl From<Refusal> for NoAnswer {
    fn from(refusal: Refusal) -> Self {
        Self(
            format!("スマートフォンがこの要求を受け付けませんでした（{refusal}）。"),
            format!("The phone does not accept this request ({refusal})."),
        )
    }
}

impl World {
    /// What phone or card answer.
    pub(crate) fn answer(&self, memory: &Memory, question: &Question) -> Result<Value, NoAnswer> {
        let defect = Defect::named(&question.defect, question.kind)?;
        let form = match (question.kind, question.form) {
            (Kind::Sign, Form::Cms) => " cms",
            _ => "",
        };
        let key = (question.kind, format!("{}{form}", question.origin));
        if defect == Some(Defect::Replayed) {
            return memory.again(&key);
        }
        let answer = match question.kind {
            Kind::Present => self.present(question, defect)?,
            Kind::Sign | Kind::Challenge => self.sign(question, defect)?,
            Kind::Tap => return Err(NoAnswer::malformed()),
        };
        if defect.is_none() {
            memory.keep(key, &answer);
        }
        Ok(answer)
    }

    /// Whom phones here take for a reader.
    fn readers(&self) -> ReaderTrust {
        ReaderTrust::new(self.clock.now()).authority(self.phones.reader_authority())
    }
}
