//! Rows of both formats, and what is none.

use std::fs;

use tempfile::TempDir;

use super::*;

const KEY: &str = "36a9df0ce0494ce8db2b012bb1b2bfb4fa2e348f15730d47b1d6fcbd9fbacc03";

fn row(reference: &str, kind: Option<Kind>) -> Next {
    Next::Row(Row {
        lookup: KEY.parse().unwrap(),
        reference: reference.to_owned(),
        kind,
    })
}

fn read(name: &str, content: &str) -> Result<Vec<Next>, String> {
    let dir = TempDir::new().unwrap();
    let path = dir.path().join(name);
    fs::write(&path, content).unwrap();
    let mut portfolio = Portfolio::open(&path).map_err(|e| e.to_string())?;
    let mut rows = Vec::new();
    loop {
        match portfolio.next().map_err(|e| e.to_string())? {
            Next::End => break,
            next => rows.push(next),
        }
    }
    assert_eq!(portfolio.rows(), rows.len() as u64);
    assert_eq!(portfolio.offset(), portfolio.length());
    Ok(rows)
}

#[test]
fn csv_is_read_by_the_names_of_its_columns() {
    let text = format!(
        "\u{feff}note,reference,key,kind\r\n\"a \"\"b\"\", c\",\"C,1\",{KEY},signing\r\n,C2,{KEY},\r\n\r\n,C3,{KEY},authentication\r\n,C4,{KEY},sign\r\n,C5,{KEY},auth"
    );
    let rows = read("p.csv", &text).unwrap();
    let expected = [
        row("C,1", Some(Kind::Signing)),
        row("C2", None),
        row("C3", Some(Kind::Authentication)),
        row("C4", Some(Kind::Signing)),
        row("C5", Some(Kind::Authentication)),
    ];
    assert_eq!(rows, expected);
}

#[test]
fn lines_are_read_by_the_names_of_their_members() {
    let text = format!(
        "{{\"key\":\"{KEY}\",\"reference\":\"C1\",\"other\":[1]}}\n{{\"reference\":\"\\u0043\",\"key\":\"{KEY}\",\"kind\":\"signing\"}}"
    );
    let rows = read("p.jsonl", &text).unwrap();
    assert_eq!(rows, [row("C1", None), row("C", Some(Kind::Signing))]);
}

#[test]
fn what_cannot_be_read_is_one_row() {
    let short = &KEY[1..];
    let long = "x".repeat(1025);
    let csv = format!(
        "key,reference,kind\n{KEY},C1\n{KEY},a,b,\n{short},C,\n{KEY},,\n{KEY},{long},\n{KEY},C,both\n{KEY},C,\n"
    );
    let mut rows = read("p.csv", &csv).unwrap();
    assert_eq!(rows.pop(), Some(row("C", None)));
    assert_eq!(rows.len(), 6);
    assert!(rows.iter().all(|row| *row == Next::Malformed));

    let open = format!("key,reference,note\n{KEY},C1,\"a\n{KEY},C2,b\n");
    assert_eq!(read("p.csv", &open).unwrap(), [Next::Malformed]);

    let lines = format!(
        "\n[]\n{{\"key\":\"{KEY}\"}}\n{{\"key\":\"{KEY}\",\"key\":\"{KEY}\",\"reference\":\"C\"}}\n{{\"key\":\"{KEY}\",\"reference\":1}}\n{{\"key\":\"{KEY}\",\"reference\":\"C\"}}\n"
    );
    let mut rows = read("p.jsonl", &lines).unwrap();
    assert_eq!(rows.pop(), Some(row("C", None)));
    assert_eq!(rows.len(), 5);
    assert!(rows.iter().all(|row| *row == Next::Malformed));
}

#[test]
fn a_file_that_is_no_portfolio_is_refused_whole() {
    for (name, content, reason) in [
        ("p.csv", "key,name\n", "names no columns"),
        ("p.csv", "", "names no columns"),
        ("p.csv", "key,reference,key\n", "the same name"),
        ("p.txt", "", "ends in"),
    ] {
        let error = read(name, content).unwrap_err();
        assert!(error.contains(reason), "{error}");
    }
    let open = format!("key,reference\n{KEY},C1\n\"{}", "x".repeat(ROW + 1));
    let error = read("p.csv", &open).unwrap_err();
    assert!(
        error.contains("after row 1: the next row is longer"),
        "{error}"
    );
    let error = read("p.jsonl", &" ".repeat(ROW + 1)).unwrap_err();
    assert!(error.contains("the next row is longer"), "{error}");
}

#[test]
fn reading_goes_on_where_it_was_left() {
    let dir = TempDir::new().unwrap();
    let csv = dir.path().join("p.csv");
    let rows = |end: &str| -> String {
        let rows = (0..9).map(|n| format!("{KEY},\"C,{n}\"{end}"));
        format!("key,reference{end}{}", rows.collect::<String>())
    };
    for end in ["\n", "\r\n"] {
        fs::write(&csv, rows(end)).unwrap();
        for read in 0..=9 {
            let mut first = Portfolio::open(&csv).unwrap();
            (0..read).for_each(|_| assert!(matches!(first.next(), Ok(Next::Row(_)))));
            let position = first.position();
            let mut second = Portfolio::open(&csv).unwrap();
            assert!(second.resume(&position).unwrap());
            loop {
                let (one, other) = (first.next().unwrap(), second.next().unwrap());
                assert_eq!(one, other);
                if one == Next::End {
                    break;
                }
            }
            assert_eq!(first.position(), second.position());
            assert_eq!(first.rows(), 9);
        }
    }
    let mut portfolio = Portfolio::open(&csv).unwrap();
    portfolio.next().unwrap();
    let position = portfolio.position();
    fs::write(&csv, rows("\r\n").replace(KEY, &KEY.to_uppercase())).unwrap();
    let mut changed = Portfolio::open(&csv).unwrap();
    assert!(!changed.resume(&position).unwrap());
}
