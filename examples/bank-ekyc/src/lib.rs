//! A bank that opens accounts: by a signature with the card, by the card in a
//! phone, or by a signature through the auth app.

mod book;
mod desk;
mod staff;

use std::future::ready;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use relying_party::page::{Brand, dress};
use relying_party::{Backing, House, Identification, Party, StartError, Watch, form, observe};
use tashika::audit::{MethodTable, Role};
use tashika::jpki::Kind;
use tashika::mdoc::{ISO_23220, ISO_23220_JP, JP_MNC};
use tashika::mdoc::{Need, Requested, RequestedDocument, Retention};
use tashika::transaction::Purpose;
use tashika_tower::{FlowPaths, SignatureLayer};
use tower_http::csrf::CsrfLayer;

/// The example, to be hosted.
pub const PARTY: Party = Party {
    name: "bank-ekyc",
    title: ("かすが架空銀行", "Kasuga Bank (fictional)"),
    about: (
        "口座を開く：署名、スマートフォンのカード、デジタル認証アプリ",
        "Open an account by signature, by the card in a phone, or by the auth app",
    ),
    port: 8110,
    callbacks: &["/apply/app/callback"],
    open: |backing| Box::pin(ready(open(backing))),
};

type Shared = State<Arc<Bank>>;

struct Bank {
    backing: Backing,
    identification: Identification,
    book: Mutex<book::Book>,
    watch: Watch,
}

fn open(backing: Backing) -> Result<House, StartError> {
    let identification = Identification::new(&backing, MethodTable::standard())?;
    let bank = Arc::new(Bank {
        watch: Watch::new(&backing, identification.key()),
        book: Mutex::default(),
        identification,
        backing,
    });
    Watch::every_night(Arc::downgrade(&bank));
    let brand = Brand::of(&PARTY, &bank.backing);
    let staff = brand.for_staff(("かすが架空銀行 行員用", "Kasuga Bank, staff"));
    Ok(House {
        public: dress(public(&bank)?, brand),
        staff: Some(dress(staff::routes(bank), staff)),
        terminal: None,
    })
}

/// From the inside to the outside: the handlers, the layers that verify, what
/// reads the form, sessions, requests of other sites, and the record.
fn public(bank: &Arc<Bank>) -> Result<Router, StartError> {
    let (backing, purpose) = (&bank.backing, Purpose::named("open-account")?);
    let (site, signing) = (backing.site(), backing.revocation(Kind::Signing)?);
    let (paths, verifier) = (FlowPaths::under("/apply/card")?, backing.signing()?);
    let card = SignatureLayer::new(site.clone(), paths, purpose.clone(), verifier, signing)?;
    let channels = backing.browser("/apply/phone")?;
    let phone = backing.presentation("open-account", requested()?, channels)?;
    let routes = Router::new()
        .route("/", get(desk::front))
        .route("/apply/{way}", get(desk::apply))
        .route("/apply/card/request", post(desk::document))
        .route("/apply/card/answer", post(desk::signed))
        .route("/apply/phone/response", post(desk::presented))
        .route("/apply/app/request", post(desk::document))
        .route("/apply/app/callback", get(desk::signed_in_app))
        .route("/application/{id}", get(desk::application))
        .with_state(Arc::clone(bank))
        .layer(card)
        .layer(phone);
    let routes = match backing.signing_app("/apply/app", purpose)? {
        Some(app) => routes.layer(app),
        None => routes,
    };
    Ok(routes
        .layer(from_fn_with_state(backing.clone(), observe))
        .layer(from_fn(form::carry::<form::Statement>))
        .layer(backing.visits(Kind::Signing)?)
        .layer(CsrfLayer::new())
        .layer(backing.evidence(Role::Verifier, bank.identification.methods())?))
}

/// What the law wants to know of somebody who opens an account, and nothing else.
fn requested() -> Result<Requested, tashika::Error> {
    let (kept, need) = (Retention::Retained, Need::Mandatory);
    let card = RequestedDocument::new(JP_MNC)?
        .element(ISO_23220_JP, "full_name_unicode", kept, need)?
        .element(ISO_23220_JP, "resident_address_unicode", kept, need)?
        .element(ISO_23220, "birth_date", kept, need)?
        .element(ISO_23220_JP, "portrait", kept, need)?;
    Requested::one(card)
}
