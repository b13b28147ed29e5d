//! `tashika verify`.

use std::io;
use std::path::Path;

use bytes::Bytes;
use tashika::algorithm::{AlgorithmTable, Digest, SignatureScheme};
use tashika::jpki::{
    AuthenticationVerifier, ChallengeResponse, Holder, Kind, Leaf, MeaningTable, ProfileTable, Row,
    SignedDocument, SigningVerifier, VerifiedCertificate, VerifiedSignature,
};
use tashika::report::{Procedure, Report, Reporter};
use tashika::revocation::{
    Confirmation, ListSet, Pending, Policy, ScopePolicy, Status, Unconfirmed,
};
use tashika::trust::TrustStore;
use tashika::{Code, Duration, Error, Language, Time, Trace};

use crate::cli::{KindArgument, LanguageArgument, Options, Signed, Verify};
use crate::exit::{Exit, Failure};
use crate::output::Answer;
use crate::{anchors, clock, input, lists};

pub(crate) fn run(command: &Verify) -> Result<Exit, Failure> {
    match command {
        Verify::Cert { file, options } => {
            let case = Case::new(options, AlgorithmTable::standard())?;
            let certificate = input::certificate(file)?;
            case.certificate(&certificate)
        }
        Verify::Raw {
            certificate,
            signature,
            signed,
            scheme,
            options,
        } => {
            let case = Case::new(options, AlgorithmTable::standard())?;
            let certificate = input::certificate(certificate)?;
            let signature = input::message(signature)?;
            case.raw(certificate, *scheme, signature, signed)
        }
        Verify::Cms {
            input,
            content,
            pss,
            options,
        } => {
            let standard = AlgorithmTable::standard();
            let algorithms = if *pss { standard.with_pss() } else { standard };
            let case = Case::new(options, algorithms)?;
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
    lists: ListSet,
    meanings: MeaningTable,
}

/// What a proof gives to a report.
trait Proof {
    fn leaf(&self) -> &Leaf;
    fn scheme(&self) -> Option<SignatureScheme>;
    fn holder(&self) -> Option<&Holder>;
    fn confirmation(&self) -> &Confirmation;
    fn trace(&self) -> Trace;
}

impl<'a> Case<'a> {
    fn new(options: &'a Options, algorithms: AlgorithmTable) -> Result<Self, Failure> {
        let kind = Kind::from(options.kind);
        let trust = anchors::load(&options.trust, options.environment, &options.pin)?;
        let lists = lists::load(&options.revocation.crl, &trust, kind.purpose())?;
        Ok(Self {
            options,
            kind,
            at: options.at.unwrap_or_else(clock::now),
            trust,
            algorithms,
            lists,
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

    fn raw(
        &self,
        certificate: Bytes,
        scheme: SignatureScheme,
        signature: Bytes,
        signed: &Signed,
    ) -> Result<Exit, Failure> {
        match (self.kind, &signed.message, &signed.digest) {
            (Kind::Signing, Some(path), _) => {
                let message = input::message(path)?;
                let document = SignedDocument::raw(certificate, signature, message);
                self.document(Procedure::Raw, &document)
            }
            (Kind::Signing, None, Some(digits)) => {
                let digest = parse_digest(scheme, digits)?;
                let document =
                    SignedDocument::danger_digest(certificate, scheme, signature, digest);
                self.document(Procedure::Raw, &document)
            }
            (Kind::Authentication, Some(path), _) => {
                let response = ChallengeResponse {
                    certificate,
                    scheme,
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
        AuthenticationVerifier::new(
            self.trust.clone(),
            ProfileTable::standard(),
            self.algorithms.clone(),
        )
    }

    fn signing(&self) -> Result<SigningVerifier, Error> {
        SigningVerifier::new(
            self.trust.clone(),
            ProfileTable::standard(),
            self.algorithms.clone(),
        )
    }

    /// Settles revocation and prints the report.
    fn answer<P>(
        &self,
        procedure: Procedure,
        checked: Result<Unconfirmed<P>, Error>,
    ) -> Result<Exit, Failure>
    where
        P: Pending,
        P::Proof: Proof,
    {
        let language = self.options.lang.into();
        let reporter = Reporter {
            trust: &self.trust,
            kind: self.kind,
            at: self.at,
            meanings: &self.meanings,
            language,
        };
        let (outcome, status) = self.settle(checked);
        match outcome {
            Ok(proof) => {
                let report = reporter.accepted(
                    procedure,
                    proof.leaf(),
                    proof.scheme(),
                    proof.confirmation(),
                    proof.trace(),
                );
                let holder = proof.holder().filter(|_| self.options.show_attributes);
                self.print(&report, holder)
            }
            Err(error) if Exit::from(error.disposition()) == Exit::Misuse => Err(error.into()),
            Err(error) => {
                let report = reporter.refused(procedure, &error, status.as_ref());
                self.print(&report, None)
            }
        }
    }

    fn settle<P: Pending>(
        &self,
        checked: Result<Unconfirmed<P>, Error>,
    ) -> (Result<P::Proof, Error>, Option<Status>) {
        let unconfirmed = match checked {
            Ok(unconfirmed) => unconfirmed,
            Err(error) => return (Err(error), None),
        };
        if self.options.revocation.no_revocation {
            return (Ok(unconfirmed.danger_unchecked()), None);
        }
        let scope = ScopePolicy::production();
        let status = self.lists.status(unconfirmed.query(), &scope, self.at);
        let hours = |hours: u32| Duration::hours(i64::from(hours));
        let policy =
            Policy::strict(hours(self.options.max_age)).with_grace(hours(self.options.grace));
        (unconfirmed.confirm(&status, &policy, self.at), Some(status))
    }

    fn print(&self, report: &Report, holder: Option<&Holder>) -> Result<Exit, Failure> {
        let answer = Answer {
            report,
            holder,
            language: self.options.lang,
        };
        let mut out = io::stdout().lock();
        if self.options.json {
            answer.write_json(&mut out)?;
        } else {
            answer.write_text(&mut out)?;
        }
        Ok(answer.exit())
    }
}

/// A digest under the digest algorithm of the scheme.
fn parse_digest(scheme: SignatureScheme, digits: &str) -> Result<Digest, Failure> {
    let algorithm = scheme.digest().ok_or(Error::new(Code::MisuseArgument))?;
    Digest::from_hex(algorithm, digits).map_err(|_| {
        Failure::Usage(format!(
            "--digest: {} needs {} hexadecimal digits",
            scheme.name(),
            2 * algorithm.length()
        ))
    })
}

fn meanings(path: Option<&Path>) -> Result<MeaningTable, Failure> {
    let Some(path) = path else {
        return Ok(MeaningTable::standard());
    };
    let text = input::message(path)?;
    let rows: Vec<Row> = serde_json::from_slice(&text)
        .map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))?;
    Ok(MeaningTable::standard().replace(rows))
}

impl Proof for VerifiedSignature {
    fn leaf(&self) -> &Leaf {
        self.leaf()
    }

    fn scheme(&self) -> Option<SignatureScheme> {
        Some(self.scheme())
    }

    fn holder(&self) -> Option<&Holder> {
        Some(self.holder())
    }

    fn confirmation(&self) -> &Confirmation {
        self.confirmation()
    }

    fn trace(&self) -> Trace {
        self.trace()
    }
}

impl Proof for VerifiedCertificate {
    fn leaf(&self) -> &Leaf {
        self.leaf()
    }

    fn scheme(&self) -> Option<SignatureScheme> {
        None
    }

    fn holder(&self) -> Option<&Holder> {
        self.holder()
    }

    fn confirmation(&self) -> &Confirmation {
        self.confirmation()
    }

    fn trace(&self) -> Trace {
        self.trace()
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
