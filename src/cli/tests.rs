use clap::CommandFactory;

use super::doubles::{Ended, parse, rotation, scene};
use super::*;
use crate::engine::request::{Reply, Request};

mod remedies;

/// Every command line of interface.md that is in this version.
const LINES: &[&str] = &[
    "windlass --ascii",
    "windlass demo --ascii",
    "windlass serve",
    "windlass serve --once",
    "windlass connection create acme --url https://acme.okta.com --token-file FILE",
    "windlass connection create acme --url https://acme.okta.com --token-stdin --description x --no-test",
    "windlass connection create bao --app hashicorp-vault --url https://vault.example.com:8200 --token-file FILE --namespace team",
    "windlass connection create bao --app hashicorp-vault --auth app-role --url u --role-id ID --secret-id-file FILE --auth-mount m",
    "windlass connection create bao --app hashicorp-vault --url u --role windlass --jwt-file FILE",
    "windlass connection update bao --secret-id-stdin",
    "windlass connection create prod-aws --app aws --region eu-central-1 --access-key-id AKIA --secret-key-file FILE",
    "windlass connection create prod-aws --app aws --region eu-central-1 --auth instance-profile --assume-role-arn A --external-id E",
    "windlass connection create prod-aws --app aws --region eu-central-1 --role-arn ARN --jwt-file FILE --url https://127.0.0.1",
    "windlass connection update prod-aws --access-key-id AKIA --secret-key-stdin --session-token-file FILE",
    "windlass connection list --app hashicorp-vault",
    "windlass target create payments file --path /run/pay/okta.env --group pay --mode 0640 --after -- systemctl restart pay",
    "windlass target create payments file --path f --format json --key id=client-id --key secret=client-secret --dry-run",
    "windlass target create payments vault --connection bao --mount secret --path apps/pay --key s=client-secret --settle 2h",
    "windlass target create payments vault --connection bao --mount secret --path apps/pay --after -- systemctl restart pay",
    "windlass target create payments kubernetes --connection c --namespace pay --secret okta --restart deployment/pay --restart daemonset/a",
    "windlass target update payments/kubernetes --no-restart",
    "windlass connection create c --app kubernetes --url https://10.0.0.1:6443 --ca-file ca.pem --token-file FILE",
    "windlass connection create c --app kubernetes --url u --auth service-account --jwt-file FILE",
    "windlass connection create c --app kubernetes --url u --certificate-file cert.pem --private-key-file key.pem",
    "windlass connection update c --ca-file=",
    "windlass target create payments secrets-manager --connection prod-aws --secret-name apps/pay --plain --kms-key-id alias/pay",
    "windlass target create payments parameter-store --connection prod-aws --path /apps/pay --after -- systemctl restart pay",
    "windlass target create payments infisical --connection i --project 7b0c --environment prod --path /apps/pay --no-gate",
    "windlass connection create i --app infisical --client-id ID --client-secret-file FILE",
    "windlass connection create i --app infisical --url u --client-id ID --client-secret-stdin",
    "windlass connection update i --client-secret-file FILE",
    "windlass target create payments command --name push --no-gate -- /usr/local/bin/push --all",
    "windlass target create payments credential --unit pay@*.service --after -- systemctl try-restart pay@*.service",
    "windlass target update payments/credential --unit pay.service",
    "windlass target list payments",
    "windlass target show payments/file --json",
    "windlass target plan payments/file",
    "windlass target update payments/file --gate false --settle 1h --drift attend --no-after",
    "windlass target update payments/aws-parameter-store --kms-key-id alias/pay",
    "windlass target deliver payments/file --wait=2m",
    "windlass target adopt payments/file --seen 0a1b2c --yes",
    "windlass target delete payments/file --purge --yes",
    "windlass connection list --json",
    "windlass connection show acme",
    "windlass connection update acme --name acme2 --url https://acme.okta.com --token-file - --no-test",
    "windlass connection test acme",
    "windlass connection apps acme --filter pay",
    "windlass connection delete acme --yes",
    "windlass rotation create payments --connection acme --app 0oa1 --every 30 --at 02:30",
    "windlass rotation create payments --connection acme --app Label --every 30 --at 02:30 --time-zone Europe/Berlin \
     --environment prod --path / --description x --manual --client-id-name OKTA_CLIENT_ID \
     --client-secret-name OKTA_CLIENT_SECRET --overlap 7d --soak 24h --retire-unread --verify introspect \
     --replace ocs1 --dry-run",
    "windlass rotation create payments --connection acme --app 0oa1 --verify token",
    "windlass rotation update payments --verify listed",
    "windlass rotation create --from-file request.json --connection acme",
    "windlass rotation create --from-file -",
    "windlass rotation create payments --connection acme --app 0oa1 --every 1.5",
    "windlass rotation create payments --connection acme --app 0oa1 --every -1",
    "windlass rotation list",
    "windlass rotation show payments",
    "windlass rotation update payments --every 60 --manual",
    "windlass rotation update payments --auto --retire-unread=false",
    "windlass rotation rotate payments",
    "windlass rotation rotate payments --dry-run --replace ocs1 --yes",
    "windlass rotation rotate payments --wait",
    "windlass rotation rotate payments --wait=90s",
    "windlass rotation rotate payments --no-wait",
    "windlass rotation pause payments --until 2026-12-24",
    "windlass rotation resume payments --now",
    "windlass rotation upcoming payments --count 5",
    "windlass rotation upcoming --days 7 --from 2026-11-25T00:00:00Z",
    "windlass rotation credentials payments --reveal",
    "windlass rotation secrets payments",
    "windlass rotation consumers payments --all",
    "windlass rotation consumers payments --dismiss payroll.service --dismiss root/backup.sh --json",
    "windlass rotation dismiss payments --consumer payroll.service",
    "windlass rotation delete payments --delete-secrets --revoke-credentials --yes",
    "windlass history",
    "windlass history payments --since 7d --until 2026-11-25 --outcome attention --actor ada --limit 5",
    "windlass history --follow",
    "windlass status",
    "windlass status --cron --json",
    "windlass secret list --environment prod --path /",
    "windlass secret get OKTA_CLIENT_SECRET --environment prod --path / --version 3 --reveal",
    "windlass secret delete NAME --environment prod --yes",
    "windlass run --environment prod --path /a -- COMMAND --its-own -x",
    "windlass run --watch --grace 30 -- COMMAND --watch",
    "windlass run --watch --signal SIGHUP -- COMMAND",
    "windlass run --watch --signal usr1 --as pay -- COMMAND",
    "windlass export --environment prod --path / --format dotenv --output FILE",
    "windlass export --environment prod --json",
    "windlass template app.tmpl --environment prod --path / --output FILE --as payments-api",
    "windlass template - --peek",
    "windlass sandbox --listen 127.0.0.1:0 --apps 5 --speed 3600 --rate 100 --token-file FILE",
    "windlass --data-dir D --config C --socket S --key-file K --read-only --json --color never -q rotation list",
    "windlass rotation list --data-dir D --config C --socket S --key-file K --read-only --json --color always -vv",
];

