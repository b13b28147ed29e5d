//! NDEF messages (NFC Forum), as far as a handover needs them.

/// Type name formats.
const WELL_KNOWN: u8 = 1;
const MEDIA: u8 = 2;
const EXTERNAL: u8 = 4;

/// Flags of a record's first octet.
const MESSAGE_BEGIN: u8 = 0x80;
const MESSAGE_END: u8 = 0x40;
const SHORT: u8 = 0x10;
const WITH_ID: u8 = 0x08;

struct Record<'r> {
    format: u8,
    kind: &'r [u8],
    id: &'r [u8],
    payload: &'r [u8],
}

/// Handover Select with one carrier and the engagement as its auxiliary data (ISO/IEC
/// 18013-5, 8.2.2.1).
pub(super) fn handover_select(bluetooth: &[u8], engagement: &[u8]) -> Vec<u8> {
    // An active carrier "0" with one piece of auxiliary data, "mdoc".
    let alternative = message(&[Record {
        format: WELL_KNOWN,
        kind: b"ac",
        id: b"",
        payload: b"\x01\x010\x01\x04mdoc",
    }]);
    let version_1_5 = [0x15];
    message(&[
        Record {
            format: WELL_KNOWN,
            kind: b"Hs",
            id: b"",
            payload: &[&version_1_5[..], &alternative].concat(),
        },
        Record {
            format: MEDIA,
            kind: b"application/vnd.bluetooth.le.oob",
            id: b"0",
            payload: bluetooth,
        },
        Record {
            format: EXTERNAL,
            kind: b"iso.org:18013:deviceengagement",
            id: b"mdoc",
            payload: engagement,
        },
    ])
}

fn message(records: &[Record<'_>]) -> Vec<u8> {
    let last = records.len().saturating_sub(1);
    let flags = |at: usize| {
        let begin = if at == 0 { MESSAGE_BEGIN } else { 0 };
        let end = if at == last { MESSAGE_END } else { 0 };
        begin | end
    };
    let numbered = records.iter().enumerate();
    numbered
        .flat_map(|(at, record)| record.encode(flags(at)))
        .collect()
}

impl Record<'_> {
    fn encode(&self, mut flags: u8) -> Vec<u8> {
        let length = match u8::try_from(self.payload.len()) {
            Ok(short) => {
                flags |= SHORT;
                vec![short]
            }
            Err(_) => (self.payload.len() as u32).to_be_bytes().to_vec(),
        };
        let mut id_length = Vec::new();
        if !self.id.is_empty() {
            flags |= WITH_ID;
            id_length.push(self.id.len() as u8);
        }
        let head = [flags | self.format, self.kind.len() as u8];
        [
            &head,
            &length[..],
            &id_length,
            self.kind,
            self.id,
            self.payload,
        ]
        .concat()
    }
}
