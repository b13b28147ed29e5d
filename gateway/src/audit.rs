//! `tashika audit`: chains of records, verified.

mod files;

use std::fs::File;
use std::io::{self, BufReader, Write};
use std::path::Path;

use serde::Serialize;
use tashika::audit::{
    ChainError, ChainKey, ChainSummary, ChainVerifier, EvidenceCheck, EvidenceCount, Fault, Link,
    Part,
};

use crate::cli::audit::{Audit, Chain, Verify};
use crate::exit::{Exit, Failure};
use crate::{key, show};
use files::Files;

pub(crate) fn run(command: &Audit) -> Result<Exit, Failure> {
    match command {
        Audit::Verify(options) => verify(options),
        Audit::Head(chain) => head(chain),
    }
}

fn verify(options: &Verify) -> Result<Exit, Failure> {
    let mut verifier = verifier(&options.chain)?;
    if let Some(head) = options.expect_head {
        verifier = verifier.expecting(head);
    }
    let found = if options.evidence.is_empty() {
        read(verifier, &options.chain, |_| Ok(())).map(|summary| (summary, None))
    } else {
        let mut check = EvidenceCheck::new(BufReader::new(Files::new(&options.evidence)?));
        read(verifier, &options.chain, |link| check.look(link)).and_then(|summary| {
            let count = check.finish().map_err(Broken::at_the_end)?;
            Ok((summary, Some(count)))
        })
    };
    let shown = Shown::of(found)?;
    show::print(&shown, options.json, Shown::write)?;
    Ok(shown.exit())
}

fn head(chain: &Chain) -> Result<Exit, Failure> {
    match read(verifier(chain)?, chain, |_| Ok(())) {
        Ok(ChainSummary {
            head: Some(head), ..
        }) => {
            writeln!(io::stdout().lock(), "{head}")?;
            Ok(Exit::Accepted)
        }
        Ok(_) => {
            eprintln!("tashika: the chain has no line");
            Ok(Exit::Rejected)
        }
        Err(broken) => {
            let broken = broken.readable()?;
            eprintln!("tashika: {}", broken.text());
            Ok(Exit::Rejected)
        }
    }
}

fn verifier(chain: &Chain) -> Result<ChainVerifier, Failure> {
    let keys = chain.key.iter().map(|path| key::octets(path));
    let keys = keys.map(|octets| Ok(ChainKey::from_octets(&octets?)));
    let keys = keys.collect::<Result<Vec<_>, Failure>>()?;
    Ok(match chain.after {
        Some(head) => ChainVerifier::after(head, keys),
        None => ChainVerifier::from_beginning(keys),
    })
}

/// Reads all files, and has `look` see every line.
fn read(
    mut verifier: ChainVerifier,
    chain: &Chain,
    mut look: impl FnMut(&Link) -> Result<(), Fault>,
) -> Result<ChainSummary, Broken> {
    for (place, path) in chain.files.iter().enumerate() {
        let part = if place + 1 == chain.files.len() {
            Part::Last
        } else {
            Part::Earlier
        };
        let before = verifier.lines();
        let file = File::open(path).map_err(|error| Broken::unreadable(path, error))?;
        let outcome = verifier.read(BufReader::new(file), part, &mut look);
        outcome.map_err(|error| Broken::in_file(path, before, error))?;
    }
    verifier.finish().map_err(Broken::missing)
}

/// What is wrong, and where.
#[derive(Debug)]
struct Broken {
    file: Option<String>,
    /// Counted from 1 in this file; none at the end of all.
    line: Option<u64>,
    fault: Fault,
}

impl Broken {
    fn unreadable(path: &Path, error: io::Error) -> Self {
        Self {
            file: Some(path.display().to_string()),
            line: None,
            fault: Fault::Read(error),
        }
    }

    fn in_file(path: &Path, before: u64, error: ChainError) -> Self {
        Self {
            file: Some(path.display().to_string()),
            line: Some(error.line().saturating_sub(before)),
            fault: error.into_fault(),
        }
    }

    fn missing(error: ChainError) -> Self {
        Self::at_the_end(error.into_fault())
    }

    fn at_the_end(fault: Fault) -> Self {
        Self {
            file: None,
            line: None,
            fault,
        }
    }

    /// A file that cannot be read is no broken chain.
    fn readable(self) -> Result<Self, Failure> {
        match self.fault {
            Fault::Read(error) => {
                let path = self.file.unwrap_or_default();
                Err(Failure::unreadable(Path::new(&path), error))
            }
            _ => Ok(self),
        }
    }

    fn text(&self) -> String {
        match (&self.file, self.line) {
            (Some(file), Some(line)) => format!("{file}: line {line}: {}", self.fault),
            (Some(file), None) => format!("{file}: {}", self.fault),
            _ => self.fault.to_string(),
        }
    }
}

/// The answer.
#[derive(Serialize)]
struct Shown {
    /// `whole` or `broken`.
    chain: &'static str,
    head: Option<String>,
    records: Option<u64>,
    rotations: Option<u64>,
    torn_octets: Option<u64>,
    evidence: Option<Evidence>,
    fault: Option<ShownFault>,
}

#[derive(Serialize)]
struct Evidence {
    kept: u64,
    absent: u64,
}

#[derive(Serialize)]
struct ShownFault {
    name: &'static str,
    file: Option<String>,
    line: Option<u64>,
    text: String,
}

impl Shown {
    fn of(found: Result<(ChainSummary, Option<EvidenceCount>), Broken>) -> Result<Self, Failure> {
        let (summary, count) = match found {
            Ok(found) => found,
            Err(broken) => return broken.readable().map(Self::broken),
        };
        Ok(Self {
            chain: "whole",
            head: summary.head.map(|head| head.to_string()),
            records: Some(summary.records),
            rotations: Some(summary.rotations),
            torn_octets: Some(summary.torn),
            evidence: count.map(|count| Evidence {
                kept: count.kept,
                absent: count.absent,
            }),
            fault: None,
        })
    }

    fn broken(broken: Broken) -> Self {
        Self {
            chain: "broken",
            head: None,
            records: None,
            rotations: None,
            torn_octets: None,
            evidence: None,
            fault: Some(ShownFault {
                name: broken.fault.as_str(),
                text: broken.text(),
                file: broken.file,
                line: broken.line,
            }),
        }
    }

    fn exit(&self) -> Exit {
        match self.fault {
            None => Exit::Accepted,
            Some(_) => Exit::Rejected,
        }
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(fault) = &self.fault {
            return writeln!(out, "BROKEN  {}", fault.text);
        }
        writeln!(out, "WHOLE")?;
        let head = self.head.as_deref().unwrap_or("(no line)");
        writeln!(out, "  head       {head}")?;
        writeln!(out, "  records    {}", self.records.unwrap_or(0))?;
        writeln!(out, "  rotations  {}", self.rotations.unwrap_or(0))?;
        if let Some(torn @ 1..) = self.torn_octets {
            writeln!(out, "  torn       {torn} octets of a last line, by a crash")?;
        }
        if let Some(Evidence { kept, absent }) = self.evidence {
            writeln!(out, "  evidence   {kept} kept, {absent} absent")?;
        }
        Ok(())
    }
}
