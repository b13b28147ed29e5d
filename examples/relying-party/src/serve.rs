//! Serving.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use tashika_tower::Clock;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::backing::Backing;
use crate::party::{House, Party, StartError};
use crate::settings::Settings;
use crate::terminal;

/// The sockets of a relying party.
#[derive(Debug)]
pub struct Doors {
    /// For everybody.
    pub public: TcpListener,
    /// For the staff.
    pub staff: TcpListener,
    /// For terminals.
    pub terminals: TcpListener,
}

/// A relying party that is open, until it is dropped.
#[derive(Debug)]
pub struct Served {
    /// Where people come.
    pub origin: String,
    /// Where its staff comes.
    pub staff: Option<String>,
    /// Where terminals connect.
    pub terminals: Option<SocketAddr>,
    /// What it is made of: whoever hosts it can have it look for newer lists.
    pub backing: Backing,
    tasks: JoinSet<io::Result<()>>,
}

impl Doors {
    /// On loopback at this port and the two after it, or at any that are free:
    /// all of them if it is 0.
    ///
    /// # Errors
    /// If no socket can be had.
    pub async fn near(port: u16) -> io::Result<Self> {
        let after = |number| match port {
            0 => 0,
            port => port.saturating_add(number),
        };
        Ok(Self {
            public: loopback(port).await?,
            staff: loopback(after(1)).await?,
            terminals: loopback(after(2)).await?,
        })
    }

    /// Where the settings say.
    ///
    /// # Errors
    /// If a socket cannot be had there.
    pub async fn of(settings: &Settings) -> io::Result<Self> {
        let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let staff = settings
            .staff
            .as_ref()
            .map_or(anywhere, |staff| staff.listen);
        Ok(Self {
            public: TcpListener::bind(settings.listen).await?,
            staff: TcpListener::bind(staff).await?,
            terminals: TcpListener::bind(settings.terminals.unwrap_or(anywhere)).await?,
        })
    }
}

async fn loopback(port: u16) -> io::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Ok(listener) => Ok(listener),
        Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await,
    }
}

/// Opens a relying party and serves it. What its settings do not want, the staff's
/// pages or terminals, is not served.
///
/// # Errors
/// [`StartError`].
pub async fn serve(
    party: Party,
    settings: Settings,
    clock: Clock,
    doors: Doors,
) -> Result<Served, StartError> {
    let (origin, staff) = (settings.origin.clone(), settings.staff.clone());
    let wants_terminals = settings.terminals.is_some();
    let backing = Backing::open(settings, clock).await?;
    let house = (party.open)(backing.clone()).await?;
    let House {
        public,
        staff: staff_pages,
        terminal,
    } = house;
    let mut tasks = JoinSet::new();
    tasks.spawn(pages(doors.public, public));
    let mut staff_origin = None;
    if let (Some(staff), Some(routes)) = (staff, staff_pages) {
        tasks.spawn(pages(doors.staff, routes));
        staff_origin = Some(staff.origin);
    }
    let mut terminals = None;
    if let Some(routes) = terminal.filter(|_| wants_terminals) {
        terminals = Some(doors.terminals.local_addr()?);
        tasks.spawn(terminal::listen(doors.terminals, Arc::new(routes)));
    }
    Ok(Served {
        origin,
        staff: staff_origin,
        terminals,
        backing,
        tasks,
    })
}

async fn pages(listener: TcpListener, routes: Router) -> io::Result<()> {
    let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, routes).await
}

impl Served {
    /// Waits until a socket fails, which none does by itself.
    ///
    /// # Errors
    /// Why it failed.
    pub async fn until_it_fails(&mut self) -> io::Result<()> {
        match self.tasks.join_next().await {
            Some(Ok(outcome)) => outcome,
            Some(Err(error)) => Err(io::Error::other(error)),
            None => Ok(()),
        }
    }
}

/// The program of a relying party with settings of its own:
/// `bank-ekyc --settings FILE`.
#[must_use]
pub fn main(party: Party) -> std::process::ExitCode {
    use std::process::ExitCode;
    let Some(path) = settings_path(std::env::args()) else {
        eprintln!("usage: {} --settings FILE", party.name);
        return ExitCode::from(64);
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome = runtime
        .map_err(StartError::from)
        .and_then(|runtime| runtime.block_on(by_settings(party, &path)));
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", party.name);
            ExitCode::FAILURE
        }
    }
}

/// The file that the arguments name; none if they say anything else.
#[must_use]
pub fn settings_path(arguments: impl Iterator<Item = String>) -> Option<std::path::PathBuf> {
    let arguments: Vec<_> = arguments.skip(1).collect();
    match arguments.as_slice() {
        [flag, path] if flag == "--settings" => Some(path.into()),
        _ => None,
    }
}

/// Serves a relying party by a file of settings, until a socket fails.
///
/// # Errors
/// [`StartError`].
pub async fn by_settings(party: Party, path: &std::path::Path) -> Result<(), StartError> {
    let settings = Settings::read(path)?;
    let doors = Doors::of(&settings).await?;
    let mut served = serve(party, settings, Clock::system(), doors).await?;
    println!("{}: {}", party.name, served.origin);
    Ok(served.until_it_fails().await?)
}
