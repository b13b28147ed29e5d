//! Mistakes face to face: QR code and NFC (ISO/IEC 18013-5, 9.1.5.1).

use crate::mdoc::cbor::{Reader, write};
use crate::mdoc::explain::encoding::{base64url, encoded_anew};
use crate::mdoc::explain::inputs::{NfcInputs, ProximityInputs};
use crate::mdoc::explain::mistake::{Candidate, Entry, Input, Mistake, Suspect, suspects};

/// What may have been taken for what with a QR code, the likeliest first.
pub(super) fn qr(inputs: &ProximityInputs) -> Vec<Suspect> {
    let own = Parts::of(inputs);
    let of_handover = suspects(QR_HANDOVERS, inputs, |handover| {
        own.with(|p| p.handover.clone_from(&handover))
    });
    own.all(inputs, of_handover)
}

/// What may have been taken for what with NFC, the likeliest first.
pub(super) fn nfc(inputs: &NfcInputs) -> Vec<Suspect> {
    let own = Parts::of_nfc(inputs);
    let of_handover = suspects(NFC_HANDOVERS, inputs, |handover| {
        own.with(|p| p.handover.clone_from(&handover))
    });
    own.all(&inputs.proximity, of_handover)
}

/// What may have been taken for the inputs of another session engaged by a QR
/// code.
pub(super) fn mixed_qr(inputs: &ProximityInputs, other: &ProximityInputs) -> Vec<Suspect> {
    Parts::of(inputs).mixed(&Parts::of(other))
}

/// What may have been taken for the inputs of another session engaged by NFC.
pub(super) fn mixed_nfc(inputs: &NfcInputs, other: &NfcInputs) -> Vec<Suspect> {
    let (own, theirs) = (Parts::of_nfc(inputs), Parts::of_nfc(other));
    let mut suspects = own.mixed(&theirs);
    let of_handover = own.with(|p| p.handover.clone_from(&theirs.handover));
    suspects.push((&OTHER_HANDOVER, vec![of_handover.into()]));
    suspects
}

/// The three items of a transcript.
#[derive(Clone)]
struct Parts {
    engagement: Vec<u8>,
    key: Vec<u8>,
    handover: Vec<u8>,
}

impl Parts {
    fn of(inputs: &ProximityInputs) -> Self {
        Self {
            engagement: write::embedded(&inputs.device_engagement),
            key: inputs.e_reader_key_bytes.to_vec(),
            handover: write::null(),
        }
    }

    fn of_nfc(inputs: &NfcInputs) -> Self {
        let select = write::bytes(&[&inputs.handover_select]);
        Self {
            handover: write::array(&[select, request(inputs)]),
            ..Self::of(&inputs.proximity)
        }
    }

    fn transcript(&self) -> Vec<u8> {
        write::array(&[&self.engagement, &self.key, &self.handover])
    }

    fn with(&self, change: impl Fn(&mut Self)) -> Vec<u8> {
        let mut parts = self.clone();
        change(&mut parts);
        parts.transcript()
    }

    fn all(&self, inputs: &ProximityInputs, of_handover: Vec<Suspect>) -> Vec<Suspect> {
        let engagement = &*inputs.device_engagement;
        let of_engagement = suspects(ENGAGEMENTS, engagement, |item| {
            self.with(|p| p.engagement.clone_from(&item))
        });
        let of_key = suspects(READER_KEYS, &*inputs.e_reader_key_bytes, |item| {
            self.with(|p| p.key.clone_from(&item))
        });
        let of_order = suspects(ORDERS, self, |transcript| transcript);
        let salts = vec![(&SALT, vec![Candidate::salted_bare(self.transcript())])];
        let all = [of_handover, of_engagement, of_key, of_order, salts];
        all.into_iter().flatten().collect()
    }

    fn mixed(&self, theirs: &Self) -> Vec<Suspect> {
        let of_engagement = self.with(|p| p.engagement.clone_from(&theirs.engagement));
        let of_key = self.with(|p| p.key.clone_from(&theirs.key));
        vec![
            (&OTHER_KEY, vec![of_key.into()]),
            (&OTHER_ENGAGEMENT, vec![of_engagement.into()]),
        ]
    }
}

impl Candidate {
    /// The salt is the digest of the transcript without its tag 24.
    fn salted_bare(transcript: Vec<u8>) -> Self {
        Self {
            salt: transcript.clone(),
            ..transcript.into()
        }
    }
}

fn request(inputs: &NfcInputs) -> Vec<u8> {
    let request = inputs.handover_request.as_deref();
    request.map_or_else(write::null, |r| write::bytes(&[r]))
}

