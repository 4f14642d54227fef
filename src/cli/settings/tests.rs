use std::time::Duration;

use super::config::Config;
use super::config::fault::ConfigFault;
use super::fixture::{full, sample};
use super::*;

fn resolve(global: &Global, vars: &[(&str, &str)]) -> Result<Settings, Refusal> {
    let vars: Vec<(String, OsString)> =
        vars.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect();
    let env = move |name: &str| vars.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    Settings::resolve(global, &env)
}

fn path(text: &str) -> PathBuf {
    PathBuf::from(text)
}

#[test]
fn the_documented_sample_equals_the_defaults_and_names_every_key() {
    assert_eq!(Config::parse(&sample()), Ok(Config::default()));
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/config.md");
    let text = std::fs::read_to_string(&page).expect("the page");
    let (before, rest) = text.split_once("```toml\n").expect("where the sample begins");
    let (kept, after) = rest.split_once("```\n").expect("where it ends");
    if std::env::var_os("WRITE_CONFIG").is_some() {
        std::fs::write(&page, [before, "```toml\n", &sample(), "```\n", after].concat()).expect("written");
    } else {
        assert_eq!(kept, sample(), "docs/config.md has another: WRITE_CONFIG=1 cargo test --lib the_documented_sample");
    }
    let full = Config::parse(&full()).expect("valid");
    assert!(full.rows().all(|(_, _, value)| value != "-"), "each has a value");
    assert_eq!(full.keys.rows.len(), 1);
    assert_eq!(full.notify.command.as_deref().map(<[String]>::len), Some(3));
}

#[test]
fn an_unknown_key_is_refused_with_its_line_and_the_nearest_name() {
    let fault = Config::parse("[network]\nca_file = \"x\"\ncall_timout = \"5s\"\n").expect_err("misspelt");
    assert_eq!((fault.line, fault.hint.as_str()), (3, "did you mean `call_timeout`?"));
    assert!(fault.message.contains("call_timout"), "{}", fault.message);
    let fault = Config::parse("\n[netwrok]\n").expect_err("misspelt");
    assert_eq!((fault.line, fault.hint.as_str()), (2, "did you mean `network`?"));
}

#[test]
fn bad_values_are_refused_with_their_line() {
    let line = |text: &str| -> ConfigFault { Config::parse(text).expect_err("bad") };
    let fault = line("[network]\nconnect_timeout = \"5\"\n");
    assert_eq!(fault.line, 2);
    assert!(fault.message.contains("whole number"), "{}", fault.message);
    assert!(line("[network]\n\ncall_timeout = \"0s\"\n").message.contains("1s to 1h"));
    assert_eq!(line("[network]\nconnect_timeout = 5\n").line, 2);
    assert_eq!(line("[network\n").line, 1);
    let fault = line("[ui]\nglyphs = \"uncode\"\n");
    assert_eq!((fault.line, fault.hint.as_str()), (2, "did you mean `unicode`?"));
    let empty = line("[notify]\ncommand = []\n");
    assert!(empty.line == 2 && empty.message.contains("names no program"), "{empty:?}");
    assert!(line("[notify]\ncommand = [\"\"]\n").message.contains("empty"));
    assert!(line("[notify]\ncommand = [\"a\", \"b\\u0000\"]\n").message.contains("NUL"));
    assert_eq!(line("[notify]\ncommand = \"page --now\"\n").line, 2, "a list, so that nothing has to be quoted");
    assert_eq!(line("[notify]\ncomand = [\"page\"]\n").hint, "did you mean `command`?");
}

