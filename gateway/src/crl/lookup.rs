//! `tashika crl lookup`: what a store says about serial numbers and certificates.

use std::io::{self, BufRead, Write};

use serde::Serialize;
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{AuthenticationVerifier, Kind, ProfileTable, SigningVerifier};
use tashika::revocation::{
    ListStore, Mention, Pending, Policy, ScopePolicy, Source, State, Status, Unconfirmed,
};
use tashika::trust::TrustStore;
use tashika::x509::SerialNumber;
use tashika::{Error, Time};

use super::print_line;
use crate::cli::crl::Lookup;
use crate::exit::{Exit, Failure};
use crate::{clock, input};

pub(super) fn run(options: &Lookup) -> Result<Exit, Failure> {
    let store = options.store.open()?;
    let mut out = io::stdout().lock();
    match &options.certificate {
        Some(path) => {
            let der = input::certificate(path)?;
            let trust = options.store.anchors.load()?;
            let question = Question {
                store: &store,
                policy: super::policy(options.max_age).with_clock_skew(clock::SKEW),
                now: options.at.unwrap_or_else(clock::now),
            };
            let answer = question.ask(&der, options.kind.into(), trust);
            let answer = answer.map_err(|error| Failure::unfit(path, error))?;
            Ok(answer.print(options.json, &mut out)?)
        }
        None => serials(&store, options, &mut out),
    }
}

/// What is asked about a certificate.
struct Question<'a> {
    store: &'a ListStore,
    policy: Policy,
    now: Time,
}

impl Question<'_> {
    fn ask(&self, der: &[u8], kind: Kind, trust: TrustStore) -> Result<Answer, Error> {
        let (profiles, algorithms) = (ProfileTable::standard(), AlgorithmTable::standard());
        match kind {
            Kind::Signing => {
                let verifier = SigningVerifier::new(trust, profiles, algorithms)?;
                Ok(self.settle(verifier.check_certificate(der, self.now)?))
            }
            Kind::Authentication => {
                let verifier = AuthenticationVerifier::new(trust, profiles, algorithms)?;
                Ok(self.settle(verifier.check_certificate(der, self.now)?))
            }
        }
    }

    /// A list that is stale, or from the future, does not say "good".
    fn settle<P: Pending>(&self, unconfirmed: Unconfirmed<P>) -> Answer {
        let scope = ScopePolicy::production();
        let status = self.store.status(unconfirmed.query(), &scope, self.now);
        let confirmed = unconfirmed.confirm(&status, &self.policy, self.now);
        match (confirmed, status.state()) {
            (Ok(_), _) | (Err(_), State::Revoked { .. }) => Answer::of(&status),
            (Err(error), _) => Answer::undetermined(None, &error),
        }
    }
}

/// Answers line by line, so that it can stand in a pipe.
fn serials(store: &ListStore, options: &Lookup, out: &mut dyn Write) -> Result<Exit, Failure> {
    let purpose = Kind::from(options.kind).purpose();
    let mut exit = Exit::Accepted;
    for (line, text) in (1_u64..).zip(io::stdin().lock().lines()) {
        let text = text.map_err(|error| Failure::unreadable("standard input".as_ref(), error))?;
        let digits: String = text.trim().chars().filter(|c| *c != ':').collect();
        if digits.is_empty() {
            continue;
        }
        // The line is the number of a person's certificate: it is not repeated.
        let serial: SerialNumber = digits.parse().map_err(|_| {
            Failure::Usage(format!("line {line} is no serial number in hexadecimal"))
        })?;
        let mentions = store.mentions(purpose, &serial);
        if mentions.is_err() {
            exit = Exit::Undetermined;
        }
        Answer::about(line, mentions).print(options.json, out)?;
    }
    Ok(exit)
}

/// One answer, for the operator.
#[derive(Default, Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    lists: Vec<Evidence>,
}

/// A list that says so.
#[derive(Serialize)]
struct Evidence {
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<String>,
    number: Option<String>,
    this_update: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dropped: Option<bool>,
}

impl Answer {
    /// About a certificate, whose list is known.
    fn of(status: &Status) -> Self {
        let evidence = |state| {
            let number = status.source().and_then(|source| match source {
                Source::List(list) => list.number().map(ToString::to_string),
                _ => None,
            });
            let (reason, revoked_at) = match state {
                State::Revoked {
                    reason, revoked_at, ..
                } => (Some(reason.as_str()), Some(revoked_at.to_string())),
                State::Good | State::Undetermined(_) => (None, None),
            };
            vec![Evidence {
                reason,
                revoked_at,
                number,
                this_update: status.as_of().map(|time| time.to_string()),
                dropped: None,
            }]
        };
        match status.state() {
            state @ State::Good => Self {
                status: "good",
                lists: evidence(state),
                ..Self::default()
            },
            state @ State::Revoked { .. } => Self {
                status: "revoked",
                lists: evidence(state),
                ..Self::default()
            },
            State::Undetermined(code) => Self {
                status: "undetermined",
                code: Some(code.as_str()),
                ..Self::default()
            },
        }
    }

    /// About a serial number alone: that no list has it says nothing.
    fn about(line: u64, mentions: Result<Vec<Mention>, Error>) -> Self {
        let line = Some(line);
        match mentions {
            Ok(mentions) => Self {
                line,
                status: if mentions.is_empty() {
                    "unknown"
                } else {
                    "revoked"
                },
                lists: mentions.iter().map(Evidence::of).collect(),
                ..Self::default()
            },
            Err(error) => Self::undetermined(line, &error),
        }
    }

    fn undetermined(line: Option<u64>, error: &Error) -> Self {
        Self {
            line,
            status: "undetermined",
            code: Some(error.code().as_str()),
            ..Self::default()
        }
    }

    fn exit(&self) -> Exit {
        match self.status {
            "good" => Exit::Accepted,
            "revoked" => Exit::Rejected,
            _ => Exit::Undetermined,
        }
    }

    fn print(&self, json: bool, out: &mut dyn Write) -> io::Result<Exit> {
        if json {
            print_line(out, self)?;
            return Ok(self.exit());
        }
        if let Some(line) = self.line {
            write!(out, "{line}\t")?;
        }
        write!(out, "{}", self.code.unwrap_or(self.status))?;
        for list in &self.lists {
            list.write(out)?;
        }
        writeln!(out)?;
        Ok(self.exit())
    }
}

impl Evidence {
    fn of(mention: &Mention) -> Self {
        let entry = mention.entry();
        Self {
            reason: Some(entry.reason().as_str()),
            revoked_at: Some(entry.revoked_at().to_string()),
            number: mention.number().map(ToString::to_string),
            this_update: Some(mention.this_update().to_string()),
            dropped: Some(mention.is_dropped()),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for (name, value) in [
            ("reason", self.reason),
            ("since", self.revoked_at.as_deref()),
            ("list", self.number.as_deref()),
            ("of", self.this_update.as_deref()),
        ] {
            if let Some(value) = value {
                write!(out, "\t{name}={value}")?;
            }
        }
        match self.dropped {
            Some(true) => write!(out, "\tdropped"),
            Some(false) | None => Ok(()),
        }
    }
}
