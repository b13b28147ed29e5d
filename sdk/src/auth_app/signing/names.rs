//! Names of members that are not published.

use crate::ascii::is_word;
use crate::code::Code;
use crate::error::Error;

/// By which name each member goes. No two have the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names<M: 'static> {
    names: Vec<(M, String)>,
}

impl<M: Copy + PartialEq> Names<M> {
    pub(super) fn new(names: &[(M, &str)]) -> Self {
        let names = names
            .iter()
            .map(|(member, name)| (*member, (*name).to_owned()));
        Self {
            names: names.collect(),
        }
    }

    /// `misuse.argument` unless the name has 1 to 64 printable characters of
    /// ASCII, and no other member has it.
    pub(super) fn set(&mut self, member: M, name: &str) -> Result<(), Error> {
        let mut others = self.names.iter().filter(|(other, _)| *other != member);
        if !is_word(name) || others.any(|(_, taken)| taken == name) {
            return Err(Code::MisuseArgument.into());
        }
        self.names.retain(|(other, _)| *other != member);
        self.names.push((member, name.to_owned()));
        Ok(())
    }

    pub(super) fn of(&self, member: M) -> &str {
        let found = self.names.iter().find(|(other, _)| *other == member);
        found.map_or("", |(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_members_have_one_name() {
        let mut names = Names::new(&[(1, "one"), (2, "two")]);
        names.set(1, "first").unwrap();
        names.set(2, "one").unwrap();
        assert_eq!((names.of(1), names.of(2)), ("first", "one"));
        for bad in ["one", "", "a b", "日", &"a".repeat(65)] {
            let refused = names.set(1, bad).unwrap_err();
            assert_eq!(refused.code(), Code::MisuseArgument, "{bad}");
        }
        names.set(1, "first").unwrap();
    }
}
