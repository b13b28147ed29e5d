//! `tashika trust`: the anchors of a directory.

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use tashika::Time;
use tashika::algorithm::AlgorithmTable;
use tashika::mdoc::PresentationVerifier;
use tashika::trust::{Anchor, PUBLISHED, TrustStore};

use super::{name, print};
use crate::anchors::{self, Terms};
use crate::cli::{Trust, TrustOptions};
use crate::clock;
use crate::exit::{Exit, Failure};
use crate::verify::profile_of;

pub(crate) fn trust(command: &Trust) -> Result<Exit, Failure> {
    match command {
        Trust::Check(options) => {
            let found = Found::load(options)?;
            found.check(&options.dir)?;
            let checked = Checked::of(&found, options.at.unwrap_or_else(clock::now));
            print(&checked, options.json, Checked::write)
        }
        Trust::Show(options) => {
            let now = options.at.unwrap_or_else(clock::now);
            let rows = Found::load(options)?.rows(now);
            print(&rows, options.json, |rows, out| {
                rows.iter().try_for_each(|row| row.write(out))
            })
        }
    }
}

/// The anchors of a directory, each store by itself as verifications use it.
struct Found {
    /// Over certificates of cards; none where there are only the others.
    cards: Option<TrustStore>,
    /// Over types of documents in phones.
    issuers: Vec<(String, TrustStore)>,
    /// Over signers of their status lists.
    status: Option<TrustStore>,
}

impl Found {
    fn load(options: &TrustOptions) -> Result<Self, Failure> {
        let dir = &*options.dir;
        let terms = Terms {
            environment: options.environment,
            pins: &options.pin,
        };
        let store = |anchors: &[anchors::Found]| anchors::store(dir, anchors, terms);
        let (issuers, status) = (anchors::issuers(dir)?, anchors::status(dir)?);
        let cards = anchors::cards(dir)?;
        let others = !issuers.is_empty() || !status.is_empty();
        let cards = (!others || !cards.is_empty()).then(|| store(&cards));
        let status = (!status.is_empty()).then(|| store(&status));
        let issuers = issuers.into_iter();
        let issuers: Result<_, Failure> = issuers
            .map(|issuers| Ok((issuers.doc_type, store(&issuers.roots)?)))
            .collect();
        Ok(Self {
            cards: cards.transpose()?,
            issuers: issuers?,
            status: status.transpose()?,
        })
    }

    /// Whether the roots over documents are of the profile of their type.
    fn check(&self, dir: &Path) -> Result<(), Failure> {
        for (doc_type, store) in &self.issuers {
            let verifier = PresentationVerifier::new(AlgorithmTable::standard());
            verifier
                .with_issuers(profile_of(doc_type), store.clone())
                .map_err(|error| Failure::unfit(&dir.join("mdoc-issuer").join(doc_type), error))?;
        }
        Ok(())
    }

    fn stores(&self) -> impl Iterator<Item = (Option<&str>, &TrustStore)> {
        let cards = self.cards.iter().map(|store| (None, store));
        let issuers = self.issuers.iter();
        let issuers = issuers.map(|(doc_type, store)| (Some(&**doc_type), store));
        let status = self.status.iter().map(|store| (None, store));
        cards.chain(issuers).chain(status)
    }

    fn rows(&self, now: Time) -> Vec<AnchorRow> {
        let rows = self.stores().flat_map(|(doc_type, store)| {
            let anchors = store.anchors();
            anchors.map(move |anchor| AnchorRow::of(anchor, doc_type, now))
        });
        rows.collect()
    }
}

/// A directory whose anchors can all be used, as `trust check` prints it.
#[derive(Serialize)]
struct Checked {
    anchors: usize,
    not_valid_now: usize,
    environment: Option<&'static str>,
    /// Of the anchors over certificates of cards.
    trust_version: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mdoc: Vec<CheckedIssuers>,
}

/// The roots over one type of document.
#[derive(Serialize)]
struct CheckedIssuers {
    doc_type: String,
    anchors: usize,
    trust_version: String,
}

impl Checked {
    fn of(found: &Found, now: Time) -> Self {
        let anchors = || found.stores().flat_map(|(_, store)| store.anchors());
        let valid = |anchor: &Anchor| anchor.validity().contains(now);
        let issuers = found.issuers.iter();
        let environments = found
            .stores()
            .map(|(_, store)| store.environment().as_str());
        Self {
            anchors: anchors().count(),
            not_valid_now: anchors().filter(|anchor| !valid(anchor)).count(),
            environment: environments.last(),
            trust_version: found.cards.as_ref().map(|s| s.version().to_string()),
            mdoc: issuers
                .map(|(doc_type, store)| CheckedIssuers {
                    doc_type: doc_type.clone(),
                    anchors: store.anchors().count(),
                    trust_version: store.version().to_string(),
                })
                .collect(),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "{} anchors", self.anchors)?;
        if self.not_valid_now > 0 {
            let number = self.not_valid_now;
            write!(out, " ({number} of them not valid at this time)")?;
        }
        write!(
            out,
            ", environment {}",
            self.environment.unwrap_or_default()
        )?;
        if let Some(version) = &self.trust_version {
            write!(out, ", trust version {version}")?;
        }
        writeln!(out)?;
        for CheckedIssuers {
            doc_type,
            anchors,
            trust_version,
        } in &self.mdoc
        {
            writeln!(
                out,
                "{doc_type}: anchors {anchors}, trust version {trust_version}"
            )?;
        }
        Ok(())
    }
}

/// One anchor, as `trust show` prints it.
#[derive(Serialize)]
struct AnchorRow {
    purpose: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    doc_type: Option<String>,
    published_generation: Option<u8>,
    subject: String,
    sha256: String,
    not_before: String,
    not_after: String,
    state: &'static str,
    days_left: i64,
}

impl AnchorRow {
    fn of(anchor: &Anchor, doc_type: Option<&str>, now: Time) -> Self {
        let validity = anchor.validity();
        let state = if now < validity.not_before {
            "not yet valid"
        } else if now > validity.not_after {
            "expired"
        } else {
            "valid"
        };
        let published = PUBLISHED
            .iter()
            .find(|root| root.fingerprint == anchor.fingerprint());
        Self {
            purpose: anchor.purpose().as_str(),
            doc_type: doc_type.map(str::to_owned),
            published_generation: published.map(|root| root.generation),
            subject: name(anchor.subject()),
            sha256: anchor.fingerprint().to_string(),
            not_before: validity.not_before.to_string(),
            not_after: validity.not_after.to_string(),
            state,
            days_left: validity
                .not_after
                .since(now)
                .as_seconds()
                .div_euclid(86_400),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.purpose)?;
        if let Some(doc_type) = &self.doc_type {
            writeln!(out, "  document     {doc_type}")?;
        }
        if let Some(generation) = self.published_generation {
            writeln!(out, "  published    generation {generation}")?;
        }
        writeln!(out, "  subject      {}", self.subject)?;
        writeln!(out, "  sha256       {}", self.sha256)?;
        writeln!(
            out,
            "  valid        {} to {}",
            self.not_before, self.not_after
        )?;
        match self.days_left {
            days @ ..0 => writeln!(out, "  state        {}, {} days ago", self.state, -days),
            days => writeln!(out, "  state        {}, {days} days left", self.state),
        }
    }
}
