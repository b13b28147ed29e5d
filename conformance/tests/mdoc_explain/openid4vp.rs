//! OpenID4VP 1.0, over the Digital Credentials API and by redirect.

use tashika::mdoc::explain::{DcApiInputs, FlowInputs, RedirectInputs};
use tashika_testbed::mdoc::openid4vp::Jwk;
use tashika_testbed::mdoc::{Cbor, Transcript};
use tashika_testbed::{Algorithm, Hash, KeyPair};

use crate::origins::{APP, ORIGINS};
use crate::texts::{CLIENT, CLIENTS, NONCE, REDIRECT, RESPONSE, RESPONSES, nonces, thumbprints};
use crate::{Mistake, Scene, base64url, hashed, published, remote};

const ORIGIN: &str = "https://rp.example";
const DC_API: &str = "OpenID4VPDCAPIHandover";
const BY_REDIRECT: &str = "OpenID4VPHandover";

struct Keys {
    own: KeyPair,
    other: KeyPair,
}

impl Keys {
    fn of(scene: &Scene) -> Self {
        Self {
            own: scene.session.clone(),
            other: scene.testbed.key(Algorithm::P256, "signs requests"),
        }
    }

    fn thumbprint(&self) -> Vec<u8> {
        Jwk::thumbprint(&self.own.public())
    }

    fn others(&self) -> Vec<String> {
        vec![published(&self.other)]
    }

    fn dc_api(&self, origin: &str) -> DcApiInputs {
        DcApiInputs {
            origin: origin.to_owned(),
            nonce: NONCE.to_owned(),
            jwk: Some(published(&self.own)),
            other_jwks: self.others(),
            client_id: Some(CLIENT.to_owned()),
            app_origin: Some(APP.to_owned()),
        }
    }

    fn redirect(&self, client_id: &str, response_uri: &str) -> RedirectInputs {
        RedirectInputs {
            client_id: client_id.to_owned(),
            nonce: NONCE.to_owned(),
            jwk: Some(published(&self.own)),
            response_uri: response_uri.to_owned(),
            other_jwks: self.others(),
            redirect_uri: Some(REDIRECT.to_owned()),
        }
    }
}

/// Mistakes with a handover of `name` over `info`, whatever is in it.
fn handovers<const N: usize>(
    name: &'static str,
    info: &[Cbor; N],
    given: impl Fn() -> FlowInputs,
) -> Vec<Mistake> {
    let encoded = Cbor::array(info.clone()).encode();
    let digest = Hash::Sha256.digest(&encoded);
    let named = |content: Cbor| remote(Cbor::array([name.into(), content]));
    let mut reversed = info.clone();
    reversed.reverse();
    let draft = "OID4VPHandover";
    [
        ("handover.hash-missing", named(Cbor::array(info.clone()))),
        (
            "handover.hash-missing",
            named(Cbor::tag24(Cbor::array(info.clone()))),
        ),
        ("handover.hash", named(Hash::Sha512.digest(&encoded).into())),
        ("handover.hash", named(base64url(&digest).as_str().into())),
        ("handover.name", hashed(draft, info.clone())),
        ("handover.order", hashed(name, reversed)),
        ("handover.bare", remote(Cbor::array([digest.into()]))),
    ]
    .into_iter()
    .map(|(id, transcript)| Mistake::new(id, given(), transcript))
    .collect()
}

#[test]
fn every_mistake_over_the_api_is_named() {
    let scene = Scene::new();
    let keys = Keys::of(&scene);
    let thumbprint = keys.thumbprint();
    let given = || FlowInputs::Openid4vpDcApi(keys.dc_api(ORIGIN));
    let mut mistakes: Vec<_> = ORIGINS
        .iter()
        .map(|(id, origin, signed)| {
            let given = FlowInputs::Openid4vpDcApi(keys.dc_api(origin));
            let transcript = Transcript::openid4vp_dc_api(signed, NONCE, Some(&thumbprint));
            Mistake::new(id, given, transcript)
        })
        .collect();
    let item = || Cbor::from(thumbprint.clone());
    for (id, nonce) in nonces() {
        let transcript = hashed(DC_API, [ORIGIN.into(), nonce, item()]);
        mistakes.push(Mistake::new(id, given(), transcript));
    }
    for (id, other) in thumbprints(&keys.own, &keys.other) {
        let transcript = hashed(DC_API, [ORIGIN.into(), NONCE.into(), other]);
        mistakes.push(Mistake::new(id, given(), transcript));
    }
    let theirs = Jwk::thumbprint(&keys.other.public());
    let present = Transcript::openid4vp_dc_api(ORIGIN, NONCE, Some(&theirs));
    let unencrypted = DcApiInputs {
        jwk: None,
        ..keys.dc_api(ORIGIN)
    };
    let unencrypted = FlowInputs::Openid4vpDcApi(unencrypted);
    mistakes.push(Mistake::new("thumbprint.present", unencrypted, present));
    let missing = hashed(DC_API, [ORIGIN.into(), NONCE.into()]);
    mistakes.push(Mistake::new("thumbprint.missing", given(), missing));
    for client in [CLIENT, "rp.example", "web-origin:https://rp.example"] {
        let transcript = Transcript::openid4vp_dc_api(client, NONCE, Some(&thumbprint));
        // The prefix of an origin is one of an origin first.
        let id = match client.starts_with("web-origin:") {
            true => "origin.prefix",
            false if client == "rp.example" => "origin.bare-host",
            false => "client-id.instead",
        };
        mistakes.push(Mistake::new(id, given(), transcript));
    }
    for client in [CLIENT, ORIGIN] {
        let redirect = Transcript::openid4vp_redirect(client, NONCE, Some(&thumbprint), ORIGIN);
        mistakes.push(Mistake::new("handover.redirect", given(), redirect));
    }
    let info = [ORIGIN.into(), NONCE.into(), item()];
    mistakes.extend(handovers(DC_API, &info, given));

    let other = DcApiInputs {
        nonce: "another".to_owned(),
        jwk: Some(published(&scene.testbed.key(Algorithm::P256, "another"))),
        origin: "https://elsewhere.example".to_owned(),
        ..keys.dc_api(ORIGIN)
    };
    let other_thumbprint = Jwk::thumbprint(&scene.testbed.key(Algorithm::P256, "another").public());
    for (id, nonce, thumbprint) in [
        ("nonce.other", "another", &thumbprint),
        ("thumbprint.other-transaction", NONCE, &other_thumbprint),
    ] {
        let transcript = Transcript::openid4vp_dc_api(ORIGIN, nonce, Some(thumbprint));
        let mistake = Mistake::new(id, given(), transcript);
        mistakes.push(mistake.other(FlowInputs::Openid4vpDcApi(other.clone())));
    }
    scene.names(&mistakes);
}

