//! `tashika health`: who is down.

mod store;
mod words;

use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use tashika::revocation::health::{
    Channel, ChannelHealth, Health, Notice, OurState, Situation, SourceState,
};
use tashika::{Language, Time};

use crate::cli::{self, LanguageArgument};
use crate::exit::{Exit, Failure};
use crate::{clock, input, show};

use store::{ListCount, Looked};
use words::{Label, Words};

/// Octets of a file of notices.
const NOTICES: usize = 1024 * 1024;

pub(crate) fn run(options: &cli::Health) -> Result<Exit, Failure> {
    let now = options.at.unwrap_or_else(clock::now);
    let looked = match (&options.store, &options.trust) {
        (Some(store), Some(trust)) => Some(Looked::at(store, trust, options, now)?),
        _ => None,
    };
    let mut notices = Vec::new();
    for path in &options.notice {
        notices.extend(read(path)?);
    }
    let shown = Shown::of(options, looked.as_ref(), &notices, now);
    show::print(&shown, options.json, |shown, out| {
        shown.write(options.lang, out)
    })?;
    Ok(shown.exit())
}

/// The notices of a file: one, or an array.
fn read(path: &Path) -> Result<Vec<Notice>, Failure> {
    let text = input::read(path, NOTICES)?;
    let read = match text.trim_ascii_start().first() {
        Some(b'[') => serde_json::from_slice(&text),
        _ => serde_json::from_slice(&text).map(|notice| vec![notice]),
    };
    read.map_err(|error| Failure::Usage(format!("{}: {error}", path.display())))
}

/// The answer.
#[derive(Serialize)]
struct Shown {
    at: String,
    /// None if no store was given, or it cannot be opened.
    lists: Option<ListCount>,
    channels: Vec<Row>,
}

/// A channel.
#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    health: ChannelHealth,
    /// Whether the sources that were given answer for it.
    covered: bool,
    /// For people.
    text: Texts,
}

#[derive(Serialize)]
struct Texts {
    ja: &'static str,
    en: &'static str,
}

impl Shown {
    fn of(options: &cli::Health, looked: Option<&Looked>, notices: &[Notice], now: Time) -> Self {
        let lists = looked.map(Looked::source);
        let remote = [options.ocsp, options.operator].into_iter().flatten();
        let sources: Vec<SourceState> = lists.into_iter().chain(remote.map(Into::into)).collect();
        let ourselves = ourselves(looked, options.ourselves.map(Into::into));
        let needs = options.needs.into();
        let mut health = Health::at(now, ourselves, needs, &[], notices);
        let covered = channels(options);
        for channel in &covered {
            health = health.with_sources(*channel, needs, &sources);
        }
        let rows = health.channels().iter().map(|health| Row {
            health: *health,
            covered: covered.contains(&health.channel()),
            text: Texts {
                ja: health.situation().text(Language::Japanese),
                en: health.situation().text(Language::English),
            },
        });
        Self {
            at: now.to_string(),
            lists: looked.and_then(Looked::count),
            channels: rows.collect(),
        }
    }

    fn exit(&self) -> Exit {
        let mut covered = self.channels.iter().filter(|row| row.covered);
        match covered.all(|row| row.health.situation() == Situation::Working) {
            true => Exit::Accepted,
            false => Exit::Undetermined,
        }
    }

    fn write(&self, language: LanguageArgument, out: &mut dyn Write) -> io::Result<()> {
        for (place, row) in self.channels.iter().enumerate() {
            if place > 0 {
                writeln!(out)?;
            }
            row.write(language.into(), self.lists, out)?;
        }
        Ok(())
    }
}

impl Row {
    fn write(
        &self,
        language: Language,
        lists: Option<ListCount>,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let words = Words::of(language);
        let (health, text) = (&self.health, self.health.situation().text(language));
        writeln!(out, "{}", health.channel().name(language))?;
        writeln!(out, "  {text}")?;
        let issuance = words.issuance(health.issuance());
        words.line(Label::Issuance, issuance, out)?;
        let source = words.source(health.revocation());
        words.line(Label::Revocation, source, out)?;
        if let Some(lists) = lists.filter(|_| self.covered) {
            words.line(Label::Lists, &lists.to_string(), out)?;
        }
        words.line(Label::Ourselves, words.ourselves(health.ourselves()), out)
    }
}

/// What the store shows is sure; what is said else counts beside it. Without
/// either, nobody has looked.
fn ourselves(looked: Option<&Looked>, said: Option<OurState>) -> OurState {
    match (looked.map(Looked::ourselves), said) {
        (Some(OurState::Working), Some(said)) | (None, Some(said)) => said,
        (Some(looked), _) => looked,
        (None, None) => OurState::Unknown,
    }
}

/// The channels whose certificates the sources answer for.
fn channels(options: &cli::Health) -> Vec<Channel> {
    if options.channel.is_empty() {
        return vec![Channel::Card];
    }
    options.channel.iter().map(|c| (*c).into()).collect()
}
