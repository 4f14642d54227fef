//! Every value comes back from every format as the real reader of that format reads it, byte by byte, or it is refused; and from
//! every filter of a template.

use tempfile::TempDir;
use windlass::core::format::Format;
use windlass::core::template::Template;

use crate::corpus::{SEED, long_values, values};
use crate::readers::{self, Got, Pairs, Reader};

/// Writes pairs of names and values, where it can.
type Writer<'a> = &'a dyn Fn(&[(&str, &str)]) -> Option<String>;

/// What a reader gets of these values, each under a name of its own.
fn read(write: Writer<'_>, reader: Reader, values: &[String]) -> (Pairs, Got) {
    let names: Vec<String> = (0..values.len()).map(|number| format!("V{number}")).collect();
    let pairs: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(values.iter().map(String::as_str)).collect();
    let folder = TempDir::new().expect("a folder");
    let file = folder.path().join("values");
    std::fs::write(&file, write(&pairs).expect("none of them is refused")).expect("written");
    let got = reader(&file).map(|mut got| {
        got.retain(|name, _| name.starts_with('V'));
        got
    });
    (pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(), got)
}

/// Tries all values that can be written, together; and where that goes wrong, each alone, to say which.
fn tried(write: Writer<'_>, by: &str, reader: Reader) {
    let is_held = |value: &String| write(&[("V", value)]).is_some();
    let short: Vec<String> = values().into_iter().filter(is_held).collect();
    let long: Vec<String> = long_values().into_iter().filter(is_held).collect();
    assert!(short.len() > 100 && !long.is_empty(), "{by} can be tried with {} values only", short.len());
    for group in std::iter::once(short).chain(long.into_iter().map(|value| vec![value])) {
        let (wanted, got) = read(write, reader, &group);
        if got.as_ref() == Ok(&wanted) {
            continue;
        }
        let alone = group.iter().filter_map(|value| {
            let got = read(write, reader, std::slice::from_ref(value)).1;
            let got = got.map(|got| got.into_values().collect::<Vec<_>>());
            (got.as_ref() != Ok(&vec![value.clone()])).then(|| format!("{value:?} → {got:?}"))
        });
        let alone: Vec<String> = alone.take(20).collect();
        let together = || format!("only together: {got:?}");
        let said = if alone.is_empty() { together() } else { alone.join("\n") };
        panic!("{by}, of a corpus with the seed {SEED}:\n{said}");
    }
}

fn formatted(format: Format, by: &str, reader: Reader) {
    tried(&|pairs| Some(format.write(pairs).ok()?.to_string()), by, reader);
}

/// A template of a line for each name, in which `NAME` stands for it.
fn filled(before: &str, line: &str, between: &str, after: &str, pairs: &[(&str, &str)]) -> String {
    let lines: Vec<String> = pairs.iter().map(|(name, _)| line.replace("NAME", name)).collect();
    let text = format!("{before}{}{after}", lines.join(between));
    let template = Template::parse(&text).expect("a template");
    let value = |name: &str| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1);
    template.render(value).expect("all are there").to_string()
}

#[test]
fn shells_get_back_what_is_written_for_them() {
    formatted(Format::Shell, "bash", readers::bash_eval);
    formatted(Format::Shell, "dash", readers::dash_eval);
    formatted(Format::Shell, "zsh", readers::zsh_eval);
}

#[test]
fn python_gets_back_what_dotenv_holds() {
    formatted(Format::Dotenv, "python-dotenv", readers::python_dotenv);
}

#[test]
fn node_gets_back_what_dotenv_holds() {
    formatted(Format::Dotenv, "node --env-file", readers::node_env_file);
    formatted(Format::Dotenv, "the package dotenv", readers::node_dotenv);
}

/// A shell is no reader of dotenv files: a line break stays `\n` in it. All else comes back.
#[test]
fn shells_get_back_what_dotenv_holds_on_one_line() {
    let write: Writer<'_> = &|pairs| {
        let is_one_line = pairs.iter().all(|(_, value)| !value.contains('\n'));
        is_one_line.then(|| Format::Dotenv.write(pairs).ok().map(|text| text.to_string())).flatten()
    };
    tried(write, "bash", readers::bash_source);
    tried(write, "dash", readers::dash_source);
    tried(write, "zsh", readers::zsh_source);
}

#[test]
fn docker_gets_back_what_is_written_for_it() {
    formatted(Format::Docker, "docker --env-file", readers::docker);
}

#[test]
fn a_unit_of_systemd_gets_back_what_is_written_for_it() {
    formatted(Format::Systemd, "EnvironmentFile=", readers::systemd);
}

#[test]
fn python_and_node_get_back_json_and_yaml() {
    formatted(Format::Json, "Python's json", readers::python_json);
    formatted(Format::Json, "Node's JSON", readers::node_json);
    formatted(Format::Yaml, "PyYAML", readers::python_yaml);
    formatted(Format::Yaml, "the package yaml", readers::node_yaml);
}

#[test]
fn what_a_template_filters_comes_back() {
    let json = |line: &'static str| move |pairs: &[(&str, &str)]| Some(filled("{", line, ",\n", "}", pairs));
    tried(&json(r#""NAME": {{ NAME | json }}"#), "json", readers::python_json);
    tried(&json(r#""NAME": "{{ NAME | url }}""#), "url", readers::python_url);
    tried(&json(r#""NAME": "{{ NAME | base64 }}""#), "base64", readers::python_base64);
    tried(&json(r#""NAME": {{ NAME | base64 | json }}"#), "base64 and json", readers::python_base64);
    let shell = |pairs: &[(&str, &str)]| filled("", "export NAME={{ NAME | shell }}", "\n", "\n", pairs);
    let shell: Writer<'_> = &|pairs| pairs.iter().all(|pair| pair.1.len() < 100_000).then(|| shell(pairs));
    tried(shell, "bash", readers::bash_eval);
    tried(shell, "dash", readers::dash_eval);
    tried(shell, "zsh", readers::zsh_eval);
}