#[test]
fn every_mistake_by_redirect_is_named() {
    let scene = Scene::new();
    let keys = Keys::of(&scene);
    let thumbprint = keys.thumbprint();
    let item = || Cbor::from(thumbprint.clone());
    let given = || FlowInputs::Openid4vpRedirect(keys.redirect(CLIENT, RESPONSE));
    let signed = |client: &str, response: &str| {
        Transcript::openid4vp_redirect(client, NONCE, Some(&thumbprint), response)
    };
    let mut mistakes = Vec::new();
    for (id, client, theirs) in CLIENTS {
        let given = FlowInputs::Openid4vpRedirect(keys.redirect(client, RESPONSE));
        mistakes.push(Mistake::new(id, given, signed(theirs, RESPONSE)));
    }
    let instead = [("response-uri.redirect-uri", RESPONSE, REDIRECT)];
    for (id, response, theirs) in RESPONSES.iter().chain(&instead) {
        let given = FlowInputs::Openid4vpRedirect(keys.redirect(CLIENT, response));
        mistakes.push(Mistake::new(id, given, signed(CLIENT, theirs)));
    }
    for (id, nonce) in nonces() {
        let transcript = hashed(BY_REDIRECT, [CLIENT.into(), nonce, item(), RESPONSE.into()]);
        mistakes.push(Mistake::new(id, given(), transcript));
    }
    for (id, other) in thumbprints(&keys.own, &keys.other) {
        let info = [CLIENT.into(), NONCE.into(), other, RESPONSE.into()];
        mistakes.push(Mistake::new(id, given(), hashed(BY_REDIRECT, info)));
    }
    let theirs = Jwk::thumbprint(&keys.other.public());
    let present = Transcript::openid4vp_redirect(CLIENT, NONCE, Some(&theirs), RESPONSE);
    let unencrypted = RedirectInputs {
        jwk: None,
        ..keys.redirect(CLIENT, RESPONSE)
    };
    let unencrypted = FlowInputs::Openid4vpRedirect(unencrypted);
    mistakes.push(Mistake::new("thumbprint.present", unencrypted, present));
    let missing = hashed(BY_REDIRECT, [CLIENT.into(), NONCE.into(), RESPONSE.into()]);
    mistakes.push(Mistake::new("thumbprint.missing", given(), missing));
    let dc_api = Transcript::openid4vp_dc_api(RESPONSE, NONCE, Some(&thumbprint));
    mistakes.push(Mistake::new("handover.dc-api", given(), dc_api));
    let info = [CLIENT.into(), NONCE.into(), item(), RESPONSE.into()];
    mistakes.extend(handovers(BY_REDIRECT, &info, given));

    let another = scene.testbed.key(Algorithm::P256, "another");
    let other = RedirectInputs {
        nonce: "another".to_owned(),
        jwk: Some(published(&another)),
        ..keys.redirect("other", "https://elsewhere.example")
    };
    let other_thumbprint = Jwk::thumbprint(&another.public());
    for (id, nonce, thumbprint) in [
        ("nonce.other", "another", &thumbprint),
        ("thumbprint.other-transaction", NONCE, &other_thumbprint),
    ] {
        let transcript = Transcript::openid4vp_redirect(CLIENT, nonce, Some(thumbprint), RESPONSE);
        let mistake = Mistake::new(id, given(), transcript);
        mistakes.push(mistake.other(FlowInputs::Openid4vpRedirect(other.clone())));
    }
    scene.names(&mistakes);
}
