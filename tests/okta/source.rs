//! The table against Okta's own description, where that stands beside the checkout.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::description::Description;

/// The description's files, in a folder that may stand beside this checkout or beside one above it.
fn found() -> Option<String> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let dir = here.ancestors().map(|dir| dir.join("shared/reference/okta-spec")).find(|dir: &PathBuf| dir.is_dir())?;
    let read = |name: &str| std::fs::read_to_string(dir.join(name)).expect(name);
    Some(read("apps-and-secrets.yaml") + &read("oauth-subset.yaml"))
}

/// One node of an outline: a line, and the deeper ones below it. As much of YAML as the description needs.
#[derive(Clone, Copy)]
struct Node<'a>(&'a str);

impl Node<'_> {
    fn indent(line: &str) -> usize {
        line.len() - line.trim_start().len()
    }

    /// The values of all children of that name; the two files are one after the other, so a name can be there twice.
    fn all(self, name: &str) -> Vec<Self> {
        let Some(depth) = self.0.lines().find(|line| !line.trim().is_empty()).map(Self::indent) else {
            return Vec::new();
        };
        let mut found: Vec<Self> = Vec::new();
        let mut offset = 0;
        let mut open: Option<usize> = None;
        for line in self.0.split_inclusive('\n') {
            let at_depth =
                Self::indent(line) == depth && !line.trim().is_empty() && !line.trim_start().starts_with("- ");
            if at_depth && let Some(start) = open.take() {
                found.push(Self(&self.0[start..offset]));
            }
            let key = line.trim().split_once(':').map(|(key, rest)| (key.trim_matches('\''), rest));
            if at_depth && key.is_some_and(|(key, _)| key == name) {
                let colon = line.trim_end().find(name).unwrap_or(0);
                let rest = colon + line[colon..].find(':').unwrap_or(0) + 1;
                open = Some(offset + rest);
            }
            offset += line.len();
        }
        if let Some(start) = open {
            found.push(Self(&self.0[start..]));
        }
        found
    }

    fn get(self, path: &[&str]) -> Option<Self> {
        let Some((first, rest)) = path.split_first() else { return Some(self) };
        self.all(first)
            .into_iter()
            .find_map(|child| child.body().get(rest).or_else(|| rest.is_empty().then_some(child)))
    }

    /// Without what stands on the key's own line.
    fn body(self) -> Self {
        match self.0.split_once('\n') {
            Some((first, rest)) if first.trim().is_empty() => Self(rest),
            _ => self,
        }
    }

    /// The names of the children.
    fn names(self) -> BTreeSet<String> {
        let Some(depth) = self.0.lines().find(|line| !line.trim().is_empty()).map(Self::indent) else {
            return BTreeSet::new();
        };
        let children = self.0.lines().filter(|line| Self::indent(line) == depth && !line.trim_start().starts_with('-'));
        children
            .filter_map(|line| line.trim().split_once(':'))
            .map(|(key, _)| key.trim_matches('\'').to_owned())
            .collect()
    }

    /// A list of words.
    fn words(self) -> BTreeSet<String> {
        self.0.lines().filter_map(|line| line.trim().strip_prefix("- ")).map(str::to_owned).collect()
    }

    /// A text, unfolded and without its quotes.
    fn text(self) -> String {
        let text = self.0.split_whitespace().collect::<Vec<_>>().join(" ");
        match text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
            Some(quoted) => quoted.replace("''", "'"),
            None => text,
        }
    }
}

