//! Many people at once.

use std::thread;

use tashika_testbed::Person;
use tashika_testbed::auth_app::{AccessTokenForm, Choice, Citizen, Endpoint, Settings};

use crate::relying_party::{CLIENT, NOW, World, callback, open, value};

const THREADS: usize = 8;
const EACH: usize = 50;

/// Logs one person in: `sub` of the ID token and of userinfo, and the name.
fn log_in(world: &World, person: &str) -> (String, String, String) {
    let back = world
        .provider
        .authorize(&world.url(|_| ()), Choice::citizen(person));
    let back = callback(&back);
    let form = world.code_form(value(&back, "code").unwrap());
    let tokens = world.post(&form).json();
    let subject = open(tokens["id_token"].as_str().unwrap()).1["sub"].clone();
    let userinfo = world.get(Endpoint::Userinfo, tokens["access_token"].as_str());
    let subject = subject.as_str().unwrap().to_owned();
    (subject, userinfo.text("sub"), userinfo.text("name"))
}

#[test]
fn everybody_stays_who_they_are() {
    let world = World::with(Settings {
        access_tokens: AccessTokenForm::Opaque,
        ..Settings::default()
    });
    let mut person = Person::everybody(NOW)[0].clone();
    for number in 0..THREADS * EACH {
        person.name = format!("架空　{number}");
        world
            .provider
            .enrol(Citizen::new(&number.to_string(), &person));
    }
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let world = &world;
            scope.spawn(move || {
                for number in thread * EACH..(thread + 1) * EACH {
                    let id = number.to_string();
                    let subject = world.provider.sub_for(CLIENT, &id);
                    let expected = (subject.clone(), subject, format!("架空　{number}"));
                    assert_eq!(log_in(world, &id), expected);
                }
            });
        }
    });
    assert_eq!(world.provider.log().len(), 3 * THREADS * EACH);
}
