//! What everybody makes and everybody else judges: sound presentations.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tashika_testbed::mdoc::elements::{COMMON_NAME_SPACE, LICENCE_NAME_SPACE};

use crate::flows::{FLOWS, Flow};
use crate::peer::Name::{self, Auth0, Isomdl, Ours, Owf};
use crate::scene::{Document, Keys, READER_KEY, Scene, Signer};

#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) document: Document,
    pub(crate) keys: Keys,
    pub(crate) makers: &'static [Name],
    change: fn(&mut Value),
    /// The scene's own if there is none.
    flow: Option<&'static Flow>,
}

use Document::{Card, Licence};
use Keys::{P256, P384, RootP384};

/// Those who make MACs.
const MACS: &[Name] = &[Ours, Auth0, Owf];

#[rustfmt::skip]
const CASES: &[Case] = &[
    case("licence", Licence, P256, &Name::ALL, |_| {}),
    case("card", Card, P256, &Name::ALL, |_| {}),
    case("licence_root_p384", Licence, RootP384, &Name::ALL, |_| {}),
    case("card_root_p384", Card, RootP384, &Name::ALL, |_| {}),
    case("licence_p384", Licence, P384, &Name::ALL, |_| {}),
    case("card_p384", Card, P384, &Name::ALL, |_| {}),
    case("one_element", Licence, P256, &Name::ALL, |order| {
        order["requested"] = json!({LICENCE_NAME_SPACE: ["age_over_21"]});
    }),
    case("sha384", Licence, P256, &[Ours, Auth0, Owf, Isomdl], |order| {
        order["digest_algorithm"] = json!("SHA-384");
    }),
    case("sha512", Licence, P256, &[Ours, Auth0, Owf, Isomdl], |order| {
        order["digest_algorithm"] = json!("SHA-512");
    }),
    case("birth_date_in_a_map", Card, P256, &[Ours, Auth0, Owf, Isomdl], |order| {
        let date = json!({"full_date": "1971-09-01"});
        order["name_spaces"][COMMON_NAME_SPACE]["birth_date"] = json!({"map": {"birth_date": date}});
    }),
    // Nobody else can be told to.
    case("status", Card, P256, &[Ours], |order| {
        order["status"] = json!("https://status.test.example/1");
    }),
    // Without a key identifier @auth0/mdl writes one that is undefined.
    case("undefined_key_id", Licence, P256, &[Auth0], |order| order["kid"] = Value::Null),
    case("mac_without_a_session", Licence, P256, MACS, make_mac),
];

const fn case(
    name: &'static str,
    document: Document,
    keys: Keys,
    makers: &'static [Name],
    change: fn(&mut Value),
) -> Case {
    Case {
        name,
        document,
        keys,
        makers,
        change,
        flow: None,
    }
}

impl Case {
    /// Those above, and a licence over every flow; in proximity with a MAC, too.
    pub(crate) fn all() -> Vec<Self> {
        let mut all = CASES.to_vec();
        for flow in FLOWS {
            let signed = case(flow.name, Licence, P256, &Name::ALL, |_| {});
            all.push(signed.over(flow));
            if let Some(name) = flow.with_mac {
                all.push(case(name, Licence, P256, MACS, make_mac).over(flow));
            }
        }
        all
    }

    fn over(self, flow: &'static Flow) -> Self {
        Self {
            flow: Some(flow),
            ..self
        }
    }

    pub(crate) fn order(&self, scene: &Scene) -> Value {
        let mut order = scene.order(Signer::Sound);
        (self.change)(&mut order);
        if let Some(flow) = self.flow {
            order["transcript"] = json!(STANDARD.encode((flow.testbed)().encode()));
        }
        order
    }
}

fn make_mac(order: &mut Value) {
    order["device_auth"] = json!("mac");
    order["reader_private_key"] = json!(STANDARD.encode(READER_KEY));
}
