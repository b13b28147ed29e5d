//! What is asked, in words: what a person reads before consenting.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use tashika_testbed::mdoc::{AnnexC, Asked, DeviceRequest, Openid4vp, Refusal};

use super::phone::Offered;
use super::{Kind, NoAnswer, Question};
use crate::world::World;

/// What is asked, and by whom.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Explained {
    /// The protocol of a phone's request.
    pub(crate) protocol: Option<String>,
    /// Whether phones here know the reader that signed the request.
    pub(crate) reader_is_known: Option<bool>,
    pub(crate) documents: Vec<ExplainedDocument>,
    /// A text that is to be signed.
    pub(crate) text: Option<String>,
}

/// What is asked of a document.
#[derive(Debug, Serialize)]
pub(crate) struct ExplainedDocument {
    pub(crate) doc_type: String,
    pub(crate) elements: Vec<ExplainedElement>,
}

/// An element in words.
#[derive(Debug, Serialize)]
pub(crate) struct ExplainedElement {
    pub(crate) name_space: String,
    pub(crate) element: String,
    pub(crate) ja: String,
    pub(crate) en: String,
    /// Whether who asks says that it will be kept.
    pub(crate) retain: bool,
}

/// Puts into words what a page asks.
pub(crate) fn explain(world: &World, question: &Question) -> Result<Explained, NoAnswer> {
    if question.kind != Kind::Present {
        let octets = STANDARD.decode(&question.to_be_signed);
        let octets = octets.map_err(|_| NoAnswer::malformed())?;
        // A challenge is for machines.
        let is_text = question.kind == Kind::Sign && question.media_type.starts_with("text/");
        let text = String::from_utf8(octets).ok().filter(|_| is_text);
        return Ok(Explained {
            text,
            ..Explained::default()
        });
    }
    let offered = Offered::best(&question.request)?;
    let (asked, known) = match offered.protocol {
        AnnexC::PROTOCOL => annex_c(world, &offered, &question.origin)?,
        _ => openid4vp(world, &offered, &question.origin)?,
    };
    Ok(Explained {
        protocol: Some(offered.protocol.to_owned()),
        reader_is_known: Some(known),
        documents: asked.iter().map(document).collect(),
        text: None,
    })
}

type Read = Result<(Vec<Asked>, bool), Refusal>;

fn annex_c(world: &World, offered: &Offered<'_>, origin: &str) -> Read {
    let request = AnnexC::read(offered.data, origin)?;
    let known = world.accepted(request.device_request(), &request.transcript());
    let request = DeviceRequest::read(request.device_request())?;
    let documents = request.documents().iter();
    let asked = documents.map(|document| document.asked().clone());
    Ok((asked.collect(), known.is_ok()))
}

fn openid4vp(world: &World, offered: &Offered<'_>, origin: &str) -> Read {
    let request = match offered.protocol {
        Openid4vp::SIGNED => Openid4vp::read_signed(offered.data, origin, &world.readers())?,
        _ => Openid4vp::read_unsigned(offered.data, origin)?,
    };
    let queries = request.queries().iter();
    let asked = queries.map(|query| query.asked().clone());
    Ok((asked.collect(), request.reader().is_some()))
}

fn document(asked: &Asked) -> ExplainedDocument {
    let elements = asked.elements.iter().map(|asked| {
        let (ja, en) = words(&asked.element);
        ExplainedElement {
            name_space: asked.name_space.clone(),
            element: asked.element.clone(),
            ja,
            en,
            retain: asked.retain,
        }
    });
    ExplainedDocument {
        doc_type: asked.doc_type.clone(),
        elements: elements.collect(),
    }
}

/// An element in Japanese and in English; by its own name if nobody named it here.
fn words(element: &str) -> (String, String) {
    if let Some(age) = element.strip_prefix("age_over_") {
        return (
            format!("{age}歳以上かどうか"),
            format!("Whether you are {age} or older"),
        );
    }
    let (ja, en) = match element {
        "full_name_unicode" => ("氏名", "Name"),
        "resident_address_unicode" => ("住所", "Address"),
        "birth_date" | "birth_date_unicode" => ("生年月日", "Date of birth"),
        "age_in_years" => ("年齢", "Age"),
        "sex" | "sex_unicode" => ("性別", "Sex"),
        "portrait" => ("顔写真", "Portrait"),
        "local_gov_code_unicode" => ("市区町村コード", "Code of the municipality"),
        "individual_number_unicode" => {
            ("個人番号（マイナンバー）", "Individual Number (My Number)")
        }
        other => (other, other),
    };
    (ja.to_owned(), en.to_owned())
}
