//! What came of a login, as text and as JSON.

use std::io::{self, Write};

use serde_json::{Value, json};
use tashika::auth_app::{Birthdate, Fault, Gender, VerifiedLogin};
use tashika::person::Sex;
use tashika::{Message, Time};

use super::mask;
use super::party::Outcome;
use crate::cli::LanguageArgument;
use crate::exit::{Exit, Failure, next_step};

pub(super) struct Answer<'a> {
    pub(super) outcome: &'a Outcome,
    pub(super) issuer: &'a str,
    pub(super) now: Time,
    /// Whether it may be told who the person is.
    pub(super) shown: bool,
    pub(super) language: LanguageArgument,
}

impl Answer<'_> {
    /// Prints it, and tells how the command ends.
    pub(super) fn print(&self, as_json: bool) -> Result<Exit, Failure> {
        let mut out = io::stdout().lock();
        if as_json {
            serde_json::to_writer_pretty(&mut out, &self.json()).map_err(io::Error::from)?;
            writeln!(out)?;
        } else {
            self.write(&mut out)?;
        }
        Ok(self.exit())
    }

    fn exit(&self) -> Exit {
        match self.outcome {
            Ok(_) => Exit::Accepted,
            Err(fault) => fault.disposition().into(),
        }
    }

    fn verdict(&self) -> &'static str {
        match self.exit() {
            Exit::Accepted => "accepted",
            Exit::Undetermined => "undetermined",
            Exit::Misuse => "misconfigured",
            _ => "rejected",
        }
    }

    fn message(&self) -> &'static str {
        let message = match self.outcome {
            Ok(_) => Message::Accepted,
            Err(fault) => fault.code().message(),
        };
        message.text(self.language.into())
    }

    fn json(&self) -> Value {
        let mut answer = json!({
            "verdict": self.verdict(),
            "message": self.message(),
            "issuer": self.issuer,
            "checks": self.checks().map(|(status, id)| json!({ "id": id, "status": status }))
                .collect::<Vec<_>>(),
        });
        let rest = match self.outcome {
            Ok(login) => self.login_json(login),
            Err(fault) => fault_json(fault),
        };
        if let (Value::Object(answer), Value::Object(rest)) = (&mut answer, rest) {
            answer.extend(rest);
        }
        answer
    }

    fn login_json(&self, login: &VerifiedLogin) -> Value {
        let claims = login.claims();
        json!({
            "subject": self.masked(login.subject().as_str(), mask::subject),
            "acr": login.acr(),
            "issued_at": login.issued_at().to_string(),
            "authenticated_at": login.authenticated_at().map(|at| at.to_string()),
            "masked": !self.shown,
            "claims": {
                "name": claims.name().map(|name| self.masked(name, mask::name)),
                "address": claims.address().map(|a| self.masked(a, mask::address)),
                "birthdate": claims.birthdate().map(|birth| json!({
                    "text": self.shown.then(|| birth.as_str()),
                    "year": birth.known_parts().year(),
                    "age": self.age(login),
                })),
                "gender": claims.gender().map(|gender| self.gender(gender)),
            },
        })
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let verdict = self.verdict().to_uppercase();
        match self.outcome {
            Ok(_) => writeln!(out, "{verdict}")?,
            Err(fault) => {
                let code = fault.code();
                writeln!(out, "{verdict}  {code}\n{}", code.description())?;
            }
        }
        writeln!(out, "{}\n", self.message())?;
        for (status, id) in self.checks() {
            writeln!(out, "{status:<4}  {id}")?;
        }
        writeln!(out)?;
        match self.outcome {
            Ok(login) => self.write_login(login, out),
            Err(fault) => write_fault(fault, out),
        }
    }

    fn write_login(&self, login: &VerifiedLogin, out: &mut dyn Write) -> io::Result<()> {
        let subject = self.masked(login.subject().as_str(), mask::subject);
        writeln!(out, "issuer      {}\nsubject     {subject}", self.issuer)?;
        writeln!(out, "acr         {}", login.acr().unwrap_or("(not stated)"))?;
        writeln!(out, "issued      {}", login.issued_at())?;
        if let Some(at) = login.authenticated_at() {
            writeln!(out, "logged in   {at}")?;
        }
        let claims = login.claims();
        if let Some(name) = claims.name() {
            writeln!(out, "name        {}", self.masked(name, mask::name))?;
        }
        if let Some(address) = claims.address() {
            // It may have lines.
            let address = self.masked(address, mask::address);
            let lines: Vec<_> = address.lines().collect();
            writeln!(out, "address     {}", lines.join(" / "))?;
        }
        if let Some(birth) = claims.birthdate() {
            writeln!(out, "birth date  {}", self.birth(birth, login))?;
        }
        if let Some(gender) = claims.gender() {
            writeln!(out, "sex         {}", self.gender(gender))?;
        }
        if !self.shown {
            writeln!(out, "\nMasked: --show-attributes shows all of it.")?;
        }
        Ok(())
    }

    fn birth(&self, birth: &Birthdate, login: &VerifiedLogin) -> String {
        let year = birth.known_parts().year();
        let year = year.map_or_else(|| "year unknown".to_owned(), |year| year.to_string());
        let date = if self.shown {
            birth.as_str().to_owned()
        } else {
            year
        };
        match self.age(login) {
            Some(age) => format!("{date} (age {age})"),
            None => format!("{date} (age not known)"),
        }
    }

    fn gender(&self, gender: &Gender) -> String {
        self.masked(gender.as_str(), |_| match gender.sex() {
            // That it is one of those known tells nothing of anybody.
            Some(Sex::Male | Sex::Female) => "＊".to_owned(),
            _ => "＊ (not one that is known)".to_owned(),
        })
    }

    fn age(&self, login: &VerifiedLogin) -> Option<i16> {
        login.age_on(self.now.date_in_japan().ok()?)
    }

    fn masked(&self, text: &str, mask: impl FnOnce(&str) -> String) -> String {
        if self.shown {
            text.to_owned()
        } else {
            mask(text)
        }
    }

    /// The checks that ran, and how they ended.
    fn checks(&self) -> impl Iterator<Item = (&'static str, String)> {
        let (trace, failed) = match self.outcome {
            Ok(login) => (login.trace(), None),
            Err(fault) => {
                let status = match fault.disposition().into() {
                    Exit::Undetermined => "undetermined",
                    _ => "fail",
                };
                let error = fault.error();
                (error.trace(), Some((status, error.check().to_string())))
            }
        };
        let passed: Vec<_> = trace.iter().map(|id| ("pass", id.to_string())).collect();
        passed.into_iter().chain(failed)
    }
}

fn fault_json(fault: &Fault) -> Value {
    let code = fault.code();
    json!({
        "code": code.as_str(),
        "description": code.description(),
        "next_step": next_step(code),
        "http_status": fault.status(),
        "retry_after_seconds": fault.retry_after().map(|after| after.as_secs()),
    })
}

fn write_fault(fault: &Fault, out: &mut dyn Write) -> io::Result<()> {
    if let Some(status) = fault.status() {
        writeln!(out, "HTTP status {status}")?;
    }
    if let Some(after) = fault.retry_after() {
        writeln!(out, "retry after {} s", after.as_secs())?;
    }
    match next_step(fault.code()) {
        Some(step) => writeln!(out, "{step}"),
        None => Ok(()),
    }
}
