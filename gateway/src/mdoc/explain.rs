//! `tashika mdoc explain`.

use std::io::{self, Write};

use serde::Serialize;
use tashika::mdoc::explain::{Envelope, Explainer, Explanation, FlowInputs};
use tashika::mdoc::{DeviceResponse, EphemeralKey};
use tashika::{Code, Error, Language};

use super::answer::{Answer, Opening};
use super::flow::Session;
use crate::cli::LanguageArgument;
use crate::cli::mdoc::Explain;
use crate::exit::{Exit, Failure};
use crate::show;

pub(super) fn run(options: &Explain) -> Result<Exit, Failure> {
    let session = options.flow.session()?;
    let key = session.key.as_ref();
    let mut explainer = Explainer::new(session.inputs.clone())?;
    for path in &options.other {
        explainer = explainer.with_other(Session::other(path)?)?;
    }
    if let Some(key) = key {
        explainer = explainer.with_session_key(key);
    }
    let answer = Answer::read(&options.response)?;
    let unfit = |error: Error| Failure::unfit(&options.response, error);
    let explained = match open(&answer, &session)? {
        Ok(response) => explain_response(&explainer, &response).map_err(unfit)?,
        Err(error) if is_sealed_to_another(error) => {
            let sealed = answer.sealed(&session.inputs).zip(key);
            let (envelope, key) = sealed.ok_or_else(|| unfit(error))?;
            vec![explain_envelope(&explainer, &envelope, key).map_err(unfit)?]
        }
        Err(error) => return Err(unfit(error)),
    };
    let shown = Shown::of(&explained, options.lang);
    show::print(&shown, options.json, Shown::write)?;
    Ok(shown.exit())
}

/// What was explained, and what came of it.
struct Explained {
    doc_type: Option<String>,
    explanation: Explanation,
}

fn open(answer: &Answer, session: &Session) -> Result<Result<bytes::Bytes, Error>, Failure> {
    let transcript = session.inputs.transcript()?;
    let kid = session.kid();
    answer.open(&Opening {
        transcript: &transcript,
        key: session.key.as_ref(),
        kid: kid.as_deref(),
        query: session.query.as_deref(),
    })
}

fn is_sealed_to_another(error: Error) -> bool {
    matches!(
        error.code(),
        Code::MdocEnvelopeSeal | Code::MdocEnvelopeRecipient
    )
}

fn explain_response(
    explainer: &Explainer<'_>,
    response: &bytes::Bytes,
) -> Result<Vec<Explained>, Error> {
    let response = DeviceResponse::read(response)?;
    let explanations = explainer.explain(&response)?;
    let pairs = response.doc_types().zip(explanations);
    let explained = pairs.map(|(doc_type, explanation)| Explained {
        doc_type: Some(show::printable(doc_type)),
        explanation,
    });
    Ok(explained.collect())
}

fn explain_envelope(
    explainer: &Explainer<'_>,
    envelope: &Envelope<'_>,
    key: &EphemeralKey,
) -> Result<Explained, Error> {
    Ok(Explained {
        doc_type: None,
        explanation: explainer.explain_envelope(envelope, key)?,
    })
}

impl Answer {
    /// The envelope that is sealed to its transcript, if it is one.
    fn sealed(&self, inputs: &FlowInputs) -> Option<Envelope<'_>> {
        match (self, inputs) {
            (Self::AnnexC(response), _) => Some(Envelope::AnnexC(response)),
            (Self::Cbor(octets), FlowInputs::Apple(_)) => Some(Envelope::Apple(octets)),
            _ => None,
        }
    }
}

/// The answer of the command.
#[derive(Serialize)]
struct Shown {
    /// Never: whatever fits, nothing is verified by it.
    verified: bool,
    documents: Vec<Row>,
    note: &'static str,
}

