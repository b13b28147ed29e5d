//! Whom a store connects to, and as whom.

use std::error::Error;

use tashika::Code;
use tashika::transport::Tls;
use tashika_conformance::postgres::{PASSWORD, Server};
use tashika_conformance::tls::Pki;
use tashika_tower::{Postgres, PostgresError, PostgresTls};

use crate::Case;
use crate::fixture::{World, block_on, limits, own_server, put, take, transactions};

pub(crate) const CASES: &[(&str, Case)] = &[
    ("the_server_has_to_be_the_one", the_server_has_to_be_the_one),
    (
        "a_server_without_tls_is_refused",
        a_server_without_tls_is_refused,
    ),
    (
        "a_wrong_password_is_told_to_the_operator",
        a_wrong_password_is_told_to_the_operator,
    ),
];

/// A server with a certificate for `localhost`.
fn server_with(pki: &Pki) -> Server {
    let mut server = own_server(&[]);
    let [certificate, key] = ["server.pem", "server.key"].map(|name| {
        let file = server.file(name, &pki.read(name).unwrap());
        file.unwrap().display().to_string()
    });
    let settings = [
        "ssl=on".to_owned(),
        format!("ssl_cert_file={certificate}"),
        format!("ssl_key_file={key}"),
    ];
    server
        .restart_with(&settings.each_ref().map(String::as_str))
        .unwrap();
    server
}

fn database(server: &Server, host: &str, tls: PostgresTls) -> Postgres {
    let connection = server.over_tcp(server.port(), "own");
    let connection = connection.replace("host=127.0.0.1", host);
    Postgres::new(&connection, tls, limits()).unwrap()
}

fn root(pki: &Pki, name: &str) -> PostgresTls {
    let root = pki.read(name).unwrap();
    PostgresTls::verified(Tls::no_roots().roots_pem(&root).unwrap())
}

/// What was refused, and why.
fn refusal(database: &Postgres) -> String {
    let store = transactions(database.clone(), "tenant");
    assert_eq!(block_on(put(&store, 1)), Err(Code::TransactionStore));
    let error = block_on(database.check()).unwrap_err();
    assert!(matches!(error, PostgresError::Unreachable(_)), "{error:?}");
    error.source().unwrap().to_string()
}

const LOCALHOST: &str = "host=localhost hostaddr=127.0.0.1";

fn the_server_has_to_be_the_one(_: &World) {
    let pki = Pki::generate().unwrap();
    let server = server_with(&pki);
    let ours = database(&server, LOCALHOST, root(&pki, "root.pem"));
    let store = transactions(ours, "tenant");
    let in_tls = "SELECT DISTINCT ssl FROM pg_stat_activity JOIN pg_stat_ssl USING (pid) \
                  WHERE application_name = 'tashika'";
    block_on(async {
        assert_eq!(put(&store, 1).await, Ok(()));
        assert_eq!(take(&store, 1).await, Ok(()));
        assert_eq!(server.sql("own", in_tls).unwrap(), "t");
    });

    let other_root = database(&server, LOCALHOST, root(&pki, "other.pem"));
    let why = refusal(&other_root);
    assert!(why.contains("UnknownIssuer"), "{why}");
    let other_name = database(&server, "host=127.0.0.1", root(&pki, "root.pem"));
    let why = refusal(&other_name);
    assert!(why.contains("not valid for name"), "{why}");
}

fn a_server_without_tls_is_refused(world: &World) {
    let pki = Pki::generate().unwrap();
    let server = world.server();
    for asked in ["", " sslmode=disable", " sslmode=prefer"] {
        let host = format!("{LOCALHOST}{asked}");
        let verified = database(server, &host, root(&pki, "root.pem"));
        let why = refusal(&verified);
        assert!(why.contains("server does not support TLS"), "{why}");
    }
}

fn a_wrong_password_is_told_to_the_operator(world: &World) {
    let server = world.server();
    let connection = server.over_tcp(server.port(), "shared");
    let wrong = connection.replace(PASSWORD, "not this one");
    let database = Postgres::new(&wrong, PostgresTls::same_machine(), limits()).unwrap();
    let error = block_on(database.check()).unwrap_err();
    assert!(matches!(error, PostgresError::Refused(_)), "{error:?}");
    let source = error.source().unwrap().to_string();
    assert!(source.starts_with("28P01 "), "{source}");
    let told = format!("{error} {error:?} {source} {database:?}");
    assert!(!told.contains("not this one"), "{told}");
    let store = transactions(database, "tenant");
    assert_eq!(block_on(take(&store, 1)), Err(Code::TransactionStore));
}
