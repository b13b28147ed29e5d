//! What a revocation reason may mean, and what it may be used for.
//!
//! The reasons are few and the circumstances of people are many: a code is a
//! hint, never a proof. The table is data that an operator can replace; what
//! ships are the readings that agree with the certification practice
//! statement and the law, each with the other reading in circulation beside it.
//!
//! It is for the operator. People outside are told [`Message::Revoked`],
//! whatever the reason.
//!
//! One conclusion that is tempting and wrong: that somebody whose certificate
//! is not superseded still lives at the same address. A change of address
//! shows as `affiliationChanged` until a new certificate is issued, and a new
//! one need not be.
//!
//! [`Message::Revoked`]: crate::Message::Revoked

use serde::{Deserialize, Serialize};

use crate::jpki::Kind;
use crate::revocation::Reason;

/// A text for operators in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    /// 日本語.
    pub ja: String,
    /// English.
    pub en: String,
}

/// What one reason means for one kind of certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meaning {
    /// The reading that agrees with the issuer's practice and the law.
    pub meaning: Text,
    /// Another reading in circulation, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_reading: Option<Text>,
    /// On what the reading rests.
    pub basis: String,
    /// What the relying party may do.
    pub may: Vec<Action>,
    /// What it must not do on this code alone.
    pub must_not: Vec<Action>,
}

/// Something a relying party may or must not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Action {
    /// Reject the transaction at hand.
    RejectTransaction,
    /// Open a task to verify the customer again.
    OpenReverification,
    /// Ask for the new certificate.
    AskForNewCertificate,
    /// Fetch the latest four items, where the customer's consent exists.
    FetchLatestItems,
    /// Ask the customer, with respect, to get in touch.
    AskToGetInTouch,
    /// Treat documents that bear no trusted time as unproven.
    DistrustUndatedSignatures,
    /// Have a person look at it: this should not occur.
    RaiseAlert,
    /// Record a death.
    RecordDeath,
    /// Record a change of address or name.
    RecordChange,
    /// Close an account or end a contract.
    CloseAccount,
    /// Tell anybody else.
    TellThirdParty,
}

impl Action {
    /// The action in words.
    #[must_use]
    pub const fn text(self) -> (&'static str, &'static str) {
        match self {
            Self::RejectTransaction => ("この取引を断る", "reject this transaction"),
            Self::OpenReverification => {
                ("本人確認の再実施を手配する", "open a re-verification task")
            }
            Self::AskForNewCertificate => (
                "新しい電子証明書の提示を求める",
                "ask for the new certificate",
            ),
            Self::FetchLatestItems => (
                "同意がある場合に最新の4情報を取得する",
                "fetch the latest four items where consent exists",
            ),
            Self::AskToGetInTouch => (
                "ご本人に連絡をいただけるよう丁重にお願いする",
                "ask the customer, with respect, to get in touch",
            ),
            Self::DistrustUndatedSignatures => (
                "信頼できる時刻情報のない署名を証拠として扱わない",
                "treat signatures without a trusted time as unproven",
            ),
            Self::RaiseAlert => ("担当者が調査する", "have a person look at it"),
            Self::RecordDeath => ("死亡として記録する", "record a death"),
            Self::RecordChange => (
                "住所・氏名の変更として記録する",
                "record a change of address or name",
            ),
            Self::CloseAccount => ("口座や契約を終了する", "close an account or end a contract"),
            Self::TellThirdParty => ("第三者に知らせる", "tell anybody else"),
        }
    }
}

/// The meanings, by kind of certificate and reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeaningTable {
    rows: Vec<Row>,
}

/// One row of the table, in the form in which an operator writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The kind of certificate.
    pub kind: Kind,
    /// The reason, by its name in RFC 5280, 5.3.1, for example `affiliationChanged`.
    pub reason: String,
    /// What it means.
    #[serde(flatten)]
    pub meaning: Meaning,
}

impl MeaningTable {
    /// The table that ships.
    #[must_use]
    pub fn standard() -> Self {
        let rows = [Kind::Signing, Kind::Authentication]
            .into_iter()
            .flat_map(|kind| STANDARD.iter().map(move |entry| entry.row(kind)))
            .collect();
        Self { rows }
    }

    /// This table with `rows` in the place of those of the same kind and reason.
    #[must_use]
    pub fn replace(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        for row in rows {
            self.rows
                .retain(|old| old.kind != row.kind || old.reason != row.reason);
            self.rows.push(row);
        }
        self
    }