/// Command lines that are refused with exit status 2, and a word of the reason.
const MISTAKES: &[(&str, &str)] = &[
    ("windlass rotaton list", "rotation"),
    ("windlass rotation lst", "list"),
    ("windlass rotation list --jsn", "--json"),
    ("windlass rotation create payments", "--app"),
    ("windlass rotation create payments --connection a --app b --every monthly", "whole number"),
    ("windlass rotation create payments --connection a --app b --at 2.30", "HH:MM"),
    ("windlass rotation create payments --connection a --app b --overlap 7", "7d"),
    ("windlass rotation create payments --connection a --app b --verify guess", "introspect, token, listed"),
    ("windlass rotation create payments --connection a --app b --adopt-secret ocs1", "--adopt"),
    ("windlass rotation create --from-file f --every 3", "--every"),
    ("windlass rotation create --from-file f --app x", "--app"),
    ("windlass rotation update payments --manual --auto", "--auto"),
    ("windlass rotation rotate payments --wait=90s --no-wait", "--no-wait"),
    ("windlass rotation upcoming --count 5 --days 7", "--days"),
    ("windlass connection create acme --url u --token-file f --token-stdin", "--token-stdin"),
    ("windlass connection create acme --url u --token abc", "--token"),
    ("windlass export --environment prod", "--format"),
    ("windlass run --environment prod", "COMMAND"),
    ("windlass run --signal HUP -- COMMAND", "--watch"),
    ("windlass run --watch --signal KILL -- COMMAND", "HUP, USR1"),
    ("windlass run --watch --signal HUP --grace 3 -- COMMAND", "--grace"),
    ("windlass run --watch --grace soon -- COMMAND", "whole number"),
    ("windlass history --outcome great", "attention"),
    ("windlass sandbox --speed 0.5", "10000000"),
    ("windlass -q -v rotation list", "--verbose"),
];

