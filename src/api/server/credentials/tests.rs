use super::*;

#[test]
fn a_service_managers_address_names_the_unit_and_the_credential() {
    let pair = |unit: &str, credential: &str| Some((unit.to_owned(), credential.to_owned()));
    for (address, expected) in [
        ("1f9c0a2b3d4e5f60/unit/pay.service/OKTA_CLIENT_SECRET", pair("pay.service", "OKTA_CLIENT_SECRET")),
        // The number is not filled up with zeros.
        ("9/unit/pay@3.service/secret", pair("pay@3.service", "secret")),
        ("9/unit/a\\x2db.mount/secret", pair("a\\x2db.mount", "secret")),
        ("/unit/pay.service/secret", None),
        ("g/unit/pay.service/secret", None),
        ("11111111111111111/unit/pay.service/secret", None),
        ("9/user/pay.service/secret", None),
        ("9/unit/pay.service/", None),
        ("9/unit/pay.service", None),
        ("9/unit/pay/secret", None),
        ("9/unit/pay.service/a/b", None),
        ("9/unit/../pay.service/secret", None),
        ("9/unit/pay.service\n/secret", None),
        ("", None),
    ] {
        assert_eq!(named(address.as_bytes()), expected, "{address}");
    }
    assert_eq!(named(b"9/unit/pay.service/\xff"), None);
}
