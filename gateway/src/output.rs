//! Reports, as text and as JSON.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};
use tashika::jpki::{Action, Holder, Meaning, RegisteredText, Text};
use tashika::person::Sex;
use tashika::report::{CheckStatus, Report, RevocationReport, Verdict};
use tashika::revocation::{Answer as Answered, CheckMethod};
use tashika::{Duration, Time};

use crate::cli::LanguageArgument;
use crate::exit::Exit;

/// Where and how an answer is given.
pub(crate) struct Answer<'a> {
    pub(crate) report: &'a Report,
    /// The four items, if they were asked for and proven.
    pub(crate) holder: Option<&'a Holder>,
    /// How revocation was asked about, if it was.
    pub(crate) asked: Option<Asked>,
    pub(crate) language: LanguageArgument,
}

/// How the answer about revocation was come by. Times are in RFC 3339, UTC.
#[derive(Serialize)]
pub(crate) struct Asked {
    purpose: &'static str,
    delivery: &'static str,
    checked_via: Option<&'static str>,
    source_time: Option<String>,
    /// Since the source time.
    age_seconds: Option<i64>,
    reference_id: Option<String>,
    retry_after_seconds: Option<i64>,
}

impl Asked {
    pub(crate) fn of(answer: &Answered, now: Time) -> Self {
        Self {
            purpose: answer.purpose().as_str(),
            delivery: answer.delivery().as_str(),
            checked_via: answer.checked_via().map(CheckMethod::as_str),
            source_time: answer.source_time().map(|time| time.to_string()),
            age_seconds: answer.age(now).map(Duration::as_seconds),
            reference_id: answer.reference().map(|id| id.as_str().to_owned()),
            retry_after_seconds: answer.retry_after().map(Duration::as_seconds),
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let (purpose, delivery) = (self.purpose, self.delivery);
        if let Some(method) = self.checked_via {
            writeln!(out, "checked via {method} ({delivery}), for {purpose}")?;
        }
        if let Some(age) = self.age_seconds {
            writeln!(out, "age         {age} s")?;
        }
        if let Some(reference) = &self.reference_id {
            writeln!(out, "reference   {reference}")?;
        }
        if let Some(pause) = self.retry_after_seconds {
            writeln!(out, "retry after {pause} s")?;
        }
        Ok(())
    }
}

/// The report, and beside it how it was asked, and the holder where that was
/// asked for.
#[derive(Serialize)]
struct Written<'a> {
    #[serde(flatten)]
    report: &'a Report,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<&'a Asked>,
    #[serde(skip_serializing_if = "Option::is_none")]
    holder: Option<Value>,
}

impl Answer<'_> {
    pub(crate) fn exit(&self) -> Exit {
        match self.report.verdict() {
            Verdict::Accepted => Exit::Accepted,
            Verdict::Rejected => Exit::Rejected,
            Verdict::Undetermined => Exit::Undetermined,
        }
    }

    pub(crate) fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let written = Written {
            report: self.report,
            asked: self.asked.as_ref(),
            holder: self.holder.map(holder_json),
        };
        serde_json::to_writer_pretty(&mut *out, &written)?;
        writeln!(out)
    }

    pub(crate) fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let report = self.report;
        let verdict = match report.verdict() {
            Verdict::Accepted => "ACCEPTED",
            Verdict::Rejected => "REJECTED",
            Verdict::Undetermined => "UNDETERMINED",
        };
        match (report.code(), report.description()) {
            (Some(code), Some(description)) => writeln!(out, "{verdict}  {code}\n{description}")?,
            _ => writeln!(out, "{verdict}")?,
        }
        writeln!(out, "{}\n", report.message())?;
        for check in report.checks() {
            let mark = match check.status() {
                CheckStatus::Pass => "pass",
                CheckStatus::Fail => "FAIL",
                CheckStatus::Skipped => "  - ",
                CheckStatus::Undetermined => "  ? ",
            };
            let evidence = check.evidence();
            let evidence: String = evidence
                .map(|(name, value)| format!(" {name}={value}"))
                .collect();
            let line = format!("{mark}  {:<28}{evidence}", check.id());
            writeln!(out, "{}", line.trim_end())?;
        }
        writeln!(out)?;
        self.write_revocation(report.revocation(), out)?;
        if let Some(asked) = &self.asked {
            asked.write(out)?;
        }
        if let Some(holder) = self.holder {
            write_holder(holder, out)?;
        }
        Ok(())
    }

    fn write_revocation(&self, report: &RevocationReport, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "revocation  {}", report.status())?;
        if let Some(reason) = report.reason() {
            writeln!(out, "reason      {reason}")?;
        }
        if let Some(meaning) = report.meaning() {
            write_meaning(meaning, self.language, "            ", out)?;
        }
        if let Some(as_of) = report.as_of() {
            writeln!(out, "as of       {as_of}")?;
        }
        if let Some(source) = report.source() {
            writeln!(out, "source      {source}")?;
        }
        if report.is_within_grace() {
            writeln!(out, "overdue     it counts by the policy alone")?;
        }
        if report.is_flagged() {
            writeln!(out, "flagged     somebody should look at it")?;
        }
        Ok(())
    }
}

