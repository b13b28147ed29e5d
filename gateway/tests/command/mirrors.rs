//! `tashika crl sync` from mirrors.

use std::fs;

use serde_json::Value;
use tashika_testbed::{Answer as Reply, CrlBuilder, Kind, Received, Register, Server, oid};

use crate::desk::{AT, Answer, Desk};

/// A desk whose lists a mirror hands out under their names, each with an
/// entity tag.
struct Mirror {
    desk: Desk,
    server: Server,
}

impl Mirror {
    fn new() -> Self {
        let desk = Desk::new();
        desk.write_lists("published", Kind::Signing, &Register::new());
        let server = Server::start().unwrap();
        let published = desk.path("published");
        server.otherwise(move |request: &Received| {
            let name = request.target.trim_start_matches('/');
            let tag = format!("\"{name}\"");
            match fs::read(format!("{published}/{name}")) {
                Ok(_) if request.header("if-none-match") == Some(&tag) => Reply::status(304),
                Ok(list) => Reply::ok("application/pkix-crl", list).header("ETag", &tag),
                Err(_) => Reply::html(),
            }
        });
        Self { desk, server }
    }

    fn sync(&self, arguments: &[&str]) -> Answer {
        let store = ["crl", "sync", "--store", "@store", "--trust", "@trust"];
        let options = ["--environment", "test", "--json"];
        // Labels name municipalities, and are the operator's own.
        let arguments = [&store[..], &options, arguments].concat();
        self.desk.run_showing(&arguments)
    }

    fn partitions(&self) -> Value {
        let status = ["crl", "status", "--store", "@store", "--trust", "@trust"];
        let options = ["--environment", "test", "--at", AT, "--json"];
        let status = self.desk.run_showing(&[&status[..], &options].concat());
        status.json().get("partitions").cloned().unwrap()
    }
}

fn outcomes(report: &Value) -> Vec<&str> {
    let lists = report["lists"].as_array().unwrap().iter();
    lists
        .map(|list| list["outcome"].as_str().unwrap())
        .collect()
}

#[test]
fn lists_come_from_mirrors_and_are_not_sent_twice() {
    let mirror = Mirror::new();
    let names = fs::read_dir(mirror.desk.path("published")).unwrap();
    let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
    let urls: String = names
        .iter()
        .map(|name| mirror.server.url(&format!("/{}\n", name.to_str().unwrap())))
        .collect();
    mirror
        .desk
        .write("urls", format!("# all of them\n\n{urls}"));
    let origin = mirror.server.url("");
    let from_file = ["--urls", "@urls", "--plain-http", &origin];
    let first = mirror.sync(&from_file).exits(0).json();
    assert_eq!(outcomes(&first), vec!["first"; names.len()]);
    let held = mirror.partitions();
    assert_eq!(held.as_array().unwrap().len(), names.len());

    // Nothing has changed, and nothing has become younger by that.
    let second = mirror.sync(&from_file).exits(0).json();
    assert_eq!(outcomes(&second), vec!["unchanged"; names.len()]);
    assert_eq!(mirror.server.count(), 2 * names.len());
    let issued = |partitions: &Value| -> Vec<Value> {
        let partitions = partitions.as_array().unwrap().iter();
        partitions.map(|p| p["this_update"].clone()).collect()
    };
    assert_eq!(issued(&mirror.partitions()), issued(&held));

    // A list that is damaged here is sent although it has not changed there.
    let index = fs::read_dir(mirror.desk.path("store")).unwrap();
    let index = index
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|ending| ending == "index"));
    fs::write(index.unwrap(), b"damaged").unwrap();
    let third = mirror.sync(&from_file).exits(0).json();
    let repaired = outcomes(&third).into_iter();
    assert_eq!(repaired.filter(|outcome| *outcome == "repaired").count(), 1);
}

#[test]
fn what_a_mirror_says_is_not_believed() {
    let mirror = Mirror::new();
    let origin = mirror.server.url("");
    let page = mirror.server.url("/maintenance?token=secret");
    let good = mirror.server.url("/Signing-0.crl");
    let answer = mirror
        .sync(&[&page, &good, "--plain-http", &origin])
        .exits(2);
    assert!(!answer.stdout.contains("secret") && !answer.stderr.contains("secret"));
    let report = answer.json();
    assert_eq!(outcomes(&report), ["first"]);
    assert_eq!(report["refused"][0]["code"], "input.crl");

    mirror
        .desk
        .write("published/other.crl", [0x30, 0x03, 0x02, 0x01, 0x01]);
    let other = mirror.server.url("/other.crl");
    let report = mirror
        .sync(&[&other, "--plain-http", &origin])
        .exits(2)
        .json();
    assert_eq!(report["refused"][0]["code"], "input.crl");

    drop(mirror.server);
    let store = ["crl", "sync", "--store", "@store", "--trust", "@trust"];
    let options = [
        "--environment",
        "test",
        "--json",
        &good,
        "--plain-http",
        &origin,
    ];
    let report = mirror.desk.run_showing(&[&store[..], &options].concat());
    let report = report.exits(2).json();
    assert_eq!(report["refused"][0]["code"], "revocation.unreachable");
}

#[test]
fn mirrors_are_asked_as_they_are_configured() {
    let mirror = Mirror::new();
    let url = mirror.server.url("/Signing-0.crl");
    mirror.sync(&[&url]).exits(64).complains(&["--plain-http"]);
    let other = ["--plain-http", "http://127.0.0.1:1"];
    mirror.sync(&[&[&*url], &other[..]].concat()).exits(64);
    mirror
        .sync(&["https://localhost/list.crl"])
        .exits(64)
        .complains(&["--tls-root"]);
    mirror.sync(&["https://user@localhost/"]).exits(64);
    mirror
        .desk
        .write("urls", "https://localhost/a\nftp://localhost/b\n");
    mirror
        .sync(&["--urls", "@urls"])
        .exits(64)
        .complains(&["line 2"]);
    mirror
        .sync(&[&url, "--tls-root", "@contract.txt"])
        .exits(64);
    mirror.sync(&[]).exits(64);
    assert_eq!(mirror.server.count(), 0);
}

#[test]
fn a_mirror_whose_binding_changes_sends_its_list_again() {
    let mirror = Mirror::new();
    let scope = oid::ISSUING_DISTRIBUTION_POINT;
    let unscoped = |list: CrlBuilder| list.without(scope);
    let register = Register::new();
    mirror
        .desk
        .write_changed("published/unscoped", &register, unscoped);
    let url = mirror.server.url("/unscoped");
    let sign = mirror.desk.path("sign.der");
    mirror.desk.write("bindings", format!("{url}\t{sign}\n"));
    let origin = mirror.server.url("");
    let plain = [&*url, "--plain-http", &origin];
    let bound = [&plain[..], &["--bindings", "@bindings"]].concat();
    let sync = |arguments: &[&str]| {
        let report = mirror.sync(arguments).exits(0).json();
        outcomes(&report).concat()
    };
    assert_eq!(sync(&bound), "first");
    assert_eq!(sync(&bound), "unchanged");
    let partitions = mirror.partitions();
    assert_eq!(partitions[0]["configured"], true);
    assert_eq!(partitions[0]["state"], "fresh");
    assert_eq!(sync(&plain), "first");
    let partitions = mirror.partitions();
    let states: Vec<_> = partitions
        .as_array()
        .unwrap()
        .iter()
        .map(|p| &p["state"])
        .collect();
    assert_eq!(states, ["unscoped", "unscoped"]);
}
