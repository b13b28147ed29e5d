//! The first step: keys, nonces, and the request.

use serde_json::Value;

use crate::code::Code;
use crate::error::Error;
use crate::jose::encode;
use crate::mdoc::envelope::RequestForm;
use crate::mdoc::pending::PendingPresentation;
use crate::mdoc::pending::channel::{AnnexC, Apple, Channel, Openid4vp};
use crate::mdoc::request::{Parameters, encryption_info, iso_mdoc};
use crate::mdoc::{
    AppleMerchant, AppleRequest, ClientAuthentication, Curve, DeviceRequest,
    DigitalCredentialsRequest, Edition, EphemeralKey, ReaderAuthentication, Requested,
    ResponseMode,
};
use crate::transaction::{Binding, RelyingParty, random};

/// A protocol in which a browser may be answered.
#[derive(Clone, Copy, Debug)]
pub enum Offer<'a> {
    /// `org-iso-mdoc` (ISO/IEC 18013-7, annex C): the only one that Safari
    /// takes.
    IsoMdoc(&'a Edition, ReaderAuthentication<'a>),
    /// OpenID4VP 1.0.
    Openid4vp(ClientAuthentication<'a>, ResponseMode),
}

/// What is made afresh for every request in every protocol.
pub(super) struct Secrets {
    pub(super) key: EphemeralKey,
    pub(super) nonce: [u8; 32],
}

impl Secrets {
    fn generate() -> Result<Self, Error> {
        Ok(Self {
            key: EphemeralKey::generate(Curve::P256)?,
            nonce: random()?,
        })
    }
}

impl PendingPresentation {
    /// Asks a browser for what is `requested`, in all the protocols that are
    /// offered; a wallet answers one. Each has a key and a nonce of its own.
    ///
    /// The origin is that of `binding`: it comes from configuration, never from
    /// what a browser says.
    ///
    /// # Errors
    /// `misuse.request` if nothing is offered, a protocol is offered twice, or
    /// one cannot be asked in so; `misuse.entropy` if the system gives no
    /// randomness; what a signer says if it cannot sign.
    pub fn begin_digital_credentials(
        binding: Binding,
        requested: Requested,
        offers: &[Offer<'_>],
    ) -> Result<(Self, DigitalCredentialsRequest), Error> {
        let kinds = offers.iter().map(std::mem::discriminant);
        let kinds = kinds.collect::<std::collections::HashSet<_>>();
        if offers.is_empty() || kinds.len() != offers.len() {
            return Err(Code::MisuseRequest.into());
        }
        let relying_party = &binding.audience.relying_party;
        let made = offers.iter().map(|offer| {
            let secrets = Secrets::generate()?;
            offer.make(relying_party, &requested, secrets)
        });
        let made: Result<Vec<_>, Error> = made.collect();
        let (channels, requests) = made?.into_iter().unzip();
        let pending = Self {
            binding,
            requested,
            channels,
        };
        Ok((pending, DigitalCredentialsRequest::new(requests)))
    }

    /// Asks a browser by `org-iso-mdoc` alone.
    ///
    /// # Errors
    /// As [`begin_digital_credentials`](Self::begin_digital_credentials).
    pub fn begin_annex_c(
        binding: Binding,
        requested: Requested,
        edition: &Edition,
        readers: ReaderAuthentication<'_>,
    ) -> Result<(Self, DigitalCredentialsRequest), Error> {
        let offer = Offer::IsoMdoc(edition, readers);
        Self::begin_digital_credentials(binding, requested, &[offer])
    }

    /// Asks a browser by OpenID4VP alone.
    ///
    /// # Errors
    /// As [`begin_digital_credentials`](Self::begin_digital_credentials).
    pub fn begin_openid4vp(
        binding: Binding,
        requested: Requested,
        client: ClientAuthentication<'_>,
        mode: ResponseMode,
    ) -> Result<(Self, DigitalCredentialsRequest), Error> {
        let offer = Offer::Openid4vp(client, mode);
        Self::begin_digital_credentials(binding, requested, &[offer])
    }

    /// Asks an app on an iPhone.
    ///
    /// # Errors
    /// `misuse.request` if more than one document is asked for,
    /// `misuse.entropy` if the system gives no randomness.
    pub fn begin_apple(
        binding: Binding,
        requested: Requested,
        merchant: &AppleMerchant,
    ) -> Result<(Self, AppleRequest), Error> {
        let nonce: [u8; 32] = random()?;
        let request = AppleRequest::new(&requested, &nonce, merchant)?;
        let channel = Channel::Apple(Apple {
            nonce: nonce.to_vec(),
            merchant_id: merchant.merchant_id().to_owned(),
            team_id: merchant.team_id().to_owned(),
            public_key_hash: merchant.public_key_hash(),
        });
        let pending = Self {
            binding,
            requested,
            channels: vec![channel],
        };
        Ok((pending, request))
    }
}

impl Offer<'_> {
    /// The request of this offer by itself, with a key on P-256 and a nonce of the
    /// caller's own, for tools that keep them in files. Both are for one request;
    /// whoever serves people begins a [`PendingPresentation`], which sees to that.
    ///
    /// # Errors
    /// `misuse.argument` if the key is on another curve, `misuse.request` if it
    /// cannot be asked in so; what a signer says if it cannot sign.
    pub fn request(
        &self,
        relying_party: &RelyingParty,
        requested: &Requested,
        key: &EphemeralKey,
        nonce: [u8; 32],
    ) -> Result<DigitalCredentialsRequest, Error> {
        let key = EphemeralKey::from_entropy(Curve::P256, &key.scalar()?)?;
        let (_, request) = self.make(relying_party, requested, Secrets { key, nonce })?;
        Ok(DigitalCredentialsRequest::new(vec![request]))
    }

