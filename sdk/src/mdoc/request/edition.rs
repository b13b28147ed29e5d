//! The two forms of a device request.

use crate::code::Code;
use crate::error::Error;
use crate::limits;
use crate::mdoc::cbor::write;
use crate::mdoc::request::use_case::UseCase;
use crate::mdoc::{Need, Requested};

/// The edition of ISO/IEC 18013-5 by which a device request is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edition {
    /// Version 1.0: every document's request is signed by itself.
    First,
    /// Version 1.1: the request is signed as a whole, says which documents
    /// belong together, and what for. iPhones want it.
    Second(Purposes),
}

/// What a request says that it is for (`purposeHints`): a code for each
/// authority that gives codes a meaning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Purposes {
    hints: Vec<(String, i64)>,
}

impl Purposes {
    /// No purpose is stated.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// These purposes and that of one more authority, for example
    /// `org.iso.jtc1.sc17`.
    ///
    /// # Errors
    /// `misuse.request` if the authority's name is empty, too long or not of
    /// visible ASCII, or it has a code already.
    pub fn with(mut self, authority: &str, code: i64) -> Result<Self, Error> {
        let sound = !authority.is_empty()
            && authority.len() <= limits::MDOC_NAME
            && authority.bytes().all(|b| b.is_ascii_graphic());
        if !sound || self.hints.iter().any(|(known, _)| known == authority) {
            return Err(Code::MisuseRequest.into());
        }
        self.hints.push((authority.to_owned(), code));
        Ok(self)
    }
}

impl Edition {
    pub(super) const fn version(&self) -> &'static str {
        match self {
            Self::First => "1.0",
            Self::Second(_) => "1.1",
        }
    }

    /// `DeviceRequestInfoBytes`: which documents belong together, and what for.
    /// There is none where it would say nothing.
    pub(super) fn device_request_info(&self, requested: &Requested) -> Option<Vec<u8>> {
        let Self::Second(purposes) = self else {
            return None;
        };
        if requested.documents().len() == 1 && purposes.hints.is_empty() {
            return None;
        }
        let cases = UseCase::of(requested).into_iter();
        let cases: Vec<_> = cases.map(|case| purposes.stated_in(&case)).collect();
        let info = write::map(vec![(write::text("useCases"), write::array(&cases))]);
        Some(write::embedded(&info))
    }
}

impl Purposes {
    fn stated_in(&self, case: &UseCase) -> Vec<u8> {
        let sets = case.sets.iter().map(|set| {
            let numbers = set.iter().map(|n| u64::try_from(*n).unwrap_or(u64::MAX));
            write::array(&numbers.map(write::unsigned).collect::<Vec<_>>())
        });
        let sets = write::array(&sets.collect::<Vec<_>>());
        let mandatory = write::boolean(case.need == Need::Mandatory);
        let mut entries = vec![
            (write::text("mandatory"), mandatory),
            (write::text("documentSets"), sets),
        ];
        if !self.hints.is_empty() {
            let hints = self.hints.iter();
            let hints = hints.map(|(name, code)| (write::text(name), write::integer(*code)));
            entries.push((write::text("purposeHints"), write::map(hints.collect())));
        }
        write::map(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex::Hex;
    use crate::mdoc::Need::{Mandatory, Optional};
    use crate::mdoc::{RequestedDocument, Retention};

    fn requested(needs: &[Need]) -> Requested {
        let documents = needs.iter().enumerate().map(|(n, need)| {
            let document = RequestedDocument::new(&format!("type{n}")).unwrap();
            let document = document.element("n", "e", Retention::NotRetained, Mandatory);
            match need {
                Mandatory => document.unwrap(),
                Optional => document.unwrap().optional(),
            }
        });
        Requested::new(documents.collect()).unwrap()
    }

    fn info(purposes: Purposes, needs: &[Need]) -> Option<String> {
        let info = Edition::Second(purposes).device_request_info(&requested(needs));
        info.map(|octets| Hex(&octets).to_string())
    }

    /// A case as encoded by hand: "mandatory" is the shortest key, and so the
    /// first.
    fn case(mandatory: &str, sets: &str, hints: &str) -> String {
        let head = if hints.is_empty() { "a2" } else { "a3" };
        format!("{head}696d616e6461746f7279{mandatory}6c646f63756d656e7453657473{sets}{hints}")
    }

    /// 24(<<{"useCases": [cases]}>>)
    fn encoded(cases: &[String]) -> Option<String> {
        let (count, cases) = (cases.len(), cases.concat());
        let map = format!("a16875736543617365738{count}{cases}");
        Some(format!("d81858{:02x}{map}", map.len() / 2))
    }

    #[test]
    fn documents_that_belong_together_are_named() {
        let none = Purposes::none;
        assert_eq!(info(none(), &[Mandatory]), None);
        assert_eq!(info(none(), &[Optional]), None);
        let both = case("f5", "81820001", "");
        assert_eq!(info(none(), &[Mandatory, Mandatory]), encoded(&[both]));
        let (one, other) = (case("f5", "818101", ""), case("f4", "818100", ""));
        assert_eq!(info(none(), &[Optional, Mandatory]), encoded(&[one, other]));
        let any = case("f5", "8382000181008101", "");
        assert_eq!(info(none(), &[Optional, Optional]), encoded(&[any]));
    }

    #[test]
    fn purposes_are_stated_by_authority() {
        let purposes = Purposes::none().with("org.iso.jtc1.sc17", 3).unwrap();
        let hints = "6c707572706f736548696e7473a1716f72672e69736f2e6a7463312e7363313703";
        let hinted = case("f5", "818100", hints);
        assert_eq!(info(purposes.clone(), &[Mandatory]), encoded(&[hinted]));
        for bad in ["org.iso.jtc1.sc17", "", "a b", "官", &"a".repeat(256)] {
            let error = purposes.clone().with(bad, 2).unwrap_err();
            assert_eq!(error.code(), Code::MisuseRequest, "{bad}");
        }
    }

    #[test]
    fn the_first_edition_says_nothing_of_it() {
        let both = requested(&[Mandatory, Mandatory]);
        assert_eq!(Edition::First.device_request_info(&both), None);
    }
}
