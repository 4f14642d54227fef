//! `[keys]` of the config file: other keys for actions of the terminal UI, by the actions' names.
//!
//! Whether two actions have one key is judged where the UI starts: it is no reason for an engine not to.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use super::config::fault::ConfigFault;
use crate::text::sanitize;
use crate::tui::keys::action::Action;
use crate::tui::keys::key::Key;

/// The other keys that the file gives to actions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct KeysConfig {
    typed: BTreeMap<Spanned<String>, Vec<Spanned<String>>>,
    /// What was made of it: actions with their keys, the one that is shown first; none where it is to have none.
    #[serde(skip)]
    pub rows: Vec<(Action, Vec<Key>)>,
}

impl KeysConfig {
    /// Reads the names and the keys.
    pub fn read(&mut self, text: &str) -> Result<(), ConfigFault> {
        let mut rows = Vec::new();
        for (name, keys) in &std::mem::take(&mut self.typed) {
            let at = name.span().start;
            let action = Action::called(name.get_ref()).map_err(|near| {
                let message = format!("there is no action `{}`", sanitize(name.get_ref(), 60));
                ConfigFault::new(text, at, message, format!("did you mean `{near}`? `windlass keys` lists them"))
            })?;
            let read = |typed: &Spanned<String>| {
                let fault = |message: String| ConfigFault::new(text, typed.span().start, message, "correct the line");
                let key: Key = typed.get_ref().parse().map_err(|why: String| fault(sanitize(&why, 200)))?;
                if key.leaves() && action != Action::Back {
                    return Err(fault(format!("{key} leads back everywhere, and stays that")));
                }
                Ok(key)
            };
            let keys = keys.iter().map(read).collect::<Result<_, _>>()?;
            rows.push((action, keys));
        }
        self.rows = rows;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::settings::config::Config;
    use crate::engine::request::ActKind;
    use crate::tui::keys::action::Action;
    use crate::tui::keys::key::{Code, Key};

    #[test]
    fn actions_have_the_keys_that_the_config_gives_them() {
        let text = "[keys]\nrotate = [\"r\", \"f5\"]\n\nretry = []\nroll-back = [\"Ctrl+D\"]\n";
        let rows = Config::parse(text).expect("sound").keys.rows;
        let row = |action| rows.iter().find(|(known, _)| *known == action).map(|(_, keys)| keys.clone());
        assert_eq!(row(Action::Act(ActKind::Rotate)), Some(vec![Key::char('r'), Key::of(Code::F(5))]));
        assert_eq!(row(Action::Retry), Some(Vec::new()));
        assert_eq!(row(Action::Act(ActKind::Rollback)), Some(vec![Key::ctrl('d')]));
    }

    #[test]
    fn what_is_no_action_and_no_key_is_refused_with_its_line() {
        let fault = |text: &str| Config::parse(text).expect_err("refused");
        let unknown = fault("[ui]\n[keys]\nrotat = [\"r\"]\n");
        assert_eq!((unknown.line, unknown.message.as_str()), (3, "there is no action `rotat`"));
        assert!(unknown.hint.starts_with("did you mean `rotate`?"), "{}", unknown.hint);
        let key = fault("[keys]\nrotate = [\n  \"r\",\n  \"Hyper-r\",\n]\n");
        assert_eq!(key.line, 4);
        assert!(key.message.contains("Hyper-r"), "{}", key.message);
        for taken in ["Esc", "^C", "ctrl-g"] {
            let fault = fault(&format!("[keys]\nrotate = [\"{taken}\"]\n"));
            assert!(fault.message.contains("leads back everywhere"), "{}", fault.message);
        }
        assert!(Config::parse("[keys]\nback = [\"Esc\"]\n").is_ok());
        assert_eq!(fault("[keys]\nrotate = \"r\"\n").line, 2, "a list");
    }
}