    pub(super) fn make(
        &self,
        relying_party: &RelyingParty,
        requested: &Requested,
        secrets: Secrets,
    ) -> Result<(Channel, Value), Error> {
        match *self {
            Self::IsoMdoc(edition, readers) => {
                annex_c(relying_party, requested, edition, readers, secrets)
            }
            Self::Openid4vp(client, mode) => {
                openid4vp(relying_party, requested, client, mode, secrets)
            }
        }
    }
}

fn annex_c(
    relying_party: &RelyingParty,
    requested: &Requested,
    edition: &Edition,
    readers: ReaderAuthentication<'_>,
    Secrets { key, nonce }: Secrets,
) -> Result<(Channel, Value), Error> {
    let encryption_info = encryption_info(&nonce, &key);
    let channel = AnnexC {
        key,
        encryption_info,
    };
    let transcript = channel.transcript(relying_party);
    let request = DeviceRequest::new(requested, edition, readers, &transcript)?;
    let request = iso_mdoc(&request, &channel.encryption_info);
    Ok((Channel::AnnexC(channel), request))
}

fn openid4vp(
    relying_party: &RelyingParty,
    requested: &Requested,
    client: ClientAuthentication<'_>,
    mode: ResponseMode,
    Secrets { key, nonce }: Secrets,
) -> Result<(Channel, Value), Error> {
    let channel = Openid4vp {
        nonce: encode(&nonce),
        form: match client {
            ClientAuthentication::Unsigned => RequestForm::Unsigned,
            ClientAuthentication::Signed(..) => RequestForm::Signed,
        },
        key: match mode {
            ResponseMode::DcApiJwt => Some(key),
            ResponseMode::DangerDcApi => None,
        },
    };
    let parameters = Parameters {
        relying_party,
        requested,
        nonce: &channel.nonce,
        key: channel.key.as_ref(),
    };
    let request = parameters.request(client)?;
    Ok((Channel::Openid4vp(channel), request))
}
