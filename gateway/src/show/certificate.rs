//! `tashika certificate show`: what a certificate says of itself.

use std::io::{self, Write};
use std::path::Path;

use der::Decode;
use serde::Serialize;
use tashika::trust::Fingerprint;
use tashika::{Code, Time};
use x509_cert::Certificate;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, CertificatePolicies, CrlDistributionPoints,
    ExtendedKeyUsage, IssuerAltName, KeyUsage, SubjectAltName,
};
use x509_cert::time::Time as CertificateTime;

use crate::exit::Failure;
use crate::input;
use crate::output::hex;
use crate::show::{printable, unfit};

/// What stands in the place of what tells of a person.
const MASKED: &str = "(masked)";

/// A certificate, as it is shown. Personal data is masked unless asked for:
/// fingerprint, subject, serial number, the end of the validity (a birthday), alternative
/// names and distribution points (a municipality).
#[derive(Serialize)]
pub(super) struct Shown {
    sha256: String,
    version: String,
    serial: String,
    signature_algorithm: String,
    issuer: String,
    subject: String,
    not_before: String,
    not_after: String,
    public_key: String,
    extensions: Vec<ShownExtension>,
}

#[derive(Serialize)]
struct ShownExtension {
    oid: String,
    name: &'static str,
    critical: bool,
    value: String,
}

impl Shown {
    pub(super) fn read(path: &Path, attributes: bool) -> Result<Self, Failure> {
        let der = input::certificate(path)?;
        // The library's own reader is the stricter one.
        tashika::x509::Certificate::from_der(&der).map_err(|e| Failure::unfit(path, e))?;
        let certificate =
            Certificate::from_der(&der).map_err(|_| unfit(path, Code::InputCertificate))?;
        Ok(Self::of(&certificate, Fingerprint::of(&der), attributes))
    }

    fn of(certificate: &Certificate, fingerprint: Fingerprint, attributes: bool) -> Self {
        let body = certificate.tbs_certificate();
        let extensions = body.extensions().map(Vec::as_slice).unwrap_or_default();
        let reveal = attributes || is_ca(extensions);
        let mask = |value: String| if reveal { value } else { MASKED.to_owned() };
        let validity = body.validity();
        Self {
            sha256: mask(fingerprint.to_string()),
            version: format!("{:?}", body.version()).to_lowercase(),
            serial: mask(body.serial_number().to_string()),
            signature_algorithm: oid_name(certificate.signature_algorithm().oid),
            issuer: printable(&body.issuer().to_string()),
            subject: mask(printable(&body.subject().to_string())),
            not_before: time(&validity.not_before),
            not_after: mask(time(&validity.not_after)),
            public_key: oid_name(body.subject_public_key_info().algorithm.oid),
            extensions: extensions
                .iter()
                .map(|extension| ShownExtension::of(extension, reveal))
                .collect(),
        }
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "unverified: this is what the certificate says of itself"
        )?;
        writeln!(out, "sha256       {}", self.sha256)?;
        writeln!(out, "version      {}", self.version)?;
        writeln!(out, "serial       {}", self.serial)?;
        writeln!(out, "algorithm    {}", self.signature_algorithm)?;
        writeln!(out, "issuer       {}", self.issuer)?;
        writeln!(out, "subject      {}", self.subject)?;
        writeln!(out, "not before   {}", self.not_before)?;
        writeln!(out, "not after    {}", self.not_after)?;
        writeln!(out, "public key   {}", self.public_key)?;
        for extension in &self.extensions {
            let critical = if extension.critical { " critical" } else { "" };
            writeln!(out, "extension    {}{critical}", extension.name)?;
            writeln!(out, "             {}", extension.value)?;
        }
        Ok(())
    }
}

impl ShownExtension {
    fn of(extension: &Extension, reveal: bool) -> Self {
        let octets = extension.extn_value.as_bytes();
        let (name, tells_of_a_person) = known(extension.extn_id);
        let value = if tells_of_a_person && !reveal {
            MASKED.to_owned()
        } else {
            decoded(extension.extn_id, octets).map_or_else(|| hex(octets), |text| printable(&text))
        };
        Self {
            oid: extension.extn_id.to_string(),
            name,
            critical: extension.critical,
            value,
        }
    }
}

