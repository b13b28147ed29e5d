//! Line after line, whatever stands in it.

use std::io::{self, BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;
use tashika::{Code, Error};

use crate::judge::answer::{Answer, Refusal};

/// The longest line that is read, in octets: the largest revocation list in
/// base64, and as much again for everything beside it.
pub const LINE: usize = 192 * 1024 * 1024;

/// What came of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// The lines that were answered.
    pub answers: u64,
    /// The answers that are a panic's.
    pub panics: u64,
}

/// Answers every line of `input` on `output`, each before the next is read.
/// Empty lines are passed over.
///
/// # Errors
/// If the input cannot be read or the output not written.
pub fn run(input: impl BufRead, output: impl Write) -> io::Result<Summary> {
    run_with(input, output, super::answer)
}

/// [`run`] with another way to answer.
///
/// # Errors
/// If the input cannot be read or the output not written.
pub fn run_with(
    mut input: impl BufRead,
    mut output: impl Write,
    answer: impl Fn(&[u8]) -> Answer,
) -> io::Result<Summary> {
    let mut summary = Summary::default();
    let mut line = Vec::new();
    while let Some(length) = read_line(&mut input, &mut line)? {
        let reply = match length {
            Length::Whole if line.trim_ascii().is_empty() => continue,
            Length::Whole => guarded(&line, &answer, &mut summary),
            Length::Cut => refuse(Error::new(Code::InputTooLarge).into()),
        };
        summary.answers += 1;
        serde_json::to_writer(&mut output, &reply)?;
        output.write_all(b"\n")?;
        // Whoever asks may wait for the answer before asking on.
        output.flush()?;
    }
    Ok(summary)
}

fn guarded(line: &[u8], answer: &impl Fn(&[u8]) -> Answer, summary: &mut Summary) -> Answer {
    // Nothing that a panic could leave half done outlives the call.
    catch_unwind(AssertUnwindSafe(|| answer(line))).unwrap_or_else(|_| {
        summary.panics += 1;
        let id = serde_json::from_slice::<Value>(line)
            .ok()
            .and_then(|mut row| row.get_mut("id").map(Value::take));
        Answer::new(id.unwrap_or_default(), Refusal::Panic.into())
    })
}

fn refuse(refusal: Refusal) -> Answer {
    Answer::new(Value::Null, refusal.into())
}

/// Whether a line is there in full.
enum Length {
    Whole,
    /// Longer than [`LINE`]: it was read past, not kept.
    Cut,
}

/// The next line without its end; none after the last.
fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<Length>> {
    line.clear();
    let mut length = Length::Whole;
    let mut begun = false;
    loop {
        let buffer = match input.fill_buf() {
            Ok(buffer) => buffer,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if buffer.is_empty() {
            return Ok(begun.then_some(length));
        }
        begun = true;
        let end = buffer.iter().position(|octet| *octet == b'\n');
        let (part, used) = match end {
            Some(end) => (buffer.split_at(end).0, end + 1),
            None => (buffer, buffer.len()),
        };
        if line.len() + part.len() > LINE {
            length = Length::Cut;
            *line = Vec::new();
        } else if matches!(length, Length::Whole) {
            line.extend_from_slice(part);
        }
        input.consume(used);
        if end.is_some() {
            return Ok(Some(length));
        }
    }
}
