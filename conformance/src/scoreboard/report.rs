//! Rows, as programs and as people read them.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::scoreboard::contest::Figures;

/// The figures of one path; serialised as `--json` prints them.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    path: &'static str,
    #[serde(skip)]
    goal: f64,
    ns: f64,
    ratio_to_limit: f64,
    peers: BTreeMap<&'static str, f64>,
    /// Figures of this path alone, by their names.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    more: BTreeMap<&'static str, f64>,
}

impl Row {
    pub(crate) fn new(path: &'static str, goal: f64, figures: &Figures) -> Self {
        let ratio = |ns: f64| round(ns / figures.limit, 1e3);
        Self {
            path,
            goal,
            ns: round(figures.ours, 10.0),
            ratio_to_limit: ratio(figures.ours),
            peers: figures
                .peers
                .iter()
                .map(|(name, ns)| (*name, ratio(*ns)))
                .collect(),
            more: BTreeMap::new(),
        }
    }

    /// With figures beside the costs.
    pub(crate) fn with(mut self, more: BTreeMap<&'static str, f64>) -> Self {
        self.more = more;
        self
    }

    /// The path that was measured.
    #[must_use]
    pub fn path(&self) -> &'static str {
        self.path
    }
}

fn round(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

/// The heading of the table.
#[derive(Clone, Copy, Debug)]
pub struct Heading;

impl fmt::Display for Heading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<24} {:>12} {:>7} {:>8}  peers, × limit",
            "path", "ns", "×limit", "goal"
        )
    }
}

/// One line of the table.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.ratio_to_limit <= self.goal {
            "≤"
        } else {
            "missed"
        };
        write!(
            f,
            "{:<24} {:>12.1} {:>7.3} {:>8}",
            self.path,
            self.ns,
            self.ratio_to_limit,
            format!("{verdict} {:.2}", self.goal),
        )?;
        for (separator, (name, ratio)) in ["  "].into_iter().chain([" · "; 32]).zip(&self.peers) {
            write!(f, "{separator}{name} {ratio:.2}")?;
        }
        for (name, figure) in &self.more {
            write!(f, "\n    {name} {figure:.1}")?;
        }
        Ok(())
    }
}
