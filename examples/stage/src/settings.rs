//! The settings of a relying party on a stage, as files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use relying_party::{
    Ask, AuthAppSettings, Certificates, Doors, Ocsp, OperatorSettings, OutagePolicy, Party,
    ReaderSettings, Settings, Staff,
};
use serde_json::json;
use tashika_testbed::auth_app::{ClientKey, RegisteredClient};
use tashika_testbed::{Algorithm, Generation, Kind, mdoc};

use crate::backstage::Backstage;
use crate::stage::StageError;

/// Writes the settings of a relying party, and everything they name.
pub(crate) fn write(
    backstage: &Backstage,
    wallet: &str,
    party: Party,
    doors: &Doors,
    folder: &Path,
) -> Result<PathBuf, StageError> {
    write_anchors(backstage, folder)?;
    let reader = backstage.world.phones.reader();
    fs::write(folder.join("reader.p8"), reader.key().pkcs8())?;
    fs::write(folder.join("reader.cer"), reader.certificate())?;
    let settings = Settings {
        auth_app: Some(register(backstage, party, &origin(party, doors)?, folder)?),
        testbed_wallet: Some(wallet.to_owned()),
        ..settings(backstage, party, doors)?
    };
    let path = folder.join("settings.toml");
    let text = settings.to_toml();
    let text = text.map_err(|error| StageError::Settings(error.into()))?;
    fs::write(&path, text)?;
    Ok(path)
}

fn origin(party: Party, doors: &Doors) -> Result<String, StageError> {
    let port = doors.public.local_addr()?.port();
    Ok(format!("http://{}.localhost:{port}", party.name))
}

/// Where a relying party is, and which authorities it asks.
fn settings(backstage: &Backstage, party: Party, doors: &Doors) -> Result<Settings, StageError> {
    let staff = doors.staff.local_addr()?;
    let authorities = &backstage.authorities;
    let rules = Rules::of(party.name)?;
    Ok(Settings {
        origin: origin(party, doors)?,
        listen: doors.public.local_addr()?,
        proxies: None,
        staff: Some(Staff {
            origin: format!("http://staff.{}.localhost:{}", party.name, staff.port()),
            listen: staff,
        }),
        terminals: Some(doors.terminals.local_addr()?),
        data: "data".into(),
        certificates: Certificates {
            test: true,
            anchors: "anchors".into(),
        },
        lists: authorities.lists(),
        lists_every: 2,
        ocsp: Ocsp {
            signing: Some(authorities.responder(Kind::Signing)),
            authentication: Some(authorities.responder(Kind::Authentication)),
        },
        ask: rules.ask,
        outage: rules.outage,
        operator: Some(OperatorSettings {
            status: authorities.operator("status"),
            links: authorities.operator("links"),
        }),
        reader: Some(ReaderSettings {
            key: "reader.p8".into(),
            certificate: "reader.cer".into(),
        }),
        auth_app: None,
        tls_roots: None,
        postgres: None,
        notices: Vec::new(),
        testbed_wallet: None,
    })
}

fn write_anchors(backstage: &Backstage, folder: &Path) -> Result<(), StageError> {
    let world = &backstage.world;
    let issuers = folder
        .join("anchors/mdoc-issuer")
        .join(mdoc::elements::JAPAN);
    fs::create_dir_all(&issuers)?;
    for kind in Kind::ALL {
        for generation in Generation::ALL {
            let name = format!("anchors/{kind:?}-{generation:?}.cer").to_lowercase();
            let authority = world.cards.authority(kind, generation);
            fs::write(folder.join(name), authority.certificate())?;
        }
    }
    let root = world.phones.japan_authority().certificate();
    Ok(fs::write(issuers.join("root.cer"), root)?)
}

/// What a house decides about revocation.
struct Rules {
    ask: Ask,
    outage: OutagePolicy,
}

impl Rules {
    fn of(party: &str) -> Result<Self, StageError> {
        let hours = |hours: u32| hours * 3600;
        if party != "self-checkout" {
            return Ok(Self {
                ask: Ask::CrlElseOcsp,
                outage: OutagePolicy::strict(hours(48)),
            });
        }
        // Whoever was revoked within these three days may still buy a drink: a shop
        // that wants to sell while nobody can be asked decides for that.
        let outage = json!({
            "max_age": hours(48 + 72),
            "grace": hours(72),
            "within_grace": "danger_accept_and_flag",
        });
        let outage = serde_json::from_value(outage);
        Ok(Self {
            ask: Ask::Crl,
            outage: outage.map_err(|error| StageError::Settings(error.into()))?,
        })
    }
}

/// Makes a relying party a client of the provider.
fn register(
    backstage: &Backstage,
    party: Party,
    origin: &str,
    folder: &Path,
) -> Result<AuthAppSettings, StageError> {
    let world = &backstage.world;
    let key = world.cards.key(Algorithm::P256, party.name);
    fs::write(folder.join("client.p8"), key.pkcs8())?;
    let client_id = party.name.replace('-', "");
    let uri = |path: &&str| format!("{origin}{path}");
    let mut uris = party.callbacks.iter().map(uri);
    let first = uris.next().unwrap_or_else(|| origin.to_owned());
    let client = RegisteredClient::new(&client_id, &first, ClientKey::of(&key));
    let client = uris.fold(client, |client, uri| client.redirect_uri(&uri));
    world.provider.register(client);
    let words = [
        ("certificate_not_valid", "certificate"),
        ("pin_locked", "pin-locked"),
        ("no_pin", "no-pin"),
        ("app_missing", "app-missing"),
        ("transaction_expired", "expired"),
    ];
    let owned = |(word, meaning): (&str, &str)| (word.to_owned(), meaning.to_owned());
    Ok(AuthAppSettings {
        base: world.provider.base(),
        client_id,
        key: "client.p8".into(),
        refusals: words.map(owned).into_iter().collect::<BTreeMap<_, _>>(),
    })
}
