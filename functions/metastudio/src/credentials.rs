//! Who asks: the holder of an API key, who sends it as a token or has signed the request.

use shared::Context;
use shared::domain::{ApiKey, Credentials};
use shared::http::Request;

use crate::signature;

/// The credentials of a request, if they are genuine in form, and what is signed is right.
///
/// A token counts before a signature: the official clients sign whatever else they send, and whoever
/// has the key needs nothing more.
pub(crate) fn find(request: &Request, ctx: &Context) -> Option<Credentials> {
    match request.headers().get("x-auth-token") {
        Some(token) => {
            let key: ApiKey = token.to_str().ok()?.parse().ok()?;
            Some(Credentials::from(&key))
        }
        None => signature::signer(request, ctx.config().signing_secret.as_ref()?, ctx.now()),
    }
}
