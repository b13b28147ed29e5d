//! Texts for people: on a status page, or beside a card reader.

use crate::message::Language;
use crate::revocation::health::{Channel, Situation};

impl Situation {
    /// What to tell people, in one or two sentences. It is about services and
    /// says nothing about anybody's certificate.
    #[must_use]
    pub const fn text(self, language: Language) -> &'static str {
        let (ja, en) = self.texts();
        match language {
            Language::Japanese => ja,
            Language::English => en,
        }
    }

    const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Self::Working => (
                "電子証明書の確認は、通常どおりご利用いただけます。",
                "Certificates can be checked as usual.",
            ),
            Self::IssuanceUnknown => (
                "電子証明書の確認は、通常どおりご利用いただけます。新規発行や更新のお手続きの状況は、当サービスでは把握しておりません。",
                "Certificates can be checked as usual. Whether new ones are being issued or renewed is not known here.",
            ),
            Self::IssuanceStopped => (
                "現在、電子証明書の新規発行や更新などのお手続きが停止しています。すでにお持ちの電子証明書は、有効期限内であれば、これまでどおりご利用いただけます。",
                "Certificates are currently not being issued or renewed. Those that people already have can be used as before, until they expire.",
            ),
            Self::RevocationPartly => (
                "一部の電子証明書について、有効かどうかを確認するための情報を取得できておりません。お客様の電子証明書に問題があるという意味ではありません。確認できない場合は、しばらくしてからもう一度お試しください。",
                "For some certificates, current revocation information is not available. It does not mean that anything is wrong with yours. If it cannot be checked, please try again later.",
            ),
            Self::RevocationDown => (
                "現在、電子証明書が有効かどうかを確認するための情報を取得できません。お客様の電子証明書に問題があるという意味ではありません。しばらくしてからもう一度お試しください。",
                "Revocation information is currently not available, so certificates cannot be checked. It does not mean that anything is wrong with yours. Please try again later.",
            ),
            Self::WeAreDown => (
                "当サービスのシステムの不具合により、現在、電子証明書を確認できません。お客様の電子証明書に問題があるという意味ではありません。ご迷惑をおかけし、申し訳ございません。",
                "Because of a problem on our side, certificates cannot be checked at the moment. It does not mean that anything is wrong with yours. We apologise.",
            ),
            Self::Unknown => (
                "現在、状況を確認しております。電子証明書の確認をご利用いただけない場合があります。",
                "We are finding out how things are. It may not be possible to check certificates at the moment.",
            ),
        }
    }
}

impl Channel {
    /// What people call it.
    #[must_use]
    pub const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Card, Language::Japanese) => "マイナンバーカード",
            (Self::Card, Language::English) => "My Number Card",
            (Self::Android, Language::Japanese) => "Androidスマートフォン",
            (Self::Android, Language::English) => "Android phone",
            (Self::IPhone, _) => "iPhone",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_situation_has_texts_of_its_own() {
        let mut seen = std::collections::BTreeSet::new();
        for situation in Situation::ALL {
            let (ja, en) = (
                situation.text(Language::Japanese),
                situation.text(Language::English),
            );
            assert!(ja.ends_with('。') && en.ends_with('.'), "{situation:?}");
            assert!(en.is_ascii() && seen.insert(ja) && seen.insert(en));
        }
    }

    #[test]
    fn who_cannot_be_checked_is_told_that_it_is_not_their_fault() {
        for situation in [
            Situation::RevocationPartly,
            Situation::RevocationDown,
            Situation::WeAreDown,
        ] {
            let ja = situation.text(Language::Japanese);
            assert!(ja.contains("お客様の電子証明書に問題があるという意味ではありません"));
            assert!(situation.text(Language::English).contains("does not mean"));
        }
    }
}
