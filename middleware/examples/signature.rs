//! A service that has people sign what they apply for.
//!
//! ```sh
//! cargo run -p tashika-tower --example signature
//! ```
//!
//! The service is what stands in `service`: it writes a document, and hears of it
//! again when it is signed. The person who comes to it has a card of a testbed.

mod world;

use std::error::Error;

use axum::routing::post;
use axum::{Extension, Router};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tashika::algorithm::AlgorithmTable;
use tashika::jpki::{ProfileTable, SigningVerifier, VerifiedSignature};
use tashika::transaction::Purpose;
use tashika_testbed::{Kind, Testbed};
use tashika_tower::{FlowPaths, SignatureLayer, SignedRequest, Verified};

use world::Browser;

/// Makes a document of what somebody has filled in.
async fn application(plan: String) -> String {
    format!("I apply for an account, and choose the plan \"{plan}\".\n")
}

/// Runs for documents that somebody has signed, and for no others.
async fn accept(
    proof: Extension<Verified<VerifiedSignature>>,
    request: Extension<SignedRequest>,
) -> String {
    let name = proof.holder().name().as_str();
    let document = String::from_utf8_lossy(request.document());
    format!("{name} has signed this:\n{document}")
}

fn service(world: &Testbed) -> Result<Router, tashika::Error> {
    let (trust, revocation) = world::trust(world, Kind::Signing)?;
    let (profiles, algorithms) = (ProfileTable::standard(), AlgorithmTable::standard());
    let verifier = SigningVerifier::new(trust, profiles, algorithms)?;
    let (paths, purpose) = (FlowPaths::under("/apply")?, Purpose::named("open-account")?);
    let signed = SignatureLayer::new(world::site()?, paths, purpose, verifier, revocation)?;
    let app = Router::new()
        .route("/apply/request", post(application))
        .route("/apply/answer", post(accept));
    Ok(app.layer(signed))
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let testbed = world::testbed();
    let (app, mut browser) = (service(&testbed)?, Browser::default());

    let (_, request) = browser
        .post(&app, "/apply/request", "text/plain", "tea")
        .await?;
    println!("The service wants this to be signed:\n{request}\n");
    let request: Value = serde_json::from_str(&request)?;
    let member = |name| request.get(name).and_then(Value::as_str);
    let octets = STANDARD.decode(member("to_be_signed").ok_or("no document")?)?;
    println!("It reads:\n{}", String::from_utf8_lossy(&octets));

    let message = testbed.card(0).sign_cms(&octets, |cms| cms);
    let path = member("answer").ok_or("no answer")?;
    for (who, due) in [("The card signs", 200), ("Somebody sends it again", 403)] {
        let (media_type, message) = ("application/pkcs7-mime", message.clone());
        let (status, text) = browser.post(&app, path, media_type, message).await?;
        println!("{who}: {status}\n{text}\n");
        if status != due {
            return Err("another outcome was due".into());
        }
    }
    Ok(())
}
