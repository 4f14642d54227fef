//! The acts: a line for each. What an act is and does stands in the file that its line names.

use std::fmt;

use serde_json::{Map, Value};

use crate::core::history::Actor;
use crate::engine::act::{Mode, Spec, Terms};
use crate::engine::answer;
use crate::engine::body::Reply;
use crate::engine::patience::Takes;
use crate::engine::refusal::Refusal;
use crate::engine::state::Engine;
use crate::engine::view::RotationView;
use crate::text::sentence::Sentence;

/// Something to be done for each act, with its terms as a type.
pub trait Visit {
    /// Does it for one.
    fn act<T: Terms + Into<Act>>(&mut self, kind: ActKind);
}

macro_rules! acts {
    ($($name:ident: $file:ident::$terms:ident => $answer:ident;)+) => {
        $(pub use crate::engine::answer::$file::$terms;)+

        /// Which act.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "each says what it is in its own file")]
        pub enum ActKind { $($name),+ }

        /// An act, on its terms.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each says what it is in its own file")]
        pub enum Act { $($name($terms)),+ }

        $(impl From<$terms> for Act {
            fn from(terms: $terms) -> Self {
                Self::$name(terms)
            }
        })+

        impl ActKind {
            /// All acts, in the order in which they are offered.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// What is known of it.
            pub fn spec(self) -> &'static Spec {
                match self { $(Self::$name => const { &<$terms as Terms>::SPEC },)+ }
            }

            /// Why it cannot be done to a rotation, where its row says so.
            pub fn obstacle(self, row: &RotationView) -> Option<String> {
                match self { $(Self::$name => <$terms as Terms>::obstacle(row),)+ }
            }

            /// The act on the terms that hold where nothing else is said.
            pub fn plain(self) -> Act {
                match self { $(Self::$name => Act::$name(Default::default()),)+ }
            }

            /// The act on terms that are an object of the API's.
            pub fn on_terms(self, terms: Value) -> Result<Act, serde_json::Error> {
                Ok(match self { $(Self::$name => Act::$name(serde_json::from_value(terms)?),)+ })
            }

            /// Has something done for each act.
            pub fn each(visit: &mut impl Visit) {
                $(visit.act::<$terms>(Self::$name);)+
            }
        }

        impl Act {
            /// Which it is.
            pub fn kind(&self) -> ActKind {
                match self { $(Self::$name(_) => ActKind::$name),+ }
            }

            /// Its terms, as the API has them.
            pub fn terms(&self) -> Map<String, Value> {
                let terms = match self { $(Self::$name(terms) => serde_json::to_value(terms),)+ };
                match terms.expect("our own types have string keys and no failing parts") {
                    Value::Object(terms) => terms,
                    _ => Map::new(),
                }
            }

            /// See [`Terms::takes`].
            pub fn takes(&self) -> Takes {
                match self { $(Self::$name(terms) => terms.takes()),+ }
            }

            /// See [`Terms::changes`].
            pub fn changes(&self, named: &str, mode: Mode) -> bool {
                match self { $(Self::$name(terms) => terms.changes(named, mode)),+ }
            }

            /// See [`Terms::only_reading`].
            #[must_use]
            pub fn only_reading(self) -> Self {
                match self { $(Self::$name(terms) => Self::$name(terms.only_reading())),+ }
            }

            /// See [`Terms::title`].
            pub fn title(&self, name: &str) -> String {
                match self { $(Self::$name(terms) => terms.title(name)),+ }
            }

            /// See [`Terms::risk`].
            pub fn risk(&self) -> Option<&'static str> {
                match self { $(Self::$name(terms) => terms.risk()),+ }
            }

            /// See [`Terms::button`].
            pub fn button(&self) -> &'static str {
                match self { $(Self::$name(terms) => terms.button()),+ }
            }

            /// See [`Terms::doing`].
            pub fn doing(&self) -> &'static str {
                match self { $(Self::$name(terms) => terms.doing()),+ }
            }

            /// See [`Terms::done`], with the name of what it was done to.
            pub fn done(&self, name: &str, reply: &Reply) -> Sentence {
                let done = match self { $(Self::$name(terms) => terms.done(reply)),+ };
                done.about(Some(name), Some(name))
            }

            /// Does it to `id`, by id or name, or shows its plan.
            pub(in crate::engine) async fn answer(
                self,
                engine: &Engine,
                id: &str,
                mode: Mode,
                actor: Actor,
            ) -> Result<Reply, Refusal> {
                match self { $(Self::$name(terms) => Box::pin(answer::$file::$answer(engine, id, terms, mode, actor)).await,)+ }
            }
        }
    };
}

acts! {
    Rotate: rotate::RotateTerms => rotate;
    Check: check::CheckTerms => on_demand;
    Retire: retire::RetireTerms => retire;
    Rollback: rollback::RollbackTerms => rollback;
    Resolve: resolve::ResolveTerms => resolve;
    Dismiss: dismiss::DismissTerms => dismiss;
    Skip: skip::SkipTerms => skip;
    Pause: pause::PauseTerms => pause;
    Resume: resume::ResumeTerms => resume;
    Delete: delete::DeleteTerms => delete;
    Confirm: confirm::ConfirmTerms => confirm;
    TestConnection: test_connection::TestTerms => test;
    DeleteConnection: delete_connection::DeleteConnectionTerms => delete;
    Deliver: deliver::DeliverTerms => deliver;
    Adopt: adopt::AdoptTerms => adopt;
    DeleteTarget: delete_target::DeleteTargetTerms => delete;
    RetireStore: retire_store::RetireStoreTerms => retire_store;
}

impl fmt::Display for ActKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.spec().command)
    }
}
