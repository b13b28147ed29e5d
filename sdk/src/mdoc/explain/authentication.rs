//! Mistakes around the session transcript, whatever the flow is
//! (ISO/IEC 18013-5, 9.1.3.4).

use crate::mdoc::explain::mistake::{Candidate, Entry, Form, Input, Mistake, Suspect};

/// What may have been signed of the right `transcript`.
pub(super) fn all(transcript: &[u8]) -> Vec<Suspect> {
    let suspect = |entry: &'static Entry<[u8], Candidate>| {
        let candidates = (entry.of)(transcript);
        (&entry.mistake, candidates)
    };
    AUTHENTICATIONS.iter().map(suspect).collect()
}

fn in_form(transcript: &[u8], form: Form) -> Vec<Candidate> {
    vec![Candidate {
        form,
        ..transcript.to_vec().into()
    }]
}

const AUTHENTICATIONS: &[Entry<[u8], Candidate>] = &[
    Entry {
        mistake: Mistake::new(
            "device-authentication.transcript-embedded",
            Input::DeviceAuthentication,
            "DeviceAuthenticationの中のSessionTranscriptに、タグ24が付いています。",
            "The session transcript in DeviceAuthentication is wrapped in tag 24.",
        ),
        of: |transcript| in_form(transcript, Form::TranscriptEmbedded),
    },
    Entry {
        mistake: Mistake::new(
            "device-authentication.tag-missing",
            Input::DeviceAuthentication,
            "DeviceAuthenticationが、タグ24を付けずに署名されています。",
            "DeviceAuthentication was signed without its tag 24.",
        ),
        of: |transcript| in_form(transcript, Form::NotEmbedded),
    },
    Entry {
        mistake: Mistake::new(
            "device-authentication.namespaces-bare",
            Input::DeviceAuthentication,
            "DeviceAuthenticationの中のDeviceNameSpacesに、タグ24が付いていません。",
            "The device's namespaces in DeviceAuthentication lack their tag 24.",
        ),
        of: |transcript| in_form(transcript, Form::NamespacesBare),
    },
    Entry {
        mistake: Mistake::new(
            "device-authentication.namespaces-empty",
            Input::DeviceAuthentication,
            "端末は空のDeviceNameSpacesに署名していますが、応答には別のものが入っています。",
            "The device signed empty namespaces, and the response carries others.",
        ),
        of: |transcript| in_form(transcript, Form::NamespacesEmpty),
    },
];
