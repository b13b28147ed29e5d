//! A stage: its world, and the relying parties on it.

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use relying_party::{Clock, Doors, Party, Served, Settings, StartError, serve};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::backstage::Backstage;
use crate::wallet::NoAnswer;
use crate::world::{self, World};
use crate::{pages, settings};

/// A stage. What stands on it is gone when it is dropped, with its files.
pub struct Stage {
    backstage: Arc<Backstage>,
    /// The files of settings, and the folders of relying parties.
    folder: TempDir,
    front: String,
    wallet: String,
    _tasks: JoinSet<io::Result<()>>,
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
    /// Starts everything but relying parties: the front page at this port and the
    /// phone's page at the next one, or at any that are free; both if it is 0.
    ///
    /// # Errors
    /// [`StageError`].
    pub async fn start(port: u16) -> Result<Self, StageError> {
        let world = tokio::task::spawn_blocking(World::start).await;
        let world = Arc::new(world.map_err(io::Error::other)??);
        let mut tasks = JoinSet::new();
        let authorities = world::serve(Arc::clone(&world), &mut tasks).await?;
        let backstage = Arc::new(Backstage::new(world, authorities));
        let after = if port == 0 { 0 } else { port.saturating_add(1) };
        let (front, wallet) = (loopback(port).await?, loopback(after).await?);
        let front_origin = format!("http://localhost:{}", front.local_addr()?.port());
        let port = wallet.local_addr()?.port();
        let wallet_origin = format!("http://wallet.localhost:{port}");
        let routes = pages::wallet(Arc::clone(&backstage));
        tasks.spawn(async move { axum::serve(wallet, routes).await });
        let routes = pages::front(Arc::clone(&backstage), wallet_origin.clone());
        tasks.spawn(async move { axum::serve(front, routes).await });
        Ok(Self {
            backstage,
            folder: tempfile::tempdir()?,
            front: front_origin,
            wallet: wallet_origin,
            _tasks: tasks,
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
        let path = settings::write(&self.backstage, &self.wallet, party, &doors, &folder)?;
        let settings = Settings::read(&path).map_err(StartError::from)?;
        let served = serve(party, settings, self.clock(), doors).await?;
        // Whoever comes at once is to find lists there.
        served.backing.synchronise().await;
        self.backstage.enter(party, &served);
        Ok(served)
    }

    /// The page that leads to everybody else.
    #[must_use]
    pub fn front(&self) -> &str {
        &self.front
    }

    /// The origin of phone and card.
    #[must_use]
    pub fn wallet(&self) -> &str {
        &self.wallet
    }

    /// The clock that everybody here goes by.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.backstage.clock().told()
    }

    /// What phone or card answer, as `POST /api/answer` at the wallet's origin does.
    ///
    /// # Errors
    /// Why they do not, in English.
    pub async fn answer(&self, question: &Value) -> Result<Value, String> {
        self.backstage
            .answer(read(question)?)
            .await
            .map_err(english)
    }

    /// Holds a phone to a reader, as `POST /api/tap` does.
    ///
    /// # Errors
    /// Why it does not come to that, in English.
    pub async fn tap(&self, tap: &Value) -> Result<Value, String> {
        self.backstage.tap(read(tap)?).await.map_err(english)
    }

    /// Changes the world, as `POST /api/world` does, and gives how it is then.
    ///
    /// # Errors
    /// Why not, in English.
    pub async fn change(&self, change: &Value) -> Result<Value, String> {
        let view = self
            .backstage
            .change(read(change)?)
            .await
            .map_err(english)?;
        serde_json::to_value(view).map_err(|error| error.to_string())
    }

    /// Lets something happen to a person, as `POST /api/life` does.
    ///
    /// # Errors
    /// Why not, in English.
    pub async fn live(&self, life: &Value) -> Result<Value, String> {
        let view = self.backstage.live(read(life)?).await.map_err(english)?;
        serde_json::to_value(view).map_err(|error| error.to_string())
    }
}

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_json::from_value(value.clone()).map_err(|error| error.to_string())
}

fn english(NoAnswer(_, english): NoAnswer) -> String {
    english
}

async fn loopback(port: u16) -> io::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await,
    }
}

impl std::fmt::Debug for Stage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stage")
            .field("front", &self.front)
            .field("wallet", &self.wallet)
            .finish_non_exhaustive()
    }
}
