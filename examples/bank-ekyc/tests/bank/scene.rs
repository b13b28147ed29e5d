//! The bank, and people who apply there.

use std::path::Path;

use bank_ekyc::PARTY;
use relying_party::{Doors, Served, serve};
use serde_json::{Value, json};
use tashika_stage::Stage;

use crate::browser::{Browser, Came};

pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// Person 0 of the stage, as the register has her.
pub(crate) const HANAKO: Form = Form {
    name: "架空　花子",
    address: "東京都清瀬市架空町１－２－３",
    birth: "1985-07-04",
};

/// Person 3, whose name and address have substituted characters.
pub(crate) const EIICHIRO: Form = Form {
    name: "渡邉　榮一郎",
    address: "北海道富良野市仮称葛町９番１号",
    birth: "1962-08-11",
};

/// What somebody types.
#[derive(Clone, Copy)]
pub(crate) struct Form {
    pub(crate) name: &'static str,
    pub(crate) address: &'static str,
    pub(crate) birth: &'static str,
}

impl Form {
    pub(crate) fn encoded(&self) -> String {
        let fields = [
            ("name", self.name),
            ("address", self.address),
            ("birth", self.birth),
        ];
        let field = |(name, value): (&str, &str)| format!("{name}={}", percent(value));
        fields.map(field).join("&")
    }
}

/// Percent-encoding of everything.
pub(crate) fn percent(text: &str) -> String {
    text.bytes().map(|octet| format!("%{octet:02X}")).collect()
}

/// How somebody applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Card,
    Cms,
    Phone,
}

impl Way {
    pub(crate) const ALL: [Self; 3] = [Self::Card, Self::Cms, Self::Phone];

    pub(crate) fn request(self) -> &'static str {
        match self {
            Self::Card | Self::Cms => "/apply/card/request",
            Self::Phone => "/apply/phone/request",
        }
    }
}

pub(crate) struct Scene {
    pub(crate) stage: Stage,
    pub(crate) bank: Served,
}

/// Somebody at a browser, with a card or a phone.
pub(crate) struct Visitor<'s> {
    scene: &'s Scene,
    pub(crate) browser: Browser,
    pub(crate) person: usize,
    pub(crate) defect: &'static str,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let stage = Stage::start(0).await.unwrap();
        let bank = stage.host(PARTY).await.unwrap();
        Self { stage, bank }
    }

    /// The same bank in another folder, with what stands in the folder `data` now.
    pub(crate) async fn moves_to(&mut self, folder: &Path) {
        let mut settings = self.bank.backing.settings().clone();
        let doors = Doors::near(PARTY.port).await.unwrap();
        let port = doors.public.local_addr().unwrap().port();
        let (host, _) = settings.origin.rsplit_once(':').unwrap();
        settings.origin = format!("{host}:{port}");
        settings.data = folder.to_owned();
        let clock = self.stage.clock();
        self.bank = serve(PARTY, settings, clock, doors).await.unwrap();
        self.bank.backing.synchronise().await;
    }

    pub(crate) fn visitor(&self, person: usize) -> Visitor<'_> {
        let browser = Browser::at(&self.bank.origin);
        Visitor {
            scene: self,
            browser,
            person,
            defect: "none",
        }
    }

    pub(crate) fn staff(&self) -> Browser {
        Browser::at(self.bank.staff.as_deref().unwrap())
    }

    pub(crate) async fn lives(&self, person: usize, event: &str) {
        let life = json!({ "person": person, "event": event });
        self.stage.live(&life).await.unwrap();
    }

    /// What the staff's page says after the watch has run.
    pub(crate) async fn watch(&self) -> String {
        let mut staff = self.staff();
        assert_eq!(staff.send("POST", "/watch", FORM, b"").await.status, 303);
        staff.get("/").await.text()
    }
}

impl Visitor<'_> {
    /// Fills in the form: what the house wants of card or phone.
    pub(crate) async fn begins(&mut self, way: Way, form: &Form) -> Value {
        let body = form.encoded();
        let offered = self
            .browser
            .send("POST", way.request(), FORM, body.as_bytes())
            .await;
        assert_eq!(offered.status, 200, "{}", offered.text());
        offered.json()
    }

    /// What card or phone say to that.
    pub(crate) async fn asks(&self, way: Way, offered: &Value) -> Result<Value, String> {
        let mut question = offered.clone();
        question["kind"] = if way == Way::Phone { "present" } else { "sign" }.into();
        question["form"] = if way == Way::Cms { "cms" } else { "raw" }.into();
        question["origin"] = self.scene.bank.origin.clone().into();
        question["person"] = self.person.into();
        question["defect"] = self.defect.into();
        self.scene.stage.answer(&question).await
    }

    /// Applies from the form to the answer of the house.
    pub(crate) async fn applies(&mut self, way: Way, form: &Form) -> Came {
        let offered = self.begins(way, form).await;
        let answer = self.asks(way, &offered).await.unwrap();
        self.browser.post(path(&offered), &answer).await
    }

    /// The page with the outcome, and its path.
    pub(crate) async fn outcome(&mut self, came: &Came) -> (String, String) {
        assert_eq!(came.status, 200, "{}", came.text());
        let next = came.json()["next"].as_str().unwrap().to_owned();
        let page = self.browser.get(&next).await;
        assert_eq!(page.status, 200, "{}", page.text());
        (next, page.text())
    }

    /// What the person does at the provider: chooses who it is. Returns the path
    /// to which they are sent back.
    pub(crate) async fn signs_in_app(&self, location: &str) -> String {
        let (origin, query) = location.split_once("/api/").unwrap();
        let mut provider = Browser::at(origin);
        let page = provider.get(&format!("/api/{query}")).await;
        let text = page.text();
        let mut choices = text.split("name=\"testbed_choice\" value=\"").skip(1);
        let choice = choices
            .nth(self.person)
            .unwrap()
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let (path, query) = query.split_once('?').unwrap();
        let body = format!("{query}&testbed_choice={}", percent(&choice));
        let sent = provider
            .send("POST", &format!("/api/{path}"), FORM, body.as_bytes())
            .await;
        let back = sent
            .header("location")
            .unwrap_or_else(|| panic!("{}", sent.text()));
        back.strip_prefix(&self.scene.bank.origin)
            .unwrap()
            .to_owned()
    }

    pub(crate) async fn applies_and_sees(&mut self, way: Way, form: &Form) -> (String, String) {
        let came = self.applies(way, form).await;
        self.outcome(&came).await
    }
}

/// Where the answer goes.
pub(crate) fn path(offered: &Value) -> &str {
    offered["answer"].as_str().unwrap()
}
