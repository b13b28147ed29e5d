//! Inputs: cards of the testbed, made when a path first needs them.

use std::cell::OnceCell;

use tashika_testbed::{
    Algorithm, Authority, CmsBuilder, Credential, Generation, Kind, OcspAnswer, OcspBuilder,
    Testbed,
};

use crate::scoreboard::contest::Cases;

/// The moment of every verification, in unix seconds.
pub(crate) const NOW: i64 = 1_800_000_000;

/// Different enough that no branch predictor or cache learns one of them.
const CARDS: u32 = 16;

/// What a signed document is about, less its number.
const MESSAGE: &[u8] = b"I agree to the terms of the contract of this number: ";

/// The content of a CMS message, in octets.
const CONTENT: usize = 1024;

/// The cards of each algorithm.
#[derive(Default)]
pub(crate) struct Cards {
    rsa2048: OnceCell<Deck>,
    p384: OnceCell<Deck>,
}

impl Cards {
    pub(crate) fn of(&self, key: Key) -> &Deck {
        let deck = match key {
            Key::Rsa2048 => &self.rsa2048,
            Key::P384 => &self.p384,
        };
        deck.get_or_init(|| Deck::new(key))
    }
}

/// The kind of key of cards and of the CA above them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// RSA-2048 with SHA-256.
    Rsa2048,
    /// P-384 with SHA-384.
    P384,
}

impl Key {
    const fn algorithm(self) -> Algorithm {
        match self {
            Self::Rsa2048 => Algorithm::RSA_2048,
            Self::P384 => Algorithm::P384,
        }
    }
}

/// A message, a signature over it and the certificate of its key.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) key: Key,
    /// The certificate of the CA.
    pub(crate) anchor: Vec<u8>,
    pub(crate) certificate: Vec<u8>,
    pub(crate) message: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

/// A CMS message with its content, and apart what its signer signed.
#[derive(Clone)]
pub(crate) struct Message {
    pub(crate) der: Vec<u8>,
    pub(crate) content: Vec<u8>,
    /// The signed attributes, and the signature over them.
    pub(crate) attributes: Signed,
}

/// An OCSP response about a card, and apart what its responder signed.
#[derive(Clone)]
pub(crate) struct Response {
    pub(crate) der: Vec<u8>,
    /// The serial number that it is about, as the contents of its INTEGER.
    pub(crate) serial: Vec<u8>,
    /// The responder's certificate, and its signature over the data.
    pub(crate) data: Signed,
}

/// The nonce of every request.
pub(crate) const NONCE: [u8; 32] = [0x5A; 32];

/// 署名用 certificates with their keys, under one CA.
pub(crate) struct Deck {
    key: Key,
    anchor: Vec<u8>,
    authority: Authority,
    credentials: Vec<Credential>,
}

impl Deck {
    fn new(key: Key) -> Self {
        let testbed = Testbed::from_seed(1, NOW).algorithm(key.algorithm());
        let authority = testbed.authority(Kind::Signing, Generation::Third);
        let people = testbed.people().iter().cycle();
        let credentials = (0..CARDS).zip(people).map(|(number, person)| {
            let key = testbed.key(key.algorithm(), &format!("scoreboard {number}"));
            let terms = testbed.terms(person, Kind::Signing, Generation::Third, number);
            authority.issue(person, key, &terms)
        });
        Self {
            key,
            anchor: authority.certificate().to_vec(),
            authority: authority.clone(),
            credentials: credentials.collect(),
        }
    }

    /// The certificate of the CA.
    pub(crate) fn anchor(&self) -> &[u8] {
        &self.anchor
    }

