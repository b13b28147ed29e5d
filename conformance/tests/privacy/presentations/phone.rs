//! The card, what it presents, and where its status stands.

use super::*;

/// A phone with a card on it, and whoever asks for it.
pub(super) struct Phone {
    pub(super) testbed: MdocTestbed,
    portrait: Vec<u8>,
    pub(super) trust: TrustStore,
    pub(super) verifier: PresentationVerifier,
    pub(super) statuses: StatusVerifier,
}

impl Phone {
    pub(super) fn new() -> Self {
        let testbed = MdocTestbed::from_seed(21, NOW.as_unix());
        let trust = |purpose, anchor: &[u8]| {
            let builder = TrustStore::builder(Environment::Test);
            builder.anchor(purpose, anchor).unwrap().build().unwrap()
        };
        let japan = testbed.japan_authority().certificate();
        let japan = trust(tashika::trust::Purpose::MdocIssuer, japan);
        let status = testbed.status_authority().certificate();
        let status = trust(tashika::trust::Purpose::MdocStatus, status);
        let verifier = PresentationVerifier::new(AlgorithmTable::standard())
            .with_issuers(IssuerProfile::jp_mnc(), japan.clone())
            .unwrap()
            .remember(8);
        let profile = signer_profile(ExtendedKeyUsageRule::Absent);
        Self {
            portrait: [&[0xFF, 0xD8, 0xFF][..], &testbed.rng("portrait").bytes(400)].concat(),
            statuses: StatusVerifier::new(status, profile, AlgorithmTable::standard()),
            trust: japan,
            testbed,
            verifier,
        }
    }

    /// Everything about the card that nobody may read in a log.
    pub(super) fn search(&self) -> Search {
        let mut search = Search::new();
        let item = |value: &Cbor| value.encode();
        for text in [INFO, LIST, MY_NUMBER, "1985年7月4日", "132217"] {
            search.mark_text(text);
        }
        search.marks.push(INDEX.to_string());
        search.mark_octets(&IDENTIFIER);
        search.mark_octets(&self.portrait[100..112]);
        let key = self.testbed.device_key().public();
        search.mark_octets(&key.coordinates().0);
        search.mark_octets(self.testbed.japan_signer().serial());
        let document = self.issuance().sign(self.testbed.japan_signer());
        let issued = document.issuer_signed();
        for space in [JAPAN_NAME_SPACE, COMMON_NAME_SPACE] {
            let items = issued.get(&format!("nameSpaces/{space}")).unwrap();
            for element in items.as_array().unwrap() {
                let random = element.get("random").unwrap().as_bytes().unwrap();
                search.mark_octets(&random[..8]);
                search.mark_octets(&Hash::Sha256.digest(&item(element))[..8]);
            }
        }
        // To the second, they tell documents apart.
        for days in [-3, 27] {
            let time = NOW.plus(Duration::hours(days * 24));
            search.mark_text(&time.to_string());
            search.marks.push(time.as_unix().to_string());
        }
        search
    }

    pub(super) fn elements(&self) -> Elements {
        let elements = self.testbed.japan_elements();
        elements.with(JAPAN_NAME_SPACE, "portrait", self.portrait.clone())
    }

    pub(super) fn issuance(&self) -> Issuance {
        let issuance = self.testbed.issuance(JAPAN, &self.elements());
        issuance.status_list(INDEX, LIST)
    }

    /// The card as it is presented to us.
    pub(super) fn present(&self, change: impl FnOnce(Issuance) -> Issuance) -> Vec<u8> {
        self.present_with(change, &[])
    }

    pub(super) fn present_with(
        &self,
        change: impl FnOnce(Issuance) -> Issuance,
        others: &[&str],
    ) -> Vec<u8> {
        let mdoc = change(self.issuance()).sign(self.testbed.japan_signer());
        let holder = self.testbed.japan().with_mdoc(mdoc);
        let presentation = holder.present(&Transcript::annex_c(INFO, ORIGIN));
        let presentation = presentation
            .select(JAPAN_NAME_SPACE, &OF_JAPAN)
            .select(JAPAN_NAME_SPACE, others)
            .select(COMMON_NAME_SPACE, &OF_ALL);
        Response::of(presentation.signed()).encode()
    }

    /// Presentations that are good but for one thing.
    pub(super) fn defective(&self) -> Vec<Vec<u8>> {
        let now = NOW.as_unix();
        let form = |item: &mut Cbor| item.set("elementValue", true).clone();
        let trailing = [self.present(|i| i), vec![0]].concat();
        vec![
            trailing,
            self.present(|i| i.validity(now - 29 * 86_400, now - 29 * 86_400, now - 86_400)),
            self.present(|i| {
                i.item(JAPAN_NAME_SPACE, "full_name_unicode", |item| {
                    *item = form(item);
                    item
                })
            }),
            self.present(|i| {
                i.item(COMMON_NAME_SPACE, "age_in_years", |item| {
                    item.set("elementValue", 3)
                })
            }),
            self.present_with(|i| i, &["sex_unicode"]),
            self.present_with(|i| i, &["individual_number_unicode"]),
            self.present(|i| i.identifier_list(&IDENTIFIER, LIST)),
            Response::of(
                self.testbed
                    .japan()
                    .present(&Transcript::annex_c(INFO, ORIGIN))
                    .signed(),
            )
            .encode(),
        ]
    }

    pub(super) fn reader(&self) -> ReaderIdentity {
        let reader = self.testbed.reader();
        let signer = EcdsaSigner::from_pkcs8(&reader.key().pkcs8()).unwrap();
        let chain = vec![reader.certificate().to_vec()];
        ReaderIdentity::new(Arc::new(signer), chain).unwrap()
    }

    /// What the wallet answers to a request of ours.
    pub(super) fn answer(&self, request: &Value) -> DcApiAnswer {
        let mut wallet = self.testbed.wallet();
        let protocol = request["protocol"].as_str().unwrap();
        let data = match protocol {
            "org-iso-mdoc" => wallet.answer_annex_c(&request["data"], ORIGIN),
            _ => wallet.answer_openid4vp(protocol, &request["data"], ORIGIN),
        };
        let credential = json!({"protocol": protocol, "data": data.unwrap()});
        DcApiAnswer::from_json(&credential.to_string()).unwrap()
    }

    /// None, and today's.
    pub(super) fn lists(&self) -> [ListSet; 2] {
        let authority = self.testbed.japan_authority();
        let list = authority
            .list(1, NOW.as_unix() - 3600)
            .sign(authority.key());
        let list = CertificateList::from_der(&list).unwrap();
        let purpose = tashika::trust::Purpose::MdocIssuer;
        let list = list.verify(&self.trust, purpose, &AlgorithmTable::standard());
        let mut today = ListSet::new();
        today.add(list.unwrap()).unwrap();
        [ListSet::new(), today]
    }

    /// No token, one by which the card is revoked, one by which it is good, and
    /// one of somebody else.
    pub(super) fn tokens(&self) -> [Vec<u8>; 4] {
        let at = usize::try_from(INDEX).unwrap();
        let token = |statuses: &[u8]| {
            let during = (NOW.as_unix() - 60, NOW.as_unix() + 3600);
            StatusToken::status_list(LIST, 1, statuses, during)
        };
        let good = vec![0; at + 1];
        let mut revoked = good.clone();
        revoked[at] = 1;
        let signer = self.testbed.status_signer();
        [
            Vec::new(),
            token(&revoked).sign(signer),
            token(&good).sign(signer),
            token(&good).sign(self.testbed.japan_signer()),
        ]
    }
}
