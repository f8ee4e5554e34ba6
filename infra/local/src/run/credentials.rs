//! The secret of what `make run` starts: `.local/credentials` tells it to the AWS tools and to `slipway`.

use std::fs;
use std::io;
use std::path::Path;

use super::{FOLDER, private};
use crate::failure::Failure;

/// What stands before the secret in an AWS credentials file.
const SECRET: &str = "aws_secret_access_key = ";

/// The secret of the last `make run`, so that what it signed is still good.
pub(crate) fn remembered() -> Option<String> {
    read(&Path::new(FOLDER).join("credentials"))
}

/// Writes the secret down, for the owner's eyes only.
pub(crate) fn remember(secret: &str) -> Result<(), Failure> {
    let path = Path::new(FOLDER).join("credentials");
    write(&path, secret).map_err(Failure::file(&path))
}

fn read(path: &Path) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    text.lines().find_map(|line| line.strip_prefix(SECRET)).map(str::to_owned)
}

fn write(path: &Path, secret: &str) -> io::Result<()> {
    let id = local::ACCESS_KEY_ID;
    private::write(path, &format!("[default]\naws_access_key_id = {id}\n{SECRET}{secret}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        assert_eq!(read(&path), None);
        write(&path, "secret").unwrap();
        assert_eq!(read(&path).as_deref(), Some("secret"));
    }
}
