//! The names that are given: which are taken, and which may name a credential.

use crate::core::cause::{RequestCause, Thing};
use crate::core::name::{SecretName, Slug, refused};
use crate::core::remedy::{Automatic, InRequest};
use crate::core::rotation::Mapping;
use crate::engine::body::MappingBody;
use crate::engine::form::Form;
use crate::engine::refusal::{Kind, Refusal};

/// A name that is in use.
pub fn taken_name(what: Thing, name: &Slug) -> Refusal {
    let refusal = Refusal::because(Kind::Conflict, RequestCause::NameTaken { what, name: name.to_string() });
    let refusal = refusal.and(InRequest::OtherName(what)).and(Automatic::NothingChanged);
    refusal.of_rotation(name).of_connection(name)
}

/// The two names, which differ, and steer no program that gets them. What a rotation is `mapped` to already may stay, and
/// is warned of elsewhere.
pub fn read_mapping(form: &mut Form, body: Option<&MappingBody>, mapped: Option<&Mapping>) -> Option<Mapping> {
    let (id, secret) = match body {
        Some(body) => (body.client_id.as_str(), body.client_secret.as_str()),
        None => ("OKTA_CLIENT_ID", "OKTA_CLIENT_SECRET"),
    };
    let client_id: Option<SecretName> = form.read("secretsMapping.clientId", id);
    let client_secret: Option<SecretName> = form.read("secretsMapping.clientSecret", secret);
    let kept = [mapped.map(|mapped| &mapped.client_id), mapped.map(|mapped| &mapped.client_secret)];
    for (field, name, kept) in
        [("secretsMapping.clientId", &client_id, kept[0]), ("secretsMapping.clientSecret", &client_secret, kept[1])]
    {
        if let Some(name) = name.as_ref().filter(|name| Some(*name) != kept)
            && let Some(why) = refused(name.as_str())
        {
            form.fault(field, why);
        }
    }
    if id == secret {
        form.fault("secretsMapping.clientSecret", format!("the two names must differ, both are {id:?}"));
        return None;
    }
    Some(Mapping { client_id: client_id?, client_secret: client_secret? })
}
