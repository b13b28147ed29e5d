//! Names: variants of ideographs, kana, and other names.

use crate::person::likeness::{Doubt, folded, is_selector};

/// Ideographs that are written one for another in names, by the one that they
/// are compared as. It is no list of all: what is missing is a difference, and a
/// person sees both.
const VARIANTS: [&str; 23] = [
    "辺邊邉",
    "斉齊斎齋",
    "高髙",
    "崎﨑碕嵜",
    "沢澤",
    "浜濱濵",
    "栄榮",
    "桜櫻",
    "国國",
    "広廣",
    "真眞",
    "徳德",
    "恵惠",
    "静靜",
    "瀬瀨",
    "竜龍",
    "島嶋嶌",
    "吉𠮷",
    "橋槗",
    "関關",
    "万萬",
    "芦蘆",
    "柳栁",
];

/// The ideograph that a variant is compared as.
pub(super) fn head(letter: char) -> char {
    let mut groups = VARIANTS.iter();
    let group = groups.find(|group| group.contains(letter));
    group
        .and_then(|group| group.chars().next())
        .unwrap_or(letter)
}

/// Whether two names with the same letters have their parts end at the same ones, if
/// both have spaces: 林　田子 is not 林田　子.
pub(super) fn divided_alike(typed: &str, verified: &str) -> bool {
    let letters = |part: &str| part.chars().filter(|c| !is_selector(*c)).count();
    let parts = |text: &str| text.split_whitespace().map(letters).collect::<Vec<_>>();
    let (typed, verified) = (parts(typed), parts(verified));
    typed.len() < 2 || verified.len() < 2 || typed == verified
}

/// Why two names that differ may be one person's; none if nothing speaks for it.
pub(super) fn doubt(typed: &str, verified: &str) -> Option<Doubt> {
    if is_kana(typed) != is_kana(verified) {
        return Some(Doubt::Kana);
    }
    let (left, right) = (readings(typed), readings(verified));
    let bracketed = left.len() + right.len() > 2;
    if bracketed && left.iter().any(|reading| right.contains(reading)) {
        return Some(Doubt::OtherName);
    }
    let given = |text: &str| Some(plain(text.split_whitespace().nth(1)?));
    let given = given(typed).zip(given(verified));
    given.and_then(|(one, other)| (one == other).then_some(Doubt::OtherName))
}

fn is_kana(text: &str) -> bool {
    let kana = |c: char| matches!(c, '\u{3041}'..='\u{30ff}' | '\u{ff66}'..='\u{ff9f}');
    let mut letters = text.chars().filter_map(folded).peekable();
    letters.peek().is_some() && letters.all(kana)
}

/// A name as it stands; and where it has another one in brackets, without that,
/// and with that in the place of what stands before it.
fn readings(text: &str) -> Vec<String> {
    let mut readings = vec![plain(text)];
    let parts = text.split_once(['（', '(', '［', '[', '〔']);
    let parts = parts.and_then(|(before, rest)| {
        let (inner, after) = rest.split_once(['）', ')', '］', ']', '〕'])?;
        Some((before, inner, after))
    });
    if let Some((before, inner, after)) = parts {
        readings.push(plain(&format!("{before}{after}")));
        readings.push(plain(&format!("{inner}{after}")));
    }
    readings
}

fn plain(text: &str) -> String {
    text.chars().filter_map(folded).map(head).collect()
}
