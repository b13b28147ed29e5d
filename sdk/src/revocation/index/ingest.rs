//! From a list to its index, in one pass.

use std::io::{self, Read, Write};
use std::ops::Range;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use crate::algorithm::{AlgorithmTable, Digest, DigestAlgorithm, Hashing};
use crate::asn1::{self, Reader};
use crate::code::{CheckId, Code};
use crate::error::{Error, Trace};
use crate::limits;
use crate::revocation::DistributionPointName;
use crate::revocation::facts::Facts;
use crate::revocation::frame::{Frame, Head, ListExtensions, Seal, read_trace};
use crate::revocation::index::gather::Gathered;
use crate::revocation::index::spare::Spare;
use crate::revocation::index::window::{Consumer, Window};
use crate::revocation::index::{Damaged, ListIndex, build, scan};
use crate::trust::{Fingerprint, Purpose, TrustStore};

/// Octets of a list that are read at once: few enough to be in the cache still
/// when they are understood and hashed.
const CHUNK: usize = 1024 * 1024;

/// A list of so many octets is read by one thread and hashed by another.
const LARGE: u64 = 4 * CHUNK as u64;

/// The thread that reads may be ahead by this part of the list, and so begin
/// to sort while the other is hashing: some octets for each entry.
const LOOKAHEAD: u64 = 12;

/// Octets of an entry with a serial number of eight octets and a reason.
const USUAL_ENTRY: u64 = 41;

/// Makes the index of a list while it reads it.
///
/// A list is checked as [`CertificateList`](crate::revocation::CertificateList)
/// checks it, and is in memory only in part: entries take 16 octets each until
/// they are written. Budgets are kept before the signature is known, and the
/// signature is checked before anything is written.
///
/// Signature schemes without a digest of their own
/// ([`SignatureScheme::danger_custom`](crate::algorithm::SignatureScheme::danger_custom))
/// would need the whole list at once and are refused.
#[derive(Clone, Debug)]
pub struct Ingest {
    trust: TrustStore,
    purposes: Vec<Purpose>,
    algorithms: AlgorithmTable,
    octets: u64,
    entries: u64,
    chunk: usize,
}

/// What was made of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Built {
    /// How many certificates the list revokes.
    pub revoked: usize,
    /// How many of its entries contradict another one about the same
    /// certificate. All such certificates are revoked; that there are any is
    /// worth an alert.
    pub conflicts: u64,
    /// How many of its entries say once more what another one says.
    pub duplicates: u64,
    /// How many certificates it no longer lists, and no list dropped before.
    /// They stay revoked; more than expire in the meantime are worth an alert.
    pub dropped: usize,
    /// The octets of the index file.
    pub octets: u64,
}

