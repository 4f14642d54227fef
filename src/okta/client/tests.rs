//! The client against the stand-in org, over real HTTP on loopback.

mod calls;
mod faults;
mod fuzz;
mod hostile;
mod leaks;
mod logins;
mod pages;
mod service;

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::clock::test_now;
use crate::core::protocol::call::{Probe, SeenSecret, Verdict};
use crate::core::rotation::AuthMethod;
use crate::sandbox::faults::{Fault as Ordered, Order};
use crate::sandbox::{Options, Sandbox, start};

/// A sandbox with its clock, and a client of it.
struct Stand {
    sandbox: Sandbox,
    client: Client,
}

async fn stand_at(clock: Clock, call_timeout: Duration) -> Stand {
    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let now = Arc::new(move || clock.now());
    let options = Options { listen, apps: 8, now, per_minute: None, seed: 7 };
    let sandbox = start(options).await.expect("it starts");
    let (url, _) = Origin::of_org(&sandbox.url()).expect("loopback");
    let auth = Auth::ApiToken { token: SecretValue::new(sandbox.token()) };
    let network = Network { call_timeout, ..Network::default() };
    let client = Client::new(&url, &auth, &network, clock).expect("a client");
    Stand { sandbox, client }
}

async fn stand() -> Stand {
    stand_at(Clock::test(), Duration::from_secs(20)).await
}

impl Stand {
    fn app(&self, index: usize) -> String {
        self.sandbox.apps()[index].id.clone()
    }

    /// The next calls of this operation suffer.
    fn order(&self, on: &str, when: &str, times: u64, kind: &Value) {
        let order = json!({"on": on, "when": when, "times": times, "kind": kind});
        let order: Order = serde_json::from_value(order).expect("an order");
        let mut inside = self.sandbox.org().inside();
        let id = inside.number();
        inside.faults.push(Ordered { id, order });
    }

    fn status(&self, on: &str, status: u16, body: &Value, headers: &Value) {
        let kind = json!({"type": "status", "status": status, "body": body.to_string(), "headers": headers});
        self.order(on, "before", 1, &kind);
    }

    async fn list(&self, app: usize) -> Vec<SeenSecret> {
        match self.client.perform(&Call::Secrets { app_id: self.app(app) }).await.result {
            Ok(Reply::Secrets(list)) => list,
            other => panic!("not a list: {other:?}"),
        }
    }

    /// What goes wrong with a list.
    async fn trouble(&self) -> Fault {
        self.client.perform(&Call::Secrets { app_id: self.app(0) }).await.result.expect_err("it fails")
    }
}

fn value() -> SecretValue {
    SecretValue::new("windlass-canary-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJK")
}
