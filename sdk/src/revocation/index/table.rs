//! Sorted serial numbers with their marks, found through a directory.

use crate::limits;
use crate::revocation::entries::Entry;
use crate::revocation::index::Damaged;
use crate::revocation::index::blocks::Blocks;
use crate::revocation::index::key::Key;
use crate::revocation::index::mark::Mark;
use crate::time::Time;

/// Octets behind the rows, so that the last one can be read as a longer one.
pub(super) const PADDING: usize = limits::SERIAL;

/// Octets of one place in the directory.
pub(super) const PLACE: usize = 4;

/// Octets of the number of an origin.
pub(super) const ORIGIN: usize = 4;

/// Octets of an invalidity date with the number of its row.
pub(super) const INVALIDITY: usize = 12;

/// So many rows are gone through one by one before the rest is halved.
const FEW: u32 = 16;

/// Where a table lies in its file, and how its rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Layout<K> {
    /// How many rows it has.
    pub(super) count: u32,
    /// The lowest key, from which the others are counted.
    pub(super) min: K,
    /// Binary digits of a remainder; what is above them names the bucket.
    pub(super) shift: u8,
    /// Binary digits of the number of a bucket.
    pub(super) buckets: u8,
    /// The earliest date, from which the others are counted.
    pub(super) oldest: Time,
    /// Octets of a date: 4 or 5. Its highest bit says that the row has an
    /// invalidity date.
    pub(super) date: u8,
    /// Whether rows name the list that they come from.
    pub(super) origins: bool,
    pub(super) rows: u64,
    pub(super) directory: u64,
    pub(super) invalidities: u64,
    pub(super) invalidity_count: u32,
}

/// A row as it is read.
#[derive(Clone, Copy)]
pub(super) struct Row<K> {
    pub(super) key: K,
    pub(super) mark: Mark,
    pub(super) origin: u32,
}

impl<K: Key> Row<K> {
    pub(super) fn entry(&self) -> Result<Entry, Damaged> {
        let serial = self.key.serial().ok_or(Damaged)?;
        Ok(self.mark.entry(serial))
    }
}

/// What a row says beside the remainder of its key.
pub(super) struct Fields {
    mark: Mark,
    suspect: bool,
    origin: u32,
}

impl<K: Key> Layout<K> {
    /// Octets of a remainder.
    pub(super) fn rest(&self) -> usize {
        usize::from(self.shift).div_ceil(8)
    }

    /// Octets of a row.
    pub(super) fn row(&self) -> usize {
        let origin = if self.origins { ORIGIN } else { 0 };
        self.rest() + 1 + usize::from(self.date) + origin
    }

    /// How many places the directory has: the end of every bucket is the
    /// beginning of the next.
    pub(super) fn places(&self) -> u64 {
        (1 << self.buckets) + 1
    }

    /// Whether the sections lie inside of `covered` octets and the numbers are
    /// such that nothing overflows.
    pub(super) fn is_sound(&self, covered: u64) -> bool {
        let fits =
            |offset: u64, length: u64| offset.checked_add(length).is_some_and(|end| end <= covered);
        let rows = u64::from(self.count) * self.row() as u64 + PADDING as u64;
        self.rest() <= K::OCTETS
            && self.buckets < 32
            && matches!(self.date, 4 | 5)
            && fits(self.rows, rows)
            && fits(self.directory, self.places() * PLACE as u64)
            && fits(
                self.invalidities,
                u64::from(self.invalidity_count) * INVALIDITY as u64,
            )
    }

    /// The row of `key`.
    pub(super) fn find(&self, blocks: &Blocks, key: K) -> Result<Option<Row<K>>, Damaged> {
        let Some(distance) = key.above(self.min) else {
            return Ok(None);
        };
        let shift = u32::from(self.shift);
        let bucket = distance.high(shift);
        if bucket >> self.buckets != 0 {
            return Ok(None);
        }
        let rows = self.bucket(blocks, bucket)?;
        let Some(position) = rows.position(distance.low(shift))? else {
            return Ok(None);
        };
        let ordinal = rows.first + position;
        let mark = self.mark(blocks, rows.at(position)?, ordinal)?;
        Ok(Some(Row {
            key,
            mark: mark.0,
            origin: mark.1,
        }))
    }

