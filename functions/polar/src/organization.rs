//! The organization that Polar's API says a file belongs to.

use sha2::{Digest as _, Sha256};
use shared::domain::{Uuid, Workspace};

/// The UUID of a workspace: the organization of files that were created without one. It is derived from the
/// workspace's name, so it needs no record.
pub(crate) fn of_workspace(workspace: &Workspace) -> Uuid {
    let digest = Sha256::digest(workspace.as_str());
    Uuid::version_8(digest.iter().take(16).fold(0, |bits, byte| bits << 8 | u128::from(*byte)))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_the_same_organization_every_time_and_another_is_another() {
        let of = |name: &str| of_workspace(&name.parse().unwrap()).to_string();
        assert_eq!(of("acme"), "822b33ad-87c1-88a0-a20a-5ba7cd5ebcaa");
        assert_ne!(of("acme"), of("acme-2"));
    }
}