#[derive(Serialize)]
struct Row {
    doc_type: Option<String>,
    /// `fits`, `fits_other`, `differs`, `unknown` or `no_session_key`.
    outcome: &'static str,
    flow: Option<&'static str>,
    mistake: Option<&'static str>,
    /// Where to look, the likeliest first.
    suspects: Vec<&'static str>,
    text: &'static str,
}

impl Shown {
    fn of(explained: &[Explained], language: LanguageArgument) -> Self {
        let rows = explained.iter();
        Self {
            verified: false,
            documents: rows.map(|explained| Row::of(explained, language)).collect(),
            note: match language {
                LanguageArgument::Ja => {
                    "これは説明であり、検証ではありません。発行者の署名は確認していません。当てはまる入力が見つかっても、提示を受け入れる理由にはなりません。"
                }
                LanguageArgument::En => {
                    "This explains and verifies nothing: the issuer's signature was not looked at, and what fits is no reason to accept the presentation."
                }
            },
        }
    }

    fn exit(&self) -> Exit {
        match self.documents.iter().all(|row| row.outcome == "fits") {
            true => Exit::Accepted,
            false => Exit::Rejected,
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for row in &self.documents {
            if let Some(doc_type) = &row.doc_type {
                writeln!(out, "document    {doc_type}")?;
            }
            write!(out, "outcome     {}", row.outcome.replace('_', " "))?;
            match row.flow {
                Some(flow) => writeln!(out, " ({flow})")?,
                None => writeln!(out)?,
            }
            if let Some(mistake) = row.mistake {
                writeln!(out, "mistake     {mistake}")?;
            }
            if !row.suspects.is_empty() {
                writeln!(out, "look at     {}", row.suspects.join(", "))?;
            }
            writeln!(out, "            {}", row.text)?;
        }
        writeln!(out, "\n{}", self.note)
    }
}

impl Row {
    fn of(explained: &Explained, language: LanguageArgument) -> Self {
        use LanguageArgument::{En, Ja};
        let explanation = &explained.explanation;
        let (outcome, flow, text) = match (explanation, language) {
            (Explanation::Fits(flow), Ja) => (
                "fits",
                Some(flow),
                "端末の署名は、指定した入力と一致しています。",
            ),
            (Explanation::Fits(flow), En) => (
                "fits",
                Some(flow),
                "The device authenticated exactly what was given.",
            ),
            (Explanation::FitsOther(flow), Ja) => (
                "fits_other",
                Some(flow),
                "別の取引(--other)に対する応答です。",
            ),
            (Explanation::FitsOther(flow), En) => (
                "fits_other",
                Some(flow),
                "The answer is to another transaction, one of --other.",
            ),
            (Explanation::Differs(flow, mistake), language) => (
                "differs",
                Some(flow),
                mistake.text(Language::from(language)),
            ),
            (Explanation::Unknown(flow), Ja) => (
                "unknown",
                Some(flow),
                "知られている間違いのどれにも当てはまりません。入力の値そのものが異なる可能性があります。疑わしい順に確認してください。",
            ),
            (Explanation::Unknown(flow), En) => (
                "unknown",
                Some(flow),
                "None of the known mistakes fits: an input has another value altogether. Compare them in this order.",
            ),
            (_, Ja) => (
                "no_session_key",
                None,
                "端末はMACで認証しています。確かめるにはセッションの秘密鍵(--key)が必要です。",
            ),
            (_, En) => (
                "no_session_key",
                None,
                "The device made a MAC: the private key of the session (--key) is needed to look at it.",
            ),
        };
        let mistake = match explanation {
            Explanation::Differs(_, mistake) => Some(mistake.id()),
            _ => None,
        };
        let suspects = explanation.suspects().into_iter();
        Self {
            doc_type: explained.doc_type.clone(),
            outcome,
            flow: flow.map(|flow| flow.as_str()),
            mistake,
            suspects: suspects.map(|input| input.as_str()).collect(),
            text,
        }
    }
}
