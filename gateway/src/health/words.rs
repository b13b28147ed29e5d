//! The words of the view, in Japanese and English.

use std::io::{self, Write};

use tashika::Language;
use tashika::revocation::health::{Issuance, OurState, SourceState};

/// The words of one language.
#[derive(Clone, Copy)]
pub(super) enum Words {
    Japanese,
    English,
}

#[derive(Clone, Copy)]
pub(super) enum Label {
    Issuance,
    Revocation,
    Lists,
    Ourselves,
}

impl Words {
    pub(super) fn of(language: Language) -> Self {
        match language {
            Language::Japanese => Self::Japanese,
            _ => Self::English,
        }
    }

    pub(super) fn line(self, label: Label, value: &str, out: &mut dyn Write) -> io::Result<()> {
        let label = match label {
            Label::Issuance => self.pick("新規発行・更新", "issuance"),
            Label::Revocation => self.pick("失効情報", "revocation service"),
            Label::Lists => self.pick("期限内の失効リスト", "fresh lists"),
            Label::Ourselves => self.pick("当サービス", "ourselves"),
        };
        match self {
            Self::Japanese => writeln!(out, "  {label}：{value}"),
            Self::English => writeln!(out, "  {label:<20}{value}"),
        }
    }

    pub(super) fn issuance(self, state: Issuance) -> &'static str {
        match state {
            Issuance::Working => self.pick("通常どおり", "working"),
            Issuance::Stopped => self.pick("停止中", "stopped"),
            Issuance::Unknown => self.pick("不明", "unknown"),
        }
    }

    pub(super) fn source(self, state: SourceState) -> &'static str {
        match state {
            SourceState::Working => self.pick("通常どおり", "working"),
            SourceState::Partly => self.pick("一部取得不可", "partly"),
            SourceState::Unknown => self.pick("不明", "unknown"),
            SourceState::Down => self.pick("取得不可", "down"),
        }
    }

    pub(super) fn ourselves(self, state: OurState) -> &'static str {
        match state {
            OurState::Working => self.pick("通常どおり", "working"),
            OurState::Unknown => self.pick("不明", "unknown"),
            OurState::ClockWrong => self.pick("システム時刻の異常", "the clock is wrong"),
            OurState::StoreBroken => {
                self.pick("失効リストの保存先の異常", "the store cannot be read")
            }
            OurState::Overloaded => self.pick("過負荷", "overloaded"),
            OurState::CutOff => self.pick("通信不能", "cut off"),
        }
    }

    const fn pick(self, ja: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Japanese => ja,
            Self::English => en,
        }
    }
}
