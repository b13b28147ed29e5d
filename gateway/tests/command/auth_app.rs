//! `tashika auth-app`: keys, as OpenSSL reads them.

use std::fs;
use std::process::Command;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::desk::Desk;

/// What OpenSSL answers.
fn openssl(arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    output.stdout
}

/// The members of the public key in this file, as OpenSSL reads it.
fn members(path: &str) -> Value {
    let text = |octets: &[u8]| URL_SAFE_NO_PAD.encode(octets);
    let stated = openssl(&["pkey", "-in", path, "-noout", "-text"]);
    if String::from_utf8(stated).unwrap().contains("prime256v1") {
        let der = openssl(&["pkey", "-in", path, "-pubout", "-outform", "DER"]);
        let (_, point) = der.split_at(der.len() - 64);
        let (x, y) = point.split_at(32);
        return json!({ "crv": "P-256", "kty": "EC", "x": text(x), "y": text(y) });
    }
    let stated = openssl(&["rsa", "-in", path, "-noout", "-modulus"]);
    let stated = String::from_utf8(stated).unwrap();
    let digits = stated.trim_end().strip_prefix("Modulus=").unwrap();
    let octets = (0..digits.len()).step_by(2);
    let octets = octets.map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap());
    let modulus: Vec<_> = octets.collect();
    json!({ "e": "AQAB", "kty": "RSA", "n": text(&modulus) })
}

/// The JWK that is expected: RFC 7638 hashes the members in their order.
fn jwk(path: &str, algorithm: &str) -> Value {
    let mut jwk = members(path);
    let thumbprint = digest(&SHA256, jwk.to_string().as_bytes());
    let members = jwk.as_object_mut().unwrap();
    members.insert("kid".to_owned(), URL_SAFE_NO_PAD.encode(thumbprint).into());
    members.insert("use".to_owned(), "sig".into());
    members.insert("alg".to_owned(), algorithm.into());
    jwk
}

#[test]
fn a_new_key_is_what_openssl_says() {
    let desk = Desk::new();
    for (algorithm, options) in [
        ("ES256", &[][..]),
        ("RS256", &["--algorithm", "rs256"]),
        ("RS256", &["--algorithm", "rs256", "--rsa-bits", "3072"]),
    ] {
        let file = format!("{algorithm}-{}.pem", options.len());
        let path = desk.path(&file);
        let command = ["auth-app", "keygen", "--out", &path];
        let made = desk.run(&[&command, options].concat()).exits(0);
        assert!(!made.stdout.contains("PRIVATE"), "{made}");
        assert_eq!(made.stderr, "");

        let pem = openssl(&["pkey", "-in", &path, "-pubout"]);
        let pem = String::from_utf8(pem).unwrap();
        let jwk = jwk(&path, algorithm);
        let kid = format!("kid  {}\n", jwk["kid"].as_str().unwrap());
        let made = made.says(&[&pem, &kid]);
        let (_, json) = made.stdout.split_once("-----END PUBLIC KEY-----").unwrap();
        assert_eq!(serde_json::from_str::<Value>(json).unwrap(), jwk);

        let show = |form: &str| {
            desk.run(&["auth-app", "jwk", "--key-file", &path, form])
                .exits(0)
        };
        assert_eq!(show("--pem").stdout, pem);
        assert_eq!(show("--jwk").json(), jwk);
        assert_eq!(show("--jwks").json(), json!({ "keys": [jwk] }));
        let all = desk.run(&["auth-app", "jwk", "--key-file", &path]).exits(0);
        assert_eq!(all.stdout, made.stdout);
    }
}

#[test]
fn a_key_that_is_there_is_kept() {
    let desk = Desk::new();
    let path = desk.write("key.pem", "somebody's key");
    desk.run(&["auth-app", "keygen", "--out", &path])
        .exits(64)
        .complains(&["key.pem", "exists"]);
    assert_eq!(fs::read(&path).unwrap(), b"somebody's key");
    let nowhere = desk.path("nowhere/key.pem");
    desk.run(&["auth-app", "keygen", "--out", &nowhere])
        .exits(74);
}

#[cfg(unix)]
#[test]
fn a_key_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt;

    let desk = Desk::new();
    let path = desk.path("key.pem");
    desk.run(&["auth-app", "keygen", "--out", &path, "--jwk"])
        .exits(0);
    let mode = |path: &str| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);

    for exposed in [0o640, 0o604, 0o620] {
        fs::set_permissions(&path, PermissionsExt::from_mode(exposed)).unwrap();
        desk.run(&["auth-app", "jwk", "--key-file", &path])
            .exits(64)
            .complains(&["key.pem", "chmod 600"]);
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_key_of_ours_is_named() {
    use std::os::unix::fs::PermissionsExt;

    let desk = Desk::new();
    let show = |name: &str| desk.run(&["auth-app", "jwk", "--key-file", &desk.path(name)]);
    let private = |path: &str| {
        fs::set_permissions(path, PermissionsExt::from_mode(0o600)).unwrap();
    };
    show("absent.pem").exits(66).complains(&["absent.pem"]);

    private(&desk.write("text.pem", "no key"));
    show("text.pem").exits(64).complains(&["text.pem", "PEM"]);

    let curve = "ec_paramgen_curve:P-384";
    let path = desk.path("p384.pem");
    openssl(&[
        "genpkey",
        "-algorithm",
        "EC",
        "-pkeyopt",
        curve,
        "-out",
        &path,
    ]);
    private(&path);
    show("p384.pem").exits(64).complains(&["P-256"]);

    let path = desk.path("sealed.pem");
    let seal = ["pkcs8", "-topk8", "-passout", "pass:secret", "-out", &path];
    openssl(&[&seal[..], &["-in", &desk.path("p384.pem")]].concat());
    private(&path);
    show("sealed.pem").exits(64).complains(&["unencrypted"]);
}

#[test]
fn one_key_is_asked_for_in_one_way() {
    let desk = Desk::new();
    let module = ["--pkcs11-module", "module.so"];
    for arguments in [
        &[][..],
        &module,
        &[&module[..], &["--token", "bank"]].concat(),
        &[&module[..], &["--key", "client"]].concat(),
        &["--token", "bank", "--key", "client"],
        &["--key-file", "key.pem", "--token", "bank"],
        &[&module[..], &["--key-file", "key.pem"]].concat(),
        &["--key-file", "key.pem", "--jwk", "--pem"],
        &[
            &module[..],
            &["--token", "bank", "--key", "client", "--pin", "1"],
        ]
        .concat(),
    ] {
        desk.run(&[&["auth-app", "jwk"], arguments].concat())
            .exits(64)
            .complains(&["Usage"]);
    }
}
