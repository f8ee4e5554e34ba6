//! What `GET /v1/files/{id}/url` promises.

use serde_json::json;
use shared::domain::{Category, Scope};
use shared::http::Access;
use shared::testing::dynamodb::{FILE, admits, file_item, get, read, with};
use shared::testing::gateway::{Answer, ask, query_of, request};
use shared::testing::s3::OBJECT;
use shared::testing::{Answers as _, OTHER_ID, context};

use super::get_file_url;

async fn url_of(item: Option<&serde_json::Value>, id: &str) -> Answer {
    let access = Access { scope: Some(Scope::FilesRead), category: Category::Read };
    let (key, file) = (admits(&["files:read"]), get(FILE).answers(read(item)));
    let request = request("GET /v1/files/{id}/url").of_file(id);
    ask(&context(&[&key, &file]), access, &get_file_url, request).await
}
