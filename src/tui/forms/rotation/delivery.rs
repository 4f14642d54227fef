//! What becomes of a target that is asked for with a rotation.

use crate::engine::refusal::Refusal;
use crate::engine::request::TargetBody;
use crate::engine::view::TargetView;

/// What becomes of the target.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Delivery {
    /// None is wanted.
    #[default]
    None,
    /// It is made once the rotation is, at this place.
    Asked(Box<TargetBody>, String),
    /// It is being made.
    Making(Box<TargetBody>),
    /// It is there.
    Made(Box<TargetView>),
    /// It is not: the rotation is there without it.
    Refused(Box<Refusal>),
}
