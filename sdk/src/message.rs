//! What a person outside may be told, in Japanese and English.
//!
//! Deliberately fewer than the codes: the text for a revoked certificate is
//! one and the same whatever the reason, so that it tells a thief nothing
//! about a reported loss and a family nothing about a death.

/// A language in which texts for people exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// 日本語.
    #[default]
    Japanese,
    /// English.
    English,
}

macro_rules! messages {
    ($($(#[doc = $doc:literal])+ $name:ident { ja: $ja:literal, en: $en:literal })+) => {
        /// A text for the person outside.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Message {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Message {
            /// Every message.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The text in `language`.
            #[must_use]
            pub const fn text(self, language: Language) -> &'static str {
                match (self, language) {
                    $((Self::$name, Language::Japanese) => $ja,
                      (Self::$name, Language::English) => $en,)+
                }
            }
        }
    };
}

messages! {
    /// The evidence was accepted.
    Accepted {
        ja: "確認できました。",
        en: "Verified."
    }
    /// The evidence could not be read.
    Unreadable {
        ja: "データを読み取れませんでした。もう一度お試しください。",
        en: "The data could not be read. Please try again."
    }
    /// The evidence was not accepted.
    NotAccepted {
        ja: "確認できませんでした。お手数ですが、本サービスのお問い合わせ窓口までご連絡ください。",
        en: "This could not be verified. Please ask our staff."
    }
    /// A certificate of the other kind.
    WrongCertificate {
        ja: "この電子証明書は、今回のお手続きにはお使いいただけません。署名用と利用者証明用のどちらが必要か、ご確認ください。",
        en: "This certificate cannot be used here. Please check whether the signing or the user authentication certificate is needed."
    }
    /// The card carries no such certificate, as is the rule under 15.
    NoCertificate {
        ja: "今回のお手続きに必要な電子証明書が、カードに格納されていません。署名用電子証明書は、15歳未満の方には原則として発行されません。発行をご希望の場合は、市区町村の窓口にお問い合わせください。",
        en: "The card does not carry the certificate that is needed here. As a rule, the signing certificate is not issued to people under 15. Your municipal office can tell you how to obtain it."
    }
    /// The certificate has expired; the card may still be valid.
    CertificateExpired {
        ja: "電子証明書の有効期限が切れています。カードの有効期間内でも、電子証明書には別に有効期限があります。お住まいの市区町村の窓口で更新のお手続きをお願いいたします。",
        en: "The electronic certificate has expired. Even if the card itself is still valid, the certificate has to be renewed at your municipal office."
    }
    /// The phone gave no document of the kind that is needed.
    NoDocument {
        ja: "お手続きに必要なカードの情報が、スマートフォンから提示されませんでした。カードの追加が途中で止まっている場合は、いったん削除し、追加をやり直してください。",
        en: "The phone did not present the card that is needed here. If adding the card was interrupted, please remove it and add it again."
    }
    /// The person did not give something that is needed.
    ElementMissing {
        ja: "お手続きに必要な項目が提示されませんでした。表示される項目をご確認のうえ、もう一度お試しください。",
        en: "Something that is needed here was not presented. Please check the items that are shown, and try again."
    }
    /// The document in the phone is out of date; the wallet renews it.
    DocumentExpired {
        ja: "スマートフォンに入っているカードの情報が、期限を過ぎています。インターネットに接続して更新してから、もう一度お試しください。",
        en: "The card in the phone is out of date. Please connect to the internet so that it is renewed, and try again."
    }
    /// The certificate is revoked; the reason is nobody's business outside.
    Revoked {
        ja: "この電子証明書はご利用いただけません。更新または再発行を受けられた方は、新しい電子証明書でお試しください。ご不明な点は、お住まいの市区町村の窓口にお問い合わせください。",
        en: "This electronic certificate can no longer be used. If it was renewed or reissued, please try again with the new one. Your municipal office can answer questions."
    }
    /// It could not be checked; nothing is said about the person.
    TryLater {
        ja: "ただいま確認できません。お客様の電子証明書に問題があるという意味ではありません。しばらくしてからもう一度お試しください。",
        en: "We cannot check this right now. It does not mean that anything is wrong with your certificate. Please try again later."
    }
    /// The card in the phone is revoked, or whoever signed it is: which of them,
    /// and why, is nobody's business outside.
    DocumentRevoked {
        ja: "スマートフォンから提示されたカードの情報は、ご利用いただけません。カードの追加をやり直してから、もう一度お試しください。ご不明な点は、カードの発行元にお問い合わせください。",
        en: "The card that the phone presented can no longer be used. Please add it again, and try once more. Its issuer can answer questions."
    }
    /// It could not be checked; nothing is said about the card in the phone.
    DocumentTryLater {
        ja: "ただいま確認できません。お客様のスマートフォンやカードに問題があるという意味ではありません。しばらくしてからもう一度お試しください。",
        en: "We cannot check this right now. It does not mean that anything is wrong with your phone or your card. Please try again later."
    }
    /// The person took longer than the transaction lives.
    TookTooLong {
        ja: "制限時間を過ぎました。お手数ですが、最初からやり直してください。",
        en: "The time for this step is over. Please start again from the beginning."
    }
    /// The person stopped; nothing is wrong.
    Cancelled {
        ja: "デジタル認証アプリでのお手続きが中止されました。続ける場合は、もう一度お試しください。",
        en: "You stopped in the Digital Authentication App. To go on, please try again."
    }
    /// The answer came to another browser than the one that asked.
    OtherBrowser {
        ja: "お手続きを始めたブラウザーとは別のブラウザーで開かれました。最初のブラウザーに戻り、もう一度お試しください。ご自身で始めたお手続きでない場合は、この画面を閉じてください。",
        en: "This was opened in another browser than the one in which it began. Please go back to that one and try again. If you did not begin this yourself, close this page."
    }
    /// Something did not fit together; trying again is harmless and mostly helps.
    StartAgain {
        ja: "確認を完了できませんでした。お手数ですが、最初からやり直してください。",
        en: "This could not be completed. Please start again from the beginning."
    }
    /// The certificate is not valid, and it is not known why.
    CertificateNotValid {
        ja: "マイナンバーカードの電子証明書が有効ではないため、お手続きを進められません。有効期限や更新については、お住まいの市区町村の窓口にお問い合わせください。",
        en: "The electronic certificate of the My Number Card is not valid, so this cannot go on. Your municipal office can tell you how to renew it."
    }
    /// The card's PIN is locked.
    PinLocked {
        ja: "暗証番号がロックされています。お住まいの市区町村の窓口で、暗証番号の初期化・再設定を行ってください。",
        en: "The PIN is locked. Please have it reset at your municipal office."
    }
    /// The card has no PIN.
    NoPin {
        ja: "お持ちのマイナンバーカードには暗証番号が設定されていないため、デジタル認証アプリではご利用いただけません。ほかの方法でお手続きください。",
        en: "Your My Number Card has no PIN, so it cannot be used with the Digital Authentication App. Please choose another way."
    }
    /// The app is not on the phone.
    AppMissing {
        ja: "デジタル認証アプリを開けませんでした。アプリをインストールしてから、もう一度お試しください。",
        en: "The Digital Authentication App could not be opened. Please install it and try again."
    }
    /// The auth app's service does not answer; nothing is said about the person.
    ServiceUnavailable {
        ja: "デジタル認証アプリのサービスから回答を得られません。お客様のカードやスマートフォンに問題があるという意味ではありません。しばらくしてからもう一度お試しください。",
        en: "The service of the Digital Authentication App does not answer. It does not mean that anything is wrong with your card or your phone. Please try again later."
    }
    /// The person has to sign in, again or for the first time.
    SignIn {
        ja: "ログインが必要です。すでにログインされていた方は、有効時間を過ぎたため、もう一度ログインしてください。",
        en: "Please sign in. If you had signed in before, your session has ended."
    }
    /// We cannot go on; nothing is said about the person, nor about what they use.
    NotNow {
        ja: "ただいま処理を完了できません。お客様に問題があるという意味ではありません。しばらくしてからもう一度お試しください。",
        en: "We cannot complete this right now. It does not mean that anything is wrong on your side. Please try again later."
    }
    /// The relying party's own configuration is at fault.
    OurFault {
        ja: "システムの不具合により確認できません。ご迷惑をおかけし、申し訳ございません。",
        en: "A problem on our side prevents the check. We apologise."
    }
}

impl Message {
    /// The text for somebody who presented a document from a phone, and knows
    /// nothing of certificates.
    #[must_use]
    pub const fn about_document(self) -> Self {
        match self {
            Self::Revoked => Self::DocumentRevoked,
            Self::TryLater => Self::DocumentTryLater,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_presents_from_a_phone_hears_nothing_of_certificates() {
        for message in Message::ALL {
            let about = message.about_document();
            assert_eq!(about.about_document(), about);
        }
        for message in [Message::Revoked, Message::TryLater] {
            let about = message.about_document();
            assert!(!about.text(Language::Japanese).contains("証明書"));
            assert!(!about.text(Language::English).contains("certificate"));
        }
    }

    #[test]
    fn every_message_has_both_texts() {
        for message in Message::ALL {
            assert!(!message.text(Language::English).is_empty());
            assert!(message.text(Language::Japanese).ends_with('。'));
        }
    }
}
