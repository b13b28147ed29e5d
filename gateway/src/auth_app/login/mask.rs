//! What of a person is shown to whoever did not ask to see it.

/// What stands for the rest, however much that is.
const REST: &str = "＊＊＊";

/// The first character of a name.
pub(super) fn name(name: &str) -> String {
    let first = name.chars().next();
    first.map_or_else(|| REST.to_owned(), |first| format!("{first}{REST}"))
}

/// The prefecture of an address, if it begins with one.
pub(super) fn address(address: &str) -> String {
    let third = |c: &char| "都道府県".contains(*c);
    let length = match (address.chars().nth(2), address.chars().nth(3)) {
        (Some(c), _) if third(&c) => 3,
        (_, Some('県')) => 4,
        _ => 0,
    };
    let prefecture: String = address.chars().take(length).collect();
    prefecture + REST
}

/// So much of a subject that two can be told apart in front of a screen, and
/// nothing of one that is short enough to be guessed from it.
pub(super) fn subject(subject: &str) -> String {
    let length = if subject.len() < LONG { 0 } else { 4 };
    let first: String = subject.chars().take(length).collect();
    first + REST
}

/// Characters of a subject that was drawn at random.
const LONG: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_is_left() {
        assert_eq!(name("架空　花子"), "架＊＊＊");
        assert_eq!(name(""), "＊＊＊");
        for (full, left) in [
            ("東京都清瀬市架空町１－２", "東京都＊＊＊"),
            ("京都府宇治市", "京都府＊＊＊"),
            ("北海道富良野市", "北海道＊＊＊"),
            ("神奈川県鎌倉市", "神奈川県＊＊＊"),
            ("府中市都町県", "＊＊＊"),
            ("", "＊＊＊"),
        ] {
            assert_eq!(address(full), left);
        }
        assert_eq!(
            subject("0f6e1c1e-33a1-4e57-8a3f-1bd9c6f1c001"),
            "0f6e＊＊＊"
        );
        assert_eq!(subject("taro"), "＊＊＊");
    }
}
