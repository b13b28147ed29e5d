//! A house that asks in every way, and what comes of it.

use axum::Router;
use axum::routing::{get, post};
use relying_party::page::{Brand, dress, next};
use relying_party::{Backing, House, Party, Served, StartError, terminal};
use serde_json::{Value, json};
use tashika::Duration;
use tashika::auth_app::{LoginRequest, Scope, Scopes, VerifiedLogin};
use tashika::jpki::{Kind, VerifiedAuthentication, VerifiedSignature};
use tashika::mdoc::{
    ISO_23220, ISO_23220_JP, JP_MNC, Need, Requested, RequestedDocument, Retention,
    VerifiedPresentation,
};
use tashika::transaction::Purpose;
use tashika_stage::Stage;
use tashika_tower::{
    AuthAppLayer, Certificates, ChallengeLayer, FlowPaths, Landing, LoginPaths, Logins,
    PresentationLayer, Recheck, SessionMode, SessionPolicy, SignatureLayer, Verified, Visitors,
};

use crate::browser::Browser;

pub(crate) const HOUSE: Party = Party {
    name: "house",
    title: ("見本の店", "A house"),
    about: ("なんでも求める", "Asks for everything"),
    port: 0,
    callbacks: &["/app/callback"],
    open: |backing| Box::pin(open(backing)),
};

/// The same, which takes what is overdue.
pub(crate) const SHOP: Party = Party {
    name: "self-checkout",
    ..HOUSE
};

async fn open(backing: Backing) -> Result<House, StartError> {
    let site = || backing.site().clone();
    let purpose = Purpose::named;
    let sign = SignatureLayer::new(
        site(),
        FlowPaths::under("/sign")?,
        purpose("sign")?,
        backing.signing()?,
        backing.revocation(Kind::Signing)?,
    )?;
    let login = ChallengeLayer::new(
        site(),
        FlowPaths::under("/login")?,
        purpose("login")?,
        backing.authentication()?,
        backing.revocation(Kind::Authentication)?,
    )?;
    let browser = backing.browser("/show")?;
    let show = PresentationLayer::new(
        site(),
        purpose("show")?,
        requested()?,
        browser,
        backing.documents()?,
    )?;
    let reader = backing.proximity(terminal::BASE)?;
    let reader = PresentationLayer::new(
        site(),
        purpose("enter")?,
        requested()?,
        reader,
        backing.documents()?,
    )?;
    let app = backing.auth_app("/app/callback")?;
    let app = app.ok_or_else(|| StartError::unfit("auth_app", "nobody is asked"))?;
    let logins = Logins {
        paths: LoginPaths::under("/app")?,
        purpose: purpose("app")?,
        request: LoginRequest::new(Scopes::openid().with(Scope::Birthdate)),
        landing: Landing::Handler,
    };
    let app = AuthAppLayer::optional(site(), app, logins)?;
    let sessions = backing.sessions(Certificates::none(), POLICY)?;
    let shown = |_: Verified<VerifiedPresentation>| async { next("/shown") };
    let public = Router::new()
        .route("/", get(|| async { "A house" }))
        .route("/sign/request", post(|| async { "文書" }))
        .route(
            "/sign/answer",
            post(|_: Verified<VerifiedSignature>| async { next("/signed") }),
        )
        .route(
            "/login/answer",
            post(|_: Verified<VerifiedAuthentication>| async { next("/in") }),
        )
        .route("/show/response", post(shown))
        .route(
            "/app/callback",
            get(|_: Verified<VerifiedLogin>| async { "known" }),
        )
        .layer(app)
        .layer(sessions)
        .layer(sign)
        .layer(login)
        .layer(show);
    let brand = Brand {
        title: HOUSE.title,
        theme: "house",
        wallet: backing.settings().testbed_wallet.clone(),
    };
    Ok(House {
        public: dress(public, brand),
        staff: None,
        terminal: Some(
            Router::new()
                .route(terminal::RESPONSE, post(shown))
                .layer(reader),
        ),
    })
}

const POLICY: SessionPolicy = SessionPolicy {
    idle: Duration::hours(1),
    absolute: Duration::hours(1),
    recheck: Recheck::DangerNever,
    mode: SessionMode::Web,
    visitors: Visitors::Pass,
};

