//! Who is let in, and what is said to the others.

use serde_json::json;
use shared::testing::dynamodb::{FILE, TOKEN, file_item, get, read, refused, update};
use shared::testing::gateway::{ask_dialect, request};
use shared::testing::{Answers as _, ID, context, key, token};

use super::{Uppy, by_token, send};

#[tokio::test]
async fn only_an_upload_token_opens_the_path_and_never_a_key() {
    for credentials in [key().reveal(), "slt_acme", "", &token().reveal().replace("slt_", "slw_")] {
        let path = format!("/uppy/{credentials}/s3/multipart");
        let request = request("POST /uppy/{proxy+}").path(&path);
        let answer = ask_dialect(&context(&[]), &Uppy, request).await;
        assert_eq!(answer.status, 401, "{path}");
        assert_eq!(
            answer.body["message"],
            "The upload token in the path is wrong, over or revoked."
        );
    }
    // A key in the header does not help, either: what is in the path counts.
    let request = request("POST /uppy/{proxy+}").path("/uppy/x/s3/multipart");
    assert_eq!(ask_dialect(&context(&[]), &Uppy, request).await.status, 401);
}

#[tokio::test]
async fn a_token_that_is_spent_says_so() {
    let spent = shared::testing::dynamodb::token_item(0);
    let key =
        update(TOKEN, &[", filesLeft = filesLeft - 1, lastKey = '', lastKeyAt = 1775649600000 IF"])
            .answers(refused(Some(&spent)));
    let body = json!({ "filename": "a.txt", "type": "text/plain", "metadata": { "size": 3 } });
    let request = by_token("POST", "/s3/multipart").json(&body);
    let answer = ask_dialect(&context(&[&key]), &Uppy, request).await;
    assert_eq!(answer.status, 403);
    let message = "All files that this upload token allows have been created.";
    assert_eq!(answer.body, json!({ "error": format!("s3: {message}"), "message": message }));
}

#[tokio::test]
async fn what_companion_does_not_have_is_not_found_and_other_methods_are_named() {
    assert_eq!(send(by_token("GET", "/s3/sts"), &[]).await.status, 404);
    assert_eq!(send(by_token("GET", "/s3/multipart/"), &[]).await.status, 404);
    let answer = send(by_token("PUT", "/s3/multipart"), &[]).await;
    assert_eq!((answer.status, answer.header("allow")), (405, Some("POST")));
}

#[tokio::test]
async fn a_single_put_is_refused_with_what_to_set() {
    let answer = send(by_token("GET", "/s3/params"), &[]).await;
    assert_eq!(answer.status, 404);
    let message = answer.body["message"].as_str().unwrap();
    assert!(message.contains("shouldUseMultipart"), "{message}");
}

#[tokio::test]
async fn an_upload_that_another_token_created_is_not_there() {
    let file = get(FILE).answers(read(Some(&file_item("PENDING"))));
    let answer = send(by_token("GET", &format!("/s3/multipart/{ID}/1")), &[&file]).await;
    assert_eq!((answer.status, &answer.body["message"]), (404, &json!("There is no such upload.")));
    let answer = send(by_token("GET", "/s3/multipart/none/1"), &[&file]).await;
    assert_eq!((answer.status, file.num_calls()), (404, 1));
}
