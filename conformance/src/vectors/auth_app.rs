//! Logins with the auth app, and the tokens and key sets of its provider.

mod authorization;
mod bare;
mod claims;
mod draft;
mod header;
mod key_set;
mod ordinary;
mod person;
mod tokens;

use serde_json::{Value, json};
use tashika_testbed::auth_app::RsaPublic;
use tashika_testbed::mdoc::openid4vp::Jwk;
use tashika_testbed::{Algorithm, Hash, KeyPair, Scheme};

use super::{
    Audience, Kind, Octets, Procedure, Vector,
    case::Case,
    login::{Entropy, Login, Registration, Reply, Token, Told},
    world::{NOW, World},
};
use draft::{Draft, base64url};

/// A change of a login that is in order.
type Edit = fn(&mut Draft);

/// A vector as a table has it: its name, what is unusual or broken, and how it
/// becomes so.
type Row = (&'static str, &'static str, Edit);

pub(super) fn vectors(world: &World) -> Vec<Vector> {
    let desk = Desk::new(world);
    [
        ordinary::vectors(&desk),
        authorization::vectors(&desk),
        tokens::vectors(&desk),
        header::vectors(&desk),
        key_set::vectors(&desk),
        claims::vectors(&desk),
        person::vectors(&desk),
        bare::vectors(&desk),
    ]
    .concat()
}

/// A provider's keys.
struct Desk {
    /// What ID tokens are signed with.
    es256: KeyPair,
    /// What access tokens are signed with.
    rs256: KeyPair,
    /// Nobody's.
    stranger: KeyPair,
    p384: KeyPair,
    /// What a client may encrypt to.
    encryption: KeyPair,
}

impl Desk {
    fn new(world: &World) -> Self {
        let key = |algorithm, label| world.rsa.key(algorithm, label);
        Self {
            es256: key(Algorithm::P256, "provider es256"),
            rs256: key(Algorithm::RSA_2048, "provider rs256"),
            stranger: key(Algorithm::P256, "provider stranger"),
            p384: key(Algorithm::P384, "provider p384"),
            encryption: key(Algorithm::RSA_2048, "provider encryption"),
        }
    }

    /// The keys that are published: one for ID tokens, one for access tokens,
    /// one to encrypt to.
    fn published(&self) -> Value {
        json!([
            jwk(&self.es256, "es256-1", "sig", "ES256"),
            jwk(&self.rs256, "rs256-1", "sig", "RS256"),
            jwk(&self.encryption, "enc-1", "enc", "RSA-OAEP"),
        ])
    }

    fn draft(&self, edit: Edit) -> Draft {
        let mut draft = Draft::new(self.published());
        edit(&mut draft);
        draft
    }

    /// A login that comes to its end.
    fn accepts(&self, check: &str, text: [&str; 3], edit: Edit) -> Vector {
        self.case(text, self.draft(edit)).accepted(check)
    }

    /// A login that is refused.
    fn refuses(&self, check: &str, code: &str, text: [&str; 3], edit: Edit) -> Vector {
        let mut draft = self.draft(edit);
        draft.told = None;
        self.case(text, draft).refused(check, code)
    }

    /// Logins that are refused by one check with one code.
    fn all_refused(&self, check: &str, code: &str, clause: &str, rows: &[Row]) -> Vec<Vector> {
        let refused = |(name, note, edit): &Row| {
            let id = format!("login/{name}");
            self.refuses(check, code, [&id, clause, note], *edit)
        };
        rows.iter().map(refused).collect()
    }

    /// Logins that come to their end.
    fn all_accepted(&self, check: &str, clause: &str, rows: &[Row]) -> Vec<Vector> {
        let accepted = |(name, note, edit): &Row| {
            let id = format!("login/{name}");
            self.accepts(check, [&id, clause, note], *edit)
        };
        rows.iter().map(accepted).collect()
    }

    fn case(&self, text: [&str; 3], draft: Draft) -> Case {
        let now = draft.now;
        let case = Case::new(Procedure::Login, Kind::AuthApp, now, text);
        case.login(draft.login(self))
    }
}

fn jwk(key: &KeyPair, kid: &str, usage: &str, algorithm: &str) -> Value {
    let mut jwk = match RsaPublic::from_spki(&key.spki()) {
        Some(rsa) => json!({
            "kty": "RSA",
            "n": base64url(rsa.modulus()),
            "e": base64url(rsa.exponent()),
        }),
        None => Jwk::of(&key.public()),
    };
    for (name, value) in [("kid", kid), ("use", usage), ("alg", algorithm)] {
        jwk[name] = value.into();
    }
    jwk
}