/// A schema, with what it inherits.
fn properties<'a>(all: Node<'a>, schema: &str) -> Vec<(BTreeSet<String>, Node<'a>)> {
    let nodes = all.all("components").into_iter().flat_map(|node| node.body().all("schemas"));
    let own: Vec<Node<'a>> = nodes.flat_map(|node| node.body().all(schema)).map(Node::body).collect();
    assert!(!own.is_empty(), "there is no schema {schema}");
    let mut found = Vec::new();
    for node in own {
        if let Some(properties) = node.get(&["properties"]) {
            found.push((properties.names(), properties));
        }
        if let Some(parts) = node.get(&["allOf"]) {
            // `- $ref: '…'` and `- type: object` with properties of its own, three steps deeper.
            for line in parts.0.lines().filter(|line| line.trim().starts_with("- $ref:")) {
                let name = line.rsplit('/').next().unwrap_or_default().trim_end_matches('\'');
                found.extend(properties(all, name));
            }
            if let Some(start) = parts.0.find("properties:\n") {
                let own = Node(&parts.0[start + "properties:\n".len()..]);
                found.push((own.names(), own));
            }
        }
    }
    found
}

#[test]
fn the_table_is_what_okta_describes() {
    let Some(text) = found() else {
        // The table alone is then what the others are held to.
        return;
    };
    let (table, all) = (Description::read(), Node(&text));
    for operation in table.operation.iter().filter(|operation| !operation.recorded_only) {
        let method = operation.method.to_lowercase();
        let described = all.get(&["paths", &operation.path, &method]);
        let described = described.unwrap_or_else(|| panic!("{} {} is not described", operation.method, operation.path));
        assert_eq!(described.get(&["operationId"]).map(Node::text).as_deref(), Some(operation.id.as_str()));
        let mut statuses: BTreeSet<String> = operation.refusals.iter().map(u16::to_string).collect();
        statuses.insert(operation.success.to_string());
        assert_eq!(described.get(&["responses"]).map(Node::names), Some(statuses), "{}", operation.id);
        let media: Option<String> =
            described.get(&["requestBody", "content"]).and_then(|content| content.names().into_iter().next());
        assert_eq!(media, operation.media, "{}", operation.id);
        let parameters = described.get(&["parameters"]).map_or("", |parameters| parameters.0);
        for name in &operation.query {
            let inline = parameters.lines().any(|line| line.trim().trim_start_matches("- ") == format!("name: {name}"));
            let shared = name == "expand" && parameters.contains("queryAppsExpand");
            assert!(inline || shared, "{}: there is no parameter {name}", operation.id);
        }
    }
    for (schema, fields) in &table.schema {
        let described = properties(all, schema);
        for (field, kind) in fields {
            let (_, node) = described
                .iter()
                .find(|(names, _)| names.contains(field))
                .unwrap_or_else(|| panic!("{schema} has no {field}"));
            let words: BTreeSet<String> = kind.trim_end_matches('!').split('|').map(str::to_owned).collect();
            if words.len() > 1 && !kind.starts_with('[') {
                let property = node.get(&[field]).expect("named");
                assert_eq!(enumerated(all, property), words, "{schema}.{field}");
            }
        }
    }
    for refusal in &table.refusal {
        let example = all.get(&["components", "examples", &refusal.example, "value"]);
        let example = example.unwrap_or_else(|| panic!("there is no example {}", refusal.example));
        let field = |name: &str| example.get(&[name]).map(Node::text);
        assert_eq!(field("errorCode").or(field("error")).as_deref(), Some(refusal.code.as_str()));
        assert_eq!(field("errorSummary").or(field("error_description")).as_deref(), Some(refusal.summary.as_str()));
        let causes = example.get(&["errorCauses"]).map(Node::text).unwrap_or_default();
        let cause = causes.strip_prefix("- errorSummary: ").map(|cause| Node(cause).text());
        assert_eq!(cause, refusal.cause, "{}", refusal.example);
    }
}

/// The words of an enumeration, which may stand in a schema of its own.
fn enumerated(all: Node<'_>, property: Node<'_>) -> BTreeSet<String> {
    if let Some(own) = property.get(&["enum"]) {
        return own.words();
    }
    let reference = property.get(&["$ref"]).map(Node::text).unwrap_or_default();
    let name = reference.rsplit('/').next().unwrap_or_default();
    all.get(&["components", "schemas", name, "enum"]).map(Node::words).unwrap_or_default()
}