/// Why there is no index of a list.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IngestError {
    /// The list could not be read, or is shorter or longer than was said.
    #[error("cannot read the list")]
    Read(#[source] io::Error),
    /// The index could not be written.
    #[error("cannot write the index")]
    Write(#[source] io::Error),
    /// The list is refused.
    #[error(transparent)]
    Refused(#[from] Error),
    /// The previous index is not whole.
    #[error("the previous index of this list is damaged")]
    Previous(#[from] Damaged),
}

impl IngestError {
    /// The code under which the list is of no use.
    #[must_use]
    pub fn code(&self) -> Code {
        match self {
            Self::Read(_) => Code::InputCrl,
            Self::Write(_) => Code::RevocationMissing,
            Self::Refused(error) => error.code(),
            Self::Previous(_) => Code::RevocationDamaged,
        }
    }
}

impl From<Code> for IngestError {
    fn from(code: Code) -> Self {
        Self::Refused(Error::new(code))
    }
}

impl Ingest {
    /// Believes lists that an anchor of one of `purposes` signed.
    #[must_use]
    pub fn new(trust: TrustStore, purposes: Vec<Purpose>, algorithms: AlgorithmTable) -> Self {
        Self {
            trust,
            purposes,
            algorithms,
            octets: limits::CRL_STREAM,
            entries: limits::CRL_STREAM_ENTRIES,
            chunk: CHUNK,
        }
    }

    /// The anchors under which lists are believed.
    pub(crate) fn trust(&self) -> &TrustStore {
        &self.trust
    }

    /// Refuses lists of more than so many octets; at most [`limits::CRL_STREAM`].
    #[must_use]
    pub fn at_most_octets(mut self, octets: u64) -> Self {
        self.octets = octets.min(limits::CRL_STREAM);
        self
    }

    /// Refuses lists of more than so many entries; at most
    /// [`limits::CRL_STREAM_ENTRIES`].
    #[must_use]
    pub fn at_most_entries(mut self, entries: u64) -> Self {
        self.entries = entries.min(limits::CRL_STREAM_ENTRIES);
        self
    }

    /// Reads at most so many octets at once, and at least one. For tests: a
    /// list is understood in whatever pieces it comes.
    #[must_use]
    pub fn in_chunks_of(mut self, octets: usize) -> Self {
        self.chunk = octets.max(1);
        self
    }

    /// Reads the list of `length` octets that `source` holds, and writes its
    /// index to `out`, which is empty and becomes valid with its last octet.
    ///
    /// `previous` is the index of the list before it, of the same issuer and
    /// scope: what that list or an earlier one revoked stays revoked.
    ///
    /// # Errors
    /// * [`IngestError::Refused`]: the codes of
    ///   [`CertificateList::from_der`](crate::revocation::CertificateList::from_der)
    ///   and [`verify`](crate::revocation::CertificateList::verify), and
    ///   `misuse.argument` if `previous` is of another issuer or scope.
    /// * [`IngestError::Read`], [`IngestError::Write`] and
    ///   [`IngestError::Previous`]. In every case what was written is of no use.
    pub fn build(
        &self,
        source: impl Read + Send,
        length: u64,
        previous: Option<&ListIndex>,
        out: impl Write,
    ) -> Result<Built, IngestError> {
        let list = self.read(source, length, None)?;
        if previous.is_some_and(|p| !p.facts.is_same_series(list.facts())) {
            return Err(Code::MisuseArgument.into());
        }
        list.write(previous, out)
    }

    /// Reads and verifies the list of `length` octets that `source` holds.
    /// `bind` is the distribution point that configuration binds it to.
    pub(crate) fn read(
        &self,
        source: impl Read + Send,
        length: u64,
        bind: Option<DistributionPointName<'_>>,
    ) -> Result<ReadList, IngestError> {
        if length > self.octets {
            return Err(self.failed(Code::RevocationTooLarge));
        }
        let mut window = Window::new(source, length, self.chunk);
        let opening = self.opening(&mut window, length)?;
        let mut hasher = Hasher::new(&opening, &self.algorithms);
        let mut gathered = Gathered::new(self.entries, opening.entries / USUAL_ENTRY);
        let ending = if length < LARGE {
            self.rest(window, &opening, &mut gathered, &mut hasher)?
        } else {
            let depth = (length / LOOKAHEAD / self.chunk as u64).clamp(2, 64);
            let depth = usize::try_from(depth).unwrap_or(2);
            let read = |gathered: &mut Gathered, elsewhere: &mut Elsewhere| {
                self.rest(window, &opening, gathered, elsewhere)
            };
            let ending = hasher.elsewhere(depth, &mut gathered, read);
            hasher = ending.1;
            ending.0?
        };
        let facts = self.verify(&opening, &ending, hasher, bind)?;
        Ok(ReadList { facts, gathered })
    }

    /// Reads the entries and what stands behind them.
    fn rest<R: Read>(
        &self,
        mut window: Window<R>,
        opening: &Opening,
        gathered: &mut Gathered,
        consumer: &mut impl Consumer,
    ) -> Result<Vec<u8>, IngestError> {
        self.entries(&mut window, opening, gathered, consumer)?;
        let ending = self.ending(&mut window)?;
        window.finish(consumer)?;
        Ok(ending)
    }

    /// A refusal while reading, where no check has passed.
    fn failed(&self, code: Code) -> IngestError {
        let failed: Result<(), Error> = Trace::default().check(CheckId::CrlEncoding, Err(code));
        match failed {
            Err(error) => error.into(),
            Ok(()) => code.into(),
        }
    }

    /// Reads what stands before the entries.
    fn opening<R: Read>(
        &self,
        window: &mut Window<R>,
        length: u64,
    ) -> Result<Opening, IngestError> {
        loop {
            let more = window.octets().len() < limits::CRL_STREAM_PART && window.grow()?;
            match Opening::read(window.octets(), length) {
                Ok(opening) => {
                    window.consume(opening.length);
                    return Ok(opening);
                }
                Err(_) if more => {}
                Err(code) => return Err(self.failed(code)),
            }
        }
    }

    /// Reads the entries.
    fn entries<R: Read>(
        &self,
        window: &mut Window<R>,
        opening: &Opening,
        gathered: &mut Gathered,
        consumer: &mut impl Consumer,
    ) -> Result<(), IngestError> {
        let mut left = opening.entries;
        while left > 0 {
            let here = window.octets();
            let entries = usize::try_from(left).unwrap_or(usize::MAX).min(here.len());
            let here = here.get(..entries).unwrap_or_default();
            let read = scan::entries(here, left, gathered).map_err(|code| self.failed(code))?;
            let stuck = read == 0 && here.len() >= limits::CRL_STREAM_PART;
            window.consume(read);
            left -= read as u64;
            if stuck {
                return Err(self.failed(Code::RevocationTooLarge));
            }
            if left > 0 && !window.roll(consumer)? {
                return Err(self.failed(Code::InputCrl));
            }
        }
        Ok(())
    }

    /// Reads what stands behind the entries.
    fn ending<R: Read>(&self, window: &mut Window<R>) -> Result<Vec<u8>, IngestError> {
        let length = window.octets().len() as u64 + window.unread();
        if length > limits::CRL_STREAM_PART as u64 {
            return Err(self.failed(Code::RevocationTooLarge));
        }
        while window.grow()? {}
        Ok(window.octets().to_vec())
    }

    fn verify(
        &self,
        opening: &Opening,
        ending: &[u8],
        hasher: Hasher,
        bind: Option<DistributionPointName<'_>>,
    ) -> Result<Facts, IngestError> {
        let frame = opening.frame(ending).map_err(|code| self.failed(code))?;
        let digests = hasher.finish();
        let mut refusal = Error::new(Code::RevocationIssuer);
        for purpose in &self.purposes {
            let signer = frame.signer(
                &self.trust,
                *purpose,
                &self.algorithms,
                read_trace(),
                |key, scheme| {
                    let digest = digests.of(scheme.digest())?;
                    key.verify_digest(scheme, digest, frame.signature())
                },
            );
            match signer {
                Ok((anchor, trace)) => {
                    let digest = Fingerprint::of_digest(&digests.sha256);
                    let mut facts = Facts::of(&frame, digest, anchor, trace);
                    if let Some(name) = bind {
                        facts.bind(name)?;
                    }
                    return Ok(facts);
                }
                // A list of somebody else's tells nothing.
                Err(error) if refusal.code() == Code::RevocationIssuer => refusal = error,
                Err(_) => {}
            }
        }
        Err(refusal.into())
    }
}

/// A verified list whose entries are not sorted yet.
pub(crate) struct ReadList {
    facts: Facts,
    gathered: Gathered,
}

impl ReadList {
    /// What the list is, apart from its entries.
    pub(crate) fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Writes its index. `previous` is the index of the list before it, of the
    /// same issuer and scope.
    pub(crate) fn write(
        self,
        previous: Option<&ListIndex>,
        out: impl Write,
    ) -> Result<Built, IngestError> {
        build::list(self.facts, self.gathered, previous, out)
    }
}

impl ListIndex {
    /// Writes this index again to `out`. What `older` revokes, a list of the
    /// same issuer and scope, or has kept of lists before it, is from then on
    /// revoked here too.
    ///
    /// # Errors
    /// [`IngestError::Write`], and [`IngestError::Previous`] if one of the two
    /// is damaged; `misuse.argument` if they are not of the same issuer and
    /// scope.
    pub fn bury(&self, older: &Self, out: impl Write) -> Result<Built, IngestError> {
        if !self.facts.is_same_series(&older.facts) {
            return Err(Code::MisuseArgument.into());
        }
        build::bury(self, older, out)
    }
}

/// What stands before the entries, and where things are.
struct Opening {
    /// From the version to the entries.
    head: Vec<u8>,
    /// The contents of the algorithm identifier.
    algorithm: Vec<u8>,
    /// Where the signed part begins, and how long it is.
    signed: Range<u64>,
    /// Octets before the first entry.
    length: usize,
    /// Octets of entries.
    entries: u64,
}

impl Opening {
    /// Reads it from the beginning of a list of `length` octets. An error may
    /// mean that `octets` are too few.
    fn read(octets: &[u8], length: u64) -> Result<Self, Code> {
        let malformed = Code::InputCrl;
        let sequence = |octets: &[u8]| match asn1::header(octets) {
            Some((asn1::SEQUENCE, header, contents)) => Ok((header, contents)),
            Some(_) | None => Err(malformed),
        };
        let (outer, contents) = sequence(octets)?;
        if (outer as u64).checked_add(contents as u64) != Some(length) {
            return Err(malformed);
        }
        let tbs = octets.get(outer..).ok_or(malformed)?;
        let (header, body_length) = sequence(tbs)?;
        if header + body_length > contents {
            return Err(malformed);
        }
        let body = tbs.get(header..).ok_or(malformed)?;
        let body = body.get(..body_length).unwrap_or(body);
        let mut reader = Reader::new(body, malformed);
        let head = Head::read(&mut reader)?;
        let rest = reader.rest();
        let read = body.len() - rest.len();
        if rest.is_empty() && read < body_length {
            return Err(malformed);
        }
        let (entries_header, entries) = match rest.first() {
            Some(&asn1::SEQUENCE) => sequence(rest)?,
            Some(_) | None => (0, 0),
        };
        if read + entries_header + entries > body_length {
            return Err(malformed);
        }
        let end = outer + header + body_length;
        Ok(Self {
            head: body.get(..read).ok_or(malformed)?.to_vec(),
            algorithm: head.algorithm().to_vec(),
            signed: outer as u64..end as u64,
            length: outer + header + read + entries_header,
            entries: entries as u64,
        })
    }

    /// The list without its entries; `ending` is what stands behind them.
    fn frame<'a>(&'a self, ending: &'a [u8]) -> Result<Frame<'a>, Code> {
        let before = self.length as u64 + self.entries;
        let extensions = self.signed.end.checked_sub(before);
        let extensions = extensions.and_then(|l| usize::try_from(l).ok());
        let parts = extensions.and_then(|length| ending.split_at_checked(length));
        let (extensions, seal) = parts.ok_or(Code::InputCrl)?;
        let mut head = Reader::new(&self.head, Code::InputCrl);
        let seal = Seal::read(Reader::new(seal, Code::InputCrl))?;
        Frame::new(
            Head::read(&mut head)?,
            ListExtensions::read(Reader::new(extensions, Code::InputCrl))?,
            seal,
        )
    }
}

/// Takes the digests of the signed part.
struct Hasher {
    /// Octets before the signed part.
    skip: u64,
    /// Octets of the signed part that are still to come.
    left: u64,
    sha256: Hashing,
    /// The digest of the signature, where that is another one.
    other: Option<(DigestAlgorithm, Hashing)>,
}

/// The digests of the signed part.
struct Digests {
    sha256: Digest,
    other: Option<(DigestAlgorithm, Digest)>,
}

impl Hasher {
    fn new(opening: &Opening, algorithms: &AlgorithmTable) -> Self {
        let scheme = algorithms.scheme(&opening.algorithm);
        let digest = scheme.and_then(|s| s.digest());
        let other = digest.filter(|d| *d != DigestAlgorithm::Sha256);
        Self {
            skip: opening.signed.start,
            left: opening.signed.end - opening.signed.start,
            sha256: DigestAlgorithm::Sha256.begin(),
            other: other.map(|d| (d, d.begin())),
        }
    }

    fn update(&mut self, octets: &[u8]) {
        let before = first(octets, self.skip);
        self.skip -= before.len() as u64;
        let octets = octets.get(before.len()..).unwrap_or_default();
        let signed = first(octets, self.left);
        self.left -= signed.len() as u64;
        self.sha256.update(signed);
        if let Some((_, other)) = &mut self.other {
            other.update(signed);
        }
    }

    fn finish(self) -> Digests {
        Digests {
            sha256: self.sha256.finish(),
            other: self.other.map(|(d, hashing)| (d, hashing.finish())),
        }
    }
}

/// Hands octets to a thread that hashes them.
struct Elsewhere<'a> {
    full: SyncSender<(Vec<u8>, Range<usize>)>,
    done: &'a Spare,
}

impl Consumer for Elsewhere<'_> {
    fn take(&mut self, buffer: Vec<u8>, fresh: Range<usize>) -> Vec<u8> {
        // It takes them all until there are no more.
        let _ = self.full.send((buffer, fresh));
        self.done.get()
    }
}

impl Hasher {
    /// Hashes on another thread what `read` hands out, at most so many buffers
    /// behind. Begins to sort what it has gathered while that goes on.
    fn elsewhere<T>(
        mut self,
        depth: usize,
        gathered: &mut Gathered,
        read: impl FnOnce(&mut Gathered, &mut Elsewhere) -> Result<T, IngestError>,
    ) -> (Result<T, IngestError>, Self) {
        let done = &Spare::default();
        thread::scope(|scope| {
            let (full, buffers) = sync_channel::<(Vec<u8>, Range<usize>)>(depth);
            let hashing = scope.spawn(move || {
                for (buffer, fresh) in buffers {
                    done.put(self.take(buffer, fresh));
                }
                self
            });
            let outcome = read(gathered, &mut Elsewhere { full, done });
            while outcome.is_ok() && !hashing.is_finished() && gathered.sort_ahead() {}
            match hashing.join() {
                Ok(hasher) => (outcome, hasher),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        })
    }
}

/// The first `length` octets, or as many as there are.
fn first(octets: &[u8], length: u64) -> &[u8] {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    octets.get(..length).unwrap_or(octets)
}

impl Consumer for Hasher {
    fn take(&mut self, buffer: Vec<u8>, fresh: Range<usize>) -> Vec<u8> {
        self.update(buffer.get(fresh).unwrap_or_default());
        buffer
    }
}

impl Digests {
    fn of(&self, algorithm: Option<DigestAlgorithm>) -> Result<&Digest, Code> {
        match (algorithm, &self.other) {
            (Some(DigestAlgorithm::Sha256), _) => Ok(&self.sha256),
            (Some(wanted), Some((other, digest))) if wanted == *other => Ok(digest),
            _ => Err(Code::RevocationAlgorithm),
        }
    }
}
