use super::*;

#[test]
fn slugs_are_checked_and_the_nearest_is_offered() {
    for good in ["a", "payments", "hr-sync-2", &"a".repeat(64)] {
        assert!(good.parse::<Slug>().is_ok(), "{good}");
    }
    for bad in ["", "-a", "a-", "Payments", "a b", "a_b", "ü", &"a".repeat(65)] {
        assert!(bad.parse::<Slug>().is_err(), "{bad}");
    }
    let error = "HR Sync!".parse::<Slug>().expect_err("has a space");
    assert!(error.to_string().contains("\"hr-sync\""), "{error}");
}

#[test]
fn paths_are_folders_and_lose_a_trailing_slash() {
    assert_eq!("/".parse::<SecretPath>().map(String::from), Ok("/".into()));
    assert_eq!("/a/b/".parse::<SecretPath>().map(String::from), Ok("/a/b".into()));
    for bad in ["", "a", "/a//b", "/../x", "/a b", "/a:b"] {
        assert!(bad.parse::<SecretPath>().is_err(), "{bad:?}");
    }
}

#[test]
fn secret_names_refuse_what_would_break_a_file_or_a_path() {
    for bad in ["", "a:b", "a/b", "a=b", "a b", "a\0b", "a\tb", &"x".repeat(256)] {
        assert!(bad.parse::<SecretName>().is_err(), "{bad:?}");
    }
    let dotted: SecretName = "okta.client-id".parse().expect("allowed");
    assert!(!dotted.is_variable());
    assert!("OKTA_CLIENT_ID".parse::<SecretName>().expect("allowed").is_variable());
}

#[test]
fn org_urls_keep_the_origin_and_say_what_was_cut() {
    let (url, cut) = Origin::of_org("https://Acme.okta.com/app/UserHome").expect("good");
    assert_eq!((url.as_str(), cut.as_deref()), ("https://acme.okta.com", Some("/app/UserHome")));
    let (url, cut) = Origin::of_org("http://127.0.0.1:4010").expect("loopback");
    assert_eq!((url.as_str(), cut), ("http://127.0.0.1:4010", None));
    for (typed, kept, cut) in [
        ("https://acme.okta.com:443", "https://acme.okta.com", Some(":443")),
        ("https://acme.okta.com:0443/", "https://acme.okta.com", Some(":443/")),
        ("http://127.0.0.1:80", "http://127.0.0.1", Some(":80")),
        ("https://acme.okta.com:8443", "https://acme.okta.com:8443", None),
        ("http://127.0.0.1:443", "http://127.0.0.1:443", None),
    ] {
        let (url, said) = Origin::of_org(typed).expect("good");
        assert_eq!((url.as_str(), said.as_deref()), (kept, cut), "{typed}");
    }
    assert!(Origin::of_org("https://login.acme.example").is_ok(), "custom domains are fine");
}

#[test]
fn org_urls_are_refused_with_the_fix() {
    for (typed, fix) in [
        ("https://acme-admin.okta.com", "https://acme.okta.com"),
        ("https://acme.okta.com.com", "https://acme.okta.com"),
        ("http://acme.okta.com", "https://acme.okta.com"),
        ("acme.okta.com", "https://acme.okta.com"),
        ("https://{yourOktaDomain}", "https://acme.okta.com"),
        ("https://user:pw@acme.okta.com", "leave out"),
        ("ftp://acme.okta.com", "https://"),
        ("https://acme okta.com", "https://"),
        ("https://10.0.0.1", "https://"),
        ("https://", "https://"),
        ("https://https://acme.okta.com", "one address"),
    ] {
        let fault = Origin::of_org(typed).expect_err(typed);
        assert!(fault.hint.contains(fix), "{typed}: {fault:?}");
    }
    let fault = Origin::of_org("https://user:hunter2@acme.okta.com").expect_err("user information");
    assert!(!fault.message.contains("hunter2"), "a password is not repeated");
    assert!(Origin::of_org("https://x-admin.acme.example").is_ok(), "-admin is only Okta's own on Okta's domains");
}