/// The item in `EReaderKeyBytes`.
fn reader_key(bytes: &[u8]) -> Vec<u8> {
    let embedded = Reader::only(bytes, crate::Code::InputSession).and_then(|mut r| r.embedded());
    embedded.map_or_else(|_| Vec::new(), |e| e.content.into_owned())
}

const OTHER_ENGAGEMENT: Mistake = Mistake::new(
    "engagement.other",
    Input::DeviceEngagement,
    "別のセッションのDeviceEngagementが使われています。",
    "The device engagement is of another session.",
);

const OTHER_KEY: Mistake = Mistake::new(
    "reader-key.other",
    Input::EReaderKey,
    "別のセッションのEReaderKeyが使われています。",
    "The reader's key is of another session.",
);

const OTHER_HANDOVER: Mistake = Mistake::new(
    "handover.other",
    Input::Handover,
    "別のセッションのハンドオーバーが使われています。",
    "The handover is of another session.",
);

const SALT: Mistake = Mistake::new(
    "mac-salt.bare",
    Input::MacSalt,
    "EMacKeyのソルトが、タグ24のないSessionTranscriptから計算されています。",
    "The salt of EMacKey was made of the session transcript without its tag 24.",
);

const ENGAGEMENTS: &[Entry<[u8]>] = &[
    Entry {
        mistake: Mistake::new(
            "engagement.re-encoded",
            Input::DeviceEngagement,
            "DeviceEngagementのCBORが符号化し直されています。受け取ったバイト列をそのまま使います。",
            "The CBOR of the device engagement was encoded anew; its octets are used as they came.",
        ),
        of: |engagement| {
            let anew = encoded_anew(engagement).into_iter();
            anew.map(|item| write::embedded(&item)).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "engagement.tag-missing",
            Input::DeviceEngagement,
            "DeviceEngagementが、タグ24を付けずに入っています。",
            "The device engagement stands there without its tag 24.",
        ),
        of: |engagement| vec![engagement.to_vec(), write::bytes(&[engagement])],
    },
    Entry {
        mistake: Mistake::new(
            "engagement.tag-twice",
            Input::DeviceEngagement,
            "DeviceEngagementに、タグ24が二重に付いています。",
            "The device engagement is wrapped in tag 24 twice.",
        ),
        of: |engagement| {
            let once = write::embedded(engagement);
            // Given with its tag already, it needs none more.
            vec![write::embedded(&once), engagement.to_vec()]
        },
    },
    Entry {
        mistake: Mistake::new(
            "engagement.text",
            Input::DeviceEngagement,
            "DeviceEngagementではなく、QRコードの文字列(mdoc:…)が使われています。",
            "The text of the QR code (mdoc:…) was used and not the engagement in it.",
        ),
        of: |engagement| {
            let text = base64url(engagement);
            let uri = format!("mdoc:{text}");
            let texts = [&uri, &text];
            texts
                .iter()
                .flat_map(|text| {
                    let item = write::text(text);
                    [
                        item.clone(),
                        write::embedded(text.as_bytes()),
                        write::embedded(&item),
                    ]
                })
                .collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "engagement.null",
            Input::DeviceEngagement,
            "DeviceEngagementが null のまま計算されています。",
            "The device engagement was left null.",
        ),
        of: |_| vec![write::null()],
    },
];

const READER_KEYS: &[Entry<[u8]>] = &[
    Entry {
        mistake: Mistake::new(
            "reader-key.re-encoded",
            Input::EReaderKey,
            "EReaderKeyのCOSE_Keyが符号化し直されています。送ったバイト列をそのまま使います。",
            "The COSE_Key of the reader was encoded anew; its octets are used as they were sent.",
        ),
        of: |bytes| {
            let anew = encoded_anew(&reader_key(bytes)).into_iter();
            anew.map(|item| write::embedded(&item)).collect()
        },
    },
    Entry {
        mistake: Mistake::new(
            "reader-key.tag-missing",
            Input::EReaderKey,
            "EReaderKeyが、タグ24を付けずに入っています。",
            "The reader's key stands there without its tag 24.",
        ),
        of: |bytes| {
            let key = reader_key(bytes);
            let string = write::bytes(&[&key]);
            vec![key, string]
        },
    },
    Entry {
        mistake: Mistake::new(
            "reader-key.tag-twice",
            Input::EReaderKey,
            "EReaderKeyに、タグ24が二重に付いています。",
            "The reader's key is wrapped in tag 24 twice.",
        ),
        of: |bytes| vec![write::embedded(bytes)],
    },
    Entry {
        mistake: Mistake::new(
            "reader-key.null",
            Input::EReaderKey,
            "EReaderKeyが null のまま計算されています。",
            "The reader's key was left null.",
        ),
        of: |_| vec![write::null()],
    },
];

