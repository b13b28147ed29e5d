//! `tashika verify mdoc`.

mod records;
mod terms;

use bytes::Bytes;
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::status::RecordStatus;
use tashika::mdoc::{
    Answer as Settled, DeviceResponse, EphemeralKey, ISO_23220, Need, PresentationVerifier,
    Presented, Requested, RequestedDocument, Retention, SessionTranscript, UnconfirmedPresentation,
    VerifiedPresentation,
};
use tashika::report::PresentationReporter;
use tashika::revocation::Answer as Asked;
use tashika::trust::TrustStore;
use tashika::{Code, Error, Time, limits};

use crate::anchors;
use crate::asking::Asking;
use crate::cli::mdoc::{FlowOptions, Presentation};
use crate::exit::{Exit, Failure};
use crate::mdoc::{Answer, Opening, Session};
use crate::output::{self, Warning};
use crate::{clock, input};

use records::Records;
pub(crate) use terms::profile_of;

pub(super) fn run(options: &Presentation) -> Result<Exit, Failure> {
    let case = Case::new(options)?;
    let response = match Answer::read(&options.response) {
        Ok(answer) => answer.open(&case.opening())?,
        Err(Failure::Unfit { source, .. }) => Err(source),
        Err(failure) => return Err(failure),
    };
    match response {
        Ok(response) => case.verify(&response),
        Err(error) => case.print(&Outcome::of(Err(error))),
    }
}

/// A document with one more element that may be there.
fn optional(
    document: RequestedDocument,
    namespace: &str,
    identifier: &str,
) -> Result<RequestedDocument, Error> {
    let (retention, need) = (Retention::NotRetained, Need::Optional);
    document.element(namespace, identifier, retention, need)
}

/// Everything that a verification needs beside the answer.
struct Case<'a> {
    options: &'a Presentation,
    trust: TrustStore,
    verifier: PresentationVerifier,
    transcript: SessionTranscript,
    key: Option<EphemeralKey>,
    kid: Option<String>,
    query: Option<String>,
    /// None if nobody is to be asked.
    asking: Option<Asking>,
    records: Records,
    at: Time,
}

/// What came of it.
struct Outcome {
    result: Result<VerifiedPresentation, Error>,
    asked: Vec<Asked>,
    records: Vec<Option<RecordStatus>>,
    warnings: Vec<Warning>,
}

impl Outcome {
    /// Where nobody was asked about revocation.
    fn of(result: Result<VerifiedPresentation, Error>) -> Self {
        Self {
            result,
            asked: Vec::new(),
            records: Vec::new(),
            warnings: Vec::new(),
        }
    }
}

impl<'a> Case<'a> {
    fn new(options: &'a Presentation) -> Result<Self, Failure> {
        let doc_type = &options.asked.doctype;
        let trust = anchors::load_issuers(&options.trust, doc_type, options.terms())?;
        let verifier = PresentationVerifier::new(AlgorithmTable::standard())
            .with_issuers(options.profile()?, trust.clone())
            .map_err(|error| Failure::unfit(&options.trust, error))?;
        let (transcript, key, kid, query) = match &options.transcript {
            Some(path) => {
                let stored = input::read(path, limits::MDOC_ENVELOPE)?;
                let transcript = SessionTranscript::stored(&stored);
                let transcript = transcript.map_err(|error| Failure::unfit(path, error))?;
                let FlowOptions { kid, query, .. } = &options.flow;
                (transcript, options.flow.key()?, kid.clone(), query.clone())
            }
            None => {
                let session = options.flow.session()?;
                let kid = session.kid();
                let Session {
                    inputs, key, query, ..
                } = session;
                (inputs.transcript()?, key, kid, query)
            }
        };
        Ok(Self {
            asking: options.asking(&trust)?,
            records: Records::new(options)?,
            // After the lists were read, which may take a while.
            at: options.at.unwrap_or_else(clock::now),
            options,
            trust,
            verifier,
            transcript,
            key,
            kid,
            query,
        })
    }

