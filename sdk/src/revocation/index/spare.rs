//! Buffers that one thread is done with and another one can use.

use std::sync::{Mutex, PoisonError};

/// Buffers to use again. The last comes first, since caches know it best.
#[derive(Default)]
pub(super) struct Spare(Mutex<Vec<Vec<u8>>>);

impl Spare {
    pub(super) fn put(&self, buffer: Vec<u8>) {
        let mut buffers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buffers.push(buffer);
    }

    /// A buffer with whatever it was used for, or an empty one.
    pub(super) fn get(&self) -> Vec<u8> {
        let mut buffers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        buffers.pop().unwrap_or_default()
    }
}