    /// What `reason` means for a certificate of `kind`. A reason without a row
    /// has no meaning beyond "revoked".
    #[must_use]
    pub fn meaning(&self, kind: Kind, reason: Reason) -> Option<&Meaning> {
        self.rows
            .iter()
            .find(|row| row.kind == kind && row.reason == reason.as_str())
            .map(|row| &row.meaning)
    }

    /// The rows.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter()
    }
}

impl Default for MeaningTable {
    fn default() -> Self {
        Self::standard()
    }
}

/// A row of the shipped table: where the kinds differ, both readings stand.
struct Entry {
    reason: Reason,
    signing: (&'static str, &'static str),
    authentication: (&'static str, &'static str),
    other: Option<(&'static str, &'static str)>,
    basis: &'static str,
    may: &'static [Action],
    must_not: &'static [Action],
}

const PRACTICE: &str =
    "certification practice statements of both CAs, as a platform operator quotes them";
const LAW: &str =
    "certification practice statements of both CAs and article 12 of 公的個人認証法, read together";
const GENERIC: &str = "RFC 5280, 5.3.1; the issuer does not list it";

/// On no code alone.
const NEVER: &[Action] = &[
    Action::RecordDeath,
    Action::RecordChange,
    Action::CloseAccount,
    Action::TellThirdParty,
];

const RENEW: &[Action] = &[
    Action::RejectTransaction,
    Action::AskForNewCertificate,
    Action::OpenReverification,
    Action::FetchLatestItems,
];

const COMPROMISED: &[Action] = &[
    Action::RejectTransaction,
    Action::AskForNewCertificate,
    Action::OpenReverification,
    Action::DistrustUndatedSignatures,
];

const ALERT: &[Action] = &[Action::RejectTransaction, Action::RaiseAlert];

const STANDARD: [Entry; 11] = [
    Entry {
        reason: Reason::Unspecified,
        signing: ("交付前に廃棄された", "destroyed before it was handed over"),
        authentication: ("交付前に廃棄された", "destroyed before it was handed over"),
        other: Some(("理由の記載がない", "the issuer gave no reason")),
        basis: PRACTICE,
        may: RENEW,
        must_not: NEVER,
    },
    Entry {
        reason: Reason::KeyCompromise,
        signing: ("秘密鍵が危殆化した", "the private key is compromised"),
        authentication: ("秘密鍵が危殆化した", "the private key is compromised"),
        other: None,
        basis: PRACTICE,
        may: COMPROMISED,
        must_not: NEVER,
    },
    Entry {
        reason: Reason::CaCompromise,
        signing: (
            "認証局の秘密鍵が危殆化した",
            "the CA's private key is compromised",
        ),
        authentication: (
            "認証局の秘密鍵が危殆化した",
            "the CA's private key is compromised",
        ),
        other: None,
        basis: PRACTICE,
        may: &[
            Action::RejectTransaction,
            Action::RaiseAlert,
            Action::DistrustUndatedSignatures,
        ],
        must_not: NEVER,
    },
    Entry {
        reason: Reason::AffiliationChanged,
        signing: (
            "記載事項(氏名・住所・生年月日・性別)の変更、または住民票の消除(死亡・国外転出等)。いずれに当たるかは、このコードからは判別できない",
            "a recorded item (name, address, date of birth, sex) changed, or the registration ended (death, emigration or other); the code does not say which",
        ),
        authentication: (
            "住民票の消除。死亡または国外転出の可能性があるが、証明にはならない",
            "the registration ended: possibly death or emigration, never proof of either",
        ),
        other: Some((
            "死亡または国外転出(区別できない)",
            "death or emigration, not told apart",
        )),
        basis: LAW,
        may: &[
            Action::RejectTransaction,
            Action::OpenReverification,
            Action::AskForNewCertificate,
            Action::FetchLatestItems,
            Action::AskToGetInTouch,
        ],
        must_not: NEVER,
    },
    Entry {
        reason: Reason::Superseded,
        signing: (
            "新しい電子証明書に置き換えられた(転居に伴う即日再発行、定期更新、カード再交付など)",
            "replaced: reissued with a move, renewed at its term, or a new card",
        ),
        authentication: (
            "新しい電子証明書に置き換えられた(更新またはカード再交付)",
            "replaced: renewed, or a new card",
        ),
        other: Some((
            "基本4情報の変更に伴う証明書更新",
            "renewed because one of the four items changed",
        )),
        basis: LAW,
        may: RENEW,
        must_not: NEVER,
    },
    Entry {
        reason: Reason::CessationOfOperation,
        signing: (
            "本人が利用をやめた(カード返納、失効申請、スマートフォンの処分など)",
            "the holder ended its use: card returned, revocation requested, phone disposed of",
        ),
        authentication: (
            "本人が利用をやめた(カード返納、失効申請、スマートフォンの処分など)",
            "the holder ended its use: card returned, revocation requested, phone disposed of",
        ),
        other: Some(("カード紛失または国外転出", "card lost, or emigration")),
        basis: LAW,
        may: RENEW,
        must_not: NEVER,
    },
    Entry {
        reason: Reason::CertificateHold,
        signing: (
            "紛失・盗難の届出による一時停止。解除されることはない",
            "loss or theft was reported; the hold is never released",
        ),
        authentication: (
            "紛失・盗難の届出による一時停止。解除されることはない",
            "loss or theft was reported; the hold is never released",
        ),
        other: Some(("カード紛失", "card lost")),
        basis: PRACTICE,
        may: COMPROMISED,
        must_not: NEVER,
    },
    Entry {
        reason: Reason::RemoveFromCrl,
        signing: (
            "一時停止の解除(本制度では生じないはずの記録)",
            "a hold was released, which should not occur here",
        ),
        authentication: (
            "一時停止の解除(本制度では生じないはずの記録)",
            "a hold was released, which should not occur here",
        ),
        other: None,
        basis: GENERIC,
        may: ALERT,
        must_not: NEVER,
    },
    Entry {
        reason: Reason::PrivilegeWithdrawn,
        signing: ("権限の取消し", "a privilege was withdrawn"),
        authentication: ("権限の取消し", "a privilege was withdrawn"),
        other: None,
        basis: GENERIC,
        may: ALERT,
        must_not: NEVER,
    },
    Entry {
        reason: Reason::AaCompromise,
        signing: (
            "属性認証局の危殆化",
            "the attribute authority is compromised",
        ),
        authentication: (
            "属性認証局の危殆化",
            "the attribute authority is compromised",
        ),
        other: None,
        basis: GENERIC,
        may: ALERT,
        must_not: NEVER,
    },
    Entry {
        reason: Reason::Unknown(255),
        signing: ("標準にない理由コード", "a reason that no standard names"),
        authentication: ("標準にない理由コード", "a reason that no standard names"),
        other: None,
        basis: GENERIC,
        may: ALERT,
        must_not: NEVER,
    },
];

