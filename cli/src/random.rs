//! Randomness, for keys and secrets.

/// Fills `bytes` with what nobody can guess.
#[expect(clippy::disallowed_methods, reason = "the tool has no context to ask for randomness")]
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), getrandom::Error> {
    getrandom::fill(bytes)
}
