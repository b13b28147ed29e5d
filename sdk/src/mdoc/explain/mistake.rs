//! Mistakes as data: what went wrong, in words, and what the device would then
//! have signed.

use crate::mdoc::cbor::write;
use crate::message::Language;

/// One thing that is taken for another in computing a session transcript.
///
/// Which side is mistaken cannot be told from here: the two differ in this.
#[derive(Debug, PartialEq, Eq)]
pub struct Mistake {
    id: &'static str,
    input: Input,
    ja: &'static str,
    en: &'static str,
}

macro_rules! inputs {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal;)+) => {
        /// What goes into what the device authenticates.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Input {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Input {
            /// The word by which command lines and reports call it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }
        }
    };
}

inputs! {
    /// The origin of the page, or of the app, that asked.
    Origin = "origin";
    /// `EncryptionInfo` of annex C.
    EncryptionInfo = "encryption-info";
    /// The nonce of the request.
    Nonce = "nonce";
    /// The thumbprint of the key that the response is encrypted to.
    Thumbprint = "jwk-thumbprint";
    /// The client identifier.
    ClientId = "client-id";
    /// The response URI.
    ResponseUri = "response-uri";
    /// The nonce that the wallet makes (annex B).
    MdocGeneratedNonce = "mdoc-generated-nonce";
    /// The merchant identifier.
    MerchantId = "merchant-id";
    /// The team identifier.
    TeamId = "team-id";
    /// The hash of the key that an app's response is encrypted to.
    PublicKeyHash = "public-key-hash";
    /// The device engagement.
    DeviceEngagement = "device-engagement";
    /// The reader's key of the session.
    EReaderKey = "e-reader-key";
    /// The handover: its name, its parts and their order.
    Handover = "handover";
    /// The salt of the key of the device's MAC.
    MacSalt = "mac-salt";
    /// Which request is answered.
    Transaction = "transaction";
    /// What is signed around the session transcript.
    DeviceAuthentication = "device-authentication";
}

impl Mistake {
    pub(super) const fn new(
        id: &'static str,
        input: Input,
        ja: &'static str,
        en: &'static str,
    ) -> Self {
        Self { id, input, ja, en }
    }

    /// The stable name, for example `origin.slash`.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The input that differs.
    #[must_use]
    pub const fn input(&self) -> Input {
        self.input
    }

    /// What differs, in one sentence.
    #[must_use]
    pub const fn text(&self, language: Language) -> &'static str {
        match language {
            Language::Japanese => self.ja,
            Language::English => self.en,
        }
    }
}

/// A mistake that can be made with every `T`, and what it makes of one.
pub(super) struct Entry<T: ?Sized, C = Vec<u8>> {
    pub(super) mistake: Mistake,
    pub(super) of: fn(&T) -> Vec<C>,
}

/// What a device may have authenticated: a session transcript, and how it was
/// used. It stays in this module: nothing is verified with one.
pub(super) struct Candidate {
    pub(super) transcript: Vec<u8>,
    /// What the salt of `EMacKey` is the digest of.
    pub(super) salt: Vec<u8>,
    pub(super) form: Form,
}

/// How the transcript stands in what is authenticated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Standard,
    TranscriptEmbedded,
    NotEmbedded,
    NamespacesBare,
    NamespacesEmpty,
}

impl From<Vec<u8>> for Candidate {
    fn from(transcript: Vec<u8>) -> Self {
        Self {
            salt: write::embedded(&transcript),
            transcript,
            form: Form::Standard,
        }
    }
}

/// A mistake with the candidates that it leads to.
pub(super) type Suspect = (&'static Mistake, Vec<Candidate>);

/// The suspects of a table: `assemble` makes a transcript of what an entry makes
/// of `input`.
pub(super) fn suspects<T: ?Sized, C>(
    table: &'static [Entry<T, C>],
    input: &T,
    assemble: impl Fn(C) -> Vec<u8>,
) -> Vec<Suspect> {
    let suspect = |entry: &'static Entry<T, C>| {
        let made = (entry.of)(input).into_iter();
        let candidates = made.map(|made| assemble(made).into());
        (&entry.mistake, candidates.collect())
    };
    table.iter().map(suspect).collect()
}
