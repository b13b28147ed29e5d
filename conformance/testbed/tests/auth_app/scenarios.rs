//! Every scenario changes something, and only where its name says.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use tashika_testbed::auth_app::{Choice, Endpoint, Provider, Scenario, Settings, Switches, Visit};

use crate::relying_party::{CLIENT, Reply, World, callback, encode, open, path, value};

/// What two people's logins look like from outside, part by part.
type Seen = BTreeMap<&'static str, String>;

/// Only sockets show these.
const DELIVERY: [&str; 4] = ["token.slow", "token.reset", "token.cut_off", "jwks.slow"];

fn world() -> World {
    World::with(Settings {
        base: Some("https://provider.example/api".to_owned()),
        callback_issuer: true,
        ..Settings::default()
    })
}

fn text(reply: &Reply) -> String {
    let body = String::from_utf8_lossy(&reply.body);
    format!("{} {:?} {body}", reply.status, reply.headers)
}

/// Two people authorize, and then both log in.
fn look(world: &World) -> Seen {
    let mut seen = Seen::new();
    let mut add = |name, text: &str| seen.entry(name).or_default().push_str(text);
    let urls = ["hanako", "shota"].map(|person| {
        let url = world.url(|_| ());
        world.provider.authorize(&url, Choice::citizen(person))
    });
    add("callback", &urls.concat());
    for url in urls {
        let Some(code) = value(&callback(&url), "code").map(str::to_owned) else {
            continue;
        };
        let reply = world.post(&world.code_form(&code));
        let tokens = String::from_utf8_lossy(&reply.body).into_owned();
        let json = serde_json::from_str::<serde_json::Value>(&tokens).unwrap_or_default();
        let id_token = json["id_token"].as_str().unwrap_or_default();
        add("id_token", id_token);
        add("token", &text(&reply).replace(id_token, ""));
        let access = json["access_token"].as_str();
        add("userinfo", &text(&world.get(Endpoint::Userinfo, access)));
    }
    add("jwks", &text(&world.get(Endpoint::Jwks, None)));
    seen
}

fn differing(one: &Seen, other: &Seen) -> Vec<&'static str> {
    let names = one.keys().copied();
    names
        .filter(|name| one.get(name) != other.get(name))
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_login() {
    assert_eq!(differing(&look(&world()), &look(&world())), [""; 0]);
}

