//! The one place with `unsafe` code: a file as memory.

#![expect(
    unsafe_code,
    reason = "nothing but a system call maps a file, and no type can promise that the file stays"
)]

use std::fs::File;
use std::io;
use std::ops::Deref;

use memmap2::Mmap;

/// The octets of a file, read when they are first touched.
pub(in crate::revocation) struct Map(Mmap);

impl Map {
    /// Maps all of `file`, which must not be empty.
    ///
    /// Index files are immutable: they are written under another name, renamed,
    /// and later unlinked, but never written or truncated in place, and the
    /// directory they lie in belongs to this process's user alone. Whoever
    /// truncates one nevertheless has the rights to kill the process and does
    /// just that (`SIGBUS`); whoever changes one is found out by a checksum or
    /// has the rights to change the process itself.
    pub(in crate::revocation) fn of(file: &File) -> io::Result<Self> {
        // SAFETY: the mapping is private to this value and only read. What the
        // compiler assumes, that the octets do not change, holds for immutable
        // files as described above; and nothing here keeps a conclusion about
        // them that a change would turn into more than a wrong octet: every
        // offset read from them is checked where it is used.
        unsafe { Mmap::map(file) }.map(Self)
    }
}

impl Deref for Map {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}
