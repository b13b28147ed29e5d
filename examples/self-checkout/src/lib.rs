//! A shop that sells by age, and learns nothing else of its customers.

mod lane;
mod office;
mod pass;

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use http::StatusCode;
use relying_party::device::with_key;
use relying_party::page::{Brand, dress};
use relying_party::passes::Passes;
use relying_party::turns::{Turns, answered, around, screens_only};
use relying_party::{Backing, House, Party, StartError, terminal};
use tashika::Duration;
use tashika::audit::Role;
use tashika::auth_app::{Scope, Scopes};
use tashika::mdoc::{AgeEvidence, JP_MNC};
use tashika_tower::{AgeRequirement, AuditLayer, FileSink};
use tower_http::csrf::CsrfLayer;

pub use pass::OF_AGE;

/// The example, to be hosted.
pub const PARTY: Party = Party {
    name: "self-checkout",
    title: ("みほんマート", "Mihon Mart (fictional)"),
    about: (
        "お酒を買う：20歳以上かどうかだけを確かめる",
        "Buy a drink: the shop learns that you are 20, and nothing else",
    ),
    port: 8120,
    callbacks: &["/app/callback"],
    open: |backing| Box::pin(async { open(backing) }),
};

/// Alcohol and tobacco are sold from this age on, which is reached at 00:00 in
/// Japan on the birthday.
const AGE: u8 = 20;

/// How long a customer may take, and how long an outcome is shown.
const PATIENCE: Duration = Duration::seconds(120);
const SHOWN: Duration = Duration::seconds(20);

/// A clone is the same.
#[derive(Clone)]
struct Shop {
    backing: Backing,
    turns: Arc<Turns>,
    passes: Arc<Passes>,
    /// Age checks, in a chain of their own: between others, a record's place would
    /// tell about when it was.
    ages: Arc<FileSink>,
}

type Routes = Router<Shop>;

impl FromRef<Shop> for Arc<Turns> {
    fn from_ref(shop: &Shop) -> Self {
        Self::clone(&shop.turns)
    }
}

fn open(backing: Backing) -> Result<House, StartError> {
    let shop = Shop::new(backing)?;
    let brand = Brand::of(&PARTY, &shop.backing);
    let public = office::routes()
        .merge(lane::routes(&shop))
        .merge(shop.lanes()?)
        .merge(shop.pass()?);
    let serve = |routes: Routes| {
        let routes = routes.fallback(nobody).layer(CsrfLayer::new());
        dress(routes.with_state(shop.clone()), brand.clone())
    };
    Ok(House {
        public: serve(public),
        staff: Some(serve(office::staff())),
        terminal: Some(serve(shop.readers()?)),
    })
}

impl Shop {
    fn new(backing: Backing) -> Result<Self, StartError> {
        let site = backing.site().clone();
        Ok(Self {
            turns: Arc::new(Turns::new(&["1", "2"], site, PATIENCE, SHOWN)),
            passes: Arc::new(Passes::new(&backing, OF_AGE, pass::GOOD)?),
            ages: Arc::new(backing.records("ages", Role::Verifier)?),
            backing,
        })
    }

    /// Lane 1 stands alone. At lane 2 a person looks, so that a code may be shown
    /// there, which can be relayed to somebody elsewhere.
    fn lanes(&self) -> Result<Routes, StartError> {
        let one = self.backing.browser("/lane/1")?;
        let two = self.backing.browser("/lane/2")?;
        let attended = age()?.attended_cross_device();
        let routes = Router::new()
            .route("/lane/{lane}/request", post(nobody))
            .route("/lane/2/code", post(nobody))
            .route("/lane/{lane}/response", post(answered))
            .layer(self.backing.age("lane", age()?, one)?)
            .layer(self.backing.age("lane", attended, two)?)
            .layer(self.record());
        Ok(self.in_turns(routes.merge(self.app()?)))
    }

    /// Phones that are held to a reader.
    fn readers(&self) -> Result<Routes, StartError> {
        let phones = self.backing.proximity(terminal::BASE)?;
        let routes = Router::new()
            .route(terminal::REQUEST, post(nobody))
            .route(terminal::RESPONSE, post(answered))
            .layer(self.backing.age("lane", age()?, phones)?)
            .layer(self.record());
        Ok(self.in_turns(routes))
    }

    /// The auth app. No session stands around it, and no record: of the person that
    /// it tells of, a yes or no is left.
    fn app(&self) -> Result<Routes, StartError> {
        let scopes = Scopes::openid().with(Scope::Birthdate);
        let routes = Router::new()
            .route("/app/login", post(nobody))
            .route("/app/callback", get(lane::logged_in));
        let app = self.backing.login("/app", scopes)?;
        Ok(app.map_or_else(Router::new, |app| routes.layer(app)))
    }

    /// The age pass. Its session is of these paths alone.
    fn pass(&self) -> Result<Routes, StartError> {
        let browsers = self.backing.browser("/pass")?;
        let age = self.backing.age("pass", age()?, browsers)?;
        let begin = Router::new().route("/pass/request", post(nobody));
        let begin = begin.layer(age.clone()).layer(from_fn(with_key));
        let routes = pass::routes().layer(age).merge(self.passes.routes("/pass"));
        let routes = routes.layer(self.passes.sessions()?);
        Ok(routes.layer(self.record()).merge(begin))
    }

    fn record(&self) -> AuditLayer {
        AuditLayer::new(Arc::clone(&self.ages) as _)
    }

    fn in_turns(&self, routes: Routes) -> Routes {
        let layer = from_fn_with_state(self.turns.clone(), around);
        let only = from_fn_with_state(self.turns.clone(), screens_only);
        routes.layer(layer).layer(only)
    }
}

/// Asks whether the age is reached, retains nothing, and takes nothing that tells
/// more in the place of `age_over_20`.
fn age() -> Result<AgeRequirement, tashika::Error> {
    AgeRequirement::at_least(AGE, JP_MNC, AgeEvidence::OverOnly)
}

/// Stands where a layer answers, and where nobody does.
async fn nobody() -> StatusCode {
    StatusCode::NOT_FOUND
}