    fn opening(&self) -> Opening<'_> {
        Opening {
            transcript: &self.transcript,
            key: self.key.as_ref(),
            kid: self.kid.as_deref(),
            query: self.query.as_deref(),
        }
    }

    fn verify(&self, response: &Bytes) -> Result<Exit, Failure> {
        let (requested, warnings) = match self.requested(response)? {
            Ok(requested) => requested,
            Err(error) => return self.print(&Outcome::of(Err(error))),
        };
        let presented = match &self.key {
            Some(key) => Presented::in_session(response, &self.transcript, key),
            None => Presented::new(response, &self.transcript),
        };
        let mut outcome = match self.verifier.check(&presented, &requested, self.at) {
            Ok(unconfirmed) => self.settle(unconfirmed),
            Err(error) => Outcome::of(Err(error)),
        };
        outcome.warnings = warnings;
        self.print(&outcome)
    }

    /// What was asked for: by the arguments, or else whatever there is.
    fn requested(
        &self,
        response: &Bytes,
    ) -> Result<Result<(Requested, Vec<Warning>), Error>, Failure> {
        let asked = &self.options.asked;
        if !asked.requested.is_empty() {
            return Ok(Ok((asked.requested(&[])?, Vec::new())));
        }
        let response = match DeviceResponse::read(response) {
            Ok(response) => response,
            Err(error) => return Ok(Err(error)),
        };
        let mut document = RequestedDocument::new(&asked.doctype)?;
        let mut warnings = vec![Warning::NothingRequested];
        let types = response.doc_types().enumerate();
        let own = types.filter(|(_, doc_type)| *doc_type == asked.doctype);
        for (namespace, identifier) in own.flat_map(|(place, _)| response.element_names(place)) {
            match optional(document.clone(), namespace, identifier) {
                Ok(with) => document = with,
                // Nobody could have asked for it: the verifier says what it is.
                Err(_) => warnings.push(Warning::NotRequestable),
            }
        }
        if document.elements().is_empty() {
            // A request asks for something; the answer may do without it.
            document = optional(document, ISO_23220, "sex")?;
        }
        warnings.dedup();
        Ok(Ok((Requested::one(document)?, warnings)))
    }

    /// Asks about revocation.
    fn settle(&self, unconfirmed: UnconfirmedPresentation) -> Outcome {
        let Some(asking) = &self.asking else {
            return Outcome::of(Ok(unconfirmed.danger_unchecked()));
        };
        let (mut asked, mut records) = (Vec::new(), Vec::new());
        for question in unconfirmed.questions() {
            asked.push(asking.ask(question.signer(), self.at));
            let reference = question.record();
            records.push(reference.and_then(|r| self.records.status(r, self.at)));
        }
        let policy = self.options.record.record_policy.into();
        let outcome = {
            let answers = answers(&asked, &records);
            unconfirmed.confirm(&answers, asking.policy(), policy, self.at)
        };
        Outcome {
            asked,
            records,
            ..Outcome::of(outcome)
        }
    }

    /// Who knows what went into the transcript can find out what the device took
    /// for it.
    fn point_at_explanation(&self, code: Code) {
        let about_transcript = matches!(
            code,
            Code::MdocDeviceSignature
                | Code::MdocDeviceMac
                | Code::MdocEnvelopeSeal
                | Code::MdocEnvelopeRecipient
        );
        if about_transcript && self.options.transcript.is_none() {
            let text =
                "`tashika mdoc explain` with the same inputs finds out what the device signed";
            eprintln!("tashika: {text}");
        }
    }

    fn print(&self, outcome: &Outcome) -> Result<Exit, Failure> {
        let reporter = PresentationReporter {
            trust: &self.trust,
            at: self.at,
            language: self.options.lang.into(),
        };
        let answers = answers(&outcome.asked, &outcome.records);
        let (report, documents) = match &outcome.result {
            Ok(proof) => (reporter.accepted(proof), proof.documents()),
            Err(error) if Exit::from(error.disposition()) == Exit::Misuse => {
                return Err((*error).into());
            }
            Err(error) => {
                self.point_at_explanation(error.code());
                (reporter.refused(error, &answers), &[][..])
            }
        };
        let shown = self.options.show_attributes.then_some(documents);
        let answer = output::Answer {
            report: &report,
            holder: None,
            documents: shown.unwrap_or_default(),
            warnings: &outcome.warnings,
            asked: outcome.asked.first().map(|a| output::Asked::of(a, self.at)),
            language: self.options.lang,
        };
        answer.print(self.options.json)
    }
}

/// The answers to the questions about the documents, in their order.
fn answers<'o>(asked: &'o [Asked], records: &'o [Option<RecordStatus>]) -> Vec<Settled<'o>> {
    let answer = |(asked, record): (&'o Asked, &'o Option<RecordStatus>)| {
        let answer = Settled::of(asked.status());
        match record {
            Some(record) => answer.with_record(record),
            None => answer,
        }
    };
    asked.iter().zip(records).map(answer).collect()
}
