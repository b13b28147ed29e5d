//! `tashika verify`.

mod mdoc;

pub(crate) use mdoc::profile_of;

use std::path::Path;

use bytes::Bytes;
use tashika::algorithm::{AlgorithmTable, Digest, DigestAlgorithm, RawSchemes};
use tashika::jpki::{
    AuthenticationVerifier, ChallengeResponse, Holder, Kind, MeaningTable, ProfileTable, Proven,
    Row, SignedDocument, SigningVerifier,
};
use tashika::report::{Procedure, Report, Reporter};
use tashika::revocation::{Answer as Answered, Pending, ScopePolicy, Unconfirmed};
use tashika::trust::TrustStore;
use tashika::{Error, Language, Time};

use crate::anchors::{self, Terms};
use crate::asking::Asking;
use crate::cli::{KindArgument, LanguageArgument, ListPart, Options, Signed, Verify};
use crate::exit::{Exit, Failure};
use crate::output::{Answer, Asked};
use crate::{clock, input};

pub(crate) fn run(command: &Verify) -> Result<Exit, Failure> {
    match command {
        Verify::Cert { file, options } => {
            let case = Case::new(options)?;
            match evidence(input::certificate(file))? {
                Ok(certificate) => case.certificate(&certificate),
                Err(error) => case.refuse(Procedure::Certificate, &error),
            }
        }
        Verify::Raw {
            certificate,
            signature,
            signed,
            scheme,
            options,
        } => {
            let mut case = Case::new(options)?;
            if let Some(scheme) = scheme {
                case.schemes = RawSchemes::only(*scheme);
            }
            let signature = input::message(signature)?;
            match evidence(input::certificate(certificate))? {
                Ok(certificate) => case.raw(certificate, signature, signed),
                Err(error) => case.refuse(Procedure::Raw, &error),
            }
        }
        Verify::Mdoc(options) => mdoc::run(options),
        Verify::Cms {
            input,
            content,
            pss,
            options,
        } => {
            let mut case = Case::new(options)?;
            if *pss {
                case.algorithms = case.algorithms.with_pss();
            }
            let message = input::message(input)?;
            let document = match content {
                Some(path) => SignedDocument::cms_detached(message, input::message(path)?),
                None => SignedDocument::cms(message),
            };
            case.document(Procedure::Cms, &document)
        }
    }
}

/// Everything a verification needs beside the evidence.
struct Case<'a> {
    options: &'a Options,
    kind: Kind,
    at: Time,
    trust: TrustStore,
    algorithms: AlgorithmTable,
    schemes: RawSchemes,
    /// None if nobody is to be asked.
    asking: Option<Asking>,
    meanings: MeaningTable,
}

impl<'a> Case<'a> {
    fn new(options: &'a Options) -> Result<Self, Failure> {
        let kind = Kind::from(options.kind);
        let trust = anchors::load(&options.trust, options.terms())?;
        let asking = match options.revocation.no_revocation {
            true => None,
            false => Some(Asking::new(options, &trust, kind.purpose())?),
        };
        Ok(Self {
            options,
            kind,
            // After the lists were read, which may take a while.
            at: options.at.unwrap_or_else(clock::now),
            trust,
            algorithms: AlgorithmTable::standard(),
            schemes: RawSchemes::standard(),
            asking,
            meanings: meanings(options.meanings.as_deref())?,
        })
    }

    fn certificate(&self, certificate: &[u8]) -> Result<Exit, Failure> {
        let checked = match self.kind {
            Kind::Signing => self.signing()?.check_certificate(certificate, self.at),
            Kind::Authentication => self
                .authentication()?
                .check_certificate(certificate, self.at),
        };
        self.answer(Procedure::Certificate, checked)
    }

    fn raw(&self, certificate: Bytes, signature: Bytes, signed: &Signed) -> Result<Exit, Failure> {
        match (self.kind, &signed.message, &signed.digest) {
            (Kind::Signing, Some(path), _) => {
                let message = input::message(path)?;
                let document = SignedDocument::raw(certificate, signature, message);
                self.document(Procedure::Raw, &document)
            }
            (Kind::Signing, None, Some(digits)) => {
                let digest = parse_digest(digits)?;
                let document = SignedDocument::danger_digest(certificate, signature, digest);
                self.document(Procedure::Raw, &document)
            }
            (Kind::Authentication, Some(path), _) => {
                let response = ChallengeResponse {
                    certificate,
                    signature,
                };
                let message = input::message(path)?;
                let verifier = self.authentication()?;
                let checked = verifier.danger_check_message(&message, &response, self.at);
                self.answer(Procedure::Raw, checked)
            }
            (_, None, _) => Err(Failure::Usage("--kind auth needs --message".to_owned())),
        }
    }

    fn document(&self, procedure: Procedure, document: &SignedDocument) -> Result<Exit, Failure> {
        match self.kind {
            Kind::Signing => self.answer(procedure, self.signing()?.check(document, self.at)),
            Kind::Authentication => Err(Failure::Usage(
                "利用者証明用 certificates sign no documents: --kind sign".to_owned(),
            )),
        }
    }

    fn authentication(&self) -> Result<AuthenticationVerifier, Error> {
        let (trust, algorithms) = (self.trust.clone(), self.algorithms.clone());
        let verifier = AuthenticationVerifier::new(trust, ProfileTable::standard(), algorithms)?;
        Ok(verifier.with_raw_schemes(self.schemes))
    }

