//! The layers.

use tashika::Error;
use tashika::mdoc::Requested;
use tashika::transaction::Purpose;

use crate::front::layer;
use crate::presentation::requirement::Elements;
use crate::presentation::{AgeRequirement, Channels, Documents, PresentationDesk};
use crate::site::Site;

layer! {
    /// Asks people for documents in their phones, and for what of them.
    ///
    /// | request | what answers |
    /// |---|---|
    /// | `POST …/request` | the layer: what a browser hands to the phone, in a transaction of this browser |
    /// | `POST …/response?transaction=…` | the layer, if it is refused; else the service behind it, with [`Verified<VerifiedPresentation>`](crate::Verified) in the request's extensions |
    /// | the same below `…/apple` | the same, for an app on an iPhone |
    /// | the same below `…/proximity` | the same, for a terminal that a phone is held to |
    /// | any other | the service behind it |
    ///
    /// Of the [`Channels`], those exist that are configured. Every first response
    /// is JSON with the transaction, where its answer goes, and until when, and
    /// comes with a cookie without which the answer is refused:
    ///
    /// ```json
    /// {
    ///   "transaction": "07070707070707070707070707070707",
    ///   "answer": "/open/response?transaction=07070707070707070707070707070707",
    ///   "expires": "2027-01-15T08:10:00Z",
    ///   "request": { "digital": { "requests": [ … ] } }
    /// }
    /// ```
    ///
    /// # In a browser
    ///
    /// `request` goes to `navigator.credentials.get` as it is. The answer is JSON
    /// with `protocol` and `data` of the `DigitalCredential` that comes back.
    ///
    /// # In an app on an iPhone
    ///
    /// `request` is what [`AppleRequest`](tashika::mdoc::AppleRequest) says. The
    /// answer is the `encryptedData` of PassKit as it is, as `application/cbor`.
    /// Somebody has to keep the cookie, as `URLSession` does.
    ///
    /// # Before a terminal
    ///
    /// The first request is JSON with what the terminal heard: the text of a QR
    /// code, or the messages of an NFC handover in base64, of which the second is
    /// there if it was negotiated.
    ///
    /// ```json
    /// { "qr": "mdoc:owBjMS4w…" }
    /// { "handover_select": "kQIP…", "handover_request": "kQIR…" }
    /// ```
    ///
    /// In the place of `request`, the response has two messages in base64: what
    /// to send to the phone (`establishment`), and what to send when the answer
    /// has been handed over (`termination`). The answer is the first message of
    /// the phone (`SessionData`) as it is, as `application/cbor`. It may be
    /// proved by a MAC: the key has not left the relying party.
    ///
    /// # One request, one answer
    ///
    /// Origin, client and merchant come from configuration when a transaction
    /// begins, and are sealed with it; nothing that arrives changes them. An
    /// answer ends its transaction, whether or not it is accepted; what is not of
    /// its media type, or is no answer of a browser's at all, leaves it as it is.
    /// It has no body for the service behind the layer, which finds all there is
    /// to know in the proof.
    ///
    /// An answer from another browser than the one that asked is refused, without
    /// exception: whoever photographs a code could have somebody elsewhere open
    /// an account for them. A counter where people come in person has a terminal.
    PresentationLayer, PresentationService, PresentationDesk<Elements>
}

layer! {
    /// Asks people whether they have reached an age, and lets nothing else
    /// through.
    ///
    /// Requests and answers are those of [`PresentationLayer`](crate::PresentationLayer).
    /// The service behind the layer finds
    /// [`Verified<VerifiedAge>`](crate::VerifiedAge): yes, no or unknown, and a
    /// random name for a receipt. What was presented is gone by then; so are the
    /// elements that a wallet gave in place of the one that was asked for. What
    /// goes on record is the day and the answer.
    ///
    /// The layer lets all three answers through. The service decides, by
    /// [`outcome`](crate::VerifiedAge::outcome).
    AgeLayer, AgeService, PresentationDesk<AgeRequirement>
}

impl PresentationLayer {
    /// Asks for what is `requested` on these channels of `site`, for `purpose`.
    ///
    /// Asks once in each of them, in nobody's transaction, so that what cannot be
    /// asked is found here: a reader's key signs.
    ///
    /// # Errors
    /// `misuse.request` if there is no channel, two protocols for browsers are
    /// the same, or it cannot be asked so in one of them; `trust.empty` if no
    /// issuer of one of the documents is known; `misuse.layer` if another layer
    /// of the site has one of the paths; what a signer says if it cannot sign.
    pub fn new(
        site: Site,
        purpose: Purpose,
        requested: Requested,
        channels: Channels,
        documents: Documents,
    ) -> Result<Self, Error> {
        let requirement = Elements(requested);
        let desk = PresentationDesk::new(site, purpose, requirement, channels, documents)?;
        Ok(Self::of(desk))
    }
}

impl AgeLayer {
    /// Asks whether this age is reached, on these channels of `site`, for
    /// `purpose`.
    ///
    /// # Errors
    /// As [`PresentationLayer::new`](crate::PresentationLayer::new).
    pub fn new(
        site: Site,
        purpose: Purpose,
        age: AgeRequirement,
        channels: Channels,
        documents: Documents,
    ) -> Result<Self, Error> {
        let desk = PresentationDesk::new(site, purpose, age, channels, documents)?;
        Ok(Self::of(desk))
    }
}