impl Entry {
    fn row(&self, kind: Kind) -> Row {
        let text = |(ja, en): (&str, &str)| Text {
            ja: ja.to_owned(),
            en: en.to_owned(),
        };
        let meaning = match kind {
            Kind::Signing => self.signing,
            Kind::Authentication => self.authentication,
        };
        Row {
            kind,
            reason: self.reason.as_str().to_owned(),
            meaning: Meaning {
                meaning: text(meaning),
                other_reading: self.other.map(text),
                basis: self.basis.to_owned(),
                may: self.may.to_vec(),
                must_not: self.must_not.to_vec(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_meaning_and_duties() {
        let table = MeaningTable::standard();
        for kind in [Kind::Signing, Kind::Authentication] {
            for number in 0..=11 {
                let meaning = table.meaning(kind, Reason::from_number(number)).unwrap();
                assert!(meaning.may.contains(&Action::RejectTransaction));
                assert!(meaning.must_not.contains(&Action::RecordDeath));
                assert!(meaning.must_not.contains(&Action::TellThirdParty));
            }
        }
    }

    #[test]
    fn the_kinds_read_a_change_differently() {
        let table = MeaningTable::standard();
        let reason = Reason::AffiliationChanged;
        let signing = table.meaning(Kind::Signing, reason).unwrap();
        let authentication = table.meaning(Kind::Authentication, reason).unwrap();
        assert_ne!(signing.meaning, authentication.meaning);
        assert!(signing.other_reading.is_some());
    }

    #[test]
    fn an_operator_replaces_a_row() {
        let mut row = MeaningTable::standard().rows().next().unwrap().clone();
        row.meaning.basis = "our own".to_owned();
        let table = MeaningTable::standard().replace([row.clone()]);
        assert_eq!(table.rows().count(), 22);
        assert_eq!(table.rows().find(|r| **r == row), Some(&row));
    }
}
