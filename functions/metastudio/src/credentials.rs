//! Who asks: the holder of an API key, who sends it as a token or has signed the request.

use shared::Context;
use shared::domain::{ApiKey, Credentials};
use shared::http::Request;

use crate::secrets::KnownSecrets;
use crate::signature;

/// The credentials of a request, if they are genuine in form, and what is signed is right.
///
/// A token counts before a signature: the official clients sign whatever else they send, and whoever
/// has the key needs nothing more.
pub(crate) async fn find(
    request: &Request,
    ctx: &Context,
    secrets: &KnownSecrets,
) -> Option<Credentials> {
    if let Some(token) = request.headers().get("x-auth-token") {
        let key: ApiKey = token.to_str().ok()?.parse().ok()?;
        return Some(Credentials::from(&key));
    }
    if let Some(signer) = signer(request, ctx, secrets) {
        return Some(signer);
    }
    // The secret may have been made or replaced since this container began.
    let again = secrets.again(ctx).await;
    again.then(|| signer(request, ctx, secrets))?
}

fn signer(request: &Request, ctx: &Context, secrets: &KnownSecrets) -> Option<Credentials> {
    secrets.now().iter().find_map(|secret| signature::signer(request, secret, ctx.now()))
}
