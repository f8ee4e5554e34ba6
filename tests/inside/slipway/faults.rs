//! Failures that pass, and some that do not.

use std::sync::Arc;

use async_trait::async_trait;
use local::{Call, Interceptor, Verdict};
use tests::Settings;

use super::tool::{IN_PARTS, PART, Tool};
use crate::hand::{Fault, When, joins, put_object, put_of_a_file, put_of_a_session, puts_part};

fn refusal(status: u16, code: &str) -> Verdict {
    Verdict::Refuse { status, code: code.to_owned() }
}

/// Several faults at once.
struct Faults(Vec<Arc<Fault>>);

#[async_trait]
impl Interceptor for Faults {
    async fn before(&self, call: &Call) -> Verdict {
        for fault in &self.0 {
            let verdict = fault.before(call).await;
            if verdict != Verdict::Pass {
                return verdict;
            }
        }
        Verdict::Pass
    }
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let tool = Tool::new().await;
    let bytes = tool.write(3 * PART, 1);
    let fault = |which: fn(&Call) -> bool, status, code, times| {
        Fault::new(which, When::Before, refusal(status, code), times)
    };
    tool.stack.local().intercept(Arc::new(Faults(vec![
        fault(puts_part, 503, "SlowDown", 1),
        fault(puts_part, 500, "InternalError", 1),
        fault(put_of_a_file, 400, "ValidationException", 1),
        fault(joins, 503, "SlowDown", 3),
    ])));

    let ending = tool.upload_in_parts().await;
    assert!(ending.stderr.contains("S3 answered 503 SlowDown"), "{ending:?}");
    assert!(ending.stderr.contains("Slipway answered 503 service_unavailable"), "{ending:?}");
    tool.holds(ending.answer(), &bytes).await;
    assert_eq!(tool.count(puts_part), 5);
}

#[tokio::test]
async fn a_rate_limit_is_waited_out() {
    let limits = ["RATE_LIMIT_PER_SECOND", "RATE_LIMIT_BURST"].map(|name| (name, "1".to_owned()));
    let settings = Settings { environment: limits.to_vec(), ..Settings::default() };
    let tool = Tool::with(settings).await;
    tool.write(5, 1);

    // Two writes follow each other at once, and one a second is allowed.
    let ending = tool.run(&["upload", "file.bin"]).await;
    ending.answer();
    assert!(ending.stderr.contains("Slipway answered 429 too_many_requests"), "{ending:?}");
}

#[tokio::test]
async fn urls_that_have_expired_are_signed_again() {
    let tool = Tool::new().await;
    let bytes = tool.write(4 * PART, 1);
    let expired = refusal(403, "AccessDenied");
    tool.stack.local().intercept(Fault::new(puts_part, When::Before, expired, 1));

    let arguments = ["upload", "file.bin", "--connections", "1"];
    let ending = tool.run(&[&arguments[..], &IN_PARTS].concat()).await;
    tool.holds(ending.answer(), &bytes).await;
    assert_eq!(tool.count(puts_part), 5);
}

#[tokio::test]
async fn the_url_of_a_single_put_cannot_be_signed_again() {
    let tool = Tool::new().await;
    tool.write(5, 1);
    let expired = refusal(403, "AccessDenied");
    tool.stack.local().intercept(Fault::new(put_object, When::Before, expired, 1));

    assert!(tool.run(&["upload", "file.bin"]).await.complaint().contains("URL has expired"));
    assert_eq!(tool.count(put_object), 1);
}

#[tokio::test]
async fn a_single_put_whose_answer_was_lost_is_not_repeated_but_completed() {
    for verdict in [refusal(500, "InternalError"), Verdict::HangUp] {
        let tool = Tool::new().await;
        let bytes = tool.write(5, 1);
        tool.stack.local().intercept(Fault::new(put_object, When::After, verdict, 1));

        let ending = tool.run(&["upload", "file.bin"]).await;
        tool.holds(ending.answer(), &bytes).await;
        assert_eq!(tool.count(put_object), 2, "the second meets the object of the first");
    }
}

#[tokio::test]
async fn a_put_that_meets_another_at_work_is_sent_again_and_completed() {
    let tool = Tool::new().await;
    let bytes = tool.write(5, 1);
    let conflict = refusal(409, "ConditionalRequestConflict");
    tool.stack.local().intercept(Fault::new(put_object, When::Before, conflict, 1));

    let ending = tool.run(&["upload", "file.bin"]).await;
    tool.holds(ending.answer(), &bytes).await;
    assert_eq!(tool.count(put_object), 2);
}

#[tokio::test]
async fn what_does_not_pass_is_told_at_once() {
    let tool = Tool::new().await;
    tool.write(3 * PART, 1);
    let aborted = refusal(404, "NoSuchUpload");
    tool.stack.local().intercept(Fault::new(puts_part, When::Before, aborted, 3));
    let ending = tool.upload_in_parts().await;
    assert_eq!(ending.complaint(), "slipway: S3 answered 404 NoSuchUpload: Injected by a test.");

    let reader = tool.stack.workspace_with("acme", &["files:read"]).await;
    let tool = tool.with_key_of(reader);
    let ending = tool.run(&["upload", "file.bin", "--name", "another"]).await;
    let complaint = ending.complaint();
    assert!(complaint.starts_with("slipway: Slipway answered 403 missing_scope: "), "{complaint}");
    assert!(complaint.contains("(request "), "{complaint}");
}

#[tokio::test]
async fn a_create_whose_answer_is_lost_makes_one_file() {
    let tool = Tool::new().await;
    let bytes = tool.write(5, 1);
    // The functions' own clients try three times before a client of the API is told.
    let unheard =
        Fault::new(put_of_a_session, When::Before, refusal(500, "InternalServerError"), 3);
    tool.stack.local().intercept(unheard);
    let ending = tool.run(&["upload", "file.bin"]).await;
    assert!(ending.stderr.contains("503 service_unavailable"), "{ending:?}");
    tool.holds(ending.answer(), &bytes).await;
    assert_eq!(tool.files().await.len(), 1);
}
