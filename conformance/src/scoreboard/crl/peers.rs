//! Other implementations, given the same list: once, because they take half a
//! minute and gigabytes.
//!
//! None of them keeps an index. webpki verifies the signature of a list only
//! together with a path, so reading is all that it is asked for; x509-cert has
//! no look-up.

use std::hint::black_box;
use std::time::Duration;

use der::Decode;
use openssl::asn1::Asn1Integer;
use openssl::bn::BigNum;
use openssl::x509::{CrlStatus, X509, X509Crl};
use webpki::{BorrowedCertRevocationList, CertRevocationList};
use x509_cert::Certificate;
use x509_cert::crl::CertificateList;

use crate::scoreboard::cards::Key;
use crate::scoreboard::crl::lists::{List, Lists};
use crate::scoreboard::crl::{nanoseconds, timed};
use crate::scoreboard::failure::{Fault, Faulty};
use crate::scoreboard::limit;

/// Serial numbers that are looked up.
const ASKED: u64 = 10_000;

/// What one of them costs, in nanoseconds for one operation.
pub(super) struct Peer {
    name: &'static str,
    pub(super) ingest: f64,
    pub(super) hit: Option<f64>,
    pub(super) miss: Option<f64>,
}

/// All of them.
pub(super) struct All(Vec<Peer>);

impl All {
    pub(super) fn measure(lists: &Lists, list: &List) -> Result<Self, Faulty> {
        let der = std::fs::read(&list.path).unwrap_or_default();
        let peers: [(&str, Measure); 3] = [
            ("OpenSSL", openssl),
            ("rustls-webpki, not verified", webpki),
            ("x509-cert + aws-lc", x509_cert),
        ];
        let measured = peers.into_iter().map(|(name, measure)| {
            measure(name, lists, list, &der).ok_or(Faulty {
                contender: name,
                fault: Fault::RefusesGenuine,
            })
        });
        Ok(Self(measured.collect::<Result<_, _>>()?))
    }

    pub(super) fn figures(&self, one: fn(&Peer) -> Option<f64>) -> Vec<(&'static str, f64)> {
        let figure = |peer: &Peer| Some((peer.name, one(peer)?));
        self.0.iter().filter_map(figure).collect()
    }
}

type Measure = fn(&'static str, &Lists, &List, &[u8]) -> Option<Peer>;

fn openssl(name: &'static str, lists: &Lists, list: &List, der: &[u8]) -> Option<Peer> {
    let key = X509::from_der(lists.anchor()).ok()?.public_key().ok()?;
    let (read, spent) = timed(|| {
        let read = X509Crl::from_der(der).ok()?;
        // The first look-up sorts.
        black_box(is_listed(&read, &[1])?);
        read.verify(&key).ok()?.then_some(read)
    });
    let read = read?;
    Some(Peer {
        name,
        ingest: nanoseconds(spent),
        hit: each(list, true, |serial| is_listed(&read, serial)),
        miss: each(list, false, |serial| is_listed(&read, serial)),
    })
}

fn is_listed(list: &X509Crl, serial: &[u8]) -> Option<bool> {
    let serial = Asn1Integer::from_bn(&*BigNum::from_slice(serial).ok()?).ok()?;
    let status = list.get_by_serial(&serial);
    Some(!matches!(status, CrlStatus::NotRevoked))
}

fn webpki(name: &'static str, _: &Lists, list: &List, der: &[u8]) -> Option<Peer> {
    let (read, spent) = timed(|| {
        BorrowedCertRevocationList::from_der(der)
            .ok()?
            .to_owned()
            .ok()
    });
    let read = CertRevocationList::from(read?);
    let is_listed = |serial: &[u8]| Some(read.find_serial(serial).ok()?.is_some());
    Some(Peer {
        name,
        ingest: nanoseconds(spent),
        hit: each(list, true, is_listed),
        miss: each(list, false, is_listed),
    })
}

fn x509_cert(name: &'static str, lists: &Lists, list: &List, der: &[u8]) -> Option<Peer> {
    let anchor = Certificate::from_der(lists.anchor()).ok()?;
    let key = limit::key(Key::Rsa2048, &anchor)?;
    let (read, spent) = timed(|| {
        let read: CertificateList = CertificateList::from_der(der).ok()?;
        let signature = read.signature.as_bytes()?;
        key.verify_sig(limit::tbs(der)?, signature).ok()?;
        Some(read)
    });
    let entries = read?.tbs_cert_list.revoked_certificates?;
    (entries.len() as u64 == list.entries).then_some(Peer {
        name,
        ingest: nanoseconds(spent),
        hit: None,
        miss: None,
    })
}

/// What one look-up costs, if every one is right.
fn each(list: &List, listed: bool, find: impl Fn(&[u8]) -> Option<bool>) -> Option<f64> {
    let serials = if listed {
        list.listed(ASKED)
    } else {
        list.not_listed(ASKED)
    };
    let right = |octets: &[u8]| find(octets) == Some(listed);
    let (sound, spent): (bool, Duration) =
        timed(|| serials.iter().all(|serial| right(serial.as_unsigned())));
    sound.then(|| nanoseconds(spent) / serials.len().max(1) as f64)
}
