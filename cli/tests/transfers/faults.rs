//! Failures that pass, and some that do not.

use serde_json::json;

use crate::fake::{Fake, answer, error};
use crate::tool::Tool;

#[test]
fn what_passes_is_tried_again() {
    let fake = Fake::in_parts_of(10);
    let tool = Tool::new(&fake);
    tool.write(&[7; 50]);
    fake.next("create", answer(503, &json!({ "error": { "message": "Not now." } })));
    fake.next("sign-parts", answer(500, &json!({})));
    fake.next("put", error(503, "SlowDown", "Reduce your request rate."));
    fake.next("put", error(500, "InternalError", "Try again."));
    fake.next("complete", answer(502, &json!("no body of ours")));

    let ending = tool.run(&["upload", "file.bin"]);
    ending.answer();
    assert!(ending.stderr.contains("S3 answered 503 SlowDown"), "{ending:?}");
    let world = fake.world();
    assert_eq!((world.bytes(), world.called("put")), (vec![7; 50], 7));
}

#[test]
fn a_rate_limit_is_waited_out() {
    let fake = Fake::in_parts_of(10);
    let tool = Tool::new(&fake);
    tool.write(&[7; 50]);
    for _ in 0..20 {
        let mut limited = answer(429, &json!({ "error": { "message": "Too many." } }));
        limited.headers_mut().insert("retry-after", 0.into());
        fake.next("create", limited);
    }

    tool.run(&["upload", "file.bin"]).answer();
    assert_eq!(fake.world().called("create"), 21);
}

#[test]
fn urls_that_have_expired_are_signed_again() {
    let fake = Fake::in_parts_of(10);
    let tool = Tool::new(&fake);
    tool.write(&[7; 100]);
    fake.world().valid_from = 1;

    tool.run(&["upload", "file.bin", "--connections", "1"]).answer();
    let world = fake.world();
    assert_eq!((world.bytes(), world.called("put")), (vec![7; 100], 11));
    assert_eq!(world.called("sign-parts"), 1, "the others are signed with the first");
}

#[test]
fn the_url_of_a_single_put_cannot_be_signed_again() {
    let fake = Fake::in_one_piece();
    let tool = Tool::new(&fake);
    tool.write(b"small");
    fake.world().valid_from = 1;

    assert!(tool.run(&["upload", "file.bin"]).complaint().contains("URL has expired"));
    assert_eq!(fake.world().called("put"), 1);
}

#[test]
fn a_single_put_whose_answer_was_lost_is_not_repeated_but_completed() {
    let fake = Fake::in_one_piece();
    let tool = Tool::new(&fake);
    tool.write(b"small");
    fake.next("stored", error(500, "InternalError", "It is stored all the same."));

    tool.run(&["upload", "file.bin"]).answer();
    let world = fake.world();
    assert_eq!((world.called("put"), world.called("stored")), (2, 1));
}

#[test]
fn a_put_that_meets_another_at_work_is_sent_again_and_completed() {
    let fake = Fake::in_one_piece();
    let tool = Tool::new(&fake);
    tool.write(b"small");
    let conflict = || error(409, "ConditionalRequestConflict", "Another request is under way.");
    fake.next("put", conflict());
    // The other one's end is not known when the answer to ours is lost.
    fake.next("stored", conflict());

    tool.run(&["upload", "file.bin"]).answer();
    let world = fake.world();
    assert_eq!((world.called("put"), world.called("stored"), world.status), (3, 1, "COMPLETED"));
}

#[test]
fn what_does_not_pass_is_told_at_once() {
    let fake = Fake::in_parts_of(10);
    let tool = Tool::new(&fake);
    tool.write(&[7; 500]);
    fake.next("put", error(404, "NoSuchUpload", "It was aborted."));
    let ending = tool.run(&["upload", "file.bin"]);
    assert_eq!(ending.complaint(), "slipway: S3 answered 404 NoSuchUpload: It was aborted.");

    let refused =
        json!({ "error": { "type": "forbidden", "code": "missing_scope", "message": "No." } });
    fake.next("file", answer(403, &refused));
    let ending = tool.run(&["upload", "file.bin"]);
    assert_eq!(
        ending.complaint(),
        "slipway: Slipway answered 403 missing_scope: No. (request req-1)"
    );
}