fn requested() -> Result<Requested, tashika::Error> {
    let (kept, need) = (Retention::Retained, Need::Mandatory);
    let card = RequestedDocument::new(JP_MNC)?
        .element(ISO_23220_JP, "full_name_unicode", kept, need)?
        .element(ISO_23220_JP, "portrait", kept, need)?
        .element(ISO_23220, "age_over_20", kept, need)?;
    Requested::one(card)
}

/// A house on a stage.
pub(crate) struct Scene {
    pub(crate) stage: Stage,
    pub(crate) house: Served,
}

/// How somebody comes to a house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Present,
    PresentOpenid4vp,
    SignRaw,
    SignCms,
    Challenge,
    Tap,
}

/// Status and code of a refusal; the code is empty where somebody passes.
pub(crate) type Outcome = (u16, String);

impl Way {
    pub(crate) const ALL: [Self; 6] = [
        Self::Present,
        Self::PresentOpenid4vp,
        Self::SignRaw,
        Self::SignCms,
        Self::Challenge,
        Self::Tap,
    ];

    pub(crate) const fn kind(self) -> &'static str {
        match self {
            Self::Present | Self::PresentOpenid4vp => "present",
            Self::SignRaw | Self::SignCms => "sign",
            Self::Challenge => "challenge",
            Self::Tap => "tap",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::Present | Self::PresentOpenid4vp | Self::Tap => "/show/request",
            Self::SignRaw | Self::SignCms => "/sign/request",
            Self::Challenge => "/login/request",
        }
    }
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::of(HOUSE).await
    }

    pub(crate) async fn of(party: Party) -> Self {
        let stage = Stage::start(0).await.unwrap();
        let house = stage.host(party).await.unwrap();
        Self { stage, house }
    }

    /// Person 0 comes in this way, with nothing wrong.
    pub(crate) async fn comes(&self, way: Way) -> Outcome {
        self.try_to_come(way, 0, "none").await.unwrap()
    }

    /// Somebody comes in this way with a defect: what the house says, or why it does
    /// not come to that.
    pub(crate) async fn try_to_come(
        &self,
        way: Way,
        person: usize,
        defect: &str,
    ) -> Result<Outcome, String> {
        if way == Way::Tap {
            let said = self.tap(person, defect).await?;
            return Ok(outcome(said["status"].as_u64().unwrap(), &said));
        }
        let mut browser = Browser::at(&self.house.origin);
        let offered = browser.post(way.path(), &Value::Null).await;
        assert_eq!(offered.status, 200, "{}", offered.text());
        let offered = offered.json();
        let mut question = offered.clone();
        question["kind"] = way.kind().into();
        question["origin"] = self.house.origin.clone().into();
        question["person"] = person.into();
        question["defect"] = defect.into();
        if way == Way::SignCms {
            question["form"] = "cms".into();
        }
        if way == Way::PresentOpenid4vp {
            let requests = &mut question["request"]["digital"]["requests"];
            let requests = requests.as_array_mut().unwrap();
            requests.retain(|request| request["protocol"] == "openid4vp-v1-signed");
        }
        let answer = self.stage.answer(&question).await?;
        let came = browser
            .post(offered["answer"].as_str().unwrap(), &answer)
            .await;
        Ok(outcome(u64::from(came.status), &came.json()))
    }

    pub(crate) async fn tap(&self, person: usize, defect: &str) -> Result<Value, String> {
        let terminal = self.house.terminals.unwrap().to_string();
        let tap = json!({ "terminal": terminal, "place": "1", "person": person, "defect": defect });
        self.stage.tap(&tap).await
    }

    pub(crate) async fn change(&self, change: Value) -> Value {
        self.stage.change(&change).await.unwrap()
    }
}

fn outcome(status: u64, said: &Value) -> Outcome {
    let code = said["code"].as_str().unwrap_or_default().to_owned();
    (u16::try_from(status).unwrap(), code)
}

/// That somebody passes.
pub(crate) fn passed() -> Outcome {
    (200, String::new())
}

/// That it could not be found out, for this reason.
pub(crate) fn undetermined(code: &str) -> Outcome {
    (503, code.to_owned())
}
