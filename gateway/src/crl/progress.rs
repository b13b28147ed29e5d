//! How far a command has come, on a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error, if that is a terminal, and nothing otherwise. It
/// shows numbers alone: the names of sources tell municipalities.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// For so many lists of so many octets in all.
    pub(super) fn new(lists: usize, octets: u64) -> Self {
        // Draws nothing where standard error is no terminal.
        let bar = ProgressBar::new(octets);
        let template = "{prefix} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_prefix(format!("{lists} lists"));
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    /// A list of so many octets is done.
    pub(super) fn advance(&self, octets: u64) {
        self.bar.inc(octets);
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
