//! One method for each endpoint. They answer whatever the API answers.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Answer, Client};

impl Client {
    /// `POST /v1/files`.
    pub async fn create(&self, body: &Value) -> Answer {
        self.post("/v1/files", body).await
    }

    /// `POST /v1/files/{id}/complete` with the MD5 in hexadecimal digits.
    pub async fn complete(&self, id: &str, md5: &str) -> Answer {
        self.post(&format!("/v1/files/{id}/complete"), &json!({ "md5": md5 })).await
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

    /// `GET /v1/auth/validate`.
    pub async fn validate(&self) -> Answer {
        self.get("/v1/auth/validate").await
    }

    /// PUTs bytes to the URL that `create` answered, with the headers it answered and no others of
    /// its own. Only `content-length` is the body's own, so that a wrong size is really sent.
    pub async fn put_bytes(&self, created: &Value, bytes: impl Into<reqwest::Body>) -> Answer {
        let url = created["uploadUrl"].as_str().expect("create answers an uploadUrl");
        let headers = created["uploadHeaders"].as_object().expect("create answers uploadHeaders");
        let mut request = self.http.put(url).body(bytes);
        for (name, value) in headers.iter().filter(|(name, _)| *name != "content-length") {
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
