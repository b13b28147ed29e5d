//! What a person sees: a page like the one that stands in for cards in the sandbox.

use super::authorization::Request;
use super::choice::Choice;
use super::citizen::Citizen;
use super::core::Core;
use super::event::Endpoint;
use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::server::Answer;

/// The name of what was chosen, in the form.
pub(super) const CHOICE: &str = "testbed_choice";

/// How many people are offered: more than anybody would look through.
const MOST_PEOPLE: usize = 50;

const STYLE: &str = include_str!("page/style.css");

/// No script, nothing from elsewhere, in nobody's frame. Where forms may lead is left
/// open, because browsers apply it to the redirect back as well.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'";

/// The page on which somebody chooses how an authorization ends.
pub(super) fn choices(core: &Core, request: &Request, parameters: &Parameters) -> Answer {
    let people: Vec<_> = {
        let state = core.state();
        let people = state.citizens.iter().take(MOST_PEOPLE);
        people.map(|citizen| person(citizen)).collect()
    };
    let people = match people.is_empty() {
        true => bilingual("p", "登録された人がいません。", "Nobody is enrolled."),
        false => format!(r#"<ul class="pairs">{}</ul>"#, people.concat()),
    };
    let failures: String = Choice::FAILURES.iter().map(failure).collect();
    let body = [
        bilingual("h1", "認証アプリの代わりの画面", "In place of the auth app"),
        bilingual(
            r#"p class="note""#,
            "テスト用の画面です。カードも暗証番号も使いません。\
             本物では、スマートフォンならアプリが開き、パソコンなら二次元コードと6桁の番号が表示されます。",
            "For tests: no card and no PIN is used. The real one opens the app on a phone, \
             and shows a QR code and a number of six digits on a computer.",
        ),
        asked(request),
        format!(
            r#"<form method="post" action="{}">"#,
            escaped(&core.url(Endpoint::Authorization))
        ),
        parameters.pairs().map(hidden).collect(),
        "<section>".to_owned(),
        bilingual("h2", "だれとして認証しますか", "Who is it?"),
        people,
        "</section><section>".to_owned(),
        bilingual("h2", "認証できない場合", "If it comes to nothing"),
        format!(r#"<ul class="pairs">{failures}</ul>"#),
        "</section></form>".to_owned(),
    ];
    page(200, "認証アプリの代わりの画面", &body.concat())
}

/// The page for requests after which nobody may be redirected.
pub(super) fn refusal(refusal: &Refusal) -> Answer {
    let body = [
        bilingual(
            "h1",
            "このリクエストは受け付けられません",
            "This request is not accepted",
        ),
        bilingual(
            "p",
            "利用していたサービスの画面に戻り、最初からやり直してください。\
             繰り返し表示されるときは、サービスの窓口にお知らせください。",
            "Go back to the service that you came from and begin again. If this page \
             comes again, tell the people behind that service.",
        ),
        "<section>".to_owned(),
        bilingual("h2", "開発者の方へ", "For developers"),
        format!(
            "<p><code>{}</code>: <code>{}</code></p>",
            escaped(refusal.error),
            escaped(refusal.description)
        ),
        "</section>".to_owned(),
    ];
    page(400, "このリクエストは受け付けられません", &body.concat())
}

fn page(status: u16, title: &str, body: &str) -> Answer {
    let text = format!(
        "<!doctype html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n\
         <body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    );
    Answer::status(status)
        .header("Content-Type", "text/html; charset=utf-8")
        .header("Content-Security-Policy", POLICY)
        .header("Referrer-Policy", "no-referrer")
        .header("X-Content-Type-Options", "nosniff")
        .header("Cache-Control", "no-store")
        .body(text)
}

/// Who asks for what.
fn asked(request: &Request) -> String {
    let items: String = request
        .scopes
        .iter()
        .filter_map(|scope| wanted(scope))
        .collect();
    let level = request.acr_values.join(" ");
    let level = match level.as_str() {
        "" => "指定なし",
        level => level,
    };
    [
        "<section>".to_owned(),
        bilingual(
            "h2",
            "サービスが求めているもの",
            "What the service asks for",
        ),
        "<dl>".to_owned(),
        row("サービス", "Service", &request.client_id),
        row("認証の強さ", "Level", level),
        "</dl>".to_owned(),
        format!(r#"<ul class="asked">{items}</ul></section>"#),
    ]
    .concat()
}

/// A scope in words.
fn wanted(scope: &str) -> Option<String> {
    let (japanese, english) = match scope {
        "openid" => ("本人であることの確認", "That it is you"),
        "name" => ("氏名", "Name"),
        "address" => ("住所", "Address"),
        "birthdate" => ("生年月日", "Date of birth"),
        "gender" => ("性別", "Sex"),
        "sign" => ("文書への署名", "Signing a document"),
        _ => return None,
    };
    Some(bilingual("li", japanese, english))
}

fn row(japanese: &str, english: &str, value: &str) -> String {
    let value = escaped(value);
    format!(
        "{}<dd><code>{value}</code></dd>",
        bilingual("dt", japanese, english)
    )
}

fn person(citizen: &Citizen) -> String {
    let choice = Choice::citizen(&citizen.id);
    let button = button("person", &choice, &citizen.name, &citizen.id);
    format!("<li>{button}</li>")
}

fn failure(choice: &Choice) -> String {
    let (japanese, english) = match choice {
        Choice::Citizen(_) => return String::new(),
        Choice::Cancel => ("中止する", "Cancel"),
        Choice::ExpiredCertificate => ("証明書の期限が切れている", "The certificate has expired"),
        Choice::RevokedCertificate => ("証明書が失効している", "The certificate is revoked"),
        Choice::PinLocked => ("暗証番号がロックされている", "The PIN is locked"),
        Choice::NoPin => ("暗証番号が設定されていない", "The card has no PIN"),
        Choice::AppMissing => ("アプリが入っていない", "The app is not installed"),
        Choice::Expired => ("時間切れになる", "It takes too long"),
    };
    format!("<li>{}</li>", button("failure", choice, japanese, english))
}

fn button(class: &str, choice: &Choice, japanese: &str, english: &str) -> String {
    let open = format!(
        r#"button class="{class}" name="{CHOICE}" value="{}""#,
        escaped(&choice.value())
    );
    bilingual(&open, japanese, english)
}

fn hidden((name, value): (&str, &str)) -> String {
    let (name, value) = (escaped(name), escaped(value));
    format!(r#"<input type="hidden" name="{name}" value="{value}">"#)
}

/// An element with Japanese text and English below it.
fn bilingual(open: &str, japanese: &str, english: &str) -> String {
    let name = open.split(' ').next().unwrap_or(open);
    let (japanese, english) = (escaped(japanese), escaped(english));
    format!("<{open}>{japanese} <span lang=\"en\">{english}</span></{name}>\n")
}

fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, character| {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
        out
    })
}
