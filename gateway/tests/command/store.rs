//! `tashika crl sync`, `status`, `lookup` and `diff`, and `tashika verify --store`.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use tashika_testbed::{Municipality, Reason, Register, oid};

use crate::desk::{AT, Answer, Desk, pem};

/// The anchors of the testbed.
pub(crate) const TRUST: [&str; 4] = ["--trust", "@trust", "--environment", "test"];

const VERIFY: [&str; 4] = ["cert", "@sign.der", "--store", "@store"];

impl Desk {
    /// `tashika crl … --store @store`, under the testbed's anchors.
    pub(crate) fn store(&self, arguments: &[&str]) -> Answer {
        let store = ["--store", "@store"];
        self.run(&[&["crl"], arguments, &store, &TRUST].concat())
    }

    pub(crate) fn sync(&self, sources: &[&str]) -> Answer {
        self.store(&[&["sync"], sources].concat())
    }

    /// The same with something on standard input.
    fn lookup(&self, serials: &str, options: &[&str]) -> Answer {
        let arguments = ["crl", "lookup", "--kind", "sign", "--environment", "test"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_tashika"));
        let command = command.args(arguments).args(options);
        let paths = [("--trust", "trust"), ("--store", "store")];
        for (option, name) in paths {
            command.args([option, &self.path(name)]);
        }
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(serials.as_bytes()).unwrap();
        drop(stdin);
        child.wait_with_output().unwrap().into()
    }

    /// The card's list, without the certificate's serial number in any answer.
    fn revoked_list(&self, name: &str, number: u64, reason: Reason) -> String {
        let mut register = Register::new();
        let register = self.revoke(&mut register, reason);
        self.write_changed(name, register, |list| list.number(number))
    }
}

#[test]
fn a_store_answers_as_the_lists_do() {
    let desk = Desk::new();
    desk.verify(&VERIFY)
        .exits(66)
        .complains(&["there is no store", "crl sync"]);
    let first = desk.sync(&["@lists"]).exits(0).says(&["first        10"]);
    assert!(first.stderr.is_empty(), "a bar in a pipe: {first}");
    desk.verify(&VERIFY).exits(0).says(&["revocation  good"]);
    desk.sync(&["@lists"]).exits(0).says(&["unchanged    10"]);
    desk.write_revoked("revoked", Reason::Superseded);
    let report = desk.sync(&["@revoked", "--json"]).exits(0).json();
    assert_eq!(report["lists"].as_array().unwrap().len(), 5);
    desk.verify(&VERIFY).exits(1).says(&["revoked.superseded"]);
    desk.verify(&[&VERIFY[..], &["--crl", "@lists"]].concat())
        .exits(64);
}

#[test]
fn pem_goes_into_a_store_as_der_does() {
    let desk = Desk::new();
    let der = fs::read(desk.write_list("own.crl", Municipality::KIYOSE)).unwrap();
    desk.write("own.pem", pem("X509 CRL", &der));
    desk.sync(&["@own.pem"]).exits(0);
    desk.verify(&VERIFY).exits(0);
}

#[test]
fn a_list_that_is_not_taken_is_named() {
    let desk = Desk::new();
    let own = desk.write_changed("own.crl", &Register::new(), |list| list.number(7));
    desk.sync(&[&own]).exits(0);
    desk.write_changed("bad/older.crl", &Register::new(), |list| list.number(6));
    let mut flipped = fs::read(&own).unwrap();
    *flipped.last_mut().unwrap() ^= 1;
    desk.write("bad/flipped.crl", flipped);
    desk.write("bad/empty.crl", b"");
    fs::create_dir(desk.path("bad/folder.crl")).unwrap();
    desk.write("bad/page.crl", b"<html>nothing to be found</html>");
    let answer = desk.sync(&["@bad", "--json"]).exits(2).complains(&[
        "older.crl: revocation.number",
        "flipped.crl: revocation.signature",
        "empty.crl: input.crl",
        "page.crl: input.crl",
        "folder.crl: input.crl: cannot read the list: Is a directory",
    ]);
    let json = answer.json();
    let refused = json["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 5);
    for row in refused {
        let text = row["description"].as_str().unwrap();
        assert!(!text.contains(row["code"].as_str().unwrap()), "{row}");
    }
    desk.verify(&VERIFY).exits(0);
}

#[test]
fn a_source_without_a_list_is_named() {
    let desk = Desk::new();
    desk.write("empty/readme.txt", b"");
    desk.sync(&["@lists", "@empty"])
        .exits(66)
        .complains(&["empty: no list is in this folder"]);
    desk.write("urls.txt", b"# none yet\n");
    desk.sync(&["--urls", "@urls.txt"])
        .exits(64)
        .complains(&["urls.txt: no URL is in this file"]);
    let url = "https://mirror.internal/1.crl";
    desk.sync(&[url]).exits(64).complains(&[url, "--tls-root"]);
    let url = "ftp://mirror.internal/1.crl";
    desk.sync(&[url]).exits(64).complains(&["not an http or"]);
    let secret = desk.sync(&["https://me:secret@mirror.internal/1.crl"]);
    let secret = secret.exits(64);
    assert!(!secret.stderr.contains("secret"), "{secret}");
    secret.complains(&["a user's name or password"]);
}

#[test]
fn a_list_without_a_scope_never_says_good() {
    let desk = Desk::new();
    let list = desk.write_changed("scope.crl", &Register::new(), |list| {
        list.without(oid::ISSUING_DISTRIBUTION_POINT)
    });
    desk.sync(&[&list]).exits(0);
    desk.verify(&VERIFY).exits(2).says(&["revocation.no_scope"]);
    let other = desk.write_list("other.crl", Municipality::NAHA);
    desk.sync(&[&other]).exits(0);
    desk.verify(&VERIFY).exits(2).says(&["revocation.no_scope"]);
}

#[test]
fn what_a_list_drops_stays_revoked_and_raises_an_alert() {
    let desk = Desk::new();
    let older = desk.revoked_list("1.crl", 1, Reason::Superseded);
    let newer = desk.write_changed("2.crl", &Register::new(), |list| list.number(2));
    desk.sync(&[&older]).exits(0);
    desk.sync(&[&newer])
        .exits(0)
        .says(&["dropped      1 no longer on these lists"])
        .complains(&["2.crl: ALERT: 1 dropped"]);
    desk.verify(&VERIFY).exits(1).says(&["revoked.superseded"]);
    let report = desk.sync(&[&newer, "--json"]).exits(0).json();
    assert_eq!(report["alerts"].as_array().unwrap().len(), 0);
}

#[test]
fn the_state_of_a_store_is_shown() {
    let desk = Desk::new();
    desk.sync(&["@lists"]).exits(0);
    let status = |options: &[&str]| {
        let arguments = [&["crl", "status", "--store", "@store"], &TRUST[..], options];
        desk.run_showing(&arguments.concat())
    };
    status(&["--at", AT])
        .exits(0)
        .says(&["partitions   10", "fresh      10", "generation   2"]);
    let later = ["--at", "2027-02-15T08:00:00Z"];
    status(&later)
        .exits(2)
        .says(&["stale      10", "STALE  ", "Kiyose-shi CRLDP"]);
    status(&["--at", AT, "--max-age", "0"])
        .exits(2)
        .says(&["stale      10"]);
    status(&["--at", "2027-01-15T06:00:00Z"])
        .exits(2)
        .says(&["fresh      10", "clock        behind"]);
    let shown = status(&["--at", AT, "--json", "--check"]).exits(0).json();
    let row = &shown["partitions"][0];
    assert_eq!(row["state"], "fresh");
    assert_eq!(row["age_seconds"], 3600);
    assert_eq!(row["this_update"], "2027-01-15T07:00:00Z");
    assert!(row["source"].as_str().unwrap().ends_with("-0.crl"), "{row}");
    for entry in fs::read_dir(desk.path("store")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "index") {
            let octets = fs::read(&path).unwrap();
            fs::write(&path, &octets[1..]).unwrap();
            break;
        }
    }
    status(&["--at", AT]).exits(2).says(&["damaged    1"]);
    desk.sync(&["@lists"])
        .exits(0)
        .complains(&["its file was damaged and was made anew"]);
    status(&["--at", AT, "--check"]).exits(0);
}

#[test]
fn serial_numbers_are_looked_up() {
    let desk = Desk::new();
    desk.sync(&[&desk.revoked_list("1.crl", 1, Reason::CertificateHold)])
        .exits(0);
    let serial = desk.serial();
    let serials = format!("{serial}\n\n{}\n7f\n", serial.to_uppercase());
    let answer = desk.lookup(&serials, &[]).exits(0);
    let lines: Vec<_> = answer.stdout.lines().collect();
    assert!(lines[0].starts_with("1\trevoked\treason=certificateHold\t"));
    assert!(lines[1].starts_with("3\trevoked\t"));
    assert_eq!(lines[2], "4\tunknown");
    assert!(!answer.stdout.contains(serial), "{answer}");
    let json = desk.lookup("7f", &["--json"]).exits(0).json();
    assert_eq!(json["status"], "unknown");
    let refused = desk.lookup("not-a-number", &[]).exits(64);
    assert!(!refused.stderr.contains("not-a-number"), "{refused}");
}

#[test]
fn a_certificate_is_looked_up_with_its_distribution_point() {
    let desk = Desk::new();
    let ask_at = |at: &[&str]| {
        let lookup = ["lookup", "--kind", "sign", "--certificate", "@sign.der"];
        desk.store(&[&lookup[..], at].concat())
    };
    let ask = || ask_at(&["--at", AT]);
    desk.sync(&[&desk.write_list("other.crl", Municipality::NAHA)])
        .exits(0);
    ask().exits(2).says(&["revocation.scope"]);
    desk.sync(&["@lists"]).exits(0);
    ask().exits(0).says(&["good"]);
    ask_at(&["--at", "2027-01-20T08:00:00Z"])
        .exits(2)
        .says(&["revocation.stale"]);
    ask_at(&["--at", AT, "--max-age", "0"])
        .exits(2)
        .says(&["revocation.stale"]);
    ask_at(&["--at", "2027-01-15T06:00:00Z"])
        .exits(2)
        .says(&["revocation.clock"]);
    desk.sync(&[&desk.revoked_list("9.crl", 90_000_000_000, Reason::Superseded)])
        .exits(0);
    ask().exits(1).says(&["revoked", "reason=superseded"]);
}

#[test]
fn what_changed_is_counted_and_numbers_shown_when_asked_for() {
    let desk = Desk::new();
    let older = desk.write_changed("1.crl", &Register::new(), |list| list.number(1));
    let newer = desk.revoked_list("2.crl", 2, Reason::Superseded);
    fn diff<'a>(options: &[&'a str]) -> Vec<&'a str> {
        [&["crl", "diff"], &TRUST[..], options].concat()
    }
    desk.run(&diff(&[&older, &newer])).exits(0).says(&[
        "added        1",
        "superseded",
        "removed      0",
    ]);
    desk.run(&diff(&[&newer, &older]))
        .exits(0)
        .says(&["added        0", "removed      1"]);
    let shown = desk.run_showing(&diff(&[&older, &newer, "--show-serials", "--json"]));
    let shown = shown.exits(0).json();
    let digits = desk.serial().trim_start_matches('0');
    assert_eq!(shown["serials"][0]["serial"], digits);

    let other = desk.write_list("other.crl", Municipality::NAHA);
    desk.run(&diff(&[&older, &other]))
        .exits(64)
        .complains(&["different anchors or distribution points"]);

    desk.sync(&[&older]).exits(0);
    desk.sync(&[&newer]).exits(0);
    let since = |generation| diff(&["--store", "@store", "--since", generation]);
    desk.run(&since("1")).exits(0).says(&["added        1"]);
    desk.run(&since("2")).exits(0).says(&["added        0"]);
    desk.run(&since("0"))
        .exits(2)
        .says(&["changed more than once"]);
    desk.run(&since("9"))
        .exits(64)
        .complains(&["not yet in that generation"]);
}

