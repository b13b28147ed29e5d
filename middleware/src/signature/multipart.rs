//! Answers as forms send them (RFC 7578).

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use http_body_util::{BodyDataStream, Full};
use multer::Multipart;
use tashika::{Code, Error};

use crate::signature::envelope::Members;

/// The parts of a form, each of which is octets, whatever type it says it is of.
///
/// `input.media_type` if there is no boundary, `input.answer` if the form is not
/// well-formed, or a part is unknown or there twice. So there are never more
/// than three, and all of them are no longer than the body.
pub(super) async fn read(parts: &Parts, body: Bytes) -> Result<Members, Error> {
    let boundary = boundary(parts).ok_or(Code::InputMediaType)?;
    if !is_framed(&body, boundary) {
        return Err(Code::InputAnswer.into());
    }
    let body: Full<Bytes> = body.into();
    let mut form = Multipart::new(BodyDataStream::new(body), boundary);
    let mut members = Members::default();
    // What is wrong with it is not told: it would tell what was sent.
    let unreadable = |_| Error::new(Code::InputAnswer);
    while let Some(part) = form.next_field().await.map_err(unreadable)? {
        let name = part.name().ok_or(Code::InputAnswer)?.to_owned();
        let octets = part.bytes().await.map_err(unreadable)?;
        members.take(&name, octets)?;
    }
    Ok(members)
}

/// The one parameter that the media type has (RFC 2046, 5.1.1).
fn boundary(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let (_, parameter) = value.split_once(';')?;
    let (name, value) = parameter.trim().split_once('=')?;
    let quoted = || value.strip_prefix('"')?.strip_suffix('"');
    let boundary = quoted().unwrap_or(value);
    let permitted = |b: u8| b.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&b);
    let sound = name.eq_ignore_ascii_case("boundary")
        && (1..=70).contains(&boundary.len())
        && boundary.bytes().all(permitted);
    sound.then_some(boundary)
}

/// Whether nothing stands before the first part nor behind the last, where
/// readers pass over it.
fn is_framed(body: &[u8], boundary: &str) -> bool {
    let opening = format!("--{boundary}\r\n");
    let closing = format!("\r\n--{boundary}--");
    let mut places = body.windows(closing.len());
    let end = places.position(|octets| octets == closing.as_bytes());
    let rest = end.and_then(|end| body.get(end + closing.len()..));
    body.starts_with(opening.as_bytes()) && matches!(rest, Some(b"" | b"\r\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::envelope::tests;

    const FORM: &str = "multipart/form-data; boundary=b";
    const NAMED: &str = "Content-Disposition: form-data; name=";

    /// A form of these parts, each with its headers.
    fn form(parts: &[(&str, &str)]) -> String {
        let parts = parts
            .iter()
            .map(|(head, octets)| format!("--b\r\n{head}\r\n\r\n{octets}\r\n"));
        parts.chain(["--b--\r\n".to_owned()]).collect()
    }

    fn part(name: &str) -> String {
        format!("{NAMED}\"{name}\"")
    }

    #[tokio::test]
    async fn parts_are_octets_by_name() {
        let typed = format!(
            "{}\r\nContent-Type: application/pkix-cert",
            part("certificate")
        );
        let file = format!("{}; filename=\"s.bin\"", part("signature"));
        let bare = form(&[(&file, "s\r\n--\r\n"), (&typed, "c")]);
        assert_eq!(tests::read(FORM, bare).await.unwrap(), "c+s\r\n--\r\n");
        let message = form(&[(&part("cms"), "m")]);
        for media_type in [
            FORM,
            "multipart/form-data;boundary=\"b\"",
            "multipart/form-data; Boundary=b",
            "Multipart/Form-Data; boundary=b",
        ] {
            let read = tests::read(media_type, message.clone()).await;
            assert_eq!(read.unwrap(), "m", "{media_type}");
        }
        let ends = message.trim_end().to_owned();
        assert_eq!(tests::read(FORM, ends).await.unwrap(), "m");
    }

    #[tokio::test]
    async fn every_other_form_is_refused() {
        let (one, two) = (part("certificate"), part("signature"));
        let cms = part("cms");
        let message = form(&[(&cms, "m")]);
        let many: String = (0..64).map(|n| format!("X-{n}: x\r\n")).collect();
        for bad in [
            String::new(),
            "--b--\r\n".to_owned(),
            "--b\r\n\r\n--b--".to_owned(),
            form(&[]),
            form(&[(&one, "c")]),
            form(&[(&one, "c"), (&one, "c"), (&two, "s")]),
            form(&[(&one, "c"), (&two, "s"), (&cms, "m")]),
            form(&[(&cms, "m"), (&part("other"), "")]),
            form(&[("Content-Type: text/plain", "m")]),
            form(&[(&format!("{many}{cms}"), "m")]),
            form(&[("no header", "m")]),
            form(&[(&cms, "m\r\n--bc\r\n")]),
            message.replace("\r\n", "\n"),
            message.replace("--b\r\n", "--c\r\n"),
            message.replace("--b--", "--b"),
            message.replace("--b--", "--b\r\n"),
            message.replacen("--b\r\n", "--b \r\n", 1),
            format!("preamble\r\n{message}"),
            format!("\r\n{message}"),
            format!("{message}epilogue"),
            format!("{message}{message}"),
        ] {
            let read = tests::read(FORM, bad.clone()).await;
            assert_eq!(read, Err(Code::InputAnswer), "{bad}");
        }
    }

    #[tokio::test]
    async fn a_boundary_is_one_short_word() {
        let message = form(&[(&part("cms"), "m")]);
        let long = format!("multipart/form-data; boundary={}", "b".repeat(71));
        for media_type in [
            "multipart/form-data",
            "multipart/form-data; boundary=",
            "multipart/form-data; boundary=\"\"",
            "multipart/form-data; boundary=\"b",
            "multipart/form-data; boundary=b;",
            "multipart/form-data; boundary=b; boundary=c",
            "multipart/form-data; charset=utf-8; boundary=b",
            "multipart/form-data; boundaries=b",
            "multipart/form-data; boundary=b b",
            "multipart/mixed; boundary=b",
            &long,
        ] {
            let read = tests::read(media_type, message.clone()).await;
            assert_eq!(read, Err(Code::InputMediaType), "{media_type}");
        }
    }
}
