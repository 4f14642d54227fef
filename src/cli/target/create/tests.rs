//! The command that the wizard shows for a target asks for exactly that target.

use clap::Parser as _;
use serde_json::json;

use super::*;
use crate::engine::request::command;
use crate::text::argv;

#[derive(Debug, clap::Parser)]
struct Line {
    #[command(flatten)]
    create: Create,
}

#[test]
fn the_command_for_a_request_asks_for_the_same() {
    for mut request in [
        json!({"destination": "file", "destinationConfig": {"path": "/run/a b/okta.env", "format": "json", "owner": "pay", "group": "web",
               "mode": "0640", "inPlace": true}, "after": ["systemctl", "restart", "it's"], "gates": false, "name": "pay-file"}),
        json!({"destination": "hashicorp-vault", "connectionId": "bao", "destinationConfig": {"mount": "kv", "path": "apps/pay"},
               "keys": {"A": "clientId", "B": "clientSecret"}, "settleSeconds": 5400, "drift": "attend"}),
        json!({"destination": "kubernetes", "connectionId": "c", "destinationConfig": {"namespace": "pay", "name": "okta",
               "restart": ["deployment/pay", "daemonset/a"]}}),
        json!({"destination": "aws-secrets-manager", "connectionId": "aws", "destinationConfig": {"secretName": "apps/pay", "plain": true,
               "kmsKeyId": "alias/pay"}}),
        json!({"destination": "aws-parameter-store", "connectionId": "aws", "destinationConfig": {"path": "/apps/pay"}}),
        json!({"destination": "infisical", "connectionId": "i", "destinationConfig": {"project": "7b0c", "environment": "prod",
               "path": "/apps/pay"}}),
        json!({"destination": "command", "destinationConfig": {"argv": ["/usr/local/bin/push", "--all", ""]}}),
        json!({"destination": "credential", "destinationConfig": {"unit": "pay@*.service"}}),
    ] {
        request["rotation"] = json!("payments");
        let request: TargetBody = serde_json::from_value(request).expect("a body");
        let line = command::target::create(&request, None);
        let words = argv::split(&line).expect("words");
        assert_eq!(words[..3], ["windlass", "target", "create"], "{line}");
        let Line { create } = Line::try_parse_from(&words[2..]).unwrap_or_else(|err| panic!("{line}: {err}"));
        assert_eq!(body(create).map_err(|_| line.clone()), Ok(request), "{line}");
    }
}
