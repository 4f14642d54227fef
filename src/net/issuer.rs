//! Who issued a certificate that is not trusted: the name of the CA that a proxy inspects TLS with, as a rule.
//!
//! This is for words alone. What it connects to is not trusted, so nothing is sent but a request without a credential, and
//! nothing is read but the certificate.

use reqwest::tls::TlsInfo;

use super::{Network, builder};
use crate::core::name::Origin;
use crate::text::sanitize;

const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xa0;
const OID: u8 = 0x06;
/// 2.5.4.3 and 2.5.4.10.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];

/// The issuer's name, where one can be had.
pub async fn presented(url: &Origin, network: &Network) -> Option<String> {
    let http = builder(url, network).tls_danger_accept_invalid_certs(true).tls_info(true).build().ok()?;
    let answer = http.head(url.as_str()).send().await.ok()?;
    let certificate = answer.extensions().get::<TlsInfo>()?.peer_certificate()?.to_vec();
    issuer(&certificate)
}

/// The issuer in a certificate (RFC 5280 §4.1): its common name, and its organization where it says one.
fn issuer(certificate: &[u8]) -> Option<String> {
    let (tag, certificate, _) = value(certificate)?;
    let (_, mut fields, _) = value(certificate).filter(|_| tag == SEQUENCE)?;
    // Version, serial number and algorithm come before it, the first of them perhaps not.
    let (tag, _, rest) = value(fields)?;
    if tag == VERSION {
        fields = rest;
    }
    for _ in 0..2 {
        fields = value(fields)?.2;
    }
    let (_, mut names, _) = value(fields).filter(|(tag, ..)| *tag == SEQUENCE)?;
    let (mut common, mut organization) = (None, None);
    while let Some((SET, name, rest)) = value(names) {
        names = rest;
        let Some((SEQUENCE, pair, _)) = value(name) else { continue };
        let Some((OID, kind, pair)) = value(pair) else { continue };
        let Some((_, text, _)) = value(pair) else { continue };
        let text = Some(sanitize(&String::from_utf8_lossy(text), 80)).filter(|text| !text.trim().is_empty());
        match kind {
            COMMON_NAME => common = text,
            ORGANIZATION => organization = text,
            _ => {}
        }
    }
    match (common, organization) {
        (Some(common), Some(organization)) if common != organization => Some(format!("{common} ({organization})")),
        (common, organization) => common.or(organization),
    }
}

/// The first value in DER: its tag, its content, and what comes after it.
fn value(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&[tag, first], rest) = der.split_first_chunk::<2>()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x83 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    fn leaf() -> Vec<u8> {
        let pem = include_str!("../../tests/program/tls/leaf.pem");
        STANDARD.decode(pem.lines().filter(|line| !line.starts_with('-')).collect::<String>()).expect("base64")
    }

    #[test]
    fn the_issuer_is_named() {
        assert_eq!(issuer(&leaf()).as_deref(), Some("Example Inspection CA (Example Corp)"));
    }

    proptest! {
        #[test]
        fn no_certificate_makes_it_panic(at in 0_usize..500, byte: u8, cut in 0_usize..600) {
            let mut bytes = leaf();
            bytes[at % 300] = byte;
            bytes.truncate(cut);
            let _ = issuer(&bytes);
        }
    }
}
