//! A file of lines that is only added to.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Lines of JSON, in a file and in memory. What is in neither did not happen:
/// a line is on the disk before it counts.
pub(crate) struct Journal<T> {
    file: File,
    lines: Vec<T>,
    /// Where half a line begins that could not be taken away yet.
    half: Option<u64>,
}

impl<T: Serialize + DeserializeOwned + PartialEq> Journal<T> {
    /// That of a file, which is made if it is not there. A last line that was cut
    /// short never counted, and is taken away.
    ///
    /// # Errors
    /// If it cannot be read or made, or another line is none.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let file = options.read(true).append(true).create(true).open(path)?;
        let mut octets = fs::read(path)?;
        let end = octets.iter().rposition(|octet| *octet == b'\n');
        octets.truncate(end.map_or(0, |end| end + 1));
        file.set_len(u64::try_from(octets.len()).map_err(io::Error::other)?)?;
        let text = String::from_utf8(octets).map_err(io::Error::other)?;
        let unfit = |line| io::Error::other(format!("{}: line {line}", path.display()));
        let (lines, half) = (Self::read(&text).map_err(unfit)?, None);
        Ok(Self { file, lines, half })
    }

    /// The lines, in the order in which they came.
    pub(crate) fn lines(&self) -> &[T] {
        &self.lines
    }

    /// Adds a line, unless it is there.
    ///
    /// # Errors
    /// If it cannot be put on the disk.
    pub(crate) fn write(&mut self, line: T) -> io::Result<()> {
        if self.lines.contains(&line) {
            return Ok(());
        }
        let text = serde_json::to_string(&line)? + "\n";
        self.take_half_away()?;
        let length = self.file.metadata()?.len();
        let written = self.file.write_all(text.as_bytes());
        if let Err(error) = written.and_then(|()| self.file.sync_data()) {
            self.half = Some(length);
            // If that fails too, it is tried again before the next line.
            self.take_half_away().ok();
            return Err(error);
        }
        self.lines.push(line);
        Ok(())
    }

    /// Half a line would spoil the next.
    fn take_half_away(&mut self) -> io::Result<()> {
        if let Some(length) = self.half {
            self.file.set_len(length)?;
            self.half = None;
        }
        Ok(())
    }

    /// Writes into this file from now on, and gives the one before.
    #[cfg(test)]
    pub(crate) fn exchange(&mut self, file: File) -> File {
        std::mem::replace(&mut self.file, file)
    }

    /// The lines of a text.
    ///
    /// # Errors
    /// The number, from 1, of the first that is none.
    pub(crate) fn read(text: &str) -> Result<Vec<T>, usize> {
        let read = |(index, line)| serde_json::from_str(line).map_err(|_| index + 1);
        text.lines().enumerate().map(read).collect()
    }

    /// All of it, as [`read`](Self::read) takes it.
    pub(crate) fn to_text(&self) -> String {
        let lines = self.lines.iter().map(serde_json::to_string);
        lines.flatten().map(|line| line + "\n").collect()
    }
}

impl<T> fmt::Debug for Journal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Journal")
            .field("lines", &self.lines.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_outlast_the_process_and_half_a_line_never_counted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path).unwrap();
        for line in ["one", "two", "one"] {
            journal.write(line.to_owned()).unwrap();
        }
        assert_eq!(journal.lines(), ["one", "two"]);
        let text = journal.to_text();
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        fs::write(&path, format!("{text}\"thr")).unwrap();
        let mut journal = Journal::<String>::open(&path).unwrap();
        assert_eq!(journal.lines(), ["one", "two"]);
        journal.write("three".to_owned()).unwrap();
        assert_eq!(Journal::<String>::open(&path).unwrap().lines().len(), 3);
    }

    #[test]
    fn half_a_line_that_could_not_be_taken_away_at_once_is_later() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path).unwrap();
        journal.write("one".to_owned()).unwrap();
        // It can neither be written into nor cut.
        let file = journal.exchange(File::open(&path).unwrap());
        journal.write("two".to_owned()).unwrap_err();
        fs::write(&path, "\"one\"\n\"tw").unwrap();
        journal.exchange(file);
        assert_eq!(journal.lines(), ["one"]);
        journal.write("three".to_owned()).unwrap();
        let journal = Journal::<String>::open(&path).unwrap();
        assert_eq!(journal.lines(), ["one", "three"]);
    }

    #[test]
    fn a_line_may_be_cut_short_within_a_character() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        fs::write(&path, b"\"one\"\n\"\xe6\xb1").unwrap();
        let journal = Journal::<String>::open(&path).unwrap();
        assert_eq!(journal.lines(), ["one"]);
    }

    #[test]
    fn what_is_no_line_is_named_by_its_number() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        fs::write(&path, "1\nx\n").unwrap();
        let error = Journal::<u8>::open(&path).unwrap_err().to_string();
        assert!(error.ends_with("journal: line 2"), "{error}");
        assert_eq!(Journal::<u8>::read("1\n2\n"), Ok(vec![1, 2]));
        assert_eq!(Journal::<u8>::read("1\n300\n"), Err(2));
    }
}