#[test]
fn options_come_before_variables_before_the_config_before_the_defaults() {
    let dir = tempfile::tempdir().expect("a directory");
    let config = dir.path().join("c.toml");
    std::fs::write(
        &config,
        "[network]\nca_file = \"ca.pem\"\ncall_timeout = \"9s\"\n[defaults]\nenvironment = \"dev\"\n",
    )
    .expect("written");
    let config = config.to_str().expect("text");
    let vars = [
        ("HOME", "/home/ada"),
        ("XDG_DATA_HOME", "/data"),
        ("XDG_CONFIG_HOME", "/conf"),
        ("WINDLASS_DATA_DIR", "/var/data"),
        ("WINDLASS_CONFIG", config),
        ("WINDLASS_SOCKET", "/run/x.sock"),
        ("WINDLASS_KEY_FILE", "/keys/k"),
        ("CREDENTIALS_DIRECTORY", "/run/credentials"),
        ("TZ", ":Asia/Tokyo"),
    ];
    let settings = resolve(&Global::default(), &vars).expect("valid");
    assert_eq!(settings.data_dir, path("/var/data"));
    assert_eq!(settings.socket, Some(path("/run/x.sock")));
    assert_eq!(settings.keys.named, Some(path("/keys/k")));
    assert_eq!(settings.keys.credentials, Some(path("/run/credentials")));
    assert_eq!(settings.keys.own, path("/conf/windlass/master.key"));
    assert_eq!(settings.found.config.network.call_timeout, Duration::from_secs(9));
    assert_eq!(settings.found.config.network.connect_timeout, Duration::from_secs(5));
    assert_eq!(settings.found.config.network.ca_file, Some(dir.path().join("ca.pem")), "relative to the file");
    assert_eq!(settings.environment().as_deref(), Ok("dev"));
    assert_eq!((settings.zone, settings.time_zone().as_deref()), (Tz::Asia__Tokyo, Ok("Asia/Tokyo")));

    let options = Global {
        data_dir: Some(path("/opt/d")),
        socket: Some(path("/opt/s")),
        key_file: Some(path("/opt/k")),
        ..Global::default()
    };
    let settings = resolve(&options, &vars).expect("valid");
    assert_eq!((settings.data_dir, settings.socket), (path("/opt/d"), Some(path("/opt/s"))));
    assert_eq!(settings.keys.named, Some(path("/opt/k")));
}

#[test]
fn an_engine_is_looked_for_at_the_services_socket_only_where_no_store_was_named() {
    let home = [("HOME", "/home/ada"), ("XDG_DATA_HOME", "relative/is/ignored"), ("WINDLASS_DATA_DIR", "")];
    let settings = resolve(&Global::default(), &home).expect("valid");
    let own = path("/home/ada/.local/share/windlass/windlass.sock");
    assert_eq!(settings.sockets(), [own.clone(), SERVICE_SOCKET.into()]);
    assert_eq!(settings.own_socket(), own);
    assert_eq!(settings.keys.own, path("/home/ada/.config/windlass/master.key"));

    let named = Global { data_dir: Some(path("/d")), socket: Some(path("/s")), ..Global::default() };
    let settings = resolve(&named, &home).expect("valid");
    assert_eq!(settings.sockets(), [path("/s"), "/d/windlass.sock".into()]);
    assert_eq!(settings.own_socket(), path("/s"));
}

#[test]
fn a_config_file_that_was_named_must_be_there_for_whoever_needs_it() {
    let missing = Global { config: Some(path("/nonexistent/windlass.toml")), ..Global::default() };
    let settings =
        resolve(&missing, &[("HOME", "/home/ada")]).expect("a consumer that names its environment continues");
    for refusal in [settings.environment().expect_err("unknown"), settings.for_an_engine().expect_err("missing")] {
        assert_eq!(refusal.error, Kind::Invalid);
        assert!(refusal.message().contains("/nonexistent/windlass.toml"), "{}", refusal.message());
    }
}

#[test]
fn a_bad_clock_is_refused() {
    let refusal = resolve(&Global::default(), &[("HOME", "/h"), ("WINDLASS_CLOCK", "noon")]).expect_err("bad");
    assert!(refusal.message().starts_with("WINDLASS_CLOCK"), "{}", refusal.message());
}

/// Whatever stands in a config file: read, or refused in one harmless line of its own.
fn fuzzed(text: &str) {
    if let Err(fault) = Config::parse(text) {
        assert!((1..=text.lines().count().max(1) + 1).contains(&fault.line), "{fault:?}");
        for reported in [&fault.message, &fault.hint] {
            assert!(crate::text::is_harmless(reported) && reported.len() < 8_000, "{reported:?}");
        }
    }
}

proptest::proptest! {
    #![proptest_config(crate::fuzz::config())]

    #[test]
    fn fuzz_config_files_are_read_or_refused(text in crate::fuzz::lines(&[sample().leak()])) {
        fuzzed(&text);
        fuzzed(&text.replace("# ", ""));
    }
}
