//! One method for each endpoint. They answer whatever the API answers.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Client};

impl Client {
    /// `POST /v1/files`.
    pub async fn create(&self, body: &Value) -> Answer {
        self.post("/v1/files", body).await
    }

    /// `POST /v1/files` with an `Idempotency-Key`.
    pub async fn create_once(&self, key: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, "/v1/files").header("idempotency-key", key);
        self.send(request.json(body)).await
    }

    /// `PATCH /v1/files/{id}`.
    pub async fn update(&self, id: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, &format!("/v1/files/{id}")).json(body)).await
    }

    /// `GET /v1/usage`.
    pub async fn usage(&self) -> Answer {
        self.get("/v1/usage").await
    }

    /// `POST /v1/files/{id}/complete` with the MD5 in hexadecimal digits.
    pub async fn complete(&self, id: &str, md5: &str) -> Answer {
        self.complete_as(id, &json!({ "md5": md5 })).await
    }

    /// `POST /v1/files/{id}/complete` with any body.
    pub async fn complete_as(&self, id: &str, body: &Value) -> Answer {
        self.post(&format!("/v1/files/{id}/complete"), body).await
    }

    /// `POST /v1/files/{id}/upload-url`.
    pub async fn sign_upload(&self, id: &str) -> Answer {
        self.post_nothing(&format!("/v1/files/{id}/upload-url")).await
    }

    /// `DELETE /v1/upload-tokens/{id}`.
    pub async fn delete_token(&self, id: &str) -> Answer {
        self.send(self.request(Method::DELETE, &format!("/v1/upload-tokens/{id}"))).await
    }

    /// `POST /v1/files/{id}/cancel`.
    pub async fn cancel(&self, id: &str) -> Answer {
        self.post_nothing(&format!("/v1/files/{id}/cancel")).await
    }

    /// `GET /v1/files/{id}`.
    pub async fn file(&self, id: &str) -> Answer {
        self.get(&format!("/v1/files/{id}")).await
    }

    /// `DELETE /v1/files/{id}`.
    pub async fn delete(&self, id: &str) -> Answer {
        self.send(self.request(Method::DELETE, &format!("/v1/files/{id}"))).await
    }

    /// `GET /v1/files`; the query, which may be empty, comes as it is to be sent.
    pub async fn list(&self, query: &str) -> Answer {
        self.get(&format!("/v1/files?{query}")).await
    }

    /// `GET /v1/files/{id}/url`.
    pub async fn url(&self, id: &str) -> Answer {
        self.get(&format!("/v1/files/{id}/url")).await
    }

    /// `POST /v1/files/{id}/parts`.
    pub async fn sign_parts(&self, id: &str, body: &Value) -> Answer {
        self.post(&format!("/v1/files/{id}/parts"), body).await
    }

    /// `GET /v1/files/{id}/parts`; the query, which may be empty, comes as it is to be sent.
    pub async fn list_parts(&self, id: &str, query: &str) -> Answer {
        self.get(&format!("/v1/files/{id}/parts?{query}")).await
    }

    /// `GET /v1/auth/validate`.
    pub async fn validate(&self) -> Answer {
        self.get("/v1/auth/validate").await
    }

    /// PUTs bytes to the URL that `create` answered, with the headers it answered and no others of
    /// its own. Only `content-length` is the body's own, so that a wrong size is really sent.
    pub async fn put_bytes(&self, created: &Value, bytes: impl Into<reqwest::Body>) -> Answer {
        self.put(&created["uploadUrl"], &created["uploadHeaders"], bytes).await
    }

    /// PUTs bytes to the URL of a part, one of the entries that `create` and `sign_parts` answer,
    /// with its headers in the same way.
    pub async fn put_part(&self, part: &Value, bytes: impl Into<reqwest::Body>) -> Answer {
        self.put(&part["url"], &part["headers"], bytes).await
    }

    async fn put(&self, url: &Value, headers: &Value, bytes: impl Into<reqwest::Body>) -> Answer {
        let url = url.as_str().expect("a URL to PUT to");
        let headers = headers.as_object().expect("headers to PUT with");
        let mut request = self.http.put(url).body(bytes);
        // reqwest sets the length itself, but not where there is nothing to send.
        let is_own = |(name, value): &(&String, &Value)| *name != "content-length" || *value == "0";
        for (name, value) in headers.iter().filter(is_own) {
            request = request.header(name, value.as_str().expect("a header is text"));
        }
        Answer::to(request).await
    }

    /// GETs the URL that `url` answered.
    pub async fn download(&self, answer: &Value) -> Answer {
        let url = answer["url"].as_str().expect("url answers a url");
        Answer::to(self.http.get(url)).await
    }
}
