//! The end of an index file, which is read first.

use std::io::{self, Write};

use crate::revocation::index::blocks::{BLOCK, BlockWriter, Blocks, SUM};
use crate::revocation::index::map::Map;
use crate::revocation::index::meta::Cursor;
use crate::revocation::index::{Damaged, IndexError};

/// Stands at the beginning and at the end of the file.
pub(super) const MAGIC: [u8; 8] = *b"TASHIKA\x1a";

/// The version of the format that is described in the parent module.
pub(super) const VERSION: u32 = 1;

/// Octets of the footer.
const FOOTER: usize = 8 + 8 + 6 * 4 + 8;

/// Octets of magic and version, which every version ends with.
const ENDING: usize = 4 + 4 + 8;

/// Writes the meta section, the checksums and the footer behind what is there.
pub(super) fn finish<W: Write>(mut blocks: BlockWriter<W>, meta: &[u8]) -> io::Result<u64> {
    let start = blocks.position();
    blocks.put(meta)?;
    let covered = blocks.position();
    let (mut out, sums) = blocks.finish()?;
    out.write_all(&sums)?;
    let too_long = |_| io::Error::from(io::ErrorKind::FileTooLarge);
    let mut footer = Vec::with_capacity(FOOTER);
    footer.extend(covered.to_le_bytes());
    footer.extend(start.to_le_bytes());
    for section in [meta, &sums] {
        let length = u32::try_from(section.len()).map_err(too_long)?;
        footer.extend(length.to_le_bytes());
        footer.extend(crc32fast::hash(section).to_le_bytes());
    }
    footer.extend(VERSION.to_le_bytes());
    footer.extend(crc32fast::hash(&footer).to_le_bytes());
    footer.extend(MAGIC);
    out.write_all(&footer)?;
    out.flush()?;
    Ok(covered + sums.len() as u64 + FOOTER as u64)
}

/// Checks the footer, the length of the file, the meta section and the
/// checksums, and nothing of the blocks. Returns them with the meta section.
pub(super) fn open(map: Map) -> Result<(Blocks, Vec<u8>), IndexError> {
    let (body, ending) = map.split_last_chunk::<ENDING>().ok_or(Damaged)?;
    let mut cursor = Cursor(ending);
    let version = cursor.u32().ok_or(Damaged)?;
    let sum = cursor.u32().ok_or(Damaged)?;
    if cursor.array() != Some(MAGIC) || map.first_chunk() != Some(&MAGIC) {
        return Err(Damaged.into());
    }
    if version != VERSION {
        return Err(IndexError::Version);
    }
    let lengths = body.len().checked_sub(FOOTER - ENDING).ok_or(Damaged)?;
    let (content, lengths) = body.split_at_checked(lengths).ok_or(Damaged)?;
    if crc32fast::hash(&[lengths, &VERSION.to_le_bytes()].concat()) != sum {
        return Err(Damaged.into());
    }
    let (covered, meta) = sections(content, lengths).ok_or(Damaged)?;
    let meta = meta.to_vec();
    Ok((Blocks::new(map, covered), meta))
}

/// How many octets the blocks cover, and the meta section.
fn sections<'a>(content: &'a [u8], lengths: &'a [u8]) -> Option<(u64, &'a [u8])> {
    let mut cursor = Cursor(lengths);
    let covered = cursor.u64()?;
    let start = cursor.u64()?;
    let (meta_length, meta_sum) = (cursor.u32()?, cursor.u32()?);
    let (sums_length, sums_sum) = (cursor.u32()?, cursor.u32()?);
    let (blocks, sums) = content.split_at_checked(usize::try_from(covered).ok()?)?;
    let due = covered.div_ceil(BLOCK as u64) * SUM as u64;
    let meta = blocks.get(usize::try_from(start).ok()?..)?;
    let whole = sums.len() as u64 == due
        && u64::from(sums_length) == due
        && crc32fast::hash(sums) == sums_sum
        && meta.len() as u64 == u64::from(meta_length)
        && crc32fast::hash(meta) == meta_sum;
    whole.then_some((covered, meta))
}
