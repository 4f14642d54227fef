//! A deletion, which wants the name typed.

use super::question::{Step, Then};
use crate::core::protocol::plan::Cut;
use crate::engine::request::{DeleteConnectionTerms, DeleteTerms};
use crate::tui::acts::task::{Target, Task};
use crate::tui::keys::key::{Code, Key};
use crate::tui::widgets::text_input::TextInput;

/// A deletion, before it is asked for.
#[derive(Clone, Debug)]
pub struct DeleteForm {
    /// What is deleted.
    pub target: Target,
    /// Whether it is a connection: those have no switches.
    pub connection: bool,
    /// The name, as far as it is typed.
    pub typed: TextInput,
    /// The mapped secrets go too.
    pub secrets: bool,
    /// The Okta secrets go too.
    pub revoke: bool,
    /// Nothing is settled at Okta; `None` where that is not offered.
    pub force: Option<bool>,
    /// The old secret, where not all consumers have fetched its successor.
    pub unread: Option<Cut>,
    /// Which part hears the keys: 0 the name, 1, 2 and 5 the switches, 3 Cancel, 4 Delete.
    pub at: usize,
}

impl DeleteForm {
    /// Nothing typed, all switches off. One is only there for a deletion that is stuck.
    pub fn new(target: Target, connection: bool, stuck: bool) -> Self {
        let force = stuck.then_some(false);
        let typed = TextInput::default();
        Self { target, connection, typed, secrets: false, revoke: false, force, unread: None, at: 0 }
    }

    /// Whether the name stands there.
    pub fn matches(&self) -> bool {
        self.typed.text().trim() == self.target.name
    }

    /// Takes a key.
    pub fn key(&mut self, key: Key) -> Step {
        let parts: &[usize] = match (self.connection, self.force) {
            (true, _) => &[0, 3, 4],
            (false, None) => &[0, 1, 2, 3, 4],
            (false, Some(_)) => &[0, 1, 2, 5, 3, 4],
        };
        let place = parts.iter().position(|part| *part == self.at).unwrap_or(0);
        match key.code {
            Code::BackTab | Code::Up => self.at = parts[(place + parts.len() - 1) % parts.len()],
            Code::Enter if self.at == 3 => return Step::Close,
            Code::Enter if self.at == 4 && self.matches() => {
                let target = self.target.clone();
                let task = if self.connection {
                    Task::new(target, DeleteConnectionTerms {})
                } else {
                    let force = self.force == Some(true);
                    let (delete_secrets, revoke_generated_credentials) = (self.secrets, self.revoke);
                    Task::new(target, DeleteTerms { delete_secrets, revoke_generated_credentials, force })
                };
                return Step::Then(Then::Act(vec![task]));
            }
            Code::Tab | Code::Down | Code::Enter => self.at = parts[(place + 1) % parts.len()],
            Code::Char(' ') if self.at == 1 => self.secrets = !self.secrets || self.revoke,
            Code::Char(' ') if self.at == 2 => {
                self.revoke = !self.revoke;
                // The values that Okta refuses from then on are of no use under their names.
                self.secrets |= self.revoke;
                self.force = self.force.map(|force| force && !self.revoke);
            }
            Code::Char(' ') if self.at == 5 => {
                self.force = self.force.map(|force| !force);
                // What is left at Okta as it is cannot be revoked.
                self.revoke &= self.force != Some(true);
            }
            _ if self.at == 0 => drop(self.typed.key(key)),
            _ => {}
        }
        Step::Stay
    }
}
