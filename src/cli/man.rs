//! `windlass man`: the manual, made from the commands themselves.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory};

use super::output::Output;
use super::{Cli, Failure};
use crate::engine::refusal::{Kind, Refusal};

/// Where it goes.
#[derive(Clone, Debug, Args)]
#[command(after_long_help = "Examples:
  windlass man | man -l -
  windlass man --dir ~/.local/share/man/man1")]
pub struct Manual {
    /// Write a page for each command into this directory, which is made where it is not there
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// Prints windlass(1), or writes all pages.
pub fn run(output: &Output, args: &Manual) -> Result<(), Failure> {
    let Some(dir) = &args.dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(|error| Failure::stdout(&error))?;
        return output.data(&page);
    };
    write(dir).map_err(|error| {
        let message = format!("the manual cannot be written into {}: {error}", dir.display());
        Failure::from(Refusal::new(Kind::Failed, message, "name a directory that you may write to, with --dir"))
    })?;
    output.progress(format!("the manual is in {}; `man -l {}/windlass.1` shows it", dir.display(), dir.display()));
    Ok(())
}

fn write(dir: &Path) -> std::io::Result<()> {
    // Made by a private process, and still for everyone on this machine to read.
    let made = !dir.exists();
    std::fs::create_dir_all(dir)?;
    clap_mangen::generate_to(Cli::command(), dir)?;
    if made {
        std::fs::set_permissions(dir, Permissions::from_mode(0o755))?;
    }
    for page in std::fs::read_dir(dir)? {
        let page = page?;
        let name = page.file_name();
        if name.as_encoded_bytes().starts_with(b"windlass") && page.file_type()?.is_file() {
            std::fs::set_permissions(page.path(), Permissions::from_mode(0o644))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doubles::captured;

    #[test]
    fn the_manual_has_a_page_for_every_command_that_is_shown() {
        let captured = captured(false);
        run(&captured.output, &Manual { dir: None }).expect("printed");
        let page = captured.out.text();
        assert!(page.contains(".TH windlass 1") && page.contains("windlass\\-rotation"), "{page}");
        let dir = tempfile::tempdir().expect("a directory");
        let inside = dir.path().join("man1");
        run(&captured.output, &Manual { dir: Some(inside.clone()) }).expect("written");
        for page in ["windlass.1", "windlass-rotation-create.1", "windlass-completions.1"] {
            let text = std::fs::read_to_string(inside.join(page)).expect(page);
            assert!(text.contains(".SH NAME"), "{page}");
            let mode = inside.join(page).metadata().expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o644, "{page} is for everyone");
        }
        let file = dir.path().join("file");
        std::fs::write(&file, "").expect("written");
        let failure = run(&captured.output, &Manual { dir: Some(file) }).expect_err("a file");
        assert_eq!(failure.status(), 1);
    }
}
