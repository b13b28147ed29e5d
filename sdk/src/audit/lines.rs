//! Lines of a stream, one at a time, none longer than its budget.

use std::io::{self, BufRead};

/// What came next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A line, without its end.
    Line,
    /// So many octets after the last end of a line: whoever wrote them was cut
    /// off.
    Torn(u64),
    /// More than a line may have.
    TooLong,
    /// Nothing.
    End,
}

/// Reads the next line into `line`.
pub(super) fn next<R: BufRead>(source: R, longest: usize, line: &mut Vec<u8>) -> io::Result<Next> {
    line.clear();
    // The line, its end, and not one octet more.
    let budget = u64::try_from(longest).unwrap_or(u64::MAX).saturating_add(1);
    let read = source.take(budget).read_until(b'\n', line)?;
    if line.pop_if(|last| *last == b'\n').is_some() {
        return Ok(Next::Line);
    }
    Ok(match read {
        0 => Next::End,
        read if read > longest => Next::TooLong,
        read => Next::Torn(u64::try_from(read).unwrap_or(u64::MAX)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_ends_where_it_says_so() {
        let mut source = &b"abc\n\nabcd\nab"[..];
        let mut line = Vec::new();
        for (expected, octets) in [
            (Next::Line, &b"abc"[..]),
            (Next::Line, b""),
            (Next::Line, b"abcd"),
            (Next::Torn(2), b"ab"),
            (Next::End, b""),
        ] {
            assert_eq!(next(&mut source, 4, &mut line).unwrap(), expected);
            assert_eq!(line, octets);
        }
        assert_eq!(next(&b"abcde\n"[..], 4, &mut line).unwrap(), Next::TooLong);
    }
}
