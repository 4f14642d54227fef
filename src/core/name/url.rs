//! The address of an Okta org.
//!
//! Okta's own SDKs use a deny list, never an allow list, because custom domains are allowed (Okta note, §6).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An org's origin, for instance `https://acme.okta.com`: scheme, host and port only, lower case.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrgUrl(String);

/// Why an address is refused, with the fix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct OrgUrlFault {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub hint: String,
}

/// The suffixes of Okta's own domains: only there is `-admin` in a host known to be the admin console.
const OKTA_SUFFIXES: [&str; 7] = [
    "okta.com",
    "oktapreview.com",
    "okta-emea.com",
    "okta-gov.com",
    "okta.mil",
    "okta-miltest.com",
    "trex-govcloud.com",
];

impl OrgUrl {
    /// Reads an address as an operator typed it. The second part is what was cut off (a path, a trailing slash), to be said.
    pub fn read(text: &str) -> Result<(Self, Option<String>), OrgUrlFault> {
        let typed = text.trim();
        let fault = |message: &str, hint: &str| {
            Err(OrgUrlFault { message: format!("{message} (got {typed:?})"), hint: hint.to_owned() })
        };
        if typed.is_empty() || typed.contains("{yourOktaDomain}") {
            return fault("the org URL is not filled in", "give the org's own address, such as https://acme.okta.com");
        }
        if typed.matches("://").count() > 1 {
            return fault("the org URL contains \"://\" twice", "give one address, such as https://acme.okta.com");
        }
        let (scheme, rest) = match typed.split_once("://") {
            Some((scheme, rest)) => (scheme.to_ascii_lowercase(), rest),
            None => {
                return fault("the org URL has no scheme", &format!("write https://{typed}"));
            }
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, cut) = rest.split_at(end);
        if authority.contains('@') {
            // Not repeated: there may be a password in it.
            let (message, hint) = ("the org URL carries user information", "leave out everything up to the @");
            return Err(OrgUrlFault { message: message.into(), hint: hint.into() });
        }
        let authority = authority.to_ascii_lowercase();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') && !port.contains(']') => (host, Some(port)),
            _ => (authority.as_str(), None),
        };
        let Ok(number) = port.map(str::parse::<u16>).transpose() else {
            return fault("the port of the org URL is not a number", "leave the port out; Okta answers on 443");
        };
        let address: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
        let loopback = is_loopback(host);
        let label_ok = |label: &str| {
            !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        if address.is_none() && !host.split('.').all(label_ok) {
            return fault("the host of the org URL is not a host name", "write it like https://acme.okta.com");
        }
        match scheme.as_str() {
            "https" => {}
            "http" if loopback => {}
            "http" => return fault("the org URL must be https", &format!("write https://{authority}")),
            _ => return fault("the org URL must be https", "write it like https://acme.okta.com"),
        }
        if host.contains(".com.com") {
            return fault(
                "the org URL ends in .com twice",
                &format!("write https://{}", host.replace(".com.com", ".com")),
            );
        }
        for suffix in OKTA_SUFFIXES {
            if host.strip_suffix(suffix).is_some_and(|front| front.ends_with("-admin.")) {
                let fix = host.replacen("-admin.", ".", 1);
                return fault(
                    "that is the address of the admin console, not of the org",
                    &format!("write https://{fix}"),
                );
            }
        }
        if !loopback && (address.is_some() || !host.contains('.')) {
            return fault("the org URL needs the org's host name", "write it like https://acme.okta.com");
        }
        // The scheme's own port says nothing, and one org must not have two names.
        let default = matches!((scheme.as_str(), number), ("https", Some(443)) | ("http", Some(80)));
        let (origin, cut) = match number {
            Some(number) if default => (host.to_owned(), format!(":{number}{cut}")),
            Some(number) => (format!("{host}:{number}"), cut.to_owned()),
            None => (host.to_owned(), cut.to_owned()),
        };
        Ok((Self(format!("{scheme}://{origin}")), Some(cut).filter(|cut| !cut.is_empty())))
    }

    /// The origin, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host with its port, as shown to people.
    pub fn host(&self) -> &str {
        self.0.split_once("://").map_or(self.0.as_str(), |(_, host)| host)
    }

    /// Whether this is a stand-in on this machine: only loopback may be plain http.
    pub fn is_loopback(&self) -> bool {
        let host = self.host();
        is_loopback(host) || host.rsplit_once(':').is_some_and(|(name, _)| is_loopback(name))
    }
}

fn is_loopback(host: &str) -> bool {
    let address: Option<IpAddr> = host.trim_start_matches('[').trim_end_matches(']').parse().ok();
    host == "localhost" || address.is_some_and(|address| address.is_loopback())
}

impl fmt::Display for OrgUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for OrgUrl {
    type Err = OrgUrlFault;

    fn from_str(text: &str) -> Result<Self, OrgUrlFault> {
        Self::read(text).map(|(url, _)| url)
    }
}

impl TryFrom<String> for OrgUrl {
    type Error = OrgUrlFault;

    fn try_from(text: String) -> Result<Self, OrgUrlFault> {
        text.parse()
    }
}

impl From<OrgUrl> for String {
    fn from(url: OrgUrl) -> String {
        url.0
    }
}