#[test]
fn the_definition_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn every_command_line_of_the_contract_is_understood() {
    for line in LINES {
        if let Err(error) = parse(line) {
            panic!("{line}\n{error}");
        }
    }
}

#[test]
fn mistakes_are_refused_with_the_reason() {
    for (line, word) in MISTAKES {
        let error = parse(line).err().unwrap_or_else(|| panic!("{line} was taken"));
        assert_eq!(error.exit_code(), 2, "{line}");
        assert!(error.to_string().contains(word), "{line}: {error}");
    }
}

#[test]
fn every_command_and_option_says_what_it_is() {
    fn check(command: &clap::Command) {
        for sub in command.get_subcommands() {
            assert!(sub.get_about().is_some(), "{}", sub.get_name());
            check(sub);
        }
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            assert!(arg.get_help().is_some(), "{} {}", command.get_name(), arg.get_id());
        }
    }
    check(&Cli::command());
}

#[test]
fn a_mistake_becomes_an_error_for_programs() {
    let error = parse("windlass rotaton").expect_err("mistyped");
    let refusal = mistake(&error);
    assert_eq!(refusal.error, Kind::Invalid);
    assert_eq!(refusal.message(), "unrecognized subcommand 'rotaton'");
    assert!(refusal.hint().contains("'rotation'"), "{}", refusal.hint());
}

#[test]
fn each_kind_of_refusal_has_its_exit_status() {
    let kinds = [
        (Kind::Failed, 1),
        (Kind::Invalid, 2),
        (Kind::Unknown, 3),
        (Kind::Conflict, 4),
        (Kind::NeedsConsent, 4),
        (Kind::Refused, 5),
        (Kind::Unavailable, 6),
        (Kind::Store, 7),
        (Kind::Interrupted, 130),
    ];
    for (kind, status) in kinds {
        let Ended { done, out, err, .. } =
            scene([Err(Refusal::new(kind, "what", "fix"))]).run("windlass rotation list");
        assert_eq!(done.expect_err("refused").status(), status);
        assert_eq!((out.as_str(), err.as_str()), ("", "error: what\nhint: fix\n"));
    }
}

#[test]
fn a_reader_that_has_read_enough_is_no_error_but_a_full_disk_is() {
    assert_eq!(Failure::stdout(&io::ErrorKind::BrokenPipe.into()).status(), 0);
    assert_eq!(Failure::stdout(&io::ErrorKind::StorageFull.into()).status(), 1);
}

#[test]
fn read_only_reaches_no_engine_with_an_act() {
    let acts = [
        "rotation rotate payments",
        "rotation pause payments",
        "rotation update payments --manual",
        "rotation delete payments --yes",
        "connection delete acme --yes",
        "secret delete NAME --yes",
    ];
    for act in acts {
        let ended = scene([]).run(&format!("windlass --read-only {act}"));
        assert_eq!((ended.status(), ended.asked.len()), (5, 0), "{act}: {}", ended.err);
    }
    let reply = Reply::Rotations { secret_rotations: vec![*rotation(serde_json::json!({}))] };
    let ended = scene([Ok(reply)]).run("windlass --read-only rotation list");
    assert_eq!(ended.status(), 0);
    assert!(matches!(ended.asked[..], [Request::RotationList]));
}