    /// A short message signed with every card.
    pub(crate) fn signed(&self) -> Cases<Signed> {
        let sign = |(number, credential): (usize, &Credential)| {
            let message = [MESSAGE, number.to_string().as_bytes()].concat();
            self.sign(credential, message)
        };
        let genuine: Vec<_> = self.credentials.iter().enumerate().map(sign).collect();
        let flipped = genuine.iter().flat_map(|signed| {
            let signature = flip(&signed.signature);
            let certificate = flip(&signed.certificate);
            let of_message = Signed {
                signature,
                ..signed.clone()
            };
            let of_certificate = Signed {
                certificate,
                ..signed.clone()
            };
            [of_message, of_certificate]
        });
        let flipped = flipped.collect();
        Cases { genuine, flipped }
    }

    /// A CMS message by every card, content attached and attributes signed.
    pub(crate) fn messages(&self) -> Cases<Message> {
        let numbered = || (0_u8..).zip(&self.credentials);
        let genuine = numbered().map(|(number, credential)| self.message(credential, number));
        let genuine: Vec<_> = genuine.collect();
        let of_certificate = numbered().map(|(number, credential)| {
            let certificate = flip(credential.certificate());
            self.message(&credential.with_certificate(certificate), number)
        });
        // The signature is the last element of a message without unsigned attributes.
        let of_message = genuine.iter().map(|message| Message {
            der: flip(&message.der),
            content: message.content.clone(),
            attributes: Signed {
                signature: flip(&message.attributes.signature),
                ..message.attributes.clone()
            },
        });
        let flipped = of_message.chain(of_certificate).collect();
        Cases { genuine, flipped }
    }

    /// An OCSP response about every card, each by a delegate of its own.
    pub(crate) fn responses(&self) -> Cases<Response> {
        let plain = |builder: OcspBuilder| builder;
        let respond = |credential| self.response(credential, plain, <[u8]>::to_vec);
        let genuine = self.credentials.iter().map(respond).collect();
        let flipped = self.credentials.iter().flat_map(|credential| {
            let mut of_data =
                self.response(credential, OcspBuilder::corrupt_signature, <[u8]>::to_vec);
            of_data.data.signature = flip(&of_data.data.signature);
            [of_data, self.response(credential, plain, flip)]
        });
        let flipped = flipped.collect();
        Cases { genuine, flipped }
    }

    fn response(
        &self,
        card: &Credential,
        change: impl Fn(OcspBuilder) -> OcspBuilder,
        certificate: impl Fn(&[u8]) -> Vec<u8>,
    ) -> Response {
        // Any other key will do: this one is made already.
        let delegate = self.authority.delegate_to(card.key().clone(), NOW);
        let delegate = delegate.with_certificate(certificate(delegate.certificate()));
        let good = OcspAnswer::good(&self.authority, card.serial(), NOW - 60);
        let response = OcspBuilder::delegated(&self.authority, &delegate, NOW - 60);
        let response = change(response.nonce(&NONCE).answer(&good));
        Response {
            der: response.respond(delegate.key()),
            serial: tashika_testbed::der::unsigned_content(card.serial()),
            data: self.sign(&delegate, response.to_be_signed(delegate.key())),
        }
    }

    fn message(&self, credential: &Credential, number: u8) -> Message {
        let content = vec![number; CONTENT];
        let builder = CmsBuilder::new(&content).signer(credential, |signer| signer);
        let attributes = builder.signed_bytes().unwrap_or_default();
        Message {
            der: builder.build(),
            attributes: self.sign(credential, attributes),
            content,
        }
    }

    fn sign(&self, credential: &Credential, message: Vec<u8>) -> Signed {
        let scheme = credential.key().default_scheme();
        Signed {
            key: self.key,
            anchor: self.anchor.clone(),
            certificate: credential.certificate().to_vec(),
            signature: credential.sign_raw(scheme, &message),
            message,
        }
    }
}

/// The same octets but for the lowest bit, which is a signature's.
pub(crate) fn flip(octets: &[u8]) -> Vec<u8> {
    let mut octets = octets.to_vec();
    if let Some(last) = octets.last_mut() {
        *last ^= 1;
    }
    octets
}
