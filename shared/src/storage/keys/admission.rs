//! Authentication, scope and rate limit by ONE `UpdateItem` on the key's item.
//!
//! The update moves the key's TAT one interval on, under the condition that the key exists, is not
//! revoked and is within its limit. An idle and a busy bucket need different updates, because conditions
//! know no arithmetic. The container guesses from what it last saw which one it needs. A refused update
//! returns the item, which tells why: no item, revoked, over the limit, or a wrong guess, which costs one
//! more call.

use std::time::Duration;

use aws_sdk_dynamodb::Config;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

use super::{Keys, Refused, tat_attribute};
use crate::Error;
use crate::domain::rate_limit::{Branch, Micros};
use crate::domain::{
    Category, Credentials, KeyHash, Scope, Scopes, Standing, Timestamp, Workspace,
};
use crate::storage::item;
use crate::storage::table::{Attributes, Conditional, ItemKey, conditional, number};

/// A caller whose key is genuine, has the scope and is within its limit.
///
/// Only [`Keys::admit`] makes one. Every write for a client demands one, so no endpoint can write before
/// its caller is admitted. The compiler keeps everybody else from it:
///
/// ```compile_fail
/// fn forged(caller: &shared::Caller) -> shared::Caller {
///     shared::Caller { workspace: "other".parse().unwrap(), ..caller.clone() }
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Caller {
    workspace: Workspace,
    scopes: Scopes,
    standing: Standing,
}

impl Caller {
    /// The workspace that the key opens.
    #[must_use]
    pub const fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Everything the key may do.
    #[must_use]
    pub const fn scopes(&self) -> &Scopes {
        &self.scopes
    }

    /// What is left of the key's limit.
    #[must_use]
    pub const fn standing(&self) -> Standing {
        self.standing
    }
}

/// What the conditional update of a key came to.
enum Taken {
    /// The key is good and within its limit; its item afterwards.
    Applied(Attributes),
    /// The condition did not hold; the item, if there is one.
    Refused(Option<Attributes>),
    /// More than DynamoDB takes on one item, far beyond any limit.
    Throttled,
}

impl Keys {
    /// Admits the holder of a key at `now`: the key must exist, have the scope and be within its limit. A
    /// request that lacks the scope counts against the limit, too.
    ///
    /// # Errors
    ///
    /// [`Error::Unauthorized`], [`Error::MissingScope`], [`Error::RateLimited`], or DynamoDB's failure.
    pub async fn admit(
        &self,
        credentials: &Credentials,
        scope: Option<Scope>,
        category: Category,
        now: Timestamp,
    ) -> Result<Caller, Refused> {
        let hash = &credentials.hash;
        let now: Micros = now.millis() * 1000;
        let last_seen = self.last_seen(hash, category);
        // The TAT in the table is never before the one last seen here: refuse without a call.
        self.within_limit(last_seen, now)?;

        let mut branch = self.limit.branch(last_seen, now);
        // A TAT never moves back, so there is no third guess.
        for _ in 0..2 {
            let found = match self.take(hash, category, branch, now).await? {
                Taken::Applied(item) => {
                    let standing = self.learn(hash, category, &item, now)?;
                    return self.admitted(credentials, scope, &item, standing);
                }
                Taken::Throttled => return Err(self.throttled(now)),
                Taken::Refused(found) => found,
            };
            // No item: the key was never issued. Its checksum is public, so anyone can make one up.
            let item = found.filter(|item| !item.contains_key("revokedAt"));
            let Some(item) = item else {
                self.doubt(credentials);
                return Err(Error::Unauthorized.into());
            };
            self.learn(hash, category, &item, now)?;
            let tat = self.last_seen(hash, category);
            self.within_limit(tat, now)?;
            branch = self.limit.branch(tat, now);
        }
        Err(Error::internal("DynamoDB refused both updates of a key").into())
    }