const ORDERS: &[Entry<Parts>] = &[
    Entry {
        mistake: Mistake::new(
            "transcript.order",
            Input::Handover,
            "SessionTranscriptの項目の並び順が異なります。",
            "The items of the session transcript are in another order.",
        ),
        of: |parts| {
            let Parts {
                engagement,
                key,
                handover,
            } = parts;
            vec![
                write::array(&[key, engagement, handover]),
                write::array(&[handover, engagement, key]),
            ]
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.missing",
            Input::Handover,
            "SessionTranscriptに、ハンドオーバーの項目がありません(QRコードでは null を入れます)。",
            "The session transcript lacks its handover, which is null with a QR code.",
        ),
        of: |parts| vec![write::array(&[&parts.engagement, &parts.key])],
    },
];

const QR_HANDOVERS: &[Entry<ProximityInputs>] = &[Entry {
    mistake: Mistake::new(
        "handover.not-null",
        Input::Handover,
        "QRコードのハンドオーバーは null ですが、空の値または名前が入っています。",
        "The handover of a QR code is null, but the device put something empty or a name there.",
    ),
    of: |_| {
        vec![
            write::bytes(&[]),
            write::text(""),
            write::array::<Vec<u8>>(&[]),
            write::array(&[write::null(), write::null()]),
            write::text("QRHandover"),
            write::embedded(&write::null()),
        ]
    },
}];

const NFC_HANDOVERS: &[Entry<NfcInputs>] = &[
    Entry {
        mistake: Mistake::new(
            "handover.null",
            Input::Handover,
            "NFCでの開始が、QRコードでの開始として扱われています(ハンドオーバーが null です)。",
            "The engagement by NFC was treated as one by QR code: the handover is null.",
        ),
        of: |_| vec![write::null()],
    },
    Entry {
        mistake: Mistake::new(
            "handover.order",
            Input::Handover,
            "ハンドオーバーの選択メッセージ(Hs)と要求メッセージ(Hr)が入れ替わっています。",
            "Handover Select and Handover Request are swapped.",
        ),
        of: |inputs| {
            let select = write::bytes(&[&inputs.handover_select]);
            vec![write::array(&[request(inputs), select])]
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.request-null",
            Input::Handover,
            "ネゴシエーテッドハンドオーバーですが、要求メッセージ(Hr)が null になっています。",
            "The handover was negotiated, but the Handover Request is null.",
        ),
        of: |inputs| match inputs.handover_request {
            Some(_) => {
                let select = write::bytes(&[&inputs.handover_select]);
                vec![write::array(&[select, write::null()])]
            }
            None => Vec::new(),
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.request-empty",
            Input::Handover,
            "スタティックハンドオーバーの要求メッセージ(Hr)は null ですが、空の値が入っているか、項目がありません。",
            "The handover was static: the Handover Request is null, and neither empty nor absent.",
        ),
        of: |inputs| {
            let select = write::bytes(&[&inputs.handover_select]);
            let empty = write::array(&[select.clone(), write::bytes(&[])]);
            vec![empty, write::array(&[select])]
        },
    },
    Entry {
        mistake: Mistake::new(
            "handover.select-null",
            Input::Handover,
            "ハンドオーバーの選択メッセージ(Hs)が null になっています。",
            "The Handover Select is null.",
        ),
        of: |inputs| vec![write::array(&[write::null(), request(inputs)])],
    },
    Entry {
        mistake: Mistake::new(
            "handover.flat",
            Input::Handover,
            "ハンドオーバーが配列ではなく、選択メッセージ(Hs)だけになっています。",
            "The handover is the Handover Select alone and not an array.",
        ),
        of: |inputs| vec![write::bytes(&[&inputs.handover_select])],
    },
    Entry {
        mistake: Mistake::new(
            "handover.embedded",
            Input::Handover,
            "ハンドオーバーのメッセージに、タグ24が付いています。",
            "The handover messages are wrapped in tag 24.",
        ),
        of: |inputs| {
            let wrapped = |octets: &[u8]| write::tagged(24, &write::bytes(&[octets]));
            let select = wrapped(&inputs.handover_select);
            let request = inputs.handover_request.as_deref();
            let request = request.map_or_else(write::null, wrapped);
            vec![write::array(&[select, request])]
        },
    },
];