#[test]
fn a_store_that_others_may_write_to_is_refused() {
    let desk = Desk::new();
    desk.sync(&["@lists"]).exits(0);
    let mode = fs::metadata(desk.path("store")).unwrap().permissions();
    assert_eq!(mode.mode() & 0o777, 0o700);
    fs::set_permissions(desk.path("store"), PermissionsExt::from_mode(0o770)).unwrap();
    desk.verify(&VERIFY).exits(64).complains(&["0700"]);
    desk.sync(&["@lists"]).exits(64).complains(&["0700"]);
}

#[test]
fn a_damaged_manifest_is_rebuilt_when_told_to() {
    let desk = Desk::new();
    desk.sync(&["@lists"]).exits(0);
    desk.write("store/manifest", b"damaged");
    desk.verify(&VERIFY)
        .exits(2)
        .complains(&["revocation.damaged", "--rebuild"]);
    desk.sync(&["@lists"]).exits(2).complains(&["--rebuild"]);
    desk.sync(&["@lists", "--rebuild"])
        .exits(0)
        .complains(&["ALERT: the manifest was damaged"]);
    desk.verify(&VERIFY).exits(0);
}

#[test]
fn a_full_disk_leaves_the_store_as_it_was() {
    let desk = Desk::new();
    desk.write_numbered("first", &Register::new(), 1);
    desk.sync(&["@first"]).exits(0);
    desk.write_numbered("second", &Register::new(), 2);
    // Files may not grow beyond 512 or 1,024 octets, whichever shell it is.
    let limited = "trap '' XFSZ; ulimit -f 1; exec \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", limited, "sh", env!("CARGO_BIN_EXE_tashika")]);
    command.args(["crl", "sync", "--environment", "test"]);
    command.args(["--trust", &desk.path("trust")]);
    command.args(["--store", &desk.path("store"), &desk.path("second")]);
    let answer = Answer::from(command.output().unwrap());
    let answer = answer.exits(74);
    answer.complains(&["the store cannot be written"]);
    let rows = desk.rows();
    assert!(rows.iter().all(|(number, _)| *number == 1), "{rows:?}");
    desk.verify(&VERIFY).exits(0);
    desk.sync(&["@second"]).exits(0);
    assert!(desk.rows().iter().all(|(number, _)| *number == 2));
}