    fn signing(&self) -> Result<SigningVerifier, Error> {
        let (trust, algorithms) = (self.trust.clone(), self.algorithms.clone());
        let verifier = SigningVerifier::new(trust, ProfileTable::standard(), algorithms)?;
        Ok(verifier.with_raw_schemes(self.schemes))
    }

    /// Settles revocation and prints the report.
    fn answer<P>(
        &self,
        procedure: Procedure,
        checked: Result<Unconfirmed<P>, Error>,
    ) -> Result<Exit, Failure>
    where
        P: Pending,
        for<'p> Proven<'p>: From<&'p P::Proof>,
    {
        let reporter = self.reporter();
        let (outcome, answer) = self.settle(checked);
        let asked = answer.as_ref();
        match outcome {
            Ok(proof) => {
                let proven = Proven::from(&proof);
                let report = reporter.accepted(procedure, &proven);
                let holder = proven.holder().filter(|_| self.options.show_attributes);
                self.print(&report, holder, asked)
            }
            Err(error) if Exit::from(error.disposition()) == Exit::Misuse => Err(error.into()),
            Err(error) => {
                let status = asked.map(Answered::status);
                let report = reporter.refused(procedure, &error, status);
                self.print(&report, None, asked)
            }
        }
    }

    /// Prints the report of evidence that could not be read at all.
    fn refuse(&self, procedure: Procedure, error: &Error) -> Result<Exit, Failure> {
        let report = self.reporter().refused(procedure, error, None);
        self.print(&report, None, None)
    }

    fn reporter(&self) -> Reporter<'_> {
        Reporter {
            trust: &self.trust,
            kind: self.kind,
            at: self.at,
            meanings: &self.meanings,
            language: self.options.lang.into(),
        }
    }

    fn settle<P: Pending>(
        &self,
        checked: Result<Unconfirmed<P>, Error>,
    ) -> (Result<P::Proof, Error>, Option<Answered>) {
        let unconfirmed = match checked {
            Ok(unconfirmed) => unconfirmed,
            Err(error) => return (Err(error), None),
        };
        let Some(asking) = &self.asking else {
            return (Ok(unconfirmed.danger_unchecked()), None);
        };
        let answer = asking.ask(unconfirmed.query(), self.at);
        let outcome = unconfirmed.confirm(answer.status(), asking.policy(), self.at);
        (outcome, Some(answer))
    }

    fn print(
        &self,
        report: &Report,
        holder: Option<&Holder>,
        asked: Option<&Answered>,
    ) -> Result<Exit, Failure> {
        let answer = Answer {
            report,
            holder,
            documents: &[],
            warnings: &[],
            asked: asked.map(|answer| Asked::of(answer, self.at)),
            language: self.options.lang,
        };
        answer.print(self.options.json)
    }
}

/// Parts what cannot be read as evidence, which is a verdict, from what cannot
/// be read at all.
fn evidence(read: Result<Bytes, Failure>) -> Result<Result<Bytes, Error>, Failure> {
    match read {
        Ok(octets) => Ok(Ok(octets)),
        Err(Failure::Unfit { source, .. }) => Ok(Err(source)),
        Err(failure) => Err(failure),
    }
}

/// A digest by the number of its digits. It only verifies under a scheme with
/// the same digest.
fn parse_digest(digits: &str) -> Result<Digest, Failure> {
    use DigestAlgorithm::{Sha256, Sha384, Sha512};
    [Sha256, Sha384, Sha512]
        .into_iter()
        .find_map(|algorithm| Digest::from_hex(algorithm, digits).ok())
        .ok_or_else(|| {
            let text = "--digest: 64, 96 or 128 hexadecimal digits (SHA-256, SHA-384, SHA-512)";
            Failure::Usage(text.to_owned())
        })
}

/// The table that ships, with the rows of a file in the place of its own.
pub(crate) fn meanings(path: Option<&Path>) -> Result<MeaningTable, Failure> {
    let Some(path) = path else {
        return Ok(MeaningTable::standard());
    };
    let text = input::message(path)?;
    let rows: Vec<Row> = serde_json::from_slice(&text)
        .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    Ok(MeaningTable::standard().replace(rows))
}

impl Options {
    fn terms(&self) -> Terms<'_> {
        Terms {
            environment: self.environment,
            pins: &self.pin,
        }
    }

    pub(crate) fn scope(&self) -> ScopePolicy {
        let parts = self.danger_list_without.iter();
        parts.fold(ScopePolicy::production(), |policy, part| match part {
            ListPart::Number => policy.danger_list_without_number(),
            ListPart::NextUpdate => policy.danger_list_without_next_update(),
            ListPart::AuthorityKey => policy.danger_list_without_authority_key(),
            ListPart::Scope => policy.danger_list_without_scope(),
        })
    }
}

impl From<KindArgument> for Kind {
    fn from(argument: KindArgument) -> Self {
        match argument {
            KindArgument::Sign => Self::Signing,
            KindArgument::Auth => Self::Authentication,
        }
    }
}

impl From<LanguageArgument> for Language {
    fn from(argument: LanguageArgument) -> Self {
        match argument {
            LanguageArgument::Ja => Self::Japanese,
            LanguageArgument::En => Self::English,
        }
    }
}
