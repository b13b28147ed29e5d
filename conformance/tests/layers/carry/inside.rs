//! Handlers that say what their document's transaction carries.

use std::sync::Arc;

use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Extension, Router};
use tashika::Code;
use tashika_tower::{Carry, MemoryTransactions, SignatureLayer};

use super::scene::{Shop, Way};
use crate::browser::Browser;

const WRAPPING: [Way; 2] = [Way::Signature, Way::Signing];

/// The document is what the handler knows better than who stands outside.
async fn document(outside: Option<Extension<Carry>>) -> impl IntoResponse {
    assert!(outside.is_some());
    let carry = Carry::new("from the handler").unwrap();
    (Extension(carry), "a contract")
}

fn shop(documents: Router) -> Shop {
    Shop::with(Arc::new(MemoryTransactions::standard()), documents)
}

#[tokio::test]
async fn a_handler_has_its_document_carry_what_it_knows() {
    let documents = WRAPPING.iter().fold(Router::new(), |documents, way| {
        documents.route(way.begins(), post(document))
    });
    let shop = shop(documents);
    for way in WRAPPING {
        let mut browser = Browser::new();
        let asked = shop.ask(&mut browser, way, "from outside").await;
        let told = shop.answer(&mut browser, way, &asked).await;
        assert_eq!(told.text(), "from the handler");
    }
}

/// What is carried needs room beside the document.
#[tokio::test]
async fn document_and_what_is_carried_fit_together_or_nothing_begins() {
    let long = |octets: usize| "a".repeat(SignatureLayer::DOCUMENT - octets);
    for (shorter, begins) in [(Carry::MOST + 8 * 1024, true), (0, false)] {
        let document = long(shorter);
        let handler = async move || document.clone();
        let documents = Router::new().route("/paper/request", post(handler));
        let shop = shop(documents);
        let mut browser = Browser::new();
        let form = "b".repeat(Carry::MOST);
        let asked = shop.request(&mut browser, Way::Signature, &form).await;
        if begins {
            let told = shop.answer(&mut browser, Way::Signature, &asked).await;
            assert_eq!(told.text(), form);
        } else {
            assert_eq!(
                (asked.refused(), asked.status.as_u16()),
                (Code::MisuseArgument, 500)
            );
            assert!(browser.cookies().is_empty());
        }
    }
}
