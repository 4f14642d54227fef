//! The consumer: it reads what is published under the mapped names, as any program would, and logs in with it.
//!
//! While no engine answers it logs in with what it read last, as a program does that has its credentials in a file. A
//! login that an org refuses is counted, whatever the reason: that this count stays zero is what the demo is about.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::board::Board;
use super::cast::{CAST, LATE, Part, REGULAR};
use crate::api::client::connect;
use crate::core::secret::SecretValue;
use crate::engine::Handle;
use crate::engine::request::{Acknowledgement, FolderQuery, Reply, Request};

/// How long the engine may take to answer a read.
const PATIENCE: Duration = Duration::from_secs(2);

/// A value that was asked for longer ago than this is read again before it is used: the machine may have slept in
/// between, and a program that comes back after days reads its secret anew.
const FRESH: TimeDelta = TimeDelta::hours(2);

/// How a login went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Login {
    Taken,
    Refused,
    Unanswered,
}

/// Reads and logs in, for each rotation in turn.
pub struct Consumer {
    board: Arc<Board>,
    http: reqwest::Client,
    /// What was read last for each rotation: client id and secret. Nothing, once nothing is published any more.
    read: Vec<Option<(String, SecretValue)>>,
    /// What the one that reads only now and then has read last.
    late: Option<(String, SecretValue)>,
}

impl Consumer {
    /// One that has read nothing yet.
    pub fn new(board: Arc<Board>) -> Result<Self, reqwest::Error> {
        let http = reqwest::Client::builder().no_proxy().user_agent("consumer").timeout(PATIENCE).build()?;
        Ok(Self { board, http, read: vec![None; CAST.len()], late: None })
    }

    /// Logs in for every rotation once.
    pub async fn round(&mut self) {
        for (index, part) in CAST.iter().enumerate() {
            self.turn(index).await;
            if part.name == REGULAR {
                self.late = self.ask(part, LATE).await.flatten();
            }
        }
    }

    /// Logs in without end, while time passes.
    pub async fn run(mut self, every: Duration) {
        let mut ticks = tokio::time::interval(every);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        for index in (0..CAST.len()).cycle() {
            ticks.tick().await;
            self.board.pace.resumed().await;
            self.turn(index).await;
            if CAST[index].name == REGULAR {
                self.late_turn(&CAST[index]).await;
            }
        }
    }

    /// The one that reads only now and then logs in with what it has; that works for as long as its old secret waits for it.
    async fn late_turn(&mut self, part: &Part) {
        if self.board.late_reads() {
            self.late = self.ask(part, LATE).await.unwrap_or_else(|| self.late.take());
        }
        if let Some((id, secret)) = &self.late {
            let login = self.log_in(part, id, secret).await;
            self.count(login);
        }
    }

    async fn turn(&mut self, index: usize) {
        let part = &CAST[index];
        for _ in 0..3 {
            let asked = self.board.clock.now();
            if let Some(read) = self.ask(part, &format!("{}-service", part.name)).await {
                self.read[index] = read;
            }
            if self.is_fresh(asked) {
                break;
            }
        }
        let Some((id, secret)) = &self.read[index] else { return };
        let login = self.log_in(part, id, secret).await;
        self.count(login);
    }

    fn count(&self, login: Login) {
        self.board.tell(|status| match login {
            Login::Taken => status.logins += 1,
            Login::Refused => status.refused += 1,
            Login::Unanswered => status.unanswered += 1,
        });
    }

    fn is_fresh(&self, asked: DateTime<Utc>) -> bool {
        self.board.clock.now() - asked < FRESH
    }

    /// What is published under the mapped names, if anything is; `None` where no engine answers.
    async fn ask(&self, part: &Part, name: &str) -> Option<Option<(String, SecretValue)>> {
        let engine = connect(&self.board.socket).ok()?;
        let query = FolderQuery { environment: None, path: Some(part.folder()) };
        let reply = tokio::time::timeout(PATIENCE, engine.call(Request::Export(query))).await.ok()?.ok()?;
        let Reply::Export { export } = reply else { return None };
        // It has them, whatever comes of this.
        let read = Request::Acknowledge(Acknowledgement::of(&export, Some(name.to_owned())));
        let _ = tokio::time::timeout(PATIENCE, engine.call(read)).await;
        let value = |name: &str| export.iter().find(|view| view.name == name).map(|view| view.value.clone());
        let id = value("OKTA_CLIENT_ID").map(|id| id.expose().to_owned());
        Some(id.zip(value("OKTA_CLIENT_SECRET")))
    }

    /// Authenticates at the org, as the app's own method has it.
    async fn log_in(&self, part: &Part, id: &str, secret: &SecretValue) -> Login {
        let org = &self.board.orgs[part.org];
        let method = {
            let inside = org.org().inside();
            let app = inside.apps.iter().find(|app| app.client_id == id);
            app.map(|app| app.token_endpoint_auth_method.clone()).unwrap_or_default()
        };
        let request = self.http.post(format!("{}/oauth2/v1/introspect", org.url()));
        let request = if method == "client_secret_post" {
            request.form(&[("token", "any"), ("client_id", id), ("client_secret", secret.expose())])
        } else {
            request.basic_auth(id, Some(secret.expose())).form(&[("token", "any")])
        };
        match request.send().await.map(|answer| answer.status().as_u16()) {
            Ok(200) => Login::Taken,
            // 429 and 5xx say nothing about the secret.
            Ok(400..=428 | 430..=499) => Login::Refused,
            _ => Login::Unanswered,
        }
    }
}
