//! What is taken for a handover that is a name and a hash.

use aws_lc_rs::digest::{self, SHA384, SHA512};

use crate::mdoc::cbor::write;
use crate::mdoc::explain::encoding::{base64url, hex};
use crate::mdoc::explain::mistake::{Entry, Input, Mistake};
use crate::trust::sha256;

/// A handover of a name and the hash of an array.
pub(super) struct Hashed {
    pub(super) name: &'static str,
    /// What is hashed, item by item.
    pub(super) info: Vec<Vec<u8>>,
}

impl Hashed {
    /// The session transcript.
    pub(super) fn transcript(&self) -> Vec<u8> {
        let digest = write::bytes(&[&sha256(&[&self.info()])]);
        self.with(self.name, &digest)
    }

    fn info(&self) -> Vec<u8> {
        write::array(&self.info)
    }

    fn with(&self, name: &str, content: &[u8]) -> Vec<u8> {
        remote(&write::array(&[&*write::text(name), content]))
    }
}

/// The session transcript of a handover without engagement.
pub(super) fn remote(handover: &[u8]) -> Vec<u8> {
    write::array(&[&*write::null(), &*write::null(), handover])
}

/// The names that are in use, and those of drafts.
const NAMES: [&str; 9] = [
    "dcapi",
    "OpenID4VPDCAPIHandover",
    "OpenID4VPHandover",
    "OpenID4VPDCAPIHandover_1.0",
    "org-iso-mdoc",
    "DCAPIHandover",
    "dc_api",
    "dc-api",
    "OID4VPHandover",
];

pub(super) const HASHED: &[Entry<Hashed>] = &[
    Entry {
        mistake: Mistake::new(
            "handover.hash-missing",
            Input::Handover,
            "ハンドオーバーの内容が、ハッシュ値にせずそのまま入っています。",
            "The contents of the handover stand there themselves and not their hash.",
        ),
        of: |hashed| {
            let info = hashed.info();
            let name = [write::text(hashed.name)].into_iter();
            let parts: Vec<_> = name.chain(hashed.info.iter().cloned()).collect();
            vec![
                hashed.with(hashed.name, &info),
                hashed.with(hashed.name, &write::bytes(&[&info])),
                hashed.with(hashed.name, &write::embedded(&info)),
                remote(&write::array(&parts)),
            ]
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.hash",
            Input::Handover,
            "ハンドオーバーのハッシュ関数または書式が異なります(SHA-256の32オクテットのバイト列です)。",
            "The hash of the handover is another one, or in another form: it is the 32 octets of SHA-256.",
        ),
        of: |hashed| {
            let info = hashed.info();
            let digest = sha256(&[&info]);
            let [longer, longest] = [&SHA384, &SHA512].map(|a| digest::digest(a, &info));
            let embedded = sha256(&[&write::embedded(&info)]);
            let items = [
                write::bytes(&[longer.as_ref()]),
                write::bytes(&[longest.as_ref()]),
                write::bytes(&[&embedded]),
                write::text(&base64url(&digest)),
                write::text(&hex(&digest)),
            ];
            let items = items.iter();
            items.map(|item| hashed.with(hashed.name, item)).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.name",
            Input::Handover,
            "ハンドオーバーの名前が異なります。別のプロトコルや草案の名前になっています。",
            "The handover bears another name, that of another protocol or of a draft.",
        ),
        of: |hashed| {
            let digest = write::bytes(&[&sha256(&[&hashed.info()])]);
            let names = NAMES.iter().filter(|name| **name != hashed.name);
            names.map(|name| hashed.with(name, &digest)).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.order",
            Input::Handover,
            "ハンドオーバーの内容の並び順が異なります。",
            "The contents of the handover are in another order.",
        ),
        of: |hashed| {
            let mut orders = Vec::new();
            for place in 1..hashed.info.len() {
                let mut info = hashed.info.clone();
                info.rotate_left(place);
                orders.push(info);
            }
            orders.push(hashed.info.iter().rev().cloned().collect());
            let name = hashed.name;
            let transcripts = orders.into_iter().map(|info| Hashed { name, info });
            transcripts.map(|hashed| hashed.transcript()).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.bare",
            Input::Handover,
            "ハンドオーバーに名前がなく、ハッシュ値だけになっています。",
            "The handover has no name: it is the hash alone.",
        ),
        of: |hashed| {
            let digest = write::bytes(&[&sha256(&[&hashed.info()])]);
            vec![remote(&digest), remote(&write::array(&[digest]))]
        },
    },
];
