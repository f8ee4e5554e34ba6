//! Signing requests in the place of sending a key: access keys and secret keys.
//!
//! Neither is stored. The access key of an API key names its item; the secret key is derived from it
//! and the one secret of the deployment, which the table does not hold. So whoever reads the table can
//! sign nothing, and what ends the API key ends them.

use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use thiserror::Error;

use super::Credentials;
use super::id::BASE32;

/// What the secret keys of a deployment are derived from: at least 32 characters.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(String);

/// The text is too short to be a secret.
#[derive(Debug, Error)]
#[error("must have at least 32 characters")]
pub struct WeakSecret;

impl SigningSecret {
    /// The secret key of the API key that `credentials` name.
    #[must_use]
    pub fn secret_key(&self, credentials: &Credentials) -> SecretKey {
        // The first word keeps what is derived here apart from whatever else may be derived one day.
        let mac = keyed(self.0.as_bytes()).chain_update(format!("metastudio {credentials}"));
        SecretKey(BASE32.encode(&mac.finalize().into_bytes()))
    }
}

impl SigningSecret {
    /// The secret itself: to be put where it is kept, and never logged or shown.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for SigningSecret {
    type Err = WeakSecret;

    fn from_str(text: &str) -> Result<Self, WeakSecret> {
        if text.chars().count() < 32 { Err(WeakSecret) } else { Ok(Self(text.to_owned())) }
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SigningSecret(..)")
    }
}

/// What the holder of an access key signs with: 52 characters, 256 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretKey(String);

impl SecretKey {
    /// Whether `signature` is the HMAC-SHA256 of `text` under this key. Takes as long for a wrong one
    /// as for the right one.
    #[must_use]
    pub fn has_signed(&self, text: &str, signature: &[u8]) -> bool {
        keyed(self.0.as_bytes()).chain_update(text).verify_slice(signature).is_ok()
    }

    /// The key itself: to be shown to the person it is for, and never logged.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("SecretKey(..)")
    }
}

#[expect(clippy::expect_used, reason = "only other MACs ask for keys of a certain length")]
fn keyed(key: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).expect("HMAC takes a key of any length")
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;

    use super::*;
    use crate::domain::ApiKey;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn credentials(workspace: &str) -> Credentials {
        Credentials::from(&ApiKey::new(&workspace.parse().unwrap(), &[7; 20]))
    }

    fn secret_key(secret: &str, credentials: &Credentials) -> SecretKey {
        secret.parse::<SigningSecret>().unwrap().secret_key(credentials)
    }

    #[test]
    fn a_secret_key_is_of_one_key_one_workspace_and_one_deployment() {
        let ours = secret_key(SECRET, &credentials("acme"));
        assert_eq!(ours, secret_key(SECRET, &credentials("acme")));
        assert_eq!(ours.reveal().len(), 52);
        let renamed = Credentials { workspace: "other".parse().unwrap(), ..credentials("acme") };
        for other in [
            secret_key(SECRET, &credentials("other")),
            secret_key(SECRET, &renamed),
            secret_key(&SECRET.to_uppercase(), &credentials("acme")),
        ] {
            assert_ne!(ours, other);
        }
    }

    /// RFC 4231, test case 2.
    #[test]
    fn a_signature_is_the_hmac_of_exactly_the_text() {
        let key = SecretKey("Jefe".to_owned());
        let right = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        let right = HEXLOWER.decode(right.as_bytes()).unwrap();
        assert!(key.has_signed("what do ya want for nothing?", &right));
        assert!(!key.has_signed("what do ya want for nothing!", &right));
        assert!(!key.has_signed("what do ya want for nothing?", &right[..31]));
        assert!(!key.has_signed("what do ya want for nothing?", &[]));
    }

    #[test]
    fn a_short_secret_is_none() {
        assert!(SECRET[1..].parse::<SigningSecret>().is_err());
    }

    #[test]
    fn debug_shows_no_secret() {
        let shown = format!("{:?}", SECRET.parse::<SigningSecret>().unwrap());
        assert_eq!(shown, "SigningSecret(..)");
        assert_eq!(format!("{:?}", secret_key(SECRET, &credentials("acme"))), "SecretKey(..)");
    }
}
