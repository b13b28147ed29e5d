//! What a relying party knew when it asked, until the answer comes, in every way
//! in which somebody is asked.

mod crowd;
mod inside;
mod outside;
mod scene;

use tashika_tower::Carry;

use crate::browser::Browser;
use scene::{NOTHING, Shop, Way};

#[tokio::test]
async fn what_was_known_comes_back_with_the_answer() {
    let shop = Shop::new();
    for way in Way::ALL {
        let mut browser = Browser::new();
        for form in ["plan=tea&lane=3", "計画", "\0", ""] {
            let asked = shop.ask(&mut browser, way, form).await;
            let told = shop.answer(&mut browser, way, &asked).await;
            let due = if form.is_empty() { NOTHING } else { form };
            assert_eq!(told.text(), due, "{way:?}");
        }
    }
}

#[tokio::test]
async fn two_tabs_do_not_mix() {
    let shop = Shop::new();
    for way in Way::ALL {
        let mut browser = Browser::new();
        let first = shop.ask(&mut browser, way, "first").await;
        let nothing = shop.ask(&mut browser, way, "").await;
        let second = shop.ask(&mut browser, way, "second").await;
        for (asked, due) in [(second, "second"), (first, "first"), (nothing, NOTHING)] {
            let told = shop.answer(&mut browser, way, &asked).await;
            assert_eq!(told.text(), due, "{way:?}");
        }
    }
}

#[tokio::test]
async fn a_transaction_carries_no_more_than_it_can() {
    let shop = Shop::new();
    let longest = "a".repeat(Carry::MOST);
    for way in Way::ALL {
        let mut browser = Browser::new();
        let asked = shop.ask(&mut browser, way, &longest).await;
        let told = shop.answer(&mut browser, way, &asked).await;
        assert_eq!(told.text(), longest, "{way:?}");
        // The house notices itself that this is too much.
        let refused = shop
            .request(&mut browser, way, &format!("{longest}a"))
            .await;
        assert_eq!((refused.status.as_u16(), refused.text()), (413, "too long"));
    }
}
