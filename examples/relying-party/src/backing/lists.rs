//! Revocation lists: fetched, verified, and kept on disk.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use tashika::algorithm::AlgorithmTable;
use tashika::revocation::mirror::{Fetched, Mirror, MirrorLimits, Validators};
use tashika::revocation::{
    Binding, Freshness, Ingest, ListOrigin, ListStore, Lists, OutagePolicy, Recovery, ScopePolicy,
    StoreUpdate,
};
use tashika::transport::{Origins, Tls, Transport, TransportError};
use tashika::trust::{Purpose, TrustStore};
use tashika::{Time, limits};
use tashika_tower::Clock;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task::spawn_blocking;
use tokio::time::{MissedTickBehavior, interval};

use super::allow;
use crate::party::StartError;
use crate::settings::Settings;

/// A list that is at hand.
#[derive(Clone, Debug)]
pub struct ListSource {
    /// Of when it is.
    pub as_of: Time,
    /// Its age in seconds.
    pub age: i64,
    /// What it is worth.
    pub worth: Worth,
}

/// What an answer of a list is worth under the settings' policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Worth {
    /// It counts.
    Fresh,
    /// It is past its next update, and counts for a while.
    WithinGrace,
    /// It says nothing any more.
    Expired,
}

/// Whether lists are still looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Updates {
    #[default]
    Wanted,
    Ended,
}

/// The lists of a relying party. A clone is the same.
#[derive(Clone)]
pub(super) struct ListsOnDisk {
    folder: PathBuf,
    store: Arc<ListStore>,
    trust: TrustStore,
    sources: Arc<[String]>,
    mirror: Option<Arc<Mirror>>,
    /// Whoever updates the folder is alone.
    updating: Arc<Mutex<Updates>>,
}

impl ListsOnDisk {
    pub(super) fn open(
        settings: &Settings,
        trust: TrustStore,
        tls: Tls,
    ) -> Result<Self, StartError> {
        let folder = settings.data.join("lists");
        std::fs::create_dir_all(&folder)?;
        let unfit = |error: tashika::revocation::StoreError| StartError::unfit("lists", error);
        // What is there is looked at, and made if nothing is.
        let update = StoreUpdate::begin(&folder, ingest(&trust), Recovery::Refuse);
        update.and_then(StoreUpdate::finish).map_err(unfit)?;
        let store = ListStore::open(&folder, trust.clone()).map_err(unfit)?;
        let lists = Self {
            folder,
            store: Arc::new(store),
            trust,
            sources: settings.lists.clone().into(),
            mirror: mirror(&settings.lists, tls)?.map(Arc::new),
            updating: Arc::default(),
        };
        Ok(lists)
    }

    /// Looks for newer lists every so many seconds, at first now, until nobody
    /// needs them any more.
    pub(super) fn keep_up(&self, seconds: u64, clock: Clock) {
        let (lists, store) = (self.clone(), Arc::downgrade(&self.store));
        let mut ticks = interval(Duration::from_secs(seconds.max(1)));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tokio::spawn(async move {
            loop {
                ticks.tick().await;
                // This task has one of them itself, and `lists` another.
                if store.strong_count() <= 1 {
                    return;
                }
                lists.synchronise(clock.now()).await;
            }
        });
    }

    /// The lists as those that are asked.
    pub(super) fn lists(&self) -> Lists {
        let (store, policy) = (Arc::clone(&self.store), ScopePolicy::production());
        Lists::new(move |query, now| store.status(query, &policy, now))
    }

    pub(super) fn store(&self) -> &Arc<ListStore> {
        &self.store
    }

    /// The lists, of which the oldest come first.
    pub(super) fn sources(&self, now: Time, policy: &OutagePolicy) -> Vec<ListSource> {
        let policy = policy.policy().ok();
        let source = |partition: &Arc<tashika::revocation::Partition>| {
            let as_of = partition.this_update();
            let age = now.as_unix() - as_of.as_unix();
            let next = partition.next_update();
            let freshness = policy.filter(|_| next.is_some());
            let worth = match freshness.map(|policy| policy.freshness(as_of, next, now)) {
                Some(Freshness::Fresh) => Worth::Fresh,
                Some(Freshness::WithinGrace) => Worth::WithinGrace,
                Some(Freshness::Expired) | None => Worth::Expired,
            };
            ListSource { as_of, age, worth }
        };
        let mut sources: Vec<_> = self.store.partitions().iter().map(source).collect();
        sources.sort_by_key(|source| source.as_of);
        sources
    }