#[test]
fn a_binding_makes_a_list_without_a_scope_answer() {
    let desk = Desk::new();
    let list = desk.write_changed("scope.crl", &Register::new(), |list| {
        list.without(oid::ISSUING_DISTRIBUTION_POINT)
    });
    let naha = desk.write_list("naha.crl", Municipality::NAHA);
    desk.sync(&[&list])
        .exits(0)
        .complains(&["ALERT: nothing says what it covers"]);
    let sign = desk.path("sign.der");
    desk.write("bindings", format!("# one\n{list}\t{sign}\n"));
    desk.sync(&[&list, &naha, "--bindings", "@bindings"])
        .exits(0)
        .says(&["first        2"]);
    desk.verify(&VERIFY).exits(0).says(&["revocation  good"]);
    // Municipalities are shown to the operator who asks for them.
    let status = ["crl", "status", "--store", "@store", "--partitions", "--at"];
    let status = [&status[..], &[AT], &TRUST].concat();
    let shown = desk.run_showing(&status).exits(0);
    shown.says(&["CN=Kiyose-shi", "(configured)"]);

    // What configuration does not say any more, nobody does.
    desk.sync(&[&list]).exits(0);
    desk.verify(&VERIFY).exits(2).says(&["revocation.no_scope"]);
    desk.run_showing(&status).exits(0).says(&["unscoped   2"]);
    desk.sync(&[&list, "--bindings", "@bindings"]).exits(0);
    desk.verify(&VERIFY).exits(0);

    desk.write("bindings", format!("{naha}\t{sign}"));
    let refused = ["misuse.argument", "it needs no line in --bindings"];
    let sync = [&naha, "--bindings", "@bindings"];
    desk.sync(&sync).exits(2).complains(&refused);
    for (line, complaint) in [
        (naha.clone(), "line 1: not a source, a tab and a file"),
        (format!("{naha}\t{naha}"), "x509.version"),
        (format!("{naha}\t{}", desk.path("nowhere")), "nowhere"),
    ] {
        desk.write("bindings", line);
        desk.sync(&sync).exits(64).complains(&[complaint]);
    }
}
