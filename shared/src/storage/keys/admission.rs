//! Authentication, scope, rate limit and a token's bounds by ONE `UpdateItem` on the key's item.
//!
//! The update moves the key's times one interval on, under the condition that the key exists, is neither
//! revoked nor over, and is within its limit; where an upload token creates a file, also that the token
//! allows it. An idle and a busy bucket need different updates, because conditions know no arithmetic. The
//! container guesses from what it last saw which one it needs. A refused update returns the item, which
//! tells why: no item, revoked, over, over the limit, beyond the bounds, or a wrong guess, which costs
//! one more call.

use std::time::Duration;

use super::take::{Request, Taken, key_of};
use super::{Caller, Keys, Reach, Refused, Seen, attributes, time_attributes};
use crate::Error;
use crate::domain::rate_limit::{Branch, Micros, Times};
use crate::domain::{
    Access, Announced, Credentials, KeyKind, Scope, Scopes, Standing, Timestamp, TokenBounds,
    TokenRefusal, TokenUse,
};
use crate::storage::item;
use crate::storage::table::Attributes;

impl Keys {
    /// Admits the holder of a key at `now`: the key must exist, have the scope and be within its limit. A
    /// request that lacks the scope counts against the limit, too. Where the holder of an upload token
    /// creates a file, which is `announced`, one of the token's files is counted.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`], [`Error::MissingScope`], [`Error::ClosedToTokens`], [`Error::RateLimited`],
    /// a refusal of the token's bounds, or DynamoDB's failure.
    pub async fn admit(
        &self,
        credentials: &Credentials,
        access: Access,
        announced: Option<&Announced>,
        now: Timestamp,
    ) -> Result<Caller, Refused> {
        let category = access.category;
        let request = Request { credentials, category, announced, now };
        let now = request.micros();
        // The times in the table are never before those last seen here: refuse without a call.
        let seen = self.last_seen(&credentials.hash, category);
        seen.within_limit(now)?;

        let mut branch = seen.times.branch(now);
        // A TAT never moves back, so there is no third guess.
        for _ in 0..2 {
            branch = match self.take(request, branch).await? {
                Taken::Applied(item) => {
                    let standing = self.learn(request, &item)?.standing(now);
                    return self.admitted(credentials, access, &item, standing);
                }
                Taken::Throttled => return Err(self.throttled(now)),
                Taken::Refused(found) => self.explained(request, found)?,
            };
        }
        Err(Error::internal("DynamoDB refused both updates of a key").into())
    }

    /// Why a key's update was refused; or, if only the guess was wrong, which one is needed.
    fn explained(
        &self,
        request: Request<'_>,
        found: Option<Attributes>,
    ) -> Result<Branch, Refused> {
        let item = match found {
            Some(item) if is_in_force(&item, request.now)? => item,
            // No item: the key was never issued. Its checksum is public, so anyone can make one up.
            _ => {
                self.doubt(request.credentials);
                return Err(Error::Unauthorized.into());
            }
        };
        let now = request.micros();
        let seen = self.learn(request, &item)?;
        seen.within_limit(now)?;
        if let Some(announced) = request.announced {
            within_bounds(&item, announced, request.now)
                .map_err(|error| Refused { error, standing: Some(seen.standing(now)) })?;
        }
        Ok(seen.times.branch(now))
    }

    fn throttled(&self, now: Micros) -> Refused {
        let wait = Duration::from_secs(1);
        let standing = Standing { remaining: 0, ..self.limit.standing(Times::default(), now) };
        Refused { error: Error::RateLimited { wait }, standing: Some(standing) }
    }

    /// Remembers where the key stands.
    fn learn(&self, request: Request<'_>, item: &Attributes) -> Result<Seen, Error> {
        let (tat, next) = time_attributes(request.category);
        let times = Times { tat: item::integer(item, tat)?, next: item::integer(item, next)? };
        let limit = attributes::rate_limit(item)?.unwrap_or(self.limit);
        Ok(self.remember(&request.credentials.hash, request.category, Seen { limit, times }))
    }

    fn admitted(
        &self,
        credentials: &Credentials,
        access: Access,
        item: &Attributes,
        standing: Standing,
    ) -> Result<Caller, Refused> {
        // Reads may have begun in the workspace that was claimed.
        if item::string(item, "workspace")? != credentials.workspace.as_str() {
            return Err(Error::Unauthorized.into());
        }
        self.confirm(credentials);
        let (scopes, token) = match credentials.kind {
            KeyKind::ApiKey => (attributes::scopes(item)?, None),
            // What a token may do is said by each operation. It is no more than this scope's.
            KeyKind::UploadToken => {
                (Scopes::from_iter([Scope::FilesCreate]), Some(attributes::token_bounds(item)?))
            }
        };
        if let Some(error) = missing(access, &scopes, token.is_some()) {
            return Err(Refused { error, standing: Some(standing) });
        }
        let expires_at = attributes::expires_at(item)?;
        Ok(Caller { reach: Reach::of(credentials), scopes, standing, expires_at, token })
    }
}

impl Seen {
    fn standing(&self, now: Micros) -> Standing {
        self.limit.standing(self.times, now)
    }

    fn within_limit(&self, now: Micros) -> Result<(), Refused> {
        match self.times.wait(now) {
            None => Ok(()),
            Some(wait) => Err(Refused {
                error: Error::RateLimited { wait },
                standing: Some(self.standing(now)),
            }),
        }
    }
}

/// Whether the key is neither revoked nor over.
fn is_in_force(item: &Attributes, now: Timestamp) -> Result<bool, Error> {
    let is_over = attributes::expires_at(item)?.is_some_and(|end| end <= now);
    Ok(!is_over && !item.contains_key("revokedAt"))
}

/// What the caller lacks for an operation, if it lacks anything.
fn missing(access: Access, scopes: &Scopes, is_token: bool) -> Option<Error> {
    if is_token {
        return (access.tokens == TokenUse::Refused).then_some(Error::ClosedToTokens);
    }
    let needed = access.scope.filter(|needed| !scopes.grant(*needed))?;
    Some(Error::MissingScope { needed })
}

/// Explains why the bounds of a token's item refuse a file, if they do.
fn within_bounds(item: &Attributes, announced: &Announced, now: Timestamp) -> Result<(), Error> {
    let bounds: TokenBounds = attributes::token_bounds(item)?;
    match bounds.check(announced) {
        // A request with the same idempotency key has just taken the last place: its file is on its way.
        Err(TokenRefusal::Spent) if is_taken_by_the_same(item, announced, now)? => {
            Err(Error::IdempotencyConflict)
        }
        checked => checked.map_err(Error::BeyondToken),
    }
}

/// Whether the token's last place was taken for the same create, less than a minute ago: longer than any lives.
fn is_taken_by_the_same(
    item: &Attributes,
    announced: &Announced,
    now: Timestamp,
) -> Result<bool, Error> {
    let last = item::optional_string(item, "lastKey").filter(|last| !last.is_empty());
    if last != Some(&key_of(announced)) {
        return Ok(false);
    }
    Ok(now.since(item::time(item, "lastKeyAt")?) < Duration::from_mins(1))
}