/// Octets in hexadecimal.
pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// What a reason means, for the operator.
pub(crate) fn write_meaning(
    meaning: &Meaning,
    language: LanguageArgument,
    indent: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let [means, also, may, must_not] = match language {
        LanguageArgument::Ja => ["意味", "別の解釈", "してよいこと", "してはならないこと"],
        LanguageArgument::En => ["means", "also read as", "may", "must not"],
    };
    let text = |text: &Text| match language {
        LanguageArgument::Ja => text.ja.clone(),
        LanguageArgument::En => text.en.clone(),
    };
    writeln!(out, "{indent}{means}: {}", text(&meaning.meaning))?;
    if let Some(other) = &meaning.other_reading {
        writeln!(out, "{indent}{also}: {}", text(other))?;
    }
    writeln!(out, "{indent}{may}: {}", actions(&meaning.may, language))?;
    let must_not_do = actions(&meaning.must_not, language);
    writeln!(out, "{indent}{must_not}: {must_not_do}")
}

fn actions(actions: &[Action], language: LanguageArgument) -> String {
    let texts: Vec<_> = actions
        .iter()
        .map(|action| match language {
            LanguageArgument::Ja => action.text().0,
            LanguageArgument::En => action.text().1,
        })
        .collect();
    texts.join(match language {
        LanguageArgument::Ja => "、",
        LanguageArgument::En => "; ",
    })
}

fn holder_json(holder: &Holder) -> Value {
    let text = |text: &RegisteredText| {
        json!({
            "text": text.as_str(),
            "substituted_positions": text.substituted_positions(),
        })
    };
    let birth = holder.birth_date();
    json!({
        "name": text(holder.name()),
        "address": text(holder.address()),
        "birth_date": { "year": birth.year(), "month": birth.month(), "day": birth.day() },
        "sex": sex(holder.sex()),
    })
}

fn write_holder(holder: &Holder, out: &mut dyn Write) -> io::Result<()> {
    let birth = holder.birth_date();
    let part = |n: Option<i16>| n.map_or_else(|| "?".to_owned(), |n| format!("{n:02}"));
    writeln!(out)?;
    for (label, text) in [("name", holder.name()), ("address", holder.address())] {
        write!(out, "{label:<11} {}", text.as_str())?;
        if !text.substituted_positions().is_empty() {
            let positions = text.substituted_positions();
            write!(
                out,
                "  (substitute characters at {positions:?}, counted from 0)"
            )?;
        }
        writeln!(out)?;
    }
    writeln!(
        out,
        "birth date  {}-{}-{}",
        part(birth.year()),
        part(birth.month().map(i16::from)),
        part(birth.day().map(i16::from)),
    )?;
    writeln!(out, "sex         {}", sex(holder.sex()))
}

fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        _ => "not stated",
    }
}
