//! The address of a server: of an Okta org, or of one that credentials are delivered to.
//!
//! Okta's own SDKs use a deny list, never an allow list, because custom domains are allowed (Okta note, §6).

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A server's origin, for instance `https://acme.okta.com`: scheme, host and port only, lower case. Plain http is for this
/// machine alone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin(String);

/// Why an address is refused, with the fix.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct OriginFault {
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

/// How the address of a kind of server is called, and what one looks like.
struct Called {
    what: &'static str,
    example: &'static str,
    whole: &'static str,
}

const ORG: Called = Called {
    what: "org URL",
    example: "https://acme.okta.com",
    whole: "the org's own address, such as https://acme.okta.com",
};
const SERVER: Called = Called {
    what: "address",
    example: "https://vault.example.com:8200",
    whole: "the server's address, such as https://vault.example.com:8200",
};

impl Origin {
    /// Reads the address of an Okta org as an operator typed it. The second part is what was cut off (a path, a trailing
    /// slash), to be said.
    pub fn of_org(text: &str) -> Result<(Self, Option<String>), OriginFault> {
        let typed = text.trim();
        let fault = |message: &str, hint: &str| Err(said(typed, message, hint));
        if typed.contains("{yourOktaDomain}") {
            return fault("the org URL is not filled in", &format!("give {}", ORG.whole));
        }
        let (origin, cut) = read(typed, &ORG)?;
        let (host, _) = split(origin.host());
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
        if !origin.is_loopback() && (address(host).is_some() || !host.contains('.')) {
            return fault("the org URL needs the org's host name", "write it like https://acme.okta.com");
        }
        Ok((origin, cut))
    }

    /// Reads the address of any other server: it may be an IP address, or a name without a dot.
    pub fn of_server(text: &str) -> Result<(Self, Option<String>), OriginFault> {
        read(text.trim(), &SERVER)
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
        is_loopback(split(self.host()).0)
    }
}

fn said(typed: &str, message: &str, hint: &str) -> OriginFault {
    OriginFault { message: format!("{message} (got {typed:?})"), hint: hint.to_owned() }
}

/// What is true of every address.
fn read(typed: &str, called: &Called) -> Result<(Origin, Option<String>), OriginFault> {
    let Called { what, example, whole } = called;
    let fault = |message: String, hint: String| Err(said(typed, &message, &hint));
    if typed.is_empty() {
        return fault(format!("the {what} is not filled in"), format!("give {whole}"));
    }
    if typed.matches("://").count() > 1 {
        return fault(format!("the {what} contains \"://\" twice"), format!("give one address, such as {example}"));
    }
    let Some((scheme, rest)) = typed.split_once("://") else {
        return fault(format!("the {what} has no scheme"), format!("write https://{typed}"));
    };
    let scheme = scheme.to_ascii_lowercase();
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, cut) = rest.split_at(end);
    if authority.contains('@') {
        // Not repeated: there may be a password in it.
        let message = format!("the {what} carries user information");
        return Err(OriginFault { message, hint: "leave out everything up to the @".into() });
    }
    let authority = authority.to_ascii_lowercase();
    let (host, port) = split(&authority);
    let Ok(number) = port.map(str::parse::<u16>).transpose() else {
        let hint = format!("leave the port out, or write a number, as in {example}");
        return fault(format!("the port of the {what} is not a number"), hint);
    };
    let label_ok =
        |label: &str| !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    if address(host).is_none() && !host.split('.').all(label_ok) {
        return fault(format!("the host of the {what} is not a host name"), format!("write it like {example}"));
    }
    match scheme.as_str() {
        "https" => {}
        "http" if is_loopback(host) => {}
        "http" => return fault(format!("the {what} must be https"), format!("write https://{authority}")),
        _ => return fault(format!("the {what} must be https"), format!("write it like {example}")),
    }
    // The scheme's own port says nothing, and one server must not have two names.
    let default = matches!((scheme.as_str(), number), ("https", Some(443)) | ("http", Some(80)));
    let (origin, cut) = match number {
        Some(number) if default => (host.to_owned(), format!(":{number}{cut}")),
        Some(number) => (format!("{host}:{number}"), cut.to_owned()),
        None => (host.to_owned(), cut.to_owned()),
    };
    Ok((Origin(format!("{scheme}://{origin}")), Some(cut).filter(|cut| !cut.is_empty())))
}

/// Host and port; the colons of an IPv6 address are within brackets.
fn split(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !host.ends_with(':') && !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    }
}

fn address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || address(host).is_some_and(|address| address.is_loopback())
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Origin {
    type Err = OriginFault;

    fn from_str(text: &str) -> Result<Self, OriginFault> {
        Self::of_server(text).map(|(url, _)| url)
    }
}

impl TryFrom<String> for Origin {
    type Error = OriginFault;

    fn try_from(text: String) -> Result<Self, OriginFault> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(url: Origin) -> String {
        url.0
    }
}
