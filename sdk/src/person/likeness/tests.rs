use super::*;

fn name(typed: &str, verified: &str, substituted: &[usize]) -> Likeness {
    Likeness::of_names(typed, verified, substituted)
}

#[test]
fn a_name_is_the_same_however_it_is_written() {
    assert_eq!(name("架空　花子", "架空　花子", &[]), Likeness::Same);
    for typed in ["架空 花子", "架空花子"] {
        assert_eq!(
            name(typed, "架空　花子", &[]),
            Likeness::OtherwiseWritten,
            "{typed}"
        );
    }
    let latin = name("Sample Alex", "ＳＡＭＰＬＥ　ＡＬＥＸ", &[]);
    assert_eq!(latin, Likeness::OtherwiseWritten);
    assert!(latin.is_same() && Likeness::Same.is_same());
}

#[test]
fn what_may_be_the_same_name_is_for_a_person_to_decide() {
    use Doubt as D;
    for (typed, verified, substituted, doubt) in [
        ("渡邊　榮一郎", "渡邉　榮一郎", &[1, 3][..], D::Substituted),
        // Even where it looks the same, the register has another character.
        ("渡邉　榮一郎", "渡邉　榮一郎", &[1, 3], D::Substituted),
        ("渡辺　栄一郎", "渡邉　榮一郎", &[], D::Ideographs),
        ("葛󠄀城　一", "葛城　一", &[], D::Ideographs),
        ("かくう　はなこ", "架空　花子", &[], D::Kana),
        ("カクウ　ハナコ", "架空　花子", &[], D::Kana),
        ("見本　花子", "架空［見本］　花子", &[], D::OtherName),
        ("架空　花子", "架空［見本］　花子", &[], D::OtherName),
        ("見本　花子", "架空　花子", &[], D::OtherName),
        ("見本　太郎", "SAMPLE ALEX（見本　太郎）", &[], D::OtherName),
    ] {
        let found = name(typed, verified, substituted);
        assert_eq!(found, Likeness::Doubtful(doubt), "{typed} {verified}");
        assert!(!found.is_same());
    }
}

#[test]
fn other_names_are_different() {
    for (typed, verified, substituted) in [
        ("架空　太郎", "架空　花子", &[][..]),
        ("", "架空　花子", &[]),
        ("架空　花", "架空　花子", &[]),
        // The character beside the substituted one is another.
        ("渡邉　永一郎", "渡邉　榮一郎", &[1]),
        ("見本　太郎", "架空　花子", &[]),
        ("架空花子　　", "架空花江", &[]),
        // The family name ends elsewhere.
        ("林 田子", "林田　子", &[]),
        ("SAMPLE A LEX", "ＳＡＭＰＬＥ　ＡＬＥＸ", &[]),
    ] {
        assert_eq!(
            name(typed, verified, substituted),
            Likeness::Different,
            "{typed}"
        );
    }
    // What takes no room is there all the same.
    assert!(!name("架空\u{200b}　花子", "架空　花子", &[]).is_same());
}

#[test]
fn an_address_is_the_same_in_short() {
    let like = |typed, verified| Likeness::of_addresses(typed, verified, &[]);
    for (typed, verified) in [
        ("東京都清瀬市架空町1-2-3", "東京都清瀬市架空町１－２－３"),
        (
            "東京都清瀬市架空町１丁目２番３号",
            "東京都清瀬市架空町１－２－３",
        ),
        (
            "東京都清瀬市架空町一丁目二番三号",
            "東京都清瀬市架空町１－２－３",
        ),
        ("京都府宇治市試験31-2", "京都府宇治市試験３１番地の２"),
        ("京都府宇治市成人町20", "京都府宇治市成人町二十番地"),
        ("京都府宇治市成人町二〇番地", "京都府宇治市成人町二十番地"),
        ("沖縄県那覇市例示1－2－3", "沖縄県那覇市例示１丁目２番３号"),
        ("沖縄県那覇市例示百二番地", "沖縄県那覇市例示１０２番地"),
        (
            "東京都 千代田区 三番町 ５ー６",
            "東京都千代田区三番町５－６",
        ),
        (
            "東京都清瀬市架空町1-2-3 401",
            "東京都清瀬市架空町１－２－３－４０１",
        ),
        (
            "東京都清瀬市架空町1-2-3　　401",
            "東京都清瀬市架空町１－２－３　４０１",
        ),
    ] {
        assert_eq!(like(typed, verified), Likeness::OtherwiseWritten, "{typed}");
    }
    let same = like("京都府宇治市成人町二十番地", "京都府宇治市成人町二十番地");
    assert_eq!(same, Likeness::Same);
}

#[test]
fn other_addresses_are_different() {
    for (typed, verified) in [
        (
            "東京都清瀬市架空町１－２－４",
            "東京都清瀬市架空町１－２－３",
        ),
        ("東京都清瀬市架空町１２－３", "東京都清瀬市架空町１－２３"),
        // Two numbers are not one.
        (
            "東京都清瀬市架空町1-2-3 401",
            "東京都清瀬市架空町１－２－３４０１",
        ),
        ("東京都清瀬市架空町1 2-3", "東京都清瀬市架空町１２－３"),
        ("東京都清瀬市架空町二 三番", "東京都清瀬市架空町２３番"),
        ("清瀬市架空町１－２－３", "東京都清瀬市架空町１－２－３"),
        (
            "東京都清瀬市架空町１－２－３－４０１",
            "東京都清瀬市架空町１－２－３",
        ),
        ("沖縄県那覇市例示百二番地", "沖縄県那覇市例示１２０番地"),
        ("コーポ１", "コ－ポ１"),
    ] {
        let found = Likeness::of_addresses(typed, verified, &[]);
        assert_eq!(found, Likeness::Different, "{typed}");
    }
    let (typed, verified) = (
        "北海道富良野市仮称葛町9-1",
        "北海道富良野市仮称葛町９番１号",
    );
    let substituted = Likeness::of_addresses(typed, verified, &[9]);
    assert_eq!(substituted, Likeness::Doubtful(Doubt::Substituted));
    let elsewhere = Likeness::of_addresses("北海道富良野市仮称葛町9-2", verified, &[9]);
    assert_eq!(elsewhere, Likeness::Different);
}

#[test]
fn a_date_of_birth_of_which_parts_are_unknown_is_no_other() {
    let born = |year, month, day| BirthDate::from_parts(year, month, day).unwrap();
    let incomplete = Likeness::Doubtful(Doubt::Incomplete);
    for (typed, verified, expected) in [
        (born(1985, 7, 4), born(1985, 7, 4), Likeness::Same),
        (born(1926, 0, 0), born(1926, 0, 0), Likeness::Same),
        (born(0, 0, 0), born(0, 0, 0), Likeness::Same),
        (born(1985, 7, 4), born(1985, 7, 5), Likeness::Different),
        (born(1926, 5, 1), born(1926, 0, 0), incomplete),
        (born(1926, 0, 0), born(1926, 5, 1), incomplete),
        (born(1927, 5, 1), born(1926, 0, 0), Likeness::Different),
        (born(1985, 7, 4), born(0, 0, 0), incomplete),
    ] {
        let found = Likeness::of_birth_dates(typed, verified);
        assert_eq!(found, expected, "{:?} {:?}", typed.date(), verified.date());
    }
}
