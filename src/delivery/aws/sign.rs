//! Signatures of AWS, version 4: of a call to the root of a host, without a query, as all of ours are.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::session::Keys;

/// How it is called.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What a signature is for.
pub struct Call<'a> {
    /// The method.
    pub method: &'a str,
    /// The headers that it covers, in small letters and by name; the one with the time is among them.
    pub headers: &'a [(&'a str, &'a str)],
    /// The body.
    pub body: &'a [u8],
    /// The region that is called.
    pub region: &'a str,
    /// The service that is called.
    pub service: &'a str,
    /// The time in that header.
    pub at: DateTime<Utc>,
}

/// The time as the header has it.
pub fn amz_date(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

/// The header that carries the signature.
pub fn authorization(call: &Call<'_>, keys: &Keys) -> String {
    let names: Vec<&str> = call.headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let headers = call.headers.iter().fold(String::new(), |mut text, (name, value)| {
        let _ = writeln!(text, "{name}:{}", value.trim());
        text
    });
    let canonical = format!("{}\n/\n\n{headers}\n{names}\n{}", call.method, hex(&Sha256::digest(call.body)));
    let day = call.at.format("%Y%m%d").to_string();
    let scope = format!("{day}/{}/{}/aws4_request", call.region, call.service);
    let text = format!("{ALGORITHM}\n{}\n{scope}\n{}", amz_date(call.at), hex(&Sha256::digest(canonical.as_bytes())));
    let secret = Zeroizing::new(format!("AWS4{}", keys.secret.expose()));
    let parts = [day.as_str(), call.region, call.service, "aws4_request"];
    let start = Zeroizing::new(secret.as_bytes().to_vec());
    let key = parts.iter().fold(start, |key, part| mac(&key, part));
    let signature = hex(&mac(&key, &text));
    format!("{ALGORITHM} Credential={}/{scope}, SignedHeaders={names}, Signature={signature}", keys.id)
}

fn mac(key: &[u8], text: &str) -> Zeroizing<Vec<u8>> {
    let mac = Hmac::<Sha256>::new_from_slice(key).expect("a key may have any length");
    Zeroizing::new(mac.chain_update(text.as_bytes()).finalize().into_bytes().to_vec())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use crate::core::secret::SecretValue;

    use super::*;

    /// Signs as in the suite of tests that AWS publishes for version 4.
    fn signed(method: &str, headers: &[(&str, &str)], body: &str) -> String {
        let at = DateTime::parse_from_rfc3339("2015-08-30T12:36:00Z").expect("an instant").to_utc();
        let call = Call { method, headers, body: body.as_bytes(), region: "us-east-1", service: "service", at };
        let secret = SecretValue::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
        let header = authorization(&call, &Keys { id: "AKIDEXAMPLE".into(), secret, token: None });
        let names: Vec<&str> = headers.iter().map(|(name, _)| *name).collect();
        let before = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={}, Signature=",
            names.join(";")
        );
        header.strip_prefix(before.as_str()).expect("that form").to_owned()
    }

    #[test]
    fn signatures_are_those_of_the_published_examples() {
        const AT: (&str, &str) = ("x-amz-date", "20150830T123600Z");
        const HOST: (&str, &str) = ("host", "example.amazonaws.com");
        let vanilla = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
        assert_eq!(signed("GET", &[HOST, AT], ""), vanilla, "get-vanilla");
        let post = "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b";
        assert_eq!(signed("POST", &[HOST, AT], ""), post, "post-vanilla");
        let form = "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a";
        let kind = ("content-type", "application/x-www-form-urlencoded");
        assert_eq!(signed("POST", &[kind, HOST, AT], "Param1=value1"), form, "post-x-www-form-urlencoded");
    }
}
