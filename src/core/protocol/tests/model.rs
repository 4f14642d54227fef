//! A small Okta: one app, at most two secrets, and the refusals that the protocol meets.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};

use super::app;
use crate::core::cause::Cause;
use crate::core::fault::{Code, Fault};
use crate::core::protocol::call::{Answer, Call, Probe, Record, Reply, SeenApp, SeenSecret, Verdict};
use crate::core::remedy::OnMachine;
use crate::core::rotation::AuthMethod;
use crate::core::secret::SecretValue;

/// Who made a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Maker {
    /// A create of ours.
    Us,
    /// It was there before.
    Original,
    /// Someone else, later.
    Stranger,
}

#[derive(Clone, Debug)]
pub struct Held {
    pub id: String,
    pub value: SecretValue,
    pub active: bool,
    pub maker: Maker,
    /// By Okta's clock.
    pub off_since: Option<DateTime<Utc>>,
}

/// What happens to one call on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    Clear,
    /// It never arrives, and no answer comes.
    LostBefore,
    /// It takes effect, and no answer comes.
    LostAfter,
    /// No answer comes; it takes effect after the next list was answered.
    Late,
    /// No answer comes; it takes effect just after the next authentication, or within a minute.
    Later,
    /// 500 without effect.
    Fails,
    /// 500, but it took effect.
    FailsAfter,
    /// It took effect, and the answer cannot be read.
    GarbledAfter,
    /// 429.
    Limited,
    /// 401 E0000011.
    TokenRefused,
    /// 401 invalid_client, to an authentication only.
    Refused,
    /// Okta takes no such value, to a create only.
    ValueRefused,
    /// It is refused with what stands in [`Okta::says`].
    Says,
}

/// The org, in the part that matters.
#[derive(Clone, Debug)]
pub struct Okta {
    pub app: SeenApp,
    pub app_gone: bool,
    pub held: Vec<Held>,
    pub hide_values: bool,
    pub hide_hashes: bool,
    /// Okta's hashes follow another formula than the one observed.
    pub other_hashes: bool,
    /// Authentication with any secret is refused.
    pub refuses_all: bool,
    /// What a call that goes [`Way::Says`] is refused with.
    pub says: Option<Fault>,
    /// Calls that go another way than the clear one until further notice, by their step.
    pub fates: BTreeMap<String, (Way, Option<Fault>)>,
    /// Okta's clock less ours.
    pub skew: Duration,
    /// Changes that are still on their way.
    pub late: Vec<Call>,
    /// The same, with when they were sent by Okta's clock: these take their minute.
    pub later: Vec<(DateTime<Utc>, Call)>,
    /// Ids that foreign hands changed.
    pub touched: BTreeSet<String>,
    /// Those of them that no list has shown since.
    pub unseen: BTreeSet<String>,
    made: u32,
}

impl Okta {
    pub fn new(originals: u32) -> Self {
        let mut okta = Self {
            app: app(),
            app_gone: false,
            held: Vec::new(),
            hide_values: false,
            hide_hashes: false,
            other_hashes: false,
            refuses_all: false,
            says: None,
            fates: BTreeMap::new(),
            skew: Duration::zero(),
            late: Vec::new(),
            later: Vec::new(),
            touched: BTreeSet::new(),
            unseen: BTreeSet::new(),
            made: 0,
        };
        for number in 0..originals {
            okta.make(SecretValue::new(format!("original-{number}-of-the-app")), Maker::Original);
        }
        okta
    }

    pub fn make(&mut self, value: SecretValue, maker: Maker) -> String {
        self.made += 1;
        let id = format!("ocs{}", self.made);
        self.held.push(Held { id: id.clone(), value, active: true, maker, off_since: None });
        id
    }

    pub fn find(&self, id: &str) -> Option<&Held> {
        self.held.iter().find(|held| held.id == id)
    }

    /// The app's secrets, as a list shows them.
    pub fn list(&self) -> Vec<SeenSecret> {
        self.held.iter().map(|held| self.show(held)).collect()
    }

    /// A foreign hand switches a secret.
    pub fn switch(&mut self, id: &str, active: bool, now: DateTime<Utc>) {
        let now = now + self.skew;
        self.touched.insert(id.to_owned());
        self.unseen.insert(id.to_owned());
        if let Some(held) = self.held.iter_mut().find(|held| held.id == id) {
            held.active = active;
            held.off_since = (!active).then_some(now);
        }
    }

    /// A foreign hand deletes a secret.
    pub fn drop_secret(&mut self, id: &str) {
        self.touched.insert(id.to_owned());
        self.unseen.insert(id.to_owned());
        self.held.retain(|held| held.id != id);
    }

    /// A foreign hand changes how the app authenticates. Okta deletes the secrets of one that takes a key.
    pub fn use_method(&mut self, method: AuthMethod) {
        self.app.auth_method = method;
        if method == AuthMethod::PrivateKeyJwt {
            for id in self.held.iter().map(|held| held.id.clone()).collect::<Vec<_>>() {
                self.drop_secret(&id);
            }
        }
    }

    /// The app is as it was, but for its secrets.
    pub fn restore_app(&mut self) {
        self.app_gone = false;
        self.app = app();
    }

