//! An org out of a number: the same seed makes the same ids, labels, secrets and token.

use chrono::{DateTime, Duration, Utc};
use serde_json::json;

use super::org::{App, Secret};

/// SplitMix64: small, and good enough for names. Nothing here is a real secret.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall the same way for the same seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn draw(&mut self, alphabet: &[u8], length: usize) -> String {
        let size = alphabet.len() as u64;
        (0..length).map(|_| char::from(alphabet[usize::try_from(self.next() % size).unwrap_or(0)])).collect()
    }

    /// Letters and digits, as in Okta's ids.
    pub fn alphanumeric(&mut self, length: usize) -> String {
        self.draw(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", length)
    }

    /// The alphabet of Okta's own secrets.
    pub fn text(&mut self, length: usize) -> String {
        self.draw(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", length)
    }
}

/// Labels of the first apps; later ones are numbered.
const LABELS: [&str; 12] = [
    "Payments",
    "HR Sync",
    "Billing API",
    "Checkout Web",
    "Mobile BFF",
    "IdP Admin",
    "Legacy ERP",
    "Data Lake Loader",
    "Support Portal",
    "Zürich Büro",
    "Fraud Scoring",
    "Warehouse",
];

/// The org's apps. With six or more of them there is one of each kind that cannot be rotated as it stands.
pub fn apps(count: usize, dice: &mut Dice, now: DateTime<Utc>) -> Vec<App> {
    (0..count).map(|index| app(index, count, dice, now)).collect()
}

fn app(index: usize, count: usize, dice: &mut Dice, now: DateTime<Utc>) -> App {
    let id = format!("0oa{}", dice.alphanumeric(17));
    let label = LABELS.get(index).map_or_else(|| format!("App {index:04}"), |label| (*label).to_owned());
    let varied = count >= 6;
    let method = match index {
        3 if varied => "private_key_jwt",
        4 if varied => "none",
        _ if index % 3 == 2 => "client_secret_post",
        _ => "client_secret_basic",
    };
    let created = now - Duration::days(200 - i64::try_from(index % 180).unwrap_or(0));
    let secrets = match (method, index) {
        ("private_key_jwt" | "none", _) => 0,
        (_, 5) if varied => 2,
        _ => 1,
    };
    let secret = |dice: &mut Dice| Secret {
        id: format!("ocs{}", dice.alphanumeric(17)),
        client_secret: dice.text(64),
        active: true,
        created,
        last_updated: created,
        foreign: true,
    };
    App {
        client_id: if index == 2 { format!("client-{}", dice.alphanumeric(10).to_lowercase()) } else { id.clone() },
        id,
        label,
        token_endpoint_auth_method: method.into(),
        application_type: if method == "none" { "browser" } else { "web" }.into(),
        status: if count >= 7 && index == 6 { "INACTIVE" } else { "ACTIVE" }.into(),
        created,
        secrets: (0..secrets).map(|_| secret(dice)).collect(),
        shown: None,
    }
}

/// Apps as they are added from Okta's catalogue: label, name there, sign-on mode, what is linked to as its credentials,
/// and the method, which Okta does not show.
const CATALOGUE: [(&str, &str, &str, &str, &str); 5] = [
    ("Deel", "deel", "OPENID_CONNECT", "secrets", "client_secret_post"),
    ("StrongDM", "strongdm", "OPENID_CONNECT", "secrets", "client_secret_basic"),
    ("Okta Workflows", "okta_flow_sso", "OPENID_CONNECT", "jwks", "private_key_jwt"),
    ("Zendesk", "zendesk", "SAML_2_0", "", "none"),
    ("Intranet", "bookmark", "BOOKMARK", "", "none"),
];

/// One app of each kind that Okta's catalogue has, as they were recorded of real orgs.
pub fn catalogue(dice: &mut Dice, now: DateTime<Utc>) -> Vec<App> {
    let app = |(label, name, sign_on, linked, method): (&str, &str, &str, &str, &str)| {
        let mut made = app(0, 1, dice, now);
        let href = format!("/api/v1/apps/{}/credentials/{linked}", made.id);
        let links =
            if linked.is_empty() { json!({}) } else { json!({"clientCredentials": [{"name": linked, "href": href}]}) };
        made.shown =
            Some(json!({"name": name, "signOnMode": sign_on, "credentials": {"signing": {}}, "_links": links}));
        (made.label, made.token_endpoint_auth_method) = (label.into(), method.into());
        if linked != "secrets" {
            made.secrets.clear();
        }
        made
    };
    CATALOGUE.into_iter().map(app).collect()
}
