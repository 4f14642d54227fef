//! How AWS is called.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::core::name::Origin;
use crate::core::secret::{SecretValue, exposed};

/// The names of the ways to get credentials, as [`Identity::method`] has them.
pub const METHODS: &[&str] = &["access-key", "instance-profile", "web-identity"];

/// Where EKS puts a pod's token for AWS.
pub const EKS_TOKEN: &str = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token";

/// What follows a region in the names of AWS's own hosts.
const SUFFIXES: [&str; 3] = [".amazonaws.com", ".amazonaws.com.cn", ".amazonaws.eu"];

/// A region of AWS, and who calls there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Aws {
    /// The region, such as `eu-central-1`.
    pub region: String,
    /// Who calls.
    pub identity: Identity,
    /// The role that is assumed then; without one the calls are made as whoever calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assume: Option<Assume>,
}

/// How credentials are had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum Identity {
    /// They are given.
    AccessKey {
        /// The key's id.
        key_id: String,
        /// The key.
        #[serde(with = "exposed")]
        secret_key: SecretValue,
        /// The token of temporary ones.
        #[serde(default, with = "exposed::option", skip_serializing_if = "Option::is_none")]
        session_token: Option<SecretValue>,
    },
    /// Those of the machine: of the role of an EC2 instance, an ECS task or an EKS pod.
    InstanceProfile,
    /// For a token that an identity provider issues, as EKS does for a service account.
    WebIdentity {
        /// The role that it is for.
        role_arn: String,
        /// The file with the token, read each time.
        jwt_file: PathBuf,
    },
}

impl Identity {
    /// Its name in commands and in the API.
    pub fn method(&self) -> &'static str {
        match self {
            Self::AccessKey { .. } => "access-key",
            Self::InstanceProfile => "instance-profile",
            Self::WebIdentity { .. } => "web-identity",
        }
    }
}

/// A role that is assumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Assume {
    /// The role.
    pub role_arn: String,
    /// What its trust policy may want to be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

/// What is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    /// Secrets Manager.
    SecretsManager,
    /// Systems Manager, for its Parameter Store.
    Ssm,
    /// The Security Token Service.
    Sts,
}

impl Service {
    const ALL: [Self; 3] = [Self::SecretsManager, Self::Ssm, Self::Sts];

    /// Its name in host names and signatures.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SecretsManager => "secretsmanager",
            Self::Ssm => "ssm",
            Self::Sts => "sts",
        }
    }

    /// Its address: AWS has a host for each service, and an address of one's own (a proxy, a stand-in) serves them all.
    pub fn at(self, url: &Origin, region: &str) -> Origin {
        let own = || {
            let (first, rest) = url.host().split_once('.')?;
            let (name, fips) = first.strip_suffix("-fips").map_or((first, ""), |name| (name, "-fips"));
            let of_aws = SUFFIXES.contains(&rest.strip_prefix(region)?);
            let known = of_aws && Self::ALL.iter().any(|service| service.as_str() == name);
            known.then(|| format!("https://{}{fips}.{rest}", self.as_str()).parse().ok()).flatten()
        };
        own().unwrap_or_else(|| url.clone())
    }
}

/// AWS's own address of a region, which stands for all of its services; `None` where that is no region's name.
pub fn usual_url(region: &str) -> Option<Origin> {
    let [usual, china, europe] = SUFFIXES;
    let suffix = match region.split('-').next() {
        Some("cn") => china,
        Some("eusc") => europe,
        _ => usual,
    };
    is_region(region).then(|| format!("https://secretsmanager.{region}{suffix}").parse().ok()).flatten()
}

/// Whether it can be the name of a region: it becomes part of a host's name.
pub fn is_region(text: &str) -> bool {
    let word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    text.len() <= 32 && text.contains('-') && text.split('-').all(word)
}

#[cfg(test)]
mod tests {
    use crate::core::connection::{App, Auth};

    use super::*;

    #[test]
    fn each_way_is_read_back_as_it_was_written_and_shows_no_credential() {
        let canary = || SecretValue::new("canary");
        let ways = [
            Identity::AccessKey { key_id: "AKIA".into(), secret_key: canary(), session_token: Some(canary()) },
            Identity::InstanceProfile,
            Identity::WebIdentity { role_arn: "arn:aws:iam::1:role/w".into(), jwt_file: EKS_TOKEN.into() },
        ];
        for (identity, method) in ways.into_iter().zip(METHODS) {
            let assume = Some(Assume { role_arn: "arn:aws:iam::2:role/r".into(), external_id: Some("x".into()) });
            let aws = Aws { region: "eu-central-1".into(), identity, assume };
            let auth = Auth::Aws(aws.clone());
            assert_eq!((auth.method(), auth.app(), auth.key()), (*method, App::Aws, None));
            assert!(!format!("{auth:?}").contains("canary"), "{auth:?}");
            let again: Auth = serde_json::from_value(serde_json::to_value(&auth).expect("written")).expect("read");
            assert!(matches!(again, Auth::Aws(read) if read == aws));
        }
    }

    #[test]
    fn each_service_has_a_host_of_its_own_unless_an_address_was_given_for_all() {
        let at = |url: &str, region: &str| {
            let url: Origin = url.parse().expect("a URL");
            Service::ALL.map(|service| service.at(&url, region).to_string())
        };
        let usual = usual_url("eu-central-1").expect("a region").to_string();
        assert_eq!(
            at(&usual, "eu-central-1"),
            [
                "https://secretsmanager.eu-central-1.amazonaws.com",
                "https://ssm.eu-central-1.amazonaws.com",
                "https://sts.eu-central-1.amazonaws.com"
            ]
        );
        let europe = usual_url("eusc-de-east-1").expect("a region");
        assert_eq!(europe.as_str(), "https://secretsmanager.eusc-de-east-1.amazonaws.eu");
        let china = usual_url("cn-north-1").expect("a region").to_string();
        assert_eq!(at(&china, "cn-north-1")[1], "https://ssm.cn-north-1.amazonaws.com.cn");
        let fips = "https://sts-fips.us-east-1.amazonaws.com";
        assert_eq!(at(fips, "us-east-1")[0], "https://secretsmanager-fips.us-east-1.amazonaws.com");
        for own in ["http://127.0.0.1:4566", "https://secretsmanager.us-east-1.amazonaws.com.example"] {
            assert!(at(own, "us-east-1").iter().all(|url| url == own), "{own}");
        }
        for bad in ["", "eu", "eu-central-1.evil.example/", "EU-central-1", "eu--1", "eu-central-1@x"] {
            assert_eq!(usual_url(bad), None, "{bad}");
        }
    }
}
