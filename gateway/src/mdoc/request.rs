//! `tashika mdoc request`.

mod written;

use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use serde_json::Value;
use tashika::mdoc::{
    AppleMerchant, ClientAuthentication, ClientIdentifier, Curve, DeviceRequest, Edition,
    EphemeralKey, Offer, PendingPresentation, Purposes, ReaderAuthentication, ReaderIdentity,
    Requested, ResponseMode, SessionTranscript,
};
use tashika::signer::EcdsaSigner;
use tashika::transaction::{Audience, Binding, Purpose, RelyingParty, TransactionId};
use tashika::{Code, Duration, Error, limits};

use super::secret;
use crate::cli::mdoc::{EditionArgument, FlowArgument, FlowOptions, Protocol, Reader, Request};
use crate::exit::{Exit, Failure};
use crate::output::hex;
use crate::{clock, input, key};
use written::Written;

/// Octets of a file with a key.
const KEY: usize = 16 * 1024;

pub(super) fn run(options: &Request) -> Result<Exit, Failure> {
    let requested = options.asked.requested(&options.retained)?;
    let reader = options.reader.identity()?;
    let written = match options.protocol {
        Protocol::AnnexC | Protocol::Openid4vp => browser(options, &requested, reader)?,
        Protocol::Apple => apple(options, requested)?,
        Protocol::DeviceRequest => device_request(options, &requested, reader)?,
    };
    written.write(options)
}

/// The request that a page hands to the browser.
fn browser(
    options: &Request,
    requested: &Requested,
    reader: Option<ReaderIdentity>,
) -> Result<Written, Failure> {
    let origin = needed(options.origin.as_deref(), "--origin")?;
    let relying_party = RelyingParty::from_origin(origin)?;
    let (nonce, scalar, key) = session()?;
    let edition = options.edition.into();
    let readers: Vec<_> = reader.into_iter().collect();
    let client = match (&*readers, &options.reader.client_dns) {
        ([], _) => ClientAuthentication::Unsigned,
        ([reader, ..], Some(name)) => {
            ClientAuthentication::Signed(reader, ClientIdentifier::X509SanDns(name))
        }
        ([reader, ..], None) => ClientAuthentication::Signed(reader, ClientIdentifier::X509Hash),
    };
    let mode = match options.danger_in_the_clear {
        true => ResponseMode::DangerDcApi,
        false => ResponseMode::DcApiJwt,
    };
    let offer = match options.protocol {
        Protocol::Openid4vp => Offer::Openid4vp(client, mode),
        _ => Offer::IsoMdoc(&edition, authentication(&readers)),
    };
    let request = offer
        .request(&relying_party, requested, &key, nonce)?
        .to_json();
    let mut inputs = FlowOptions {
        origin: Some(relying_party.as_str().to_owned()),
        ..FlowOptions::default()
    };
    if options.protocol == Protocol::Openid4vp {
        inputs.flow = Some(FlowArgument::Openid4vpDcApi);
        inputs.nonce = Some(URL_SAFE_NO_PAD.encode(nonce));
    } else {
        inputs.flow = Some(FlowArgument::AnnexC);
        inputs.encryption_info = sent(&request, "encryptionInfo");
        inputs.device_request = sent(&request, "deviceRequest");
    }
    let encrypted = options.protocol == Protocol::AnnexC || !options.danger_in_the_clear;
    Ok(Written {
        request: request.into_bytes(),
        key: encrypted.then(|| format!("{}\n", hex(&scalar))),
        inputs: Some(inputs),
    })
}

/// A string of the request, as it is sent.
fn sent(request: &str, name: &str) -> Option<String> {
    let request: Value = serde_json::from_str(request).ok()?;
    let member = request.pointer(&format!("/digital/requests/0/data/{name}"))?;
    member.as_str().map(str::to_owned)
}

