//! A document that the person signs through the auth app.

use tashika::auth_app::signing::{
    AuthenticatedSigner, PendingSigning, SignInput, SignTransaction, SignatureRequest,
    SignerExpectation, SigningProfile, SigningToken, ToSign, VerifiedSigning,
};
use tashika::auth_app::{Callback, Fault};
use tashika::jpki::Kind;
use tashika::revocation::{Policy, ScopePolicy};
use tashika::{Duration, Error};
use tashika_testbed::auth_app::Choice;

use super::ORIGIN;
use crate::tour::world::{Outcome, World, binding};

const DOCUMENT: &[u8] = "口座開設申込書 / Application for an account".as_bytes();

pub(in crate::tour) fn genuine(world: &World) -> Result<Outcome, Error> {
    world.auth_app.mend();
    told(sign(world))
}

pub(in crate::tour) fn other_octets(world: &World) -> Result<Outcome, Error> {
    world
        .auth_app
        .provider
        .only(|switches| switches.signs_other_bytes = true);
    told(sign(world))
}

fn told(signed: Result<VerifiedSigning, Fault>) -> Result<Outcome, Error> {
    let checks = signed.map(|proof| proof.trace().iter().count());
    Ok(Outcome {
        result: checks.map_err(|fault| fault.error()),
        status: None,
    })
}

/// A signature from its transaction to its proof, as it comes where no platform
/// operator has to open it.
fn sign(world: &World) -> Result<VerifiedSigning, Fault> {
    let (registration, profile) = (&world.auth_app.registration, SigningProfile::standard());
    let request = SigningToken::request(registration, &profile, &world.assertion()?)?;
    let token = SigningToken::read(registration, &world.ask(request)?, world.now)?;
    let input = SignInput::Sha256DigestInfo(ToSign::document(DOCUMENT));
    let answer = world.ask(token.transaction_request(registration, &profile, &input)?)?;
    let transaction = SignTransaction::read(registration, &profile, input, &answer)?;

    let signer = authenticate(world, transaction)?;
    let answer = world.ask(signer.result_request(registration, &profile)?)?;
    let plain = signer.result(&profile, &answer)?.plain()?;
    let desk = world.desk();
    let unconfirmed = plain.check(&desk.verifier()?, world.now)?;
    let lists = desk.load(Kind::Signing)?;
    let scope = ScopePolicy::production();
    let status = lists.status(unconfirmed.query(), &scope, world.now);
    let policy = Policy::strict(Duration::hours(48));
    Ok(unconfirmed.confirm(&status, &policy, world.now)?)
}

/// The person goes to the provider and comes back.
fn authenticate(world: &World, transaction: SignTransaction) -> Result<AuthenticatedSigner, Fault> {
    let (registration, now) = (&world.auth_app.registration, world.now);
    let binding = binding(ORIGIN, "open-account", now)?;
    let request = SignatureRequest::new(SignerExpectation::Whoever);
    let begun = PendingSigning::begin(binding, registration, transaction, request)?;
    let hanako = Choice::citizen("hanako");
    let back = world.auth_app.provider.authorize(&begun.url, hanako);
    let (_, query) = back.split_once('?').unwrap_or_default();
    let callback = Callback::from_query(query)?;
    let cookie = Some(begun.browser.value());
    let authorized = begun.pending.receive(callback, cookie, registration, now)?;
    let answer = world.ask(authorized.token_request(registration, &world.assertion()?)?)?;
    let tokens = authorized.tokens(registration, &answer)?;
    Ok(tokens.verify(registration, &world.keys()?, now)?)
}
