//! The defects by name.

mod callback;
mod id_token;
mod keys;
mod token;
mod userinfo;

use super::switches::{Swap, Switches};

/// One defect of a provider: what has to go wrong, or must not, is for whoever runs
/// it to say.
///
/// The list follows the modules for relying parties of the OpenID Foundation's suite
/// and adds what clients were found to get wrong. What a name begins with says where
/// the defect is: `callback.`, `token.`, `id_token.`, `jwks.`, `userinfo.` or `swap.`.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// Sets its switches, on a provider without others.
    pub apply: fn(&mut Switches),
}

impl Scenario {
    /// Every one of them.
    pub const ALL: &'static [Self] = &JOINED;

    /// The one of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        Self::ALL.iter().find(|scenario| scenario.name == name)
    }
}

const fn scenario(name: &'static str, apply: fn(&mut Switches)) -> Scenario {
    Scenario { name, apply }
}

/// Somewhere that has nothing to do with anybody here.
const ELSEWHERE: &str = "https://elsewhere.example/realms/main";

const SWAPS: &[Scenario] = &[
    scenario("swap.codes", |s| s.swap = Swap::Codes),
    scenario("swap.codes_without_pkce", |s| {
        s.swap = Swap::Codes;
        s.verifier_ignored = true;
    }),
    scenario("swap.people", |s| s.swap = Swap::People),
    scenario("swap.userinfo", |s| s.swap = Swap::Userinfo),
    scenario("swap.claims", |s| s.swap = Swap::Claims),
];

const GROUPS: &[&[Scenario]] = &[
    callback::ALL,
    token::FAILURES,
    token::RESPONSES,
    id_token::CLAIMS,
    id_token::TIMES,
    id_token::HEADERS,
    id_token::SIGNATURES,
    keys::ALL,
    userinfo::ALL,
    SWAPS,
];

const JOINED: [Scenario; count(GROUPS)] = join(GROUPS);

#[expect(clippy::indexing_slicing, reason = "computed by the compiler")]
const fn count(groups: &[&[Scenario]]) -> usize {
    let (mut sum, mut group) = (0, 0);
    while group < groups.len() {
        sum += groups[group].len();
        group += 1;
    }
    sum
}

#[expect(clippy::indexing_slicing, reason = "computed by the compiler")]
const fn join<const N: usize>(groups: &[&[Scenario]]) -> [Scenario; N] {
    let mut all = [scenario("", |_| ()); N];
    let (mut next, mut group) = (0, 0);
    while group < groups.len() {
        let mut index = 0;
        while index < groups[group].len() {
            all[next] = groups[group][index];
            next += 1;
            index += 1;
        }
        group += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_say_where() {
        let names: BTreeSet<_> = Scenario::ALL.iter().map(|s| s.name).collect();
        assert_eq!(names.len(), Scenario::ALL.len());
        let places = ["callback", "token", "id_token", "jwks", "userinfo", "swap"];
        for name in names {
            let place = name.split('.').next().unwrap();
            assert!(places.contains(&place), "{name}");
            assert!(Scenario::named(name).is_some());
        }
    }
}
