//! The one conditional update that admits a request: authentication, end, limit and a token's bounds.

use aws_sdk_dynamodb::Config;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};

use super::{Keys, time_attributes};
use crate::Error;
use crate::domain::rate_limit::{Branch, Micros};
use crate::domain::{Announced, Category, Credentials, MimeRange, Timestamp};
use crate::storage::table::{
    Attributes, Conditional, ItemKey, conditional, number, signed_number, text,
};

/// A request that is to be admitted.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub(super) credentials: &'a Credentials,
    pub(super) category: Category,
    /// The file that an upload token is to create by it.
    pub(super) announced: Option<&'a Announced>,
    pub(super) now: Timestamp,
}

impl Request<'_> {
    /// When it came, in the unit of the limits.
    pub(super) fn micros(&self) -> Micros {
        self.now.millis() * 1000
    }
}

/// What the conditional update of a key came to.
pub(super) enum Taken {
    /// The key is good and within its limit; its item afterwards.
    Applied(Attributes),
    /// The condition did not hold; the item, if there is one.
    Refused(Option<Attributes>),
    /// More than DynamoDB takes on one item, far beyond any limit.
    Throttled,
}

impl Keys {
    /// Moves the key's times one interval on, if the request may be admitted. For an announced file it also
    /// takes one of the token's places, if the token's bounds allow the file.
    pub(super) async fn take(&self, request: Request<'_>, branch: Branch) -> Result<Taken, Error> {
        let (tat, next) = time_attributes(request.category);
        let update = self
            .table
            .update(&ItemKey::of_credentials(request.credentials))
            .expression_attribute_names("#tat", tat)
            .expression_attribute_names("#next", next)
            .expression_attribute_values(":now", number(request.micros()))
            .expression_attribute_values(":time", number(request.now.millis()))
            .expression_attribute_values(":interval", number(self.limit.interval()));
        let update = match branch {
            Branch::Idle => {
                update.expression_attribute_values(":lead", signed_number(self.limit.lead()))
            }
            Branch::Busy => update,
        };
        let (mut set, mut condition) = moving(branch);
        let update = match request.announced {
            None => update,
            Some(announced) => {
                set.push_str(", filesLeft = filesLeft - :one, lastKey = :key, lastKeyAt = :time");
                condition.push_str(WITHIN_BOUNDS);
                with_bounds(update, announced)
            }
        };
        let update = update.update_expression(set).condition_expression(condition);
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

/// What moves a key's times, and under which condition. A key that has a limit of its own has it in its item,
/// and the others have none there.
fn moving(branch: Branch) -> (String, String) {
    let (set, within) = match branch {
        Branch::Idle => (
            "SET #tat = :now + if_not_exists(rateInterval, :interval), \
             #next = :now - if_not_exists(rateLead, :lead)",
            "#tat <= :now",
        ),
        Branch::Busy => (
            "SET #tat = #tat + if_not_exists(rateInterval, :interval), \
             #next = #next + if_not_exists(rateInterval, :interval)",
            "#tat > :now AND #next <= :now",
        ),
    };
    let condition = format!(
        "attribute_not_exists(revokedAt) \
         AND (attribute_not_exists(expiresAt) OR expiresAt > :time) AND {within}"
    );
    (set.to_owned(), condition)
}

/// The bounds of an upload token, as [`TokenBounds::check`](crate::domain::TokenBounds::check) explains
/// them after a refusal.
const WITHIN_BOUNDS: &str = " AND filesLeft > :none \
    AND (attribute_not_exists(maxSizeBytes) OR maxSizeBytes >= :size) \
    AND (attribute_not_exists(mimeTypes) OR contains(mimeTypes, :family) OR contains(mimeTypes, :type))";

fn with_bounds(update: UpdateItemFluentBuilder, file: &Announced) -> UpdateItemFluentBuilder {
    let [family, exactly] = MimeRange::all_of(&file.mime_type);
    update
        .expression_attribute_values(":one", number(1))
        .expression_attribute_values(":key", text(key_of(file)))
        .expression_attribute_values(":none", number(0))
        .expression_attribute_values(":size", number(file.size_bytes))
        .expression_attribute_values(":family", text(family.as_str()))
        .expression_attribute_values(":type", text(exactly.as_str()))
}

/// What an item has for the idempotency key of a create.
pub(super) fn key_of(file: &Announced) -> String {
    file.once.as_ref().map_or_else(String::new, |once| once.key.hash())
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
