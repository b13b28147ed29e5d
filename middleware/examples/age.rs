//! A till that sells drinks to people who have reached the age of 20, and learns
//! nothing else of them.
//!
//! ```sh
//! cargo run -p tashika-tower --example age
//! ```
//!
//! The till shows a code, which the customer's phone opens as a page; somebody
//! stands by. The customers have phones of a testbed.

mod world;

use std::error::Error;

use axum::routing::post;
use axum::{Extension, Router};
use http::StatusCode;
use serde_json::Value;
use tashika::mdoc::{AgeEvidence, JP_MNC};
use tashika::person::AtLeast;
use tashika::transaction::Purpose;
use tashika_testbed::Person;
use tashika_testbed::mdoc::MdocTestbed;
use tashika_tower::{AgeLayer, AgeRequirement, Channels, Device, Verified, VerifiedAge};

use world::Browser;

/// Runs for people whose age was asked for: also for those who are too young.
async fn sell(proof: Extension<Verified<VerifiedAge>>) -> (StatusCode, String) {
    let device = match proof.gained().device {
        Device::Same => "at the till",
        Device::Other => "on a phone",
    };
    match proof.outcome() {
        AtLeast::Yes => {
            let receipt = format!("sold {device}, check {}", proof.evidence());
            (StatusCode::OK, receipt)
        }
        AtLeast::No | AtLeast::Unknown => (StatusCode::FORBIDDEN, "not sold".to_owned()),
    }
}

fn service(phones: &MdocTestbed) -> Result<Router, tashika::Error> {
    let age = AgeRequirement::at_least(20, JP_MNC, AgeEvidence::OrAgeInYears)?;
    let age = age.attended_cross_device();
    let purpose = Purpose::named("age")?;
    let channels = Channels::under("/age")?.browser(world::offers(phones)?)?;
    let documents = world::documents(phones)?;
    let age = AgeLayer::new(world::site()?, purpose, age, channels, documents)?;
    Ok(Router::new().route("/age/response", post(sell)).layer(age))
}

#[tokio::main(flavor = "current_thread")]
pub(crate) async fn main() -> Result<(), Box<dyn Error>> {
    let mut phones = world::phones();
    let (app, mut till) = (service(&phones)?, Browser::default());
    let people = Person::everybody(phones.now());
    for (who, person) in ["An adult", "Somebody of 16"].into_iter().zip(people) {
        phones = phones.person(person);
        let (_, offered) = till.post(&app, "/age/request", "text/plain", "").await?;
        let offered: Value = serde_json::from_str(&offered)?;
        let answer = world::answer(&mut phones.wallet(), &offered)?.to_string();
        let path = offered
            .get("answer")
            .and_then(Value::as_str)
            .ok_or("no answer")?;
        // The phone has a browser of its own.
        let mut phone = Browser::default();
        let (status, text) = phone.post(&app, path, "application/json", answer).await?;
        println!("{who}: {status}\n{text}\n");
    }
    Ok(())
}
