//! Which of the documents that are asked for belong together. Device requests
//! and queries say the same in two languages.

use crate::mdoc::{Need, Requested};

/// Documents, by their positions, that fulfil one need: those of any one set,
/// the first that the wallet has.
pub(super) struct UseCase {
    pub(super) need: Need,
    pub(super) sets: Vec<Vec<usize>>,
}

impl UseCase {
    /// The mandatory documents together, and every other one by itself. If none
    /// is mandatory, any one will do, and all are welcome.
    pub(super) fn of(requested: &Requested) -> Vec<Self> {
        let documents = requested.documents().iter().map(|d| d.need());
        let (mandatory, optional): (Vec<_>, Vec<_>) = documents
            .enumerate()
            .partition(|(_, need)| *need == Need::Mandatory);
        let [mandatory, optional] =
            [mandatory, optional].map(|part| part.into_iter().map(|(n, _)| n).collect::<Vec<_>>());
        if mandatory.is_empty() {
            return vec![Self::any_of(optional)];
        }
        let all = Self {
            need: Need::Mandatory,
            sets: vec![mandatory],
        };
        let each = optional.into_iter().map(|position| Self {
            need: Need::Optional,
            sets: vec![vec![position]],
        });
        std::iter::once(all).chain(each).collect()
    }

    fn any_of(all: Vec<usize>) -> Self {
        let mut sets: Vec<_> = all.iter().map(|position| vec![*position]).collect();
        if sets.len() > 1 {
            sets.insert(0, all);
        }
        Self {
            need: Need::Mandatory,
            sets,
        }
    }
}