    /// Answers a call, or lets it suffer on its way.
    pub fn perform(&mut self, call: &Call, way: Way, now: DateTime<Utc>) -> Answer {
        let way = self.fated(call, way);
        if self.later.iter().any(|(sent_at, _)| now + self.skew - *sent_at > Duration::seconds(59)) {
            self.arrive(now);
        }
        let result = match way {
            Way::Later => {
                self.later.push((now + self.skew, call.clone()));
                Err(fault(Code::TimedOut, None))
            }
            Way::Clear => self.act(call, now),
            Way::LostBefore => Err(fault(Code::Broken, None)),
            Way::LostAfter => self.act(call, now).and(Err(fault(Code::TimedOut, None))),
            Way::Late => {
                self.late.push(call.clone());
                Err(fault(Code::TimedOut, None))
            }
            Way::Fails => Err(fault(Code::ServerError, Some(500))),
            Way::FailsAfter => self.act(call, now).and(Err(fault(Code::ServerError, Some(500)))),
            Way::GarbledAfter => self.act(call, now).and(Err(fault(Code::Unreadable, Some(200)))),
            Way::Limited => {
                Err(Fault { retry_at: Some(now + Duration::seconds(30)), ..fault(Code::RateLimited, Some(429)) })
            }
            Way::TokenRefused => Err(fault(Code::TokenRefused, Some(401))),
            Way::Refused => Ok(Reply::Verdict(Verdict::Refused)),
            Way::ValueRefused => Err(fault(Code::ValueRefused, Some(400))),
            Way::Says => Err(self.says.clone().unwrap_or_else(|| fault(Code::Refused, Some(400)))),
        };
        if matches!(call, Call::Secrets { .. }) && way == Way::Clear {
            for call in std::mem::take(&mut self.late) {
                let _ = self.act(&call, now);
            }
        }
        if matches!(call, Call::Authenticate { .. }) {
            self.arrive(now);
        }
        let status = result.as_ref().map_or_else(|fault| fault.http_status, |_| Some(200));
        let skew = status.map(|_| self.skew);
        Answer { record: Record { status, skew, ..Record::default() }, result }
    }

    fn fated(&mut self, call: &Call, way: Way) -> Way {
        match self.fates.get(call.step()).filter(|_| way == Way::Clear).cloned() {
            Some((fate, says)) => {
                self.says = says;
                fate
            }
            None => way,
        }
    }

    fn arrive(&mut self, now: DateTime<Utc>) {
        for (_, call) in std::mem::take(&mut self.later) {
            let _ = self.act(&call, now);
        }
    }

    fn act(&mut self, call: &Call, now: DateTime<Utc>) -> Result<Reply, Fault> {
        if self.app_gone && !matches!(call, Call::Authenticate { .. }) {
            return Err(fault(Code::AppGone, Some(404)));
        }
        match call {
            Call::App { .. } => Ok(Reply::App(self.app.clone())),
            Call::Secrets { .. } => {
                self.unseen.clear();
                Ok(Reply::Secrets(self.list()))
            }
            Call::Create { value, .. } => {
                if self.app.auth_method == AuthMethod::PrivateKeyJwt {
                    return Err(fault(Code::WrongMethod, Some(400)));
                }
                if self.held.len() >= 2 {
                    return Err(fault(Code::SecretLimit, Some(400)));
                }
                let id = self.make(value.clone(), Maker::Us);
                Ok(Reply::Secret(self.show(self.find(&id).expect("just made"))))
            }
            Call::Activate { secret_id, .. } => self.flip(secret_id, true, now),
            Call::Deactivate { secret_id, .. } => {
                if !self.held.iter().any(|held| held.active && held.id != *secret_id) {
                    return Err(fault(Code::OnlyActive, Some(400)));
                }
                self.flip(secret_id, false, now)
            }
            Call::Delete { secret_id, .. } => match self.find(secret_id) {
                None => Err(fault(Code::SecretGone, Some(404))),
                Some(held) if held.active => Err(fault(Code::DeleteActive, Some(400))),
                Some(_) => {
                    self.held.retain(|held| held.id != *secret_id);
                    Ok(Reply::Deleted)
                }
            },
            Call::Authenticate { probe: Probe::Token { redirect_uri }, .. }
                if self.app.redirect_uri.as_ref() != Some(redirect_uri) =>
            {
                Err(fault(Code::Refused, Some(400)))
            }
            Call::Authenticate { client_id, method, value, .. } => {
                let usable = !self.app_gone && self.app.status == "ACTIVE" && self.app.auth_method == *method;
                let known = self.held.iter().any(|held| held.active && held.value == *value);
                let works = usable && known && *client_id == self.app.client_id && !self.refuses_all;
                Ok(Reply::Verdict(if works { Verdict::Works } else { Verdict::Refused }))
            }
        }
    }

    fn flip(&mut self, id: &str, active: bool, now: DateTime<Utc>) -> Result<Reply, Fault> {
        let now = now + self.skew;
        let Some(held) = self.held.iter_mut().find(|held| held.id == id) else {
            return Err(fault(Code::SecretGone, Some(404)));
        };
        if held.active != active {
            held.active = active;
            held.off_since = (!active).then_some(now);
        }
        let held = held.clone();
        Ok(Reply::Secret(self.show(&held)))
    }

    fn show(&self, held: &Held) -> SeenSecret {
        let hash = if self.other_hashes { format!("other-{}", held.id) } else { held.value.okta_hash() };
        SeenSecret {
            id: held.id.clone(),
            active: held.active,
            value: (!self.hide_values).then(|| held.value.clone()),
            hash: (!self.hide_hashes).then_some(hash),
            created: None,
        }
    }
}

pub fn fault(code: Code, status: Option<u16>) -> Fault {
    Fault { http_status: status, ..Fault::new(code, Cause::Words(format!("{code:?}"))).and(OnMachine::TryAgain) }
}
