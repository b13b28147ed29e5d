//! A stage: its world, and the relying parties on it.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;
use std::process::ExitCode;

use relying_party::{
    Ask, AuthAppSettings, Certificates, Clock, Doors, Ocsp, OutagePolicy, Party, ReaderSettings,
    Served, Settings, Staff, StartError, by_settings, serve, settings_path,
};
use tashika_testbed::auth_app::{ClientKey, RegisteredClient};
use tashika_testbed::{Algorithm, Kind, mdoc};
use tempfile::TempDir;

use crate::world::World;

/// A stage. What stands on it is gone when it is dropped, with its files.
pub struct Stage {
    world: World,
    /// The files of settings, and the folders of relying parties.
    folder: TempDir,
}

/// Why there is no stage.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StageError {
    /// A socket or a file.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A relying party does not open.
    #[error(transparent)]
    Party(#[from] StartError),
    /// Settings that cannot be written down.
    #[error("the settings cannot be written")]
    Settings(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Stage {
    /// Starts everything but relying parties; the phone's page at this port, if it
    /// is free.
    ///
    /// # Errors
    /// [`StageError`].
    pub async fn start(_port: u16) -> Result<Self, StageError> {
        let now = Clock::system().now().as_unix();
        let world = tokio::task::spawn_blocking(move || World::start(now));
        let world = world.await.map_err(io::Error::other)??;
        Ok(Self {
            world,
            folder: tempfile::tempdir()?,
        })
    }

    /// Opens a relying party on this stage: writes its settings into a file, and
    /// has it read them as it would read anybody's.
    ///
    /// # Errors
    /// [`StageError`].
    pub async fn host(&self, party: Party) -> Result<Served, StageError> {
        let doors = Doors::near(party.port).await?;
        let folder = self.folder.path().join(party.name);
        let path = self.write(party, &doors, &folder)?;
        let settings = Settings::read(&path).map_err(StartError::from)?;
        Ok(serve(party, settings, Clock::system(), doors).await?)
    }

    /// Writes the settings of a relying party, and everything they name.
    fn write(
        &self,
        party: Party,
        doors: &Doors,
        folder: &Path,
    ) -> Result<std::path::PathBuf, StageError> {
        let issuers = folder
            .join("anchors/mdoc-issuer")
            .join(mdoc::elements::JAPAN);
        fs::create_dir_all(&issuers)?;
        for kind in Kind::ALL {
            for (number, authority) in self.world.cards.authorities(kind).iter().enumerate() {
                let name = format!("anchors/{kind:?}-{number}.cer").to_lowercase();
                fs::write(folder.join(name), authority.certificate())?;
            }
        }
        let phones = &self.world.phones;
        fs::write(
            issuers.join("root.cer"),
            phones.japan_authority().certificate(),
        )?;
        fs::write(folder.join("reader.p8"), phones.reader().key().pkcs8())?;
        fs::write(folder.join("reader.cer"), phones.reader().certificate())?;
        let public = doors.public.local_addr()?;
        let origin = format!("http://{}.localhost:{}", party.name, public.port());
        let settings = Settings {
            staff: Some(Staff {
                origin: format!(
                    "http://staff.{}.localhost:{}",
                    party.name,
                    doors.staff.local_addr()?.port()
                ),
                listen: doors.staff.local_addr()?,
            }),
            terminals: Some(doors.terminals.local_addr()?),
            listen: public,
            data: "data".into(),
            certificates: Certificates {
                test: true,
                anchors: "anchors".into(),
            },
            lists: self.world.list_urls(),
            lists_every: 2,
            ocsp: Ocsp::default(),
            ask: Ask::Crl,
            outage: OutagePolicy::strict(48 * 3600),
            operator: None,
            reader: Some(ReaderSettings {
                key: "reader.p8".into(),
                certificate: "reader.cer".into(),
            }),
            auth_app: Some(self.register(party, &origin, folder)?),
            tls_roots: None,
            postgres: None,
            notices: Vec::new(),
            testbed_wallet: None,
            origin,
        };
        let path = folder.join("settings.toml");
        let text = settings.to_toml();
        let text = text.map_err(|error| StageError::Settings(error.into()))?;
        fs::write(&path, text)?;
        Ok(path)
    }

    /// Makes a relying party a client of the provider.
    fn register(
        &self,
        party: Party,
        origin: &str,
        folder: &Path,
    ) -> Result<AuthAppSettings, StageError> {
        let key = self.world.cards.key(Algorithm::P256, party.name);
        fs::write(folder.join("client.p8"), key.pkcs8())?;
        let client_id = party.name.replace('-', "");
        let uri = |path: &&str| format!("{origin}{path}");
        let mut uris = party.callbacks.iter().map(uri);
        let first = uris.next().unwrap_or_else(|| origin.to_owned());
        let client = RegisteredClient::new(&client_id, &first, ClientKey::of(&key));
        let client = uris.fold(client, |client, uri| client.redirect_uri(&uri));
        self.world.provider.register(client);
        let words = [
            ("certificate_not_valid", "certificate"),
            ("pin_locked", "pin-locked"),
            ("no_pin", "no-pin"),
            ("app_missing", "app-missing"),
            ("transaction_expired", "expired"),
        ];
        let owned = |(word, meaning): (&str, &str)| (word.to_owned(), meaning.to_owned());
        Ok(AuthAppSettings {
            base: self.world.provider.base(),
            client_id,
            key: "client.p8".into(),
            refusals: words.map(owned).into_iter().collect::<BTreeMap<_, _>>(),
        })
    }
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage").finish_non_exhaustive()
    }
}

/// The program of an example: on a stage of its own, or with `--settings FILE` by
/// those alone.
#[must_use]
pub fn main(party: Party) -> ExitCode {
    run(async move {
        let arguments: Vec<_> = std::env::args().collect();
        if arguments.len() == 1 {
            return demo(&[party], PORT).await;
        }
        let Some(path) = settings_path(arguments.into_iter()) else {
            eprintln!("usage: {} [--settings FILE]", party.name);
            return Ok(ExitCode::from(64));
        };
        by_settings(party, &path).await?;
        Ok(ExitCode::SUCCESS)
    })
}

/// Where a stage likes its front page to be.
pub const PORT: u16 = 8100;

/// Hosts these relying parties on one stage until the process is told to end, and
/// prints where they are; the front page at this port if it is free.
///
/// # Errors
/// [`StageError`].
pub async fn demo(parties: &[Party], port: u16) -> Result<ExitCode, StageError> {
    let stage = Stage::start(port).await?;
    let mut all = Vec::new();
    for party in parties {
        let served = stage.host(*party).await?;
        println!("{}: {}", party.name, served.origin);
        all.push(served);
    }
    tokio::signal::ctrl_c().await?;
    Ok(ExitCode::SUCCESS)
}

fn run(program: impl Future<Output = Result<ExitCode, StageError>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = runtime
        .map_err(StageError::from)
        .and_then(|runtime| runtime.block_on(program));
    outcome.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::FAILURE
    })
}
