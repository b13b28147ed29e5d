//! What the manifest keeps of a partition.

use super::octets::Octets;
use super::update::ListOrigin;
use crate::limits;
use crate::revocation::CrlNumber;
use crate::revocation::facts::Facts;
use crate::revocation::index::{Cursor, ListIndex};
use crate::time::Time;
use crate::trust::Fingerprint;

/// One partition: the lists of one issuer's key and one scope.
#[derive(Clone)]
pub(super) struct Record {
    /// Names its files.
    pub(super) id: u32,
    /// The list in the file: the head of the file, octet for octet.
    pub(super) head: Box<[u8]>,
    pub(super) file: FileRecord,
    /// The file before this one, which readers may still use.
    pub(super) previous: Option<FileRecord>,
    pub(super) role: Role,
    pub(super) top: Top,
    pub(super) counts: Counts,
    /// When the list was last found unchanged or taken.
    pub(super) seen: Time,
    pub(super) source: SourceRecord,
}

/// Whether the list in the file may say that a certificate is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Answers,
    /// It is older than one that was here. What it revokes counts.
    OnlyRevokes,
    /// Configuration has bound it to a distribution point, and does so no
    /// longer. What it revokes counts.
    Unbound,
}

/// What the highest list of a partition had, also if it is lost. No lower one
/// answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Top {
    pub(super) number: Option<CrlNumber>,
    pub(super) this_update: Time,
}

impl Top {
    pub(super) fn of(list: &Facts) -> Self {
        Self {
            number: list.number().cloned(),
            this_update: list.this_update(),
        }
    }
}

/// One file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileRecord {
    /// In which generation of the store it was written.
    pub(super) generation: u64,
    /// In octets.
    pub(super) length: u64,
}

/// How much is in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) revoked: u64,
    pub(super) dropped: u64,
    pub(super) conflicts: u64,
}

impl Counts {
    pub(super) fn of(index: &ListIndex) -> Self {
        Self {
            revoked: index.revoked() as u64,
            dropped: index.dropped_count() as u64,
            conflicts: index.conflicts(),
        }
    }
}

/// Where the list came from.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct SourceRecord {
    pub(super) label: Box<str>,
    /// What tells a mirror which issue this is; the mirror's own octets.
    pub(super) validators: Box<[u8]>,
}

/// A file in which the serial numbers of many partitions are found.
#[derive(Clone)]
pub(super) struct SummaryRecord {
    /// The anchor whose partitions these are.
    pub(super) anchor: Fingerprint,
    pub(super) file: FileRecord,
    /// How many serial numbers are in it.
    pub(super) items: u64,
    /// The files that it covers, by their place in the summary.
    pub(super) covers: Vec<FileKey>,
}

/// Names the file of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FileKey {
    pub(super) id: u32,
    pub(super) generation: u64,
}

impl SourceRecord {
    pub(super) fn of(origin: &ListOrigin) -> Self {
        Self {
            label: origin.label.as_str().into(),
            // A mirror whose validators are longer is asked without any.
            validators: match &*origin.validators {
                validators if validators.len() <= VALIDATORS => validators.into(),
                _ => [].into(),
            },
        }
    }
}

/// Octets of validators that are kept: an entity tag and a date are under 100.
const VALIDATORS: usize = 1024;

/// The endings of the names of files.
pub(super) const INDEX: &str = "index";
pub(super) const SUMMARY: &str = "summary";

impl FileKey {
    /// The name of the file. It tells nothing of what is in it.
    pub(super) fn name(self) -> String {
        format!("{:08x}-{:016x}.{INDEX}", self.id, self.generation)
    }

    /// What a file of this name is, if it is one of a partition.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        let (stem, ending) = name.rsplit_once('.')?;
        let (id, generation) = stem.split_once('-')?;
        let key = Self {
            id: u32::from_str_radix(id, 16).ok()?,
            generation: u64::from_str_radix(generation, 16).ok()?,
        };
        (ending == INDEX && key.name() == name).then_some(key)
    }
}

impl SummaryRecord {
    pub(super) fn name(&self) -> String {
        // The certificates of CAs are public.
        let anchor = self.anchor.to_string();
        let anchor = anchor.get(..16).unwrap_or_default();
        format!("{anchor}-{:016x}.{SUMMARY}", self.file.generation)
    }

    pub(super) fn write(&self, out: &mut Octets) {
        out.raw(self.anchor.octets());
        self.file.write(out);
        out.u64(self.items);
        out.count(self.covers.len());
        for FileKey { id, generation } in &self.covers {
            out.u32(*id);
            out.u64(*generation);
        }
    }

    pub(super) fn read(fields: &mut Cursor<'_>) -> Option<Self> {
        let anchor = Fingerprint::kept(fields.array()?);
        let file = FileRecord::read(fields)?;
        let items = fields.u64()?;
        let mut covers = Vec::new();
        for _ in 0..count(fields, limits::CRL_STORE)? {
            covers.push(FileKey {
                id: fields.u32()?,
                generation: fields.u64()?,
            });
        }
        Some(Self {
            anchor,
            file,
            items,
            covers,
        })
    }
}

impl Record {
    pub(super) const fn key(&self, file: FileRecord) -> FileKey {
        FileKey {
            id: self.id,
            generation: file.generation,
        }
    }

    pub(super) fn write(&self, out: &mut Octets) {
        out.u32(self.id);
        out.string(&self.head);
        self.file.write(out);
        out.flag(self.previous.is_some());
        self.previous.into_iter().for_each(|file| file.write(out));
        out.u8(match self.role {
            Role::Answers => 0,
            Role::OnlyRevokes => 1,
            Role::Unbound => 2,
        });
        out.flag(self.top.number.is_some());
        let number = self.top.number.iter();
        number.for_each(|number| out.string(number.as_unsigned()));
        out.time(self.top.this_update);
        let Counts {
            revoked,
            dropped,
            conflicts,
        } = self.counts;
        [revoked, dropped, conflicts]
            .iter()
            .for_each(|count| out.u64(*count));
        out.time(self.seen);
        out.string(self.source.label.as_bytes());
        out.string(&self.source.validators);
    }

    pub(super) fn read(fields: &mut Cursor<'_>) -> Option<Self> {
        Some(Self {
            id: fields.u32()?,
            head: fields.string()?.into(),
            file: FileRecord::read(fields)?,
            previous: if fields.flag()? {
                Some(FileRecord::read(fields)?)
            } else {
                None
            },
            role: match fields.u8()? {
                0 => Role::Answers,
                1 => Role::OnlyRevokes,
                2 => Role::Unbound,
                _ => return None,
            },
            top: Top {
                number: if fields.flag()? {
                    Some(CrlNumber::kept(fields.string()?))
                } else {
                    None
                },
                this_update: fields.time()?,
            },
            counts: Counts {
                revoked: fields.u64()?,
                dropped: fields.u64()?,
                conflicts: fields.u64()?,
            },
            seen: fields.time()?,
            source: SourceRecord {
                label: std::str::from_utf8(fields.string()?).ok()?.into(),
                validators: fields.string()?.into(),
            },
        })
    }
}

impl FileRecord {
    fn write(self, out: &mut Octets) {
        out.u64(self.generation);
        out.u64(self.length);
    }

    fn read(fields: &mut Cursor<'_>) -> Option<Self> {
        Some(Self {
            generation: fields.u64()?,
            length: fields.u64()?,
        })
    }
}

/// A count of at most `limit`.
pub(super) fn count(fields: &mut Cursor<'_>, limit: usize) -> Option<usize> {
    let count = usize::try_from(fields.u64()?).ok()?;
    (count <= limit).then_some(count)
}