    /// All rows from a bucket on, in the order of their keys.
    pub(super) fn rows<'b>(&self, blocks: &'b Blocks, bucket: u64) -> Rows<'b, K> {
        Rows {
            layout: *self,
            blocks,
            bucket,
            current: Bucket::NONE,
            next: 0,
        }
    }

    /// The rows of one bucket.
    fn bucket<'b>(&self, blocks: &'b Blocks, bucket: u64) -> Result<Bucket<'b, K>, Damaged> {
        let places = blocks.get(self.directory + bucket * PLACE as u64, 2 * PLACE)?;
        let (Some(first), Some(end)) = (places.first_chunk(), places.last_chunk()) else {
            return Err(Damaged);
        };
        let (first, end) = (u32::from_le_bytes(*first), u32::from_le_bytes(*end));
        let count = end.checked_sub(first).ok_or(Damaged)?;
        if end > self.count {
            return Err(Damaged);
        }
        let size = self.row();
        let offset = self.rows + u64::from(first) * size as u64;
        Ok(Bucket {
            rows: blocks.get(offset, count as usize * size + PADDING)?,
            size,
            mask: K::mask(u32::from(self.shift)),
            first,
            count,
        })
    }

    /// What stands in a row beside its remainder.
    fn mark(&self, blocks: &Blocks, row: &[u8], ordinal: u32) -> Result<(Mark, u32), Damaged> {
        let fields = self.fields(row).ok_or(Damaged)?;
        let mut mark = fields.mark;
        if fields.suspect {
            mark.invalid_since = Some(self.invalidity(blocks, ordinal)?);
        }
        Ok((mark, fields.origin))
    }

    fn fields(&self, row: &[u8]) -> Option<Fields> {
        let (reason, rest) = row.get(self.rest()..)?.split_first()?;
        let digits = u32::from(self.date) * 8;
        let word = u64::from_octets(rest, u64::mask(digits))?;
        let flag = 1 << (digits - 1);
        let seconds = (word & !flag).cast_signed();
        let origin = if self.origins {
            let origin = rest.get(usize::from(self.date)..)?.first_chunk()?;
            u32::from_le_bytes(*origin)
        } else {
            0
        };
        Some(Fields {
            mark: Mark {
                reason: *reason,
                revoked_at: Time::from_unix(self.oldest.as_unix().checked_add(seconds)?),
                invalid_since: None,
            },
            suspect: word & flag != 0,
            origin,
        })
    }

    /// The invalidity date of a row that has one.
    fn invalidity(&self, blocks: &Blocks, ordinal: u32) -> Result<Time, Damaged> {
        let (mut low, mut high) = (0, self.invalidity_count);
        while low < high {
            let middle = low + (high - low) / 2;
            let offset = self.invalidities + u64::from(middle) * INVALIDITY as u64;
            let record = blocks.get(offset, INVALIDITY)?;
            let (Some(number), Some(time)) = (record.first_chunk(), record.last_chunk()) else {
                return Err(Damaged);
            };
            match u32::from_le_bytes(*number).cmp(&ordinal) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Equal => return Ok(Time::from_unix(i64::from_le_bytes(*time))),
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Err(Damaged)
    }
}

/// The rows of a bucket, and padding behind them.
struct Bucket<'b, K> {
    rows: &'b [u8],
    size: usize,
    /// The digits of a remainder.
    mask: K,
    /// The number of its first row in the table.
    first: u32,
    count: u32,
}

impl<'b, K: Key> Bucket<'b, K> {
    const NONE: Self = Bucket {
        rows: &[],
        size: 0,
        mask: K::ZERO,
        first: 0,
        count: 0,
    };

