//! How far a command has come, on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error, if that is a terminal, and nothing otherwise. It
/// shows numbers alone: the names of sources tell municipalities.
pub(super) struct Progress {
    bar: ProgressBar,
    counts: Counts,
}

/// What a bar counts.
enum Counts {
    Octets,
    /// Nobody knows beforehand how long the lists of a mirror are.
    Lists,
}

impl Progress {
    /// For so many lists, of so many octets in all if that is known.
    pub(super) fn new(lists: usize, octets: Option<u64>) -> Self {
        let (length, counts, template) = match octets {
            Some(octets) => {
                let template = "{prefix} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
                (octets, Counts::Octets, template)
            }
            None => (
                lists as u64,
                Counts::Lists,
                "{prefix} {bar:30} {pos}/{len} {eta}",
            ),
        };
        // Draws nothing where standard error is no terminal.
        let bar = ProgressBar::new(length);
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(format!("{lists} lists"));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar, counts }
    }

    /// A list of so many octets is done.
    pub(super) fn advance(&self, octets: u64) {
        self.bar.inc(match self.counts {
            Counts::Octets => octets,
            Counts::Lists => 1,
        });
    }

    /// Says something on standard error without breaking the bar.
    pub(super) fn say(&self, line: &str) {
        self.bar.suspend(|| eprintln!("tashika: {line}"));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
