//! A login at the provider of the testbed.

use tashika::auth_app::RedirectUri;
use tashika_testbed::Rng;
use tashika_testbed::auth_app::{Choice, Clock, Switches};

use super::registered::Registered;
use crate::auth_app::Simulation;
use crate::cli::auth_app::{Chosen, Login};
use crate::clock;
use crate::exit::Failure;

/// Refuses arguments about a registration, which the testbed has of its own.
pub(super) fn refuse_foreign(options: &Login) -> Result<(), Failure> {
    let client = &options.client;
    let given = [
        ("--client-id", client.client_id.is_some()),
        ("--redirect-uri", client.redirect_uri.is_some()),
        ("--key-file", client.key.key_file.is_some()),
        ("--pkcs11-module", client.key.pkcs11_module.is_some()),
        ("--kid", client.kid.is_some()),
        ("--audience", client.audience.is_some()),
        ("--discover", options.discover),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((name, _)) => {
            let text = "is for other providers: the testbed registers us by itself";
            Err(Failure::Usage(format!("{name} {text}")))
        }
        None => Ok(()),
    }
}

/// Starts the provider.
pub(super) fn start(
    options: &Login,
    redirect_uri: RedirectUri,
) -> Result<(Registered, Simulation), Failure> {
    let (rng, now) = (Rng::from_entropy(), clock::now());
    let simulation = Simulation::start(rng, Clock::System, redirect_uri, now)?;
    let registration = simulation.registration.clone();
    let http = options.http.to(registration.provider())?;
    let client = simulation.client.clone();
    let (asked, refusals) = (&options.asked, Simulation::refusals()?);
    let registered = Registered::new(registration, client, http, asked, refusals)?;
    Ok((registered, simulation))
}

impl Chosen {
    /// What the person does; and before it what is done to the provider.
    pub(super) fn arrange(self, simulation: &Simulation) -> Choice {
        let hanako = Choice::citizen("hanako");
        match self {
            Self::Hanako | Self::OtherBrowser => hanako,
            Self::Shota => Choice::citizen("shota"),
            Self::Cancel => Choice::Cancel,
            Self::ExpiredCertificate => Choice::ExpiredCertificate,
            Self::RevokedCertificate => Choice::RevokedCertificate,
            Self::PinLocked => Choice::PinLocked,
            Self::NoPin => Choice::NoPin,
            Self::AppMissing => Choice::AppMissing,
            Self::Expired => Choice::Expired,
            Self::Forged => {
                simulation.forge();
                hanako
            }
            Self::AcrRemoved => {
                let lose = |switches: &mut Switches| switches.acr_values_lost = true;
                simulation.provider.only(lose);
                hanako
            }
            Self::Unavailable => {
                simulation.take_out_of_service();
                hanako
            }
        }
    }
}