    /// Waits for an update that has begun, and begins none any more.
    pub(super) async fn end_updates(&self) {
        *self.updating.lock().await = Updates::Ended;
    }

    /// Fetches every list that has changed.
    pub(super) async fn synchronise(&self, now: Time) {
        let alone = self.updating.lock().await;
        if *alone == Updates::Ended {
            return;
        }
        let (lists, runtime) = (self.clone(), Handle::current());
        let update = spawn_blocking(move || lists.update(&runtime, now)).await;
        match update {
            Ok(Ok(())) => {}
            Ok(Err(error)) => eprintln!("lists: {error}"),
            Err(_) => eprintln!("lists: the update was cut short"),
        }
    }

    fn update(&self, runtime: &Handle, now: Time) -> Result<(), tashika::revocation::StoreError> {
        let update = StoreUpdate::begin(&self.folder, ingest(&self.trust), Recovery::Refuse)?;
        for source in &*self.sources {
            // A list that cannot be had leaves the one that is there, which
            // grows older: that is what is to be seen, and on the pages.
            let taken = match source.contains("://") {
                true => self.fetch(&update, source, runtime, now),
                false => read(&update, Path::new(source), now),
            };
            if let Err(error) = taken {
                eprintln!("lists: {source}: {error}");
            }
        }
        update.finish()?;
        self.store.reload()?;
        Ok(())
    }

    fn fetch(
        &self,
        update: &StoreUpdate,
        url: &str,
        runtime: &Handle,
        now: Time,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let mirror = self.mirror.as_ref().ok_or("no mirror")?;
        let (uri, binding): (Uri, _) = (url.parse()?, Binding::none());
        let mut file = tempfile::tempfile_in(&self.folder)?;
        let mut fetch = |known| runtime.block_on(mirror.fetch(&uri, &known, &mut file));
        let known = update.validators(url, &binding).unwrap_or_default();
        let mut fetched = fetch(Validators::from_octets(&known))?;
        if fetched == Fetched::Unchanged && !update.unchanged(url, &binding, now) {
            // What is there is damaged: the mirror has to send it all the same.
            fetched = fetch(Validators::none())?;
        }
        let Fetched::List {
            octets, validators, ..
        } = fetched
        else {
            return Ok(());
        };
        let origin = ListOrigin {
            label: url.to_owned(),
            validators: validators.to_octets(),
            binding,
        };
        update.take(file, octets, &origin, now)?;
        Ok(())
    }
}

/// The list of a file, or those of a folder's files.
fn read(update: &StoreUpdate, path: &Path, now: Time) -> Result<(), Box<dyn std::error::Error>> {
    if path.is_dir() {
        for entry in path.read_dir()? {
            read(update, &entry?.path(), now)?;
        }
        return Ok(());
    }
    let file = File::open(path)?;
    let origin = ListOrigin {
        label: path.display().to_string(),
        ..ListOrigin::default()
    };
    let length = file.metadata()?.len();
    update.take(file, length, &origin, now)?;
    Ok(())
}

fn ingest(trust: &TrustStore) -> Ingest {
    let purposes = vec![
        Purpose::JpkiSigning,
        Purpose::JpkiAuthentication,
        Purpose::MdocIssuer,
    ];
    Ingest::new(trust.clone(), purposes, AlgorithmTable::standard())
}

/// The way to the mirrors among these sources, and to nowhere else.
fn mirror(sources: &[String], tls: Tls) -> Result<Option<Mirror>, StartError> {
    let mut origins = Origins::none();
    let urls: Vec<_> = sources
        .iter()
        .filter(|source| source.contains("://"))
        .collect();
    let unfit = |error: TransportError| StartError::unfit("lists", error);
    for url in &urls {
        origins = allow(origins, url).map_err(unfit)?;
    }
    if urls.is_empty() {
        return Ok(None);
    }
    let transport = Transport::builder(origins, tls).body_cap(limits::CRL_STREAM);
    let transport = transport.build().map_err(unfit)?;
    let limits = MirrorLimits {
        tries: 1,
        ..MirrorLimits::standard()
    };
    Ok(Some(Mirror::new(transport, limits)))
}

impl ListSource {
    /// Whether it counts like any other.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.worth == Worth::Fresh
    }
}

impl fmt::Debug for ListsOnDisk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListsOnDisk").finish_non_exhaustive()
    }
}
