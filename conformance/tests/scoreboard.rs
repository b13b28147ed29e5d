//! The scoreboard's answer has the promised form. Nothing here is timed: the
//! figures of one short round mean nothing.

use std::process::Command;

use serde_json::Value;
use tashika_conformance::scoreboard::{self, Effort, Failure, Peers};

#[test]
fn a_row_has_a_path_its_cost_its_ratio_and_its_peers() {
    let mut seen = Vec::new();
    let on_row = |row: &scoreboard::Row| {
        seen.push(row.path());
        Ok(())
    };
    let rows = scoreboard::run("jpki.raw.rsa2048", Effort::TOKEN, Peers::None, on_row).unwrap();
    assert_eq!(seen, ["jpki.raw.rsa2048", "jpki.raw.rsa2048.seen"]);

    let rows = serde_json::to_value(rows).unwrap();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), seen.len());
    for (row, path) in rows.iter().zip(seen) {
        let row = row.as_object().unwrap();
        let names: Vec<_> = row.keys().map(String::as_str).collect();
        assert_eq!(names, ["ns", "path", "peers", "ratio_to_limit"]);
        assert_eq!(row["path"], path);
        assert!(row["ns"].as_f64().is_some_and(|ns| ns > 0.0));
        assert!(
            row["ratio_to_limit"]
                .as_f64()
                .is_some_and(|ratio| ratio > 0.0)
        );
        assert_eq!(row["peers"], Value::Object(serde_json::Map::new()));
    }
}

/// Also that what is remembered as revoked is not good.
#[test]
fn answers_out_of_the_cache_have_a_row() {
    let rows = scoreboard::run("checker.", Effort::TOKEN, Peers::None, |_| Ok(())).unwrap();
    let paths: Vec<_> = rows.iter().map(scoreboard::Row::path).collect();
    assert_eq!(paths, ["checker.cached", "checker.cached.index"]);
}

/// Also that an ID token with a bit flipped is refused.
#[test]
fn logins_have_a_row_for_each_algorithm() {
    let rows = scoreboard::run("auth_app.", Effort::TOKEN, Peers::None, |_| Ok(())).unwrap();
    let paths: Vec<_> = rows.iter().map(scoreboard::Row::path).collect();
    assert_eq!(paths, ["auth_app.finish", "auth_app.finish.rs256"]);
}

/// Also that another date of birth than was signed is refused.
#[test]
fn presentations_have_rows_with_and_without_a_portrait() {
    let rows = scoreboard::run("mdoc.verify", Effort::TOKEN, Peers::None, |_| Ok(())).unwrap();
    let paths: Vec<_> = rows.iter().map(scoreboard::Row::path).collect();
    assert_eq!(
        paths,
        [
            "mdoc.verify",
            "mdoc.verify.seen",
            "mdoc.verify.portrait",
            "mdoc.verify.portrait.seen"
        ]
    );
}

/// Also that a changed ciphertext is refused.
#[test]
fn envelopes_have_a_row() {
    let rows = scoreboard::run("hpke.", Effort::TOKEN, Peers::None, |_| Ok(())).unwrap();
    let paths: Vec<_> = rows.iter().map(scoreboard::Row::path).collect();
    assert_eq!(paths, ["hpke.open"]);
}

/// Also that a layer refuses the answer to something else, and a session nobody
/// who has none.
#[test]
fn layers_have_rows_for_what_passes_and_what_is_verified() {
    let rows = scoreboard::run("layer.", Effort::TOKEN, Peers::None, |_| Ok(())).unwrap();
    let paths: Vec<_> = rows.iter().map(scoreboard::Row::path).collect();
    assert_eq!(
        paths,
        [
            "layer.passthrough",
            "layer.passthrough.session",
            "layer.verify.rsa2048",
            "layer.verify.p384",
            "layer.passthrough.swap",
        ]
    );
    let rows = serde_json::to_value(rows).unwrap();
    assert!(rows[4]["more"]["swaps"].as_f64().unwrap() >= 1.0);
}

/// Lists have figures of their own beside.
#[test]
fn lists_are_measured_with_their_indexes() {
    let rows = scoreboard::run("crl.", Effort::TOKEN, Peers::None, |_| Ok(())).unwrap();
    let rows = serde_json::to_value(rows).unwrap();
    let paths: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["path"])
        .collect();
    let lookups = ["crl.lookup.hit", "crl.lookup.miss"];
    assert_eq!(
        paths,
        [
            "crl.ingest.10m",
            lookups[0],
            lookups[1],
            "crl.open",
            "crl.diff"
        ]
    );
    let more = &rows[0]["more"];
    for (figure, most) in [("octets_per_entry", 15.0), ("octets_per_dense_entry", 8.0)] {
        let octets = more[figure].as_f64().unwrap();
        assert!((5.0..=most).contains(&octets), "{figure}: {octets}");
    }
}

/// Of a few municipalities, where the whole country has 1,741.
#[test]
fn a_store_is_measured_over_all_its_partitions() {
    let rows = scoreboard::run("checker.cached.index", Effort::TOKEN, Peers::None, |_| {
        Ok(())
    });
    let rows = serde_json::to_value(rows.unwrap()).unwrap();
    assert_eq!(rows[0]["more"]["partitions"], 24.0);
    assert!(rows[0]["more"]["revoked_ns"].as_f64().unwrap() > 0.0);
}

/// Also that each of them refuses a flipped signature.
#[cfg(feature = "peers")]
#[test]
fn peers_take_part() {
    let lists = scoreboard::run("crl.ingest", Effort::TOKEN, Peers::all().unwrap(), |_| {
        Ok(())
    });
    let lists = serde_json::to_value(lists.unwrap()).unwrap();
    assert_eq!(lists[0]["peers"].as_object().unwrap().len(), 3);
    let rows = scoreboard::run("jpki.", Effort::TOKEN, Peers::all().unwrap(), |_| Ok(())).unwrap();
    for row in serde_json::to_value(rows).unwrap().as_array().unwrap() {
        let seen = row["path"].as_str().unwrap().ends_with(".seen");
        let openssl = row["peers"]["OpenSSL"].as_f64();
        assert_eq!(openssl.is_some_and(|ratio| ratio > 0.0), !seen, "{row}");
    }
}

#[cfg(not(feature = "peers"))]
#[test]
fn peers_that_are_not_built_in_are_misuse() {
    assert!(matches!(Peers::all().unwrap_err(), Failure::NoPeers));
    assert_eq!(status(&["--peers"]), Some(64));
}

#[test]
fn a_path_that_nobody_knows_is_misuse() {
    let outcome = scoreboard::run("none", Effort::TOKEN, Peers::None, |_| Ok(()));
    assert!(matches!(outcome.unwrap_err(), Failure::NoSuchPath));
    assert_eq!(status(&["--only", "none"]), Some(64));
    assert_eq!(status(&["--slow"]), Some(64));
    assert_eq!(status(&["--help"]), Some(0));
}

fn status(arguments: &[&str]) -> Option<i32> {
    let mut scoreboard = Command::new(env!("CARGO_BIN_EXE_scoreboard"));
    scoreboard.args(arguments).output().ok()?.status.code()
}