    fn within_limit(&self, tat: Micros, now: Micros) -> Result<(), Refused> {
        match self.limit.wait(tat, now) {
            None => Ok(()),
            Some(wait) => Err(Refused {
                error: Error::RateLimited { wait },
                standing: Some(self.limit.standing(tat, now)),
            }),
        }
    }

    fn throttled(&self, now: Micros) -> Refused {
        let wait = Duration::from_secs(1);
        let standing = Standing { remaining: 0, ..self.limit.standing(0, now) };
        Refused { error: Error::RateLimited { wait }, standing: Some(standing) }
    }

    fn learn(
        &self,
        hash: &KeyHash,
        category: Category,
        item: &Attributes,
        now: Micros,
    ) -> Result<Standing, Error> {
        let tat = item::integer(item, tat_attribute(category))?;
        self.remember(hash, category, tat);
        Ok(self.limit.standing(tat, now))
    }

    fn admitted(
        &self,
        credentials: &Credentials,
        needed: Option<Scope>,
        item: &Attributes,
        standing: Standing,
    ) -> Result<Caller, Refused> {
        // Reads may have begun in the workspace that was claimed.
        if item::string(item, "workspace")? != credentials.workspace.as_str() {
            return Err(Error::Unauthorized.into());
        }
        self.confirm(credentials);
        let scopes = item::scopes(item)?;
        match needed {
            Some(needed) if !scopes.grant(needed) => {
                Err(Refused { error: Error::MissingScope { needed }, standing: Some(standing) })
            }
            _ => Ok(Caller { workspace: credentials.workspace.clone(), scopes, standing }),
        }
    }

    async fn take(
        &self,
        hash: &KeyHash,
        category: Category,
        branch: Branch,
        now: Micros,
    ) -> Result<Taken, Error> {
        let update = self
            .table
            .update(&ItemKey::Key(hash))
            .expression_attribute_names("#tat", tat_attribute(category))
            .expression_attribute_values(":now", number(now));
        let update = match branch {
            Branch::Idle => update
                .update_expression("SET #tat = :next")
                .condition_expression("attribute_not_exists(revokedAt) AND #tat <= :now")
                .expression_attribute_values(":next", number(now + self.limit.interval())),
            Branch::Busy => update
                .update_expression("SET #tat = #tat + :interval")
                .condition_expression(
                    "attribute_not_exists(revokedAt) AND #tat > :now AND #tat <= :latest",
                )
                .expression_attribute_values(":interval", number(self.limit.interval()))
                .expression_attribute_values(":latest", number(now + self.limit.tolerance())),
        };
        let final_throttles = Config::builder().retry_classifier(ThrottlesAreFinal);
        let outcome = update.customize().config_override(final_throttles).send().await;
        if let Err(SdkError::ServiceError(refusal)) = &outcome
            && is_throttle(refusal.err())
        {
            return Ok(Taken::Throttled);
        }
        Ok(match conditional(outcome, "dynamodb:UpdateItem on a key")? {
            Conditional::Applied(item) => Taken::Applied(item),
            Conditional::Refused(item) => Taken::Refused(item),
        })
    }
}

fn is_throttle(error: &UpdateItemError) -> bool {
    error.is_provisioned_throughput_exceeded_exception()
        || error.is_throttling_exception()
        || error.is_request_limit_exceeded()
}

/// Throttling of a key's item is answered with a 429 instead of being retried: DynamoDB takes far more
/// requests for one item than any limit allows.
#[derive(Debug)]
struct ThrottlesAreFinal;

impl ClassifyRetry for ThrottlesAreFinal {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = context.output_or_error().and_then(Result::err);
        let refusal = error.and_then(|error| error.as_operation_error());
        match refusal.and_then(|refusal| refusal.downcast_ref::<UpdateItemError>()) {
            Some(refusal) if is_throttle(refusal) => RetryAction::RetryForbidden,
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "throttles of a key are final"
    }
}
