//! A service in which people open an account with the card in their phone.
//!
//! ```sh
//! cargo run -p tashika-tower --example presentation
//! ```
//!
//! The service is what stands in `service`. The person who comes to it has a
//! phone of a testbed, and a browser with the Digital Credentials API.

mod world;

use std::error::Error;

use axum::routing::post;
use axum::{Extension, Router};
use serde_json::Value;
use tashika::mdoc::{
    Element, ISO_23220, ISO_23220_JP, JP_MNC, Need, Requested, RequestedDocument, Retention,
    VerifiedPresentation,
};
use tashika::transaction::Purpose;
use tashika_testbed::mdoc::MdocTestbed;
use tashika_tower::{Channels, PresentationLayer, Verified};

use world::Browser;

/// Runs for people who have shown a card, and for nobody else.
async fn welcome(proof: Extension<Verified<VerifiedPresentation>>) -> String {
    let documents = proof.documents().iter();
    let elements: Vec<_> = documents
        .flat_map(|document| document.elements())
        .map(Element::identifier)
        .collect();
    // What they say is for the account, and for no log.
    format!("welcome: we have {}", elements.join(", "))
}

/// What the law wants to know of somebody who opens an account.
fn requested() -> Result<Requested, tashika::Error> {
    let (retained, need) = (Retention::Retained, Need::Mandatory);
    let card = RequestedDocument::new(JP_MNC)?
        .element(ISO_23220_JP, "full_name_unicode", retained, need)?
        .element(ISO_23220_JP, "resident_address_unicode", retained, need)?
        .element(ISO_23220, "birth_date", retained, need)?;
    Requested::one(card)
}

fn service(phones: &MdocTestbed) -> Result<Router, tashika::Error> {
    let purpose = Purpose::named("open-account")?;
    let channels = Channels::under("/open")?.browser(world::offers(phones)?)?;
    let documents = world::documents(phones)?;
    let open = PresentationLayer::new(world::site()?, purpose, requested()?, channels, documents)?;
    let app = Router::new().route("/open/response", post(welcome));
    Ok(app.layer(open))
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let phones = world::phones();
    let (app, mut browser) = (service(&phones)?, Browser::default());

    let (_, offered) = browser
        .post(&app, "/open/request", "text/plain", "")
        .await?;
    let offered: Value = serde_json::from_str(&offered)?;
    let requests = offered.pointer("/request/digital/requests");
    let requests = requests.and_then(Value::as_array);
    for request in requests.ok_or("no requests")? {
        println!("The page may ask by {:?}", request.get("protocol"));
    }
    let answer = world::answer(&mut phones.wallet(), &offered)?;
    let path = offered
        .get("answer")
        .and_then(Value::as_str)
        .ok_or("no answer")?;
    for who in ["The phone answers", "Somebody sends the same again"] {
        let answer = answer.to_string();
        let (status, text) = browser.post(&app, path, "application/json", answer).await?;
        println!("\n{who}: {status}\n{text}");
    }
    Ok(())
}
