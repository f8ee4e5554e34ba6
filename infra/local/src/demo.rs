//! `local demo`: a file goes up and comes down again by `slipway`, as its users do it.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use tempfile::TempDir;
use tokio::process::Command;

use crate::failure::Failure;
use crate::run::{Access, INTERRUPTED, Ports, Settings, during};
use crate::terminal::say;

/// The size of a made-up file in bytes.
const MADE_UP_SIZE: u32 = 1024 * 1024;

/// How much of a file is held in memory, in bytes.
const CHUNK: usize = 256 * 1024;

/// Shows the main job with `file`, or a made-up one, on what runs already, or else on a deployment of
/// its own.
pub(crate) async fn demo(ports: Ports, file: Option<PathBuf>) -> Result<ExitCode, Failure> {
    let folder = TempDir::new().map_err(Failure::file(Path::new("a temporary directory")))?;
    let file = match file {
        Some(file) => file,
        None => make_up(folder.path().join("demo.bin"))?,
    };
    let copy = folder.path().join("copy");
    if let Some(access) = Access::running().await {
        show(&access, &file, &copy).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let settings = Settings::temporary(ports, "demo.log")?;
    say("Nothing runs yet: starting Slipway for the demo alone.");
    let ended = during(settings, async |access, _| show(&access, &file, &copy).await).await?;
    Ok(ended.map_or(ExitCode::from(INTERRUPTED), |()| ExitCode::SUCCESS))
}

async fn show(access: &Access, file: &Path, copy: &Path) -> Result<(), Failure> {
    say(format_args!("slipway upload {}", file.display()));
    let id = slipway(access, &["upload".as_ref(), file.as_os_str()]).await?;
    say(&id);
    say(format_args!("slipway download {id}"));
    let arguments = ["download", &id, "--output"].map(OsStr::new);
    slipway(access, &[&arguments[..], &[copy.as_os_str()]].concat()).await?;
    if !are_equal(file, copy).map_err(Failure::file(file))? {
        return Err(Failure::Broken("the download is not what was uploaded".to_owned()));
    }
    say("What came down is what went up.");
    Ok(())
}

/// What `slipway`, which was built beside us, prints. How far it is, it tells the terminal.
async fn slipway(access: &Access, arguments: &[&OsStr]) -> Result<String, Failure> {
    let program = "slipway";
    let path = std::env::current_exe().map_err(Failure::program(program))?;
    let output = Command::new(path.with_file_name(program))
        .args(arguments)
        .env("SLIPWAY_URL", &access.url)
        .env("SLIPWAY_KEY", &access.key)
        .stderr(Stdio::inherit())
        .output()
        .await
        .map_err(Failure::program(program))?;
    if !output.status.success() {
        return Err(Failure::Broken(format!("slipway ended with {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn make_up(path: PathBuf) -> Result<PathBuf, Failure> {
    // Neither empty nor repetitive: a lost or swapped block would show.
    let bytes: Vec<u8> =
        (0..MADE_UP_SIZE / 4).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let written = std::fs::File::create(&path).and_then(|mut file| file.write_all(&bytes));
    written.map_err(Failure::file(&path)).map(|()| path)
}

fn are_equal(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (std::fs::File::open(one)?, std::fs::File::open(other)?);
    let (mut left, mut right) = (vec![0; CHUNK], vec![0; CHUNK]);
    if one.metadata()?.len() != other.metadata()?.len() {
        return Ok(false);
    }
    loop {
        let length = one.read(&mut left)?;
        if length == 0 {
            return Ok(true);
        }
        other.read_exact(&mut right[..length])?;
        if left[..length] != right[..length] {
            return Ok(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_or_a_length_tells_one_file_from_another() {
        let folder = TempDir::new().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let long = vec![7; 2 * CHUNK + 1];
        let mut changed = long.clone();
        changed[2 * CHUNK] = 8;
        let one = file("one", &long);
        assert!(are_equal(&one, &file("same", &long)).unwrap());
        assert!(!are_equal(&one, &file("changed", &changed)).unwrap());
        assert!(!are_equal(&one, &file("short", &long[1..])).unwrap());
    }

    #[test]
    fn a_file_is_made_up_where_none_is_named() {
        let folder = TempDir::new().unwrap();
        let made_up = make_up(folder.path().join("demo.bin")).unwrap();
        assert_eq!(std::fs::metadata(made_up).unwrap().len(), u64::from(MADE_UP_SIZE));
    }
}
