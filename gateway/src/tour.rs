//! The tour: a testbed's card signs, its phone presents, its person logs in, and
//! the verifiers look at it. Each thing that can be wrong is wrong once.

mod auth_app;
mod phone;
mod stops;
mod world;

use std::io::{self, Write};

use tashika::Code;
use tashika::jpki::{Kind, MeaningTable};
use tashika::revocation::{State, Status};

use crate::cli::{LanguageArgument, Tour};
use crate::clock;
use crate::exit::{Exit, Failure};
use crate::output::write_meaning;
use crate::tour::stops::STOPS;
use crate::tour::world::{Outcome, World};

/// One stop: what is shown, and what must come of it.
struct Stop {
    title: (&'static str, &'static str),
    /// The code of the refusal; none if it must be accepted.
    expected: Option<Code>,
    run: fn(&World) -> Outcome,
}

/// Shows every stop. Exits 0 only if each came out as expected.
pub(crate) fn run(options: &Tour) -> Result<Exit, Failure> {
    let world = World::new(options.seed, clock::now())?;
    let mut out = io::stdout().lock();
    writeln!(out, "{}\n", introduction(options.lang))?;
    let mut surprises = 0;
    for (number, stop) in STOPS.iter().enumerate() {
        let outcome = (stop.run)(&world);
        let code = outcome.result.as_ref().err().map(tashika::Error::code);
        if code != stop.expected {
            surprises += 1;
        }
        show(number + 1, stop, &outcome, options.lang, &mut out)?;
    }
    let count = STOPS.len();
    if surprises == 0 {
        writeln!(out, "{count} of {count} came out as expected.")?;
        Ok(Exit::Accepted)
    } else {
        writeln!(out, "{surprises} of {count} did NOT come out as expected.")?;
        Ok(Exit::Rejected)
    }
}

fn introduction(language: LanguageArgument) -> &'static str {
    match language {
        LanguageArgument::Ja => {
            "架空の人物のカードとスマートフォンを、テスト用の発行者から用意しました。署名と提示、模擬のデジタル認証アプリによるログインと署名を検証します。外部との通信は行いません。"
        }
        LanguageArgument::En => {
            "The card of a person who does not exist, issued by a test CA, signs, the phone presents, and the person logs in and signs through a simulated auth app; Tashika verifies. Nothing leaves this machine."
        }
    }
}

fn show(
    number: usize,
    stop: &Stop,
    outcome: &Outcome,
    language: LanguageArgument,
    out: &mut dyn Write,
) -> io::Result<()> {
    let title = match language {
        LanguageArgument::Ja => stop.title.0,
        LanguageArgument::En => stop.title.1,
    };
    writeln!(out, "{number:>2}. {title}")?;
    let message = match &outcome.result {
        Ok(checks) => {
            writeln!(out, "    ACCEPTED, {checks} checks passed")?;
            tashika::Message::Accepted
        }
        Err(error) => {
            let verdict = match Exit::from(error.disposition()) {
                Exit::Undetermined => "UNDETERMINED",
                _ => "REJECTED",
            };
            let (code, check) = (error.code(), error.check());
            writeln!(out, "    {verdict}  {code}  (check {check})")?;
            writeln!(out, "    {}", code.description())?;
            code.message()
        }
    };
    if let Some((kind, status)) = &outcome.status {
        show_meaning(*kind, status, language, out)?;
    }
    let told = match language {
        LanguageArgument::Ja => "利用者への表示",
        LanguageArgument::En => "shown to the person",
    };
    writeln!(out, "    {told}: {}", message.text(language.into()))?;
    if outcome.result.as_ref().err().map(tashika::Error::code) != stop.expected {
        let expected = stop.expected.map_or("accepted", Code::as_str);
        writeln!(out, "    !! expected: {expected}")?;
    }
    writeln!(out)
}

/// The operator's part: what the reason of a revocation may mean.
fn show_meaning(
    kind: Kind,
    status: &Status,
    language: LanguageArgument,
    out: &mut dyn Write,
) -> io::Result<()> {
    let State::Revoked { reason, .. } = status.state() else {
        return Ok(());
    };
    let meanings = MeaningTable::standard();
    match meanings.meaning(kind, reason) {
        Some(meaning) => {
            let operator = match language {
                LanguageArgument::Ja => "    担当者向け ",
                LanguageArgument::En => "    operator: ",
            };
            write_meaning(meaning, language, operator, out)
        }
        None => Ok(()),
    }
}
