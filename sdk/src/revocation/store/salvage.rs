//! What index files tell where no manifest is left.
//!
//! A file says of itself whose list it holds, with which number, and what
//! earlier lists revoked. What it does not say is whether a newer list was
//! there once: no file that is found answers before its source has confirmed
//! it, or brought a newer one. What it revokes counts at once.

use std::collections::BTreeMap;
use std::io;

use super::directory::Directory;
use super::manifest::Manifest;
use super::record::{Counts, FileKey, FileRecord, Record, Role, SourceRecord, Top};
use crate::limits;
use crate::revocation::index::ListIndex;
use crate::trust::TrustStore;

/// A manifest of the whole files of a directory whose anchors are in `trust`.
/// The files of others cannot be read.
pub(super) fn manifest(directory: &Directory, trust: &TrustStore) -> io::Result<Manifest> {
    let mut files: BTreeMap<u32, Vec<FileKey>> = BTreeMap::new();
    let names = directory.names()?;
    for key in names.iter().filter_map(|name| FileKey::of_name(name)) {
        files.entry(key.id).or_default().push(key);
    }
    let mut manifest = Manifest::default();
    for (id, mut keys) in files {
        keys.sort_by_key(|key| std::cmp::Reverse(key.generation));
        let record = keys.into_iter().find_map(|key| read(key, directory, trust));
        let Some(record) = record.filter(|_| manifest.records.len() < limits::CRL_STORE) else {
            continue;
        };
        manifest.next = manifest.next.max(id.saturating_add(1));
        manifest.newest = manifest.newest.max(Some(record.top.this_update));
        manifest.records.push(record);
    }
    Ok(manifest)
}

/// A partition of which this file is all that is known. Each file repeats what
/// the ones before it had.
fn read(key: FileKey, directory: &Directory, trust: &TrustStore) -> Option<Record> {
    let path = directory.join(&key.name());
    let (index, head) = ListIndex::open_with_head(&path, trust).ok()?;
    index.verify().ok()?;
    Some(Record {
        id: key.id,
        head: head.into(),
        file: FileRecord {
            generation: key.generation,
            length: index.octets(),
        },
        previous: None,
        role: Role::OnlyRevokes,
        top: Top::of(index.facts()),
        counts: Counts::of(&index),
        seen: index.this_update(),
        source: SourceRecord::default(),
    })
}
