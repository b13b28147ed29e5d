//! A service that keeps a record of what people signed.
//!
//! ```sh
//! cargo run -p tashika-tower --example audit
//! ```
//!
//! The service is what stands in `service`. The person who comes to it has a card
//! of a testbed. At the end an auditor reads the record, and somebody changes it.

mod world;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use axum::Router;
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tashika::algorithm::AlgorithmTable;
use tashika::audit::{ChainKey, ChainVerifier, MethodTable, Part, Role, Terms};
use tashika::jpki::{LookupKey, ProfileTable, SigningVerifier};
use tashika::transaction::Purpose;
use tashika_testbed::{Kind, Testbed};
use tashika_tower::{AuditLayer, ChainKeys, FileOptions, FileSink, FlowPaths, SignatureLayer};

use world::Browser;

/// Opens an account, of which there is a record by then.
async fn open_account() -> &'static str {
    "the account is open"
}

fn service(world: &Testbed, sink: Arc<FileSink>) -> Result<Router, tashika::Error> {
    let (trust, revocation) = world::trust(world, Kind::Signing)?;
    let (profiles, algorithms) = (ProfileTable::standard(), AlgorithmTable::standard());
    let verifier = SigningVerifier::new(trust, profiles, algorithms)?;
    let (paths, purpose) = (FlowPaths::under("/apply")?, Purpose::named("open-account")?);
    let signed = SignatureLayer::new(world::site()?, paths, purpose, verifier, revocation)?;
    let app = Router::new()
        .route(
            "/apply/request",
            post(|| async { "I apply for an account." }),
        )
        .route("/apply/answer", post(open_account));
    // Outside of what decides, so that it sees all of it.
    let audit = AuditLayer::new(sink).with_methods(MethodTable::standard());
    Ok(app.layer(signed).layer(audit))
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    // A real service keeps both keys, and the second one from its auditors too.
    let (chain, lookup) = (ChainKey::generate()?, LookupKey::generate()?);
    let keys = ChainKeys::new(chain.clone(), Vec::new());
    let terms = Terms::new(lookup, Role::Verifier);
    let sink = FileSink::open(directory.path(), keys, terms, FileOptions::standard())?;
    let sink = Arc::new(sink);

    let testbed = world::testbed();
    let app = service(&testbed, Arc::clone(&sink))?;
    for who in ["somebody", "somebody else"] {
        println!("{who} signs: {}", sign(&testbed, &app).await?);
    }
    let head = sink.head().ok_or("nothing is on record")?;
    println!("\nTo be kept elsewhere: {head}\n");

    for (file, text) in files(directory.path(), "audit-")? {
        println!("{file}\n{text}");
        let verify = |text: &str| {
            let verifier = ChainVerifier::from_beginning(vec![chain.clone()]);
            let mut verifier = verifier.expecting(head);
            verifier.read(text.as_bytes(), Part::Last, |_| Ok(()))?;
            verifier.finish()
        };
        println!("An auditor finds {} records.", verify(&text)?.records);
        for (what, text) in [
            (
                "Somebody changes one",
                text.replacen("accepted", "rejected", 1),
            ),
            ("Somebody takes one away", text.lines().skip(1).collect()),
        ] {
            let found = verify(&(text + "\n")).err().ok_or("nobody noticed")?;
            println!("{what}: {found}");
        }
    }
    let kept = files(directory.path(), "evidence-")?;
    println!(
        "\nBeside it, for as long as the law wants it: {} file",
        kept.len()
    );
    Ok(())
}

/// What a person does who opens an account.
async fn sign(testbed: &Testbed, app: &Router) -> Result<String, Box<dyn Error>> {
    let mut browser = Browser::default();
    let (_, request) = browser
        .post(app, "/apply/request", "text/plain", "")
        .await?;
    let request: Value = serde_json::from_str(&request)?;
    let member = |name| request.get(name).and_then(Value::as_str);
    let octets = STANDARD.decode(member("to_be_signed").ok_or("no document")?)?;
    let message = testbed.card(0).sign_cms(&octets, |cms| cms);
    let path = member("answer").ok_or("no answer")?;
    let (status, text) = browser
        .post(app, path, "application/pkcs7-mime", message)
        .await?;
    Ok(format!("{status}, {text}"))
}

/// Names and texts of the files whose names begin so.
fn files(directory: &Path, kind: &str) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory)? {
        let name = entry?.file_name().into_string().unwrap_or_default();
        if name.starts_with(kind) {
            let text = fs::read_to_string(directory.join(&name))?;
            files.push((name, text));
        }
    }
    Ok(files)
}