    /// The rows without the padding.
    fn content(&self) -> &'b [u8] {
        let length = self.count as usize * self.size;
        self.rows.get(..length).unwrap_or_default()
    }

    /// The row at `position`, and what is behind it.
    fn at(&self, position: u32) -> Result<&'b [u8], Damaged> {
        self.rows
            .get(position as usize * self.size..)
            .ok_or(Damaged)
    }

    fn remainder(&self, position: u32) -> Result<K, Damaged> {
        K::from_octets(self.at(position)?, self.mask).ok_or(Damaged)
    }

    /// Where the row with this remainder is: about there where it would be if
    /// keys were spread evenly. However they are spread, it takes no more than
    /// some steps and halving all of them.
    fn position(&self, remainder: K) -> Result<Option<u32>, Damaged> {
        if self.count == 0 {
            return Ok(None);
        }
        let guess = remainder.place(self.mask, self.count);
        let (mut low, mut high) = (0, self.count);
        if self.remainder(guess)? <= remainder {
            low = guess;
            let near = high.min(guess.saturating_add(FEW));
            while low + 1 < near && self.remainder(low + 1)? <= remainder {
                low += 1;
            }
            if low + 1 < near {
                high = low + 1;
            }
        } else {
            high = guess;
            let near = guess.saturating_sub(FEW);
            while high > near {
                if self.remainder(high - 1)? <= remainder {
                    low = high - 1;
                    break;
                }
                high -= 1;
            }
        }
        self.last_up_to(remainder, low, high)
    }

    /// The row with this remainder, of those from `low` to before `high`.
    fn last_up_to(&self, remainder: K, low: u32, high: u32) -> Result<Option<u32>, Damaged> {
        let (mut low, mut high) = (low, high);
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            if self.remainder(middle)? <= remainder {
                low = middle;
            } else {
                high = middle;
            }
        }
        let found = low < high && self.remainder(low)? == remainder;
        Ok(found.then_some(low))
    }
}

/// Goes through the rows of a table, and ends after the first error.
pub(super) struct Rows<'b, K> {
    layout: Layout<K>,
    blocks: &'b Blocks,
    /// The bucket after the current one.
    bucket: u64,
    current: Bucket<'b, K>,
    /// The next row of the current bucket.
    next: u32,
}

impl<K: Key> Rows<'_, K> {
    /// Whether equal octets mean equal rows in both.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        let (one, two) = (&self.layout, &other.layout);
        one.min == two.min
            && (one.shift, one.buckets, one.date) == (two.shift, two.buckets, two.date)
            && one.oldest == two.oldest
            && (one.origins, two.origins) == (false, false)
            && (one.invalidity_count, two.invalidity_count) == (0, 0)
    }

    /// Skips what comes next and is the same in `other`, which is
    /// [alike](Self::is_alike): rows of one bucket, and whole buckets.
    pub(super) fn skip_same(&mut self, other: &mut Self) -> Result<(), Damaged> {
        while self.bucket == other.bucket {
            while let (Some(one), Some(two)) = (self.raw(), other.raw())
                && one == two
            {
                self.next += 1;
                other.next += 1;
            }
            let through = |rows: &Self| rows.next >= rows.current.count;
            if !through(self) || !through(other) || self.bucket >> self.layout.buckets != 0 {
                return Ok(());
            }
            for rows in [&mut *self, &mut *other] {
                rows.current = rows.layout.bucket(rows.blocks, rows.bucket)?;
                rows.bucket += 1;
                rows.next = 0;
            }
            if self.current.content() == other.current.content() {
                self.next = self.current.count;
                other.next = other.current.count;
            }
        }
        Ok(())
    }

    /// The octets of the next row of the current bucket.
    fn raw(&self) -> Option<&[u8]> {
        let start = self.next as usize * self.current.size;
        let rows = (self.next < self.current.count).then_some(self.current.rows)?;
        rows.get(start..)?.get(..self.current.size)
    }

    fn read(&mut self) -> Result<Row<K>, Damaged> {
        let layout = &self.layout;
        let shift = u32::from(layout.shift);
        let row = self.current.at(self.next)?;
        let rest = self.current.remainder(self.next)?;
        let distance = K::join(self.bucket - 1, rest, shift).ok_or(Damaged)?;
        let ordinal = self.current.first + self.next;
        let (mark, origin) = layout.mark(self.blocks, row, ordinal)?;
        self.next += 1;
        Ok(Row {
            key: layout.min.plus(distance).ok_or(Damaged)?,
            mark,
            origin,
        })
    }
}

impl<K: Key> Iterator for Rows<'_, K> {
    type Item = Result<Row<K>, Damaged>;

    fn next(&mut self) -> Option<Self::Item> {
        while self.next >= self.current.count {
            if self.bucket >> self.layout.buckets != 0 {
                return None;
            }
            match self.layout.bucket(self.blocks, self.bucket) {
                Ok(bucket) => self.current = bucket,
                Err(damaged) => {
                    self.bucket = u64::MAX;
                    return Some(Err(damaged));
                }
            }
            self.bucket += 1;
            self.next = 0;
        }
        let row = self.read();
        if row.is_err() {
            self.current = Bucket::NONE;
            self.bucket = u64::MAX;
        }
        Some(row)
    }
}
