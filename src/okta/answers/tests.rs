//! What the tables decide, for answers as they come over the wire.

use reqwest::StatusCode;
use reqwest::header::{HeaderMap, HeaderValue};
use strum::VariantNames as _;

use super::*;
use crate::okta::error::{self, token};

/// The refusal as Okta sends it.
fn sent(refused: &Refused<'_>) -> Fault {
    let mut headers = HeaderMap::new();
    if let Some(scope) = refused.lacks {
        let scope = if scope.is_empty() { String::new() } else { format!("scope=\"{scope}\", ") };
        let challenge = format!("DPoP {scope}error=insufficient_scope");
        headers.insert("www-authenticate", HeaderValue::from_str(&challenge).expect("a header"));
    }
    let (code, said) = (refused.code, refused.said);
    let body = match code {
        "" => String::new(),
        code if code.starts_with('E') => {
            format!(r#"{{"errorCode":"{code}","errorSummary":"x","errorCauses":[{{"errorSummary":"{said}"}}]}}"#)
        }
        code => format!(r#"{{"error":"{code}","error_description":"{said}"}}"#),
    };
    error::fault(StatusCode::from_u16(refused.status).expect("a status"), &headers, body.as_bytes())
}

#[test]
fn each_example_is_what_its_row_is_about() {
    let [calls, tokens] = examples();
    for (refused, fault) in calls {
        assert_eq!(sent(&refused), fault, "{refused:?}");
    }
    for (refused, fault) in tokens {
        assert_eq!(token::refused(sent(&refused), refused.client_id, refused.key), fault, "{refused:?}");
    }
}

#[test]
fn every_answer_of_oktas_has_a_row() {
    let made: Vec<String> = examples().iter().flatten().map(|(_, fault)| fault.problem.cause.code()).collect();
    // A refused access token is explained by whoever made the call; see `okta::authority`.
    for name in Answer::VARIANTS.iter().filter(|name| **name != "AccessTokenRefused") {
        let code = name[..1].to_lowercase() + &name[1..];
        assert!(made.contains(&code), "no row makes {name}");
    }
}
