//! Reports, as text and as JSON.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};
use tashika::jpki::{Action, Holder, Meaning, RegisteredText, Text};
use tashika::mdoc::{Element, VerifiedDocument};
use tashika::person::Sex;
use tashika::report::{CheckStatus, RecordReport, Report, RevocationReport, Verdict};
use tashika::revocation::{Answer as Answered, CheckMethod};
use tashika::{Duration, Time};

use crate::cli::LanguageArgument;
use crate::exit::{Exit, Failure};
use crate::mdoc::value;

/// Where and how an answer is given.
pub(crate) struct Answer<'a> {
    pub(crate) report: &'a Report,
    /// The four items, if they were asked for and proven.
    pub(crate) holder: Option<&'a Holder>,
    /// Documents of a presentation, if they were asked for and proven.
    pub(crate) documents: &'a [VerifiedDocument],
    pub(crate) warnings: &'a [Warning],
    /// How revocation was asked about, if it was.
    pub(crate) asked: Option<Asked>,
    pub(crate) language: LanguageArgument,
}

/// What takes from the worth of a verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Warning {
    /// What is in the response passes for what was asked.
    NothingRequested,
    /// The response has elements that no request can ask for.
    NotRequestable,
}

impl Warning {
    fn id(self) -> &'static str {
        match self {
            Self::NothingRequested => "nothing_requested",
            Self::NotRequestable => "not_requestable",
        }
    }

    fn text(self, language: LanguageArgument) -> &'static str {
        match (self, language) {
            (Self::NothingRequested, LanguageArgument::Ja) => {
                "--requestedの指定がないため、応答に含まれる要素をすべて要求したものとみなしました。要求と応答の照合は行っていません。"
            }
            (Self::NothingRequested, LanguageArgument::En) => {
                "Nothing was given as --requested: what is in the response passes for what was asked, and was compared with nothing."
            }
            (Self::NotRequestable, LanguageArgument::Ja) => {
                "要求できない要素が応答に含まれています。"
            }
            (Self::NotRequestable, LanguageArgument::En) => {
                "The response has elements that no request can ask for."
            }
        }
    }
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attributes: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Value>,
}

impl Answer<'_> {
    fn exit(&self) -> Exit {
        match self.report.verdict() {
            Verdict::Accepted => Exit::Accepted,
            Verdict::Rejected => Exit::Rejected,
            Verdict::Undetermined => Exit::Undetermined,
        }
    }

    /// Prints it, and tells how the command ends.
    pub(crate) fn print(&self, json: bool) -> Result<Exit, Failure> {
        let mut out = io::stdout().lock();
        if json {
            self.write_json(&mut out)?;
        } else {
            self.write_text(&mut out)?;
        }
        Ok(self.exit())
    }

    fn warnings_json(&self) -> Vec<Value> {
        let warnings = self.warnings.iter();
        let json = |w: &Warning| json!({ "id": w.id(), "text": w.text(self.language) });
        warnings.map(json).collect()
    }

    fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let written = Written {
            report: self.report,
            asked: self.asked.as_ref(),
            holder: self.holder.map(holder_json),
            attributes: self.documents.iter().map(document_json).collect(),
            warnings: self.warnings_json(),
        };
        serde_json::to_writer_pretty(&mut *out, &written)?;
        writeln!(out)
    }

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
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
        writeln!(out, "{}", report.message())?;
        for warning in self.warnings {
            writeln!(out, "! {}", warning.text(self.language))?;
        }
        writeln!(out)?;
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
        if let Some(record) = report.record() {
            write_record(record, out)?;
        }
        for document in self.documents {
            write_document(document, out)?;
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

fn write_record(record: &RecordReport, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "record      {}", record.status().replace('_', " "))?;
    match record.as_of() {
        Some(as_of) => writeln!(out, "as of       {as_of}"),
        None => Ok(()),
    }
}

/// What a document says: of what the issuer vouches for apart from what the
/// device says on its own.
fn document_json(document: &VerifiedDocument) -> Value {
    let rows = |elements: &[Element]| -> Vec<Value> {
        let row = |e: &Element| {
            let shown = value::shown_json(e.identifier(), e.value());
            let (namespace, identifier) = (e.namespace(), e.identifier());
            json!({ "namespace": namespace, "identifier": identifier, "value": shown })
        };
        elements.iter().map(row).collect()
    };
    let validity = document.validity();
    json!({
        "doc_type": document.doc_type(),
        "signed": validity.signed.to_string(),
        "valid_from": validity.valid_from.to_string(),
        "valid_until": validity.valid_until.to_string(),
        "elements": rows(document.elements()),
        "device_signed": rows(document.device_signed()),
    })
}

fn write_document(document: &VerifiedDocument, out: &mut dyn Write) -> io::Result<()> {
    let validity = document.validity();
    writeln!(out, "\n{}", document.doc_type())?;
    let (from, until) = (validity.valid_from, validity.valid_until);
    writeln!(out, "valid       {from} to {until}")?;
    let by_device = document
        .device_signed()
        .iter()
        .map(|e| (e, "  (by the device alone)"));
    let elements = document.elements().iter().map(|e| (e, ""));
    for (element, remark) in elements.chain(by_device) {
        let (namespace, identifier) = (element.namespace(), element.identifier());
        let shown = value::shown(identifier, element.value());
        writeln!(out, "{namespace}/{identifier}  {shown}{remark}")?;
    }
    Ok(())
}

fn sex(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "male",
        Sex::Female => "female",
        _ => "not stated",
    }
}
