//! What it says when it is called wrongly.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;

use super::scene::Scene;
use crate::desk::tashika;

/// The arguments of somebody who is registered, without or with another value.
fn changed(scene: &Scene, name: &str, value: Option<&str>) -> Vec<String> {
    let mut arguments = scene.arguments();
    let place = arguments.iter().position(|given| given == name).unwrap();
    arguments.drain(place..place + 2);
    if let Some(value) = value {
        arguments.extend([name.to_owned(), value.to_owned()]);
    }
    arguments
}

#[test]
fn what_is_missing_is_named() {
    let scene = Scene::new();
    for name in [
        "--provider",
        "--client-id",
        "--redirect-uri",
        "--key-file",
        "--audience",
    ] {
        let answer = tashika(changed(&scene, name, None)).exits(64);
        answer.complains(&[name]);
    }
}

#[test]
fn what_cannot_be_right_is_refused() {
    let scene = Scene::new();
    for (name, value) in [
        ("--provider", "idp.example"),
        ("--provider", "http://idp.example/api"),
        ("--provider", "https://idp.example/api/"),
        ("--client-id", ""),
        ("--redirect-uri", "http://bank.example/callback"),
        ("--audience", "http://idp.example/token"),
    ] {
        let answer = tashika(changed(&scene, name, Some(value))).exits(64);
        answer.complains(&[name]);
    }
    // Nobody would come to this machine.
    let elsewhere = changed(
        &scene,
        "--redirect-uri",
        Some("https://bank.example/callback"),
    );
    tashika(&elsewhere).exits(64).complains(&["--listen"]);
    let everywhere = [
        elsewhere,
        vec!["--listen".to_owned(), "0.0.0.0:0".to_owned()],
    ]
    .concat();
    tashika(everywhere).exits(64).complains(&["--listen"]);
    // The Agency gives out letters and digits.
    let mut sandbox = changed(&scene, "--provider", Some("sandbox"));
    sandbox.extend(["--client-id".to_owned(), "not-one".to_owned()]);
    let place = sandbox.iter().position(|given| given == "shop").unwrap();
    sandbox.drain(place - 1..=place);
    tashika(sandbox).exits(64).complains(&["--client-id"]);
}

#[test]
fn the_auth_app_is_not_discovered_and_needs_a_root() {
    let scene = Scene::new();
    let sandbox = changed(&scene, "--provider", Some("sandbox"));
    tashika(&sandbox).exits(64).complains(&["--tls-root"]);
    let discovered = [sandbox, vec!["--discover".to_owned()]].concat();
    tashika(discovered).exits(64).complains(&["--discover"]);
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    let scene = Scene::new();
    let path = scene.desk.path("client.pem");
    fs::set_permissions(path, Permissions::from_mode(0o640)).unwrap();
    tashika(scene.arguments())
        .exits(64)
        .complains(&["chmod 600"]);
    let missing = changed(&scene, "--key-file", Some("/nonexistent.pem"));
    tashika(missing).exits(66).complains(&["nonexistent"]);
}

#[test]
fn a_port_that_is_taken_cannot_be_opened() {
    let scene = Scene::new();
    let address = scene.redirect_uri.strip_prefix("http://").unwrap();
    let address = address.strip_suffix("/callback").unwrap();
    let _taken = TcpListener::bind(address).unwrap();
    tashika(scene.arguments()).exits(66).complains(&[address]);
}

#[cfg(feature = "demo")]
#[test]
fn people_are_chosen_at_the_testbed_alone() {
    let scene = Scene::new();
    let chosen = ["--choose".to_owned(), "hanako".to_owned()];
    let arguments = [scene.arguments(), chosen.to_vec()].concat();
    tashika(arguments).exits(64).complains(&["--choose"]);
}
