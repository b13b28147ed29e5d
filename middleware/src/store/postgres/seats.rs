//! Which seats a row tries to take.

use std::num::NonZeroUsize;

/// So many seats, numbered from zero.
///
/// A row takes one that is free, and two rows never have the same, which is an
/// index's work: so there are never more rows than seats, and nothing is counted,
/// which would have every node wait for every other. What is left is to find a
/// free one. Rows look at a few, and only where those are taken at many.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seats(u32);

/// How many seats a row looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Eight: of a store that is half full, all of them are taken once in 256
    /// times.
    Few,
    /// 128: all of fewer, and else so many that all are taken once in a million
    /// times at nine tenths, and once in seven hundred at 95 of a hundred.
    Many,
}

impl Look {
    const fn seats(self) -> u32 {
        match self {
            Self::Few => 8,
            Self::Many => 128,
        }
    }
}

impl Seats {
    /// So many; what does not fit into a column's 31 bits there is none of.
    pub(super) fn new(seats: NonZeroUsize) -> Self {
        let most = i32::MAX.unsigned_abs();
        Self(u32::try_from(seats.get()).map_or(most, |seats| seats.min(most)))
    }

    /// Seats for what is called `name`, which is a digest or random: others look
    /// at others.
    pub(super) fn candidates(self, name: &[u8], look: Look) -> Vec<i32> {
        let (start, step) = numbers(name);
        let all = self.0 <= look.seats();
        let step = if all { 1 } else { step };
        (0..look.seats().min(self.0))
            .map(|nth| start.wrapping_add(step.wrapping_mul(u64::from(nth))) % u64::from(self.0))
            .filter_map(|seat| i32::try_from(seat).ok())
            .collect()
    }
}

/// Two numbers of a name, below 2^63, so that adding few does not wrap around.
fn numbers(name: &[u8]) -> (u64, u64) {
    let number = |octets: &[u8]| {
        let octets = octets.first_chunk().copied().unwrap_or_default();
        u64::from_be_bytes(octets) >> 1
    };
    let rest = name.get(8..).unwrap_or_default();
    (number(name), number(rest) | 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn seats(number: usize) -> Seats {
        Seats::new(NonZeroUsize::new(number).unwrap())
    }

    #[test]
    fn of_few_seats_all_are_looked_at_once() {
        for number in [1, 7, 8, 100, 128] {
            let tried = seats(number).candidates(&[0xff; 16], Look::Many);
            let distinct: BTreeSet<_> = tried.iter().copied().collect();
            assert_eq!(tried.len(), number);
            assert!(distinct.into_iter().eq(0..i32::try_from(number).unwrap()));
        }
    }

    #[test]
    fn seats_are_below_their_number_and_spread() {
        let mut seen = BTreeSet::new();
        for name in 0..=255 {
            let name: Vec<u8> = (0..16).map(|n: u8| n.wrapping_mul(name) ^ name).collect();
            let few = seats(1000).candidates(&name, Look::Few);
            assert_eq!(few.len(), 8);
            seen.extend(few);
        }
        assert!(seen.iter().all(|seat| (0..1000).contains(seat)));
        assert!(seen.len() > 500, "{}", seen.len());
        let most = seats(usize::MAX).candidates(&[0xff; 16], Look::Many);
        assert!(most.iter().all(|seat| *seat >= 0));
    }
}