/// Where a scenario has to show, and where else it may because of that.
fn due(name: &str) -> (&'static str, &'static [&'static str]) {
    let place = name.split('.').next().unwrap();
    match (place, name) {
        (_, "callback.acr_values_lost") => ("id_token", &[]),
        // The second code is the first, which is used up by then.
        (_, "swap.codes" | "swap.codes_without_pkce") => {
            ("callback", &["token", "id_token", "userinfo"])
        }
        (_, "swap.people") => ("id_token", &["token", "userinfo"]),
        (_, "swap.userinfo" | "swap.claims") => ("userinfo", &[]),
        (_, "token.access_token_empty" | "token.access_token_injects") => {
            ("token", &["id_token", "userinfo"])
        }
        // Without a code there are no tokens, without tokens there is no userinfo.
        ("callback", _) => ("callback", &["token", "id_token", "userinfo"]),
        ("token", _) => ("token", &["id_token", "userinfo"]),
        (_, "id_token.kid_missing_one_key" | "id_token.kid_missing_several_keys") => {
            ("id_token", &["jwks"])
        }
        ("id_token", _) => ("id_token", &[]),
        (_, "jwks.rotated" | "jwks.rotated_old_kept") => ("jwks", &["id_token"]),
        (_, "jwks.rotated_outdated") => ("id_token", &[]),
        ("jwks", _) => ("jwks", &[]),
        ("userinfo", _) => ("userinfo", &[]),
        _ => panic!("{name} is nowhere"),
    }
}

#[test]
fn a_defect_is_where_its_name_says() {
    let right = look(&world());
    for scenario in Scenario::ALL {
        if DELIVERY.contains(&scenario.name) {
            continue;
        }
        let world = world();
        world.provider.switch(scenario.apply);
        let seen = differing(&right, &look(&world));
        let (place, elsewhere) = due(scenario.name);
        assert!(seen.contains(&place), "{}: {seen:?}", scenario.name);
        let strays = seen
            .iter()
            .filter(|part| **part != place && !elsewhere.contains(part));
        assert_eq!(strays.count(), 0, "{}: {seen:?}", scenario.name);
    }
}

/// The octets of the body that arrive over a socket, and those that were announced.
fn over_the_wire(provider: &Provider, head: &str, body: &str) -> (usize, usize) {
    let mut stream = TcpStream::connect(provider.server().address()).unwrap();
    let length = body.len();
    write!(stream, "{head}\r\nContent-Length: {length}\r\n\r\n{body}").unwrap();
    let mut octets = Vec::new();
    // A reset is an error, after what arrived before.
    let _ = stream.read_to_end(&mut octets);
    let text = String::from_utf8_lossy(&octets);
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    let announced = head.split("Content-Length: ").nth(1).unwrap();
    let announced = announced.lines().next().unwrap().parse().unwrap();
    (body.len(), announced)
}

#[test]
fn answers_stop_half_way() {
    for name in ["token.reset", "token.cut_off"] {
        let world = world();
        world.provider.switch(Scenario::named(name).unwrap().apply);
        let code = world.code();
        let target = path(&world.provider, Endpoint::Token);
        let form = "Content-Type: application/x-www-form-urlencoded";
        let head = format!("POST {target} HTTP/1.1\r\n{form}");
        let (arrived, announced) =
            over_the_wire(&world.provider, &head, &encode(&world.code_form(&code)));
        assert_eq!(arrived, 40, "{name}");
        assert!(announced > 1_000, "{name}");
    }
}

#[test]
fn answers_are_delivered_otherwise() {
    for name in DELIVERY {
        let mut switches = Switches::default();
        (Scenario::named(name).unwrap().apply)(&mut switches);
        let delivery = [&switches.token, &switches.jwks].map(|reply| reply.delivery.is_some());
        assert_eq!(
            delivery,
            [name.starts_with("token"), name.starts_with("jwks")]
        );
    }
}

#[test]
fn the_header_names_what_was_done() {
    let token_of = |name: &str| {
        let world = world();
        world.provider.switch(Scenario::named(name).unwrap().apply);
        world.tokens()["id_token"].as_str().unwrap().to_owned()
    };
    for (name, algorithm, kid, length) in [
        ("id_token.alg_none", "none", "es-1", 0),
        ("id_token.hs256_of_es256_key", "HS256", "es-1", 32),
        ("id_token.hs256_of_rs256_key", "HS256", "rs-1", 32),
        ("id_token.rs256", "RS256", "rs-1", 256),
        ("id_token.es384", "ES384", "es-1", 96),
        ("id_token.p384_under_es256", "ES256", "es-1", 96),
        ("id_token.rs256_under_es256", "ES256", "rs-1", 256),
        ("id_token.signature_zero", "ES256", "es-1", 64),
        ("id_token.signature_missing", "ES256", "es-1", 0),
        ("id_token.embedded_key", "ES256", "es-1", 64),
        ("jwks.rotated", "ES256", "es-2", 64),
    ] {
        let (header, claims, signature) = open(&token_of(name));
        assert_eq!(header["alg"], algorithm, "{name}");
        assert_eq!(header["kid"], kid, "{name}");
        assert_eq!(signature.len(), length, "{name}");
        assert_eq!(claims["aud"], CLIENT, "{name}");
    }
    assert_eq!(open(&token_of("id_token.signature_der")).2[0], 0x30);
    assert_eq!(
        open(&token_of("id_token.embedded_key")).0["jwk"]["crv"],
        "P-256"
    );
    for (name, points) in [
        ("trailing_part", 3),
        ("two_parts", 1),
        ("encrypted", 4),
        ("points", 2),
    ] {
        let token = token_of(&format!("id_token.{name}"));
        assert_eq!(token.matches('.').count(), points, "{name}");
    }
    assert!(token_of("id_token.padded").contains('='));
}

#[test]
fn one_outage_is_over_after_one_answer() {
    let world = world();
    let once = Scenario::named("token.html_503_once").unwrap();
    world.provider.switch(once.apply);
    let form = world.code_form(&world.code());
    assert_eq!(world.post(&form).status, 503);
    assert_eq!(world.post(&form).status, 200);
}

#[test]
fn people_are_swapped_in_pairs() {
    let names = |scenario: &str| {
        let world = world();
        world
            .provider
            .switch(Scenario::named(scenario).unwrap().apply);
        let people = ["hanako", "shota", "shota", "hanako"];
        let codes = people.map(|person| {
            let back = world.authorize(Choice::citizen(person));
            value(&back, "code").unwrap().to_owned()
        });
        codes.map(|code| {
            let tokens = world.post(&world.code_form(&code)).json();
            let Some(id_token) = tokens["id_token"].as_str() else {
                return (String::new(), String::new());
            };
            let subject = open(id_token).1["sub"].as_str().unwrap().to_owned();
            let access = tokens["access_token"].as_str();
            let userinfo = world.get(Endpoint::Userinfo, access);
            let is_own = userinfo.text("sub") == subject;
            let person = ["hanako", "shota"]
                .into_iter()
                .find(|person| world.provider.sub_for(CLIENT, person) == subject);
            let told = format!("{} {is_own}", userinfo.text("name"));
            (person.unwrap().to_owned(), told)
        })
    };
    let (hanako, shota) = ("hanako".to_owned(), "shota".to_owned());
    let told = |name: &str, own: bool| format!("{name} {own}");
    let (h, s) = ("架空　花子", "見本　翔太");
    let nothing = (String::new(), String::new());
    assert_eq!(
        names("swap.people"),
        [h, h, s, s]
            .map(|n| (if n == h { &hanako } else { &shota }, n))
            .map(|(p, n)| { (p.clone(), told(n, true)) })
    );
    for (scenario, own) in [("swap.userinfo", false), ("swap.claims", true)] {
        let expected = [
            (hanako.clone(), told(h, true)),
            (shota.clone(), told(h, own)),
            (shota.clone(), told(s, true)),
            (hanako.clone(), told(s, own)),
        ];
        assert_eq!(names(scenario), expected);
    }
    // Each code is good once.
    let codes = [
        (hanako.clone(), told(h, true)),
        nothing.clone(),
        (shota.clone(), told(s, true)),
        nothing,
    ];
    assert_eq!(names("swap.codes"), codes);
}

#[test]
fn another_provider_collects_the_code() {
    let honest = world();
    let hostile = World::with(Settings {
        seed: 2,
        ..Settings::default()
    });
    let url = hostile.url(|_| ());
    let choice = Choice::citizen("hanako");
    let visit = hostile
        .provider
        .mix_up(&honest.provider, &url, CLIENT, &choice);
    let Visit::Redirect(back) = visit else {
        panic!("not redirected: {visit:?}");
    };
    let back = callback(&back);
    let issuer = honest.provider.issuer();
    assert_eq!(value(&back, "iss"), Some(issuer.as_str()));
    assert_eq!(value(&back, "state"), Some("state-1"));
    let code = value(&back, "code").unwrap();
    assert_eq!(honest.post(&honest.code_form(code)).status, 200);
}
