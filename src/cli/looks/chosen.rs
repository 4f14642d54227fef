//! The theme that was chosen on the screen, kept for the next start in a small file beside the config file, which is the
//! user's own and is not written. A `theme` in the config that was changed since wins: whoever wrote it means it.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cli::settings::Settings;
use crate::file::{self, Links};
use crate::trust::files::check as trusted;

/// The file's name.
const FILE: &str = "chosen-theme.toml";

/// The most that is read of it.
const LARGEST: u64 = 4 << 10;

const HEAD: &str =
    "# Chosen with the theme key of the screen. A theme in config.toml that is changed after that wins.\n";

/// What stands in it.
#[derive(Serialize, Deserialize)]
struct Chosen {
    theme: String,
    /// The config's own at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    instead_of: Option<String>,
}

/// The theme that the config names.
fn configured(settings: &Settings) -> Option<String> {
    settings.found.config.ui.theme.clone()
}

/// The file, where there is a config directory.
pub fn path(settings: &Settings) -> Option<PathBuf> {
    settings.config.as_ref().map(|config| config.with_file_name(FILE))
}

/// The theme that was chosen last, and still holds. A file that cannot be read, or that others could have written, holds
/// nothing: it is only about looks.
pub fn theme(settings: &Settings) -> Option<String> {
    let path = path(settings)?;
    let text = file::read_text(&path, Links::Followed, LARGEST).ok().filter(|_| trusted(&path).is_ok())?;
    let chosen: Chosen = toml::from_str(&text).ok()?;
    (chosen.instead_of == configured(settings)).then_some(chosen.theme)
}

/// Keeps a theme for the next start; the error says why it is not kept.
pub fn keep(settings: &Settings, theme: &str) -> Result<(), String> {
    if settings.read_only {
        return Err("--read-only writes nothing".into());
    }
    let path = path(settings).ok_or("there is no config directory")?;
    let instead_of = configured(settings);
    let written = if instead_of.as_deref() == Some(theme) {
        forget(&path)
    } else {
        write(&path, &Chosen { theme: theme.to_owned(), instead_of })
    };
    written.map_err(|error| format!("{}: {error}", path.display()))
}

/// The config says the same.
fn forget(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

fn write(path: &Path, chosen: &Chosen) -> io::Result<()> {
    let dir = path.parent().unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    if fs::metadata(dir)?.uid() != nix::unistd::geteuid().as_raw() {
        return Err(io::Error::other("the directory is another user's"));
    }
    let text = toml::to_string(chosen).map_err(io::Error::other)?;
    // A name of its own: whatever lies there from a write that was cut off is written over.
    let new = path.with_extension("new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(HEAD.as_bytes())?;
    file.write_all(text.as_bytes())?;
    fs::rename(&new, path)
}