/// The parameters of an app. Their key is the merchant's, which is configured.
fn apple(options: &Request, requested: Requested) -> Result<Written, Failure> {
    let merchant_id = needed(options.merchant_id.as_deref(), "--merchant-id")?;
    let team_id = needed(options.team_id.as_deref(), "--team-id")?;
    let key = secret::read(needed(options.key.as_deref(), "--key")?)?;
    let merchant = AppleMerchant::new(merchant_id, team_id, key)?;
    // An app has no origin, and nothing of the transaction is in its request.
    let binding = Binding {
        audience: Audience {
            relying_party: RelyingParty::from_origin("https://app.invalid")?,
            purpose: Purpose::named("mdoc-request")?,
        },
        transaction: TransactionId::generate()?,
        expires: clock::now().plus(Duration::minutes(10)),
    };
    let (_, request) = PendingPresentation::begin_apple(binding, requested, &merchant)?;
    let request = request.to_json();
    let nonce: Option<Value> = serde_json::from_str(&request).ok();
    let nonce = nonce.as_ref().and_then(|r| r.get("nonce")?.as_str());
    let nonce = nonce.and_then(|nonce| STANDARD.decode(nonce).ok());
    let inputs = FlowOptions {
        flow: Some(FlowArgument::Apple),
        nonce: nonce.map(|octets| URL_SAFE_NO_PAD.encode(octets)),
        merchant_id: Some(merchant_id.to_owned()),
        team_id: Some(team_id.to_owned()),
        ..FlowOptions::default()
    };
    Ok(Written {
        request: request.into_bytes(),
        key: None,
        inputs: Some(inputs),
    })
}

/// The device request of a session that somebody else keeps.
fn device_request(
    options: &Request,
    requested: &Requested,
    reader: Option<ReaderIdentity>,
) -> Result<Written, Failure> {
    let transcript = match (&options.transcript, &reader) {
        (Some(path), _) => {
            let stored = input::read(path, limits::MDOC_ENVELOPE)?;
            SessionTranscript::stored(&stored).map_err(|error| Failure::unfit(path, error))?
        }
        // Nothing is bound to the session where nothing is signed.
        (None, None) => SessionTranscript::annex_c("", ""),
        (None, Some(_)) => {
            let text = "--transcript is needed: a signature is over its session";
            return Err(Failure::Usage(text.to_owned()));
        }
    };
    let readers: Vec<_> = reader.into_iter().collect();
    let edition = options.edition.into();
    let authentication = authentication(&readers);
    let request = DeviceRequest::new(requested, &edition, authentication, &transcript)?;
    Ok(Written {
        request: request.octets().to_vec(),
        key: None,
        inputs: None,
    })
}

fn authentication(readers: &[ReaderIdentity]) -> ReaderAuthentication<'_> {
    match readers {
        [] => ReaderAuthentication::Unsigned,
        readers => ReaderAuthentication::Signed(readers),
    }
}

/// A nonce, and a key with its scalar.
fn session() -> Result<([u8; 32], [u8; 32], EphemeralKey), Error> {
    let random = || -> Result<[u8; 32], Error> {
        let mut octets = [0; 32];
        rand::fill(&mut octets).map_err(|_| Error::new(Code::MisuseEntropy))?;
        Ok(octets)
    };
    let nonce = random()?;
    loop {
        let scalar = random()?;
        // One in 2^32 is none of the curve.
        if let Ok(key) = EphemeralKey::from_entropy(Curve::P256, &scalar) {
            return Ok((nonce, scalar, key));
        }
    }
}

fn needed<'v, T: ?Sized>(value: Option<&'v T>, name: &str) -> Result<&'v T, Failure> {
    value.ok_or_else(|| Failure::Usage(format!("{name} is needed for this --protocol")))
}

impl Reader {
    /// The key and its certificates, if they are given.
    fn identity(&self) -> Result<Option<ReaderIdentity>, Failure> {
        let (Some(key), Some(chain)) = (&self.reader_key, &self.reader_chain) else {
            return Ok(None);
        };
        let certificates = input::certificates(chain)?.into_iter();
        let certificates = certificates.map(|der| der.to_vec()).collect();
        let identity = ReaderIdentity::new(Arc::new(signer(key)?), certificates);
        let text = "the certificate is not the key's, or cannot be read";
        identity
            .map(Some)
            .map_err(|_| Failure::Usage(format!("{}: {text}", chain.display())))
    }
}

/// A key in PKCS#8, in DER or PEM.
fn signer(path: &Path) -> Result<EcdsaSigner, Failure> {
    key::refuse_exposed(path)?;
    let octets = input::read(path, KEY)?;
    let pem = PrivateKeyDer::from_pem_slice(&octets).ok();
    let der = pem.as_ref().map_or(&*octets, PrivateKeyDer::secret_der);
    let text = "a key that signs is PKCS#8 on P-256 or P-384";
    let signer = EcdsaSigner::from_pkcs8(der);
    signer.map_err(|_| Failure::Usage(format!("{}: {text}", path.display())))
}

impl From<EditionArgument> for Edition {
    fn from(argument: EditionArgument) -> Self {
        match argument {
            EditionArgument::First => Self::First,
            EditionArgument::Second => Self::Second(Purposes::none()),
        }
    }
}
