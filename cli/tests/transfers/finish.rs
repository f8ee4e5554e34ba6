//! How an upload ends: proven, rejected or mended.

use serde_json::{Value, json};

use crate::fake::{Fake, ID, answer};
use crate::tool::Tool;

#[test]
fn a_proof_that_takes_time_is_waited_for() {
    let fake = Fake::in_parts_of(10);
    let tool = Tool::new(&fake);
    tool.write(&[7; 50]);
    fake.next("complete", answer(202, &proving("ASSEMBLING", &Value::Null)));
    fake.next("file", answer(200, &proving("HASHING", &Value::Null)));
    let mut completed = proving("HASHING", &Value::Null);
    completed["status"] = json!("COMPLETED");
    fake.next("file", answer(200, &completed));

    let ending = tool.run(&["upload", "file.bin"]);
    assert_eq!(ending.answer(), ID);
    assert!(ending.stderr.contains("verifying  40 %"), "{ending:?}");
    assert_eq!(fake.world().called("complete"), 1);
}

#[test]
fn wrong_bytes_are_told_whether_complete_finds_them_or_the_proof() {
    let fake = Fake::in_parts_of(10);
    let tool = Tool::new(&fake);
    tool.write(&[7; 50]);
    fake.next("complete", answer(202, &proving("HASHING", &Value::Null)));
    fake.next("file", answer(200, &proving("REJECTED", &json!("0123"))));
    let ending = tool.run(&["upload", "file.bin"]);
    assert!(ending.complaint().contains("S3 holds bytes with the MD5 0123, not "), "{ending:?}");

    let wrong = json!({ "error": { "code": "checksum_mismatch", "message": "The MD5 is 0123." } });
    fake.next("complete", answer(422, &wrong));
    let ending = tool.run(&["upload", "file.bin"]);
    let complaint = ending.complaint();
    assert!(complaint.contains("422 checksum_mismatch: The MD5 is 0123."), "{ending:?}");
}

#[test]
fn parts_that_are_wrong_at_the_end_are_sent_again_once() {
    let fake = Fake::in_parts_of(10);
    let tool = Tool::new(&fake);
    tool.write(&[7; 50]);
    fake.next("complete", answer(422, &mismatch()));
    tool.run(&["upload", "file.bin"]).answer();
    let arrivals: Vec<_> = fake.world().arrivals.values().copied().collect();
    assert_eq!(arrivals, [1, 2, 1, 2, 1]);

    fake.next("complete", answer(422, &mismatch()));
    fake.next("complete", answer(422, &mismatch()));
    let ending = tool.run(&["upload", "file.bin"]);
    assert!(ending.complaint().contains("422 parts_mismatch"), "{ending:?}");
}

fn mismatch() -> Value {
    let wrong = |number| json!({ "partNumber": number, "problem": "changed" });
    let parts = [wrong(2), wrong(4)];
    json!({ "error": { "code": "parts_mismatch", "message": "Send them.", "parts": parts } })
}

fn proving(state: &str, stored_md5: &Value) -> Value {
    json!({
        "id": ID, "status": "PENDING", "md5": null, "filename": "file.bin",
        "mimeType": "application/octet-stream", "sizeBytes": 50,
        "verification": { "state": state, "bytesHashed": 20, "storedMd5": stored_md5 },
    })
}
