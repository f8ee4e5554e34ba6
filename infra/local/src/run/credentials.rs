//! The secret of what `make run` starts: `.local/credentials` tells it to the AWS tools and to `slipway`.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use tempfile::NamedTempFile;

use super::FOLDER;
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
    // A temporary file has mode 0600 from its first byte on.
    let mut file = NamedTempFile::new_in(path.parent().unwrap_or(path))?;
    let id = local::ACCESS_KEY_ID;
    writeln!(file, "[default]\naws_access_key_id = {id}\n{SECRET}{secret}")?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn the_secret_is_read_again_but_by_the_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        assert_eq!(read(&path), None);
        write(&path, "first").unwrap();
        write(&path, "second").unwrap();
        assert_eq!(read(&path).as_deref(), Some("second"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
