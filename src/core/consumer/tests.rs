use super::*;

/// The table in `docs/consumers.md`: how it is started, its control group, its user, the programs (the nearest
/// first), and the name that comes of it.
fn table() -> Vec<[String; 5]> {
    let page = include_str!("../../../docs/consumers.md");
    let rows = page.lines().skip_while(|line| !line.starts_with("| started by |")).skip(2);
    let cells = |line: &str| {
        let cell = |cell: &str| cell.trim().trim_matches('`').to_owned();
        let cells: Vec<String> = line.trim_matches('|').split('|').map(cell).collect();
        <[String; 5]>::try_from(cells).expect("five cells")
    };
    rows.take_while(|line| line.starts_with('|')).map(cells).collect()
}

fn caller(group: &str, user: &str, programs: &str) -> Caller {
    let programs = programs.split(' ').filter(|name| !name.is_empty()).map(str::to_owned).collect();
    Caller { uid: 1000, user: user.into(), group: group.into(), programs, fetched_for: None }
}

#[test]
fn consumers_are_named_as_the_page_says() {
    let table = table();
    assert!(table.len() >= 15, "the table was not found");
    for [started_by, group, user, programs, name] in table {
        assert_eq!(caller(&group, &user, &programs).name(None), name, "{started_by}");
    }
}

#[test]
fn what_a_service_manager_fetches_is_its_units() {
    let by = |uid: u32, user: &str, unit: &str| {
        let group = "/system.slice/other.service".into();
        Caller { uid, user: user.into(), group, programs: vec!["systemd".into()], fetched_for: Some(unit.into()) }
    };
    for (unit, name) in [
        ("pay.service", "pay.service"),
        ("pay@3.service", "pay@.service"),
        ("pay@3.socket", "pay@.socket"),
        // It is for itself that one fetches here, and for no one whom it serves.
        ("docker.service", "docker.service"),
        ("run-u12.service", "run-.service"),
        ("run-r0123456789abcdef0123456789abcdef.service", "run-.service"),
    ] {
        assert_eq!(by(0, "root", unit).name(None), name);
        assert_eq!(by(1000, "ann", unit).name(None), format!("ann/{name}"), "of her own manager");
        assert_eq!(by(0, "root", unit).unit().as_deref(), Some(name));
    }
}

#[test]
fn what_a_consumer_calls_itself_comes_first() {
    let claimed: Slug = "payments-api".parse().expect("a name");
    assert_eq!(caller("/system.slice/pay.service", "pay", "systemd").name(Some(&claimed)), "payments-api");
}

#[test]
fn no_name_shows_as_another_and_none_is_empty() {
    assert_eq!(caller("", "al\u{202e}ice/x", "evil\u{1b}[2J/y").name(None), "al_ice_x/evil__2J_y");
    assert_eq!(caller("/system.slice/a\\x2db.service", "pay", "").name(None), "pay");
    assert_eq!(caller("/system.slice/a\u{202e}b.service", "pay", "").name(None), "pay");
    assert_eq!(caller("///", "1000", "sudo su").name(None), "1000");
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).expect("valid")
}

#[test]
fn fetches_are_kept_by_consumer_and_coalesce_to_a_minute() {
    let mut known = Vec::new();
    let pay = caller("/system.slice/pay.service", "pay", "");
    let cron = caller("", "root", "backup.sh");
    assert!(note(&mut known, None, &pay, at(1)));
    assert!(!note(&mut known, None, &pay, at(2)), "in the same minute");
    assert!(note(&mut known, None, &cron, at(3)), "another one is noted at once");
    assert!(note(&mut known, None, &pay, at(61)));
    assert!(!note(&mut known, None, &pay, at(-100)), "a clock that was set back");
    let shown: Vec<_> = known.iter().map(|it| (it.consumer.as_str(), it.first, it.last, it.count)).collect();
    assert_eq!(shown, [("pay.service", at(1), at(61), 2), ("root/backup.sh", at(3), at(3), 1)]);
}

#[test]
fn however_many_come_the_record_stays_small_and_none_goes_unnoted() {
    let mut known = Vec::new();
    for number in 0..2 * MOST {
        note(
            &mut known,
            None,
            &caller("", "root", &format!("job-{number}")),
            at(60 * i64::try_from(number).expect("small")),
        );
    }
    assert_eq!(known.len(), MOST + 1);
    let others = known.last().expect("some");
    assert_eq!((others.consumer.as_str(), others.count), (OTHERS, MOST as u64));
    assert!(note(&mut known, None, &caller("", "root", "job-0"), at(100_000)), "one that is known stays known by name");
    assert_eq!(known[0].count, 2);
    let one_more = caller("", "root", "job-x");
    assert_eq!(known_as(&known, None, &one_more), OTHERS, "by that name it is dismissed, and is back");
}