/// The name of an extension, and whether its value tells of a person. What is
/// not known might.
fn known(oid: ObjectIdentifier) -> (&'static str, bool) {
    match oid.to_string().as_str() {
        "2.5.29.14" => ("subjectKeyIdentifier", true),
        "2.5.29.15" => ("keyUsage", false),
        "2.5.29.17" => ("subjectAltName", true),
        "2.5.29.18" => ("issuerAltName", false),
        "2.5.29.19" => ("basicConstraints", false),
        "2.5.29.31" => ("cRLDistributionPoints", true),
        "2.5.29.32" => ("certificatePolicies", false),
        "2.5.29.35" => ("authorityKeyIdentifier", false),
        "2.5.29.37" => ("extKeyUsage", false),
        "1.3.6.1.5.5.7.1.1" => ("authorityInfoAccess", false),
        _ => ("(unknown)", true),
    }
}

fn decoded(oid: ObjectIdentifier, octets: &[u8]) -> Option<String> {
    match oid.to_string().as_str() {
        "2.5.29.15" => {
            let KeyUsage(bits) = KeyUsage::from_der(octets).ok()?;
            let names: Vec<_> = bits.into_iter().map(|bit| format!("{bit:?}")).collect();
            Some(names.join(", "))
        }
        "2.5.29.19" => {
            let constraints = BasicConstraints::from_der(octets).ok()?;
            Some(format!("cA {}", constraints.ca))
        }
        "2.5.29.17" => Some(names(&SubjectAltName::from_der(octets).ok()?.0)),
        "2.5.29.18" => Some(names(&IssuerAltName::from_der(octets).ok()?.0)),
        "2.5.29.31" => distribution_points(octets),
        "2.5.29.35" => authority_key(octets),
        "2.5.29.32" => {
            let CertificatePolicies(policies) = CertificatePolicies::from_der(octets).ok()?;
            Some(list(policies.iter().map(|p| p.policy_identifier)))
        }
        "2.5.29.37" => {
            let ExtendedKeyUsage(purposes) = ExtendedKeyUsage::from_der(octets).ok()?;
            Some(list(purposes.into_iter()))
        }
        _ => None,
    }
}

fn distribution_points(octets: &[u8]) -> Option<String> {
    let CrlDistributionPoints(points) = CrlDistributionPoints::from_der(octets).ok()?;
    let point = |point: &DistributionPointName| match point {
        DistributionPointName::FullName(full) => names(full),
        DistributionPointName::NameRelativeToCRLIssuer(relative) => relative.to_string(),
    };
    let points = points.iter().filter_map(|p| p.distribution_point.as_ref());
    Some(points.map(point).collect::<Vec<_>>().join("; "))
}

fn authority_key(octets: &[u8]) -> Option<String> {
    let authority = AuthorityKeyIdentifier::from_der(octets).ok()?;
    let key = authority
        .key_identifier
        .map(|id| format!("key {}", hex(id.as_bytes())));
    let issuer = authority
        .authority_cert_issuer
        .map(|issuer| format!("issuer {}", names(&issuer)));
    let serial = authority
        .authority_cert_serial_number
        .map(|serial| format!("serial {serial}"));
    let parts: Vec<_> = [key, issuer, serial].into_iter().flatten().collect();
    Some(parts.join("; "))
}

fn names(names: &[GeneralName]) -> String {
    let name = |name: &GeneralName| match name {
        GeneralName::DirectoryName(name) => name.to_string(),
        GeneralName::DnsName(text)
        | GeneralName::Rfc822Name(text)
        | GeneralName::UniformResourceIdentifier(text) => text.to_string(),
        GeneralName::OtherName(other) => {
            let text = other.value.decode_as::<String>();
            let text = text.unwrap_or_else(|_| hex(other.value.value()));
            format!("{}={text}", other.type_id)
        }
        _ => "(another kind of name)".to_owned(),
    };
    names.iter().map(name).collect::<Vec<_>>().join("; ")
}

fn list(oids: impl Iterator<Item = ObjectIdentifier>) -> String {
    oids.map(oid_name).collect::<Vec<_>>().join(", ")
}

fn is_ca(extensions: &[Extension]) -> bool {
    extensions
        .iter()
        .filter(|e| e.extn_id.to_string() == "2.5.29.19")
        .filter_map(|e| BasicConstraints::from_der(e.extn_value.as_bytes()).ok())
        .any(|constraints| constraints.ca)
}

/// A time in RFC 3339.
pub(crate) fn time(time: &CertificateTime) -> String {
    let seconds = time.to_unix_duration().as_secs();
    i64::try_from(seconds).map_or_else(|_| time.to_string(), |s| Time::from_unix(s).to_string())
}

/// The name of an object identifier where it is a common one, else its numbers.
fn oid_name(oid: ObjectIdentifier) -> String {
    der::oid::db::DB
        .by_oid(&oid)
        .map_or_else(|| oid.to_string(), str::to_owned)
}
