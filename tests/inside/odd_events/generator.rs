//! Makes odd events. The same seed makes the same ones.

use data_encoding::BASE64;
use fastrand::Rng;
use serde_json::{Map, Value, json};
use shared::domain::FileId;
use tests::gateway::Endpoint;

use super::material::{HEADERS, QUERIES, TEXTS, body_of, misfits};

/// An event for a function.
pub(super) struct OddEvent {
    pub(super) function: String,
    pub(super) payload: Vec<u8>,
    pub(super) is_head: bool,
}

impl OddEvent {
    /// Its beginning, to be told by a failed test.
    pub(super) fn head(&self) -> String {
        String::from_utf8_lossy(&self.payload[..self.payload.len().min(1500)]).into_owned()
    }
}

/// An endpoint.
pub(super) struct Target {
    function: String,
    method: String,
    path: String,
}

impl Target {
    pub(super) fn of(endpoint: &Endpoint) -> Self {
        let Endpoint { method, path, function } = endpoint.clone();
        Self { function, method, path }
    }
}

pub(super) struct Generator {
    rng: Rng,
    key: String,
    token: String,
    ids: Vec<String>,
    /// Those that may be deleted and cancelled.
    doomed: Vec<String>,
    targets: Vec<Target>,
}

impl Generator {
    pub(super) fn new(
        seed: u64,
        [key, token]: [String; 2],
        [ids, doomed]: [Vec<String>; 2],
        targets: Vec<Target>,
    ) -> Self {
        Self { rng: Rng::with_seed(seed), key, token, ids, doomed, targets }
    }

    pub(super) fn event(&mut self) -> OddEvent {
        let index = self.rng.usize(..self.targets.len());
        let mut event = self.right(index);
        for _ in 0..self.rng.usize(..5) {
            self.twist(&mut event);
        }
        let function = self.targets[index].function.clone();
        let is_head = event["requestContext"]["http"]["method"] == "HEAD";
        let mut payload = event.to_string();
        if self.rng.u8(..50) == 0 {
            // A lone surrogate is valid JSON, and no text.
            payload = payload.replacen("acme", "\\ud800", 1);
        }
        OddEvent { function, payload: payload.into_bytes(), is_head }
    }

    /// An event that is right in every way.
    fn right(&mut self, index: usize) -> Value {
        let Target { function, method, path } = &self.targets[index];
        let route = format!("{method} {path}").replace("{*path}", "{path+}");
        let key = if path == "/{*path}" { "$default".to_owned() } else { route };
        let of_any = ["GET", "POST", "PATCH", "DELETE"];
        let method = if method == "ANY" { of_any[self.rng.usize(..4)] } else { method };
        let ends = method == "DELETE" || path.ends_with("/cancel");
        let ids = if ends { &self.doomed } else { &self.ids };
        let id = ids[self.rng.usize(..ids.len())].clone();
        let uuid = id.parse::<FileId>().expect("an id").to_uuid();
        let (dialect, tail) = match function.as_str() {
            "polar" => (true, ["v1/files/", "v1/files/{u}", "v1/files/{u}/uploaded"]),
            "geolens" => (
                true,
                ["ingest/upload/presigned", "ingest/upload/presigned/{u}/complete", "jobs/{u}"],
            ),
            "metastudio" => (true, ["v1/p/files", "v1/p/large-files", "v1/p/files/{u}/complete"]),
            "uppy" => (
                true,
                ["{t}/s3/multipart", "{t}/s3/multipart/{i}/complete", "{t}/s3/multipart/{i}/1"],
            ),
            _ => (false, [""; 3]),
        };
        let tail = tail[self.rng.usize(..3)].replace("{u}", &uuid);
        let tail = tail.replace("{i}", &id).replace("{t}", &self.token);
        let mut raw_path = path.replace("{*path}", &tail).replace("{project_id}", "p");
        raw_path = raw_path.replace("{file_id}", &uuid).replace("{id}", &id);
        let body = body_of(method, &raw_path);
        let mut event = json!({
            "version": "2.0",
            "routeKey": key,
            "rawPath": raw_path,
            "rawQueryString": "",
            "headers": {
                "authorization": format!("Bearer {}", self.key),
                "x-auth-token": self.key,
                "content-type": "application/json",
                "host": "api.example.com",
            },
            "pathParameters": { "id": id, "project_id": "p", "file_id": uuid, "path": tail },
            "requestContext": {
                "accountId": "123456789012",
                "http": { "method": method, "path": raw_path, "sourceIp": "192.0.2.1" },
                "requestId": "id=",
                "routeKey": key,
                "stage": "$default",
                "timeEpoch": 1_775_649_600_000_u64,
            },
            "isBase64Encoded": false,
        });
        if !dialect {
            event["headers"].as_object_mut().expect("an object").remove("x-auth-token");
        }
        if let Some(body) = body {
            event["body"] = body.to_string().into();
        }
        event
    }

    /// Does one odd thing to an event.
    fn twist(&mut self, event: &mut Value) {
        match self.rng.u8(..12) {
            0 => event["rawQueryString"] = self.query().into(),
            1 => {
                let name = self.pick(HEADERS);
                let value = self.header();
                set(event, "headers", name, value);
            }
            2 => self.parameter(event),
            3 => event["rawPath"] = self.text().into(),
            4 => self.misfit(event),
            5 => event["body"] = self.noise().into(),
            6 => self.edit_body(event),
            7 => self.encode(event),
            8 => {
                let methods =
                    ["HEAD", "GET", "POST", "PUT", "DELETE", "OPTIONS", "", "g e t", "ÄÖ"];
                let method = self.pick(&methods).into();
                set(&mut event["requestContext"], "http", "method", method);
            }
            9 => {
                let key = self.text().into();
                set(event, "requestContext", "routeKey", key);
            }
            10 => {
                let keys =
                    ["", "Bearer x", "Bearer slw_acme_0_0", "bearer  ", "Basic eDp5", "Bearer ä"];
                let key = self.pick(&keys);
                set(event, "headers", "authorization", key.into());
                set(event, "headers", "x-auth-token", key.into());
            }
            _ => {
                let types = [
                    "text/plain",
                    "application/json; charset=latin1",
                    "multipart/form-data",
                    "",
                    ",",
                    "application/json,application/json",
                    "application/x-www-form-urlencoded",
                ];
                set(event, "headers", "content-type", self.pick(&types).into());
            }
        }
    }

    fn query(&mut self) -> String {
        match self.rng.u8(..20) {
            0 => format!("x={}", "%41".repeat(self.rng.usize(..30_000))),
            1 => format!("ids={}", self.ids[0]).repeat(self.rng.usize(1..200)),
            2 => "limit=1&".repeat(self.rng.usize(..2000)),
            3..6 => format!("{}={}", self.text(), self.text()),
            _ => [self.pick(QUERIES), self.pick(QUERIES)].join("&"),
        }
    }

    fn header(&mut self) -> Value {
        match self.rng.u8(..6) {
            0 => self.any(),
            1 => format!("Bearer {0},Bearer {0}", self.key).into(),
            _ => self.text().into(),
        }
    }

    fn parameter(&mut self, event: &mut Value) {
        let name = self.pick(&["id", "path", "file_id", "project_id"]);
        let value = if self.rng.bool() { self.text().into() } else { self.any() };
        set(event, "pathParameters", name, value);
    }

    /// Puts a value of another type, or nothing, in the place of any field.
    fn misfit(&mut self, event: &mut Value) {
        let place = if self.rng.bool() { event } else { &mut event["requestContext"] };
        let Some(fields) = place.as_object_mut() else { return };
        let names: Vec<String> = fields.keys().cloned().collect();
        let Some(name) = names.get(self.rng.usize(..names.len().max(1))) else { return };
        if self.rng.bool() {
            fields.remove(name);
        } else {
            fields.insert(name.clone(), self.any());
        }
    }

    /// A body that is no JSON, or a JSON that nobody asked for.
    fn noise(&mut self) -> String {
        match self.rng.u8(..60) {
            0 => format!("{{\"{}\":1}}", "\\\"".repeat(self.rng.usize(..1_000_000))),
            1 => "[".repeat(self.rng.usize(..100_000)),
            2 => format!("{{\"a\":{}", "{\"a\":".repeat(self.rng.usize(..10_000))),
            3 => format!("{{\"sizeBytes\":{}}}", "9".repeat(self.rng.usize(1..100_000))),
            4 => format!("[{}1]", "1,".repeat(self.rng.usize(..100_000))),
            5 => format!("{{\"partNumbers\":[{}1]}}", "1,".repeat(self.rng.usize(..5000))),
            6..20 => "{\"sizeBytes\":1,\"sizeBytes\":2}".to_owned(),
            20..40 => self.any().to_string(),
            _ => self.text(),
        }
    }

    /// Changes, adds or takes away a field of the body.
    fn edit_body(&mut self, event: &mut Value) {
        let text = event["body"].as_str().unwrap_or("{}");
        let Ok(Value::Object(mut body)) = serde_json::from_str(text) else { return };
        let names: Vec<String> = body.keys().cloned().collect();
        let name = match names.get(self.rng.usize(..=names.len())) {
            Some(name) => name.clone(),
            None => self.text(),
        };
        match self.rng.u8(..4) {
            0 => _ = body.remove(&name),
            1 => _ = body.insert(name, self.text().into()),
            2 => _ = body.insert(name, self.text().repeat(self.rng.usize(..500)).into()),
            _ => _ = body.insert(name, self.any()),
        }
        event["body"] = Value::Object(body).to_string().into();
    }

    /// Says that the body is base64, which it may or may not be.
    fn encode(&mut self, event: &mut Value) {
        event["isBase64Encoded"] = true.into();
        let body = event["body"].as_str().unwrap_or_default().as_bytes().to_vec();
        event["body"] = match self.rng.u8(..5) {
            0 => return,
            1 => BASE64.encode(b"\x1f\x8b\x08\0\0\0\0\0\0\x03").into(),
            2 => BASE64.encode(b"{\"filename\":\"Gr\xf6\xdfe\"}").into(),
            3 => self.text().into(),
            _ => BASE64.encode(&body).into(),
        };
    }

    fn text(&mut self) -> String {
        match self.rng.u8(..12) {
            0 => self.pick(TEXTS).repeat(self.rng.usize(..3000)),
            1 => (0..self.rng.usize(..20)).map(|_| self.rng.char(..)).collect(),
            2 => self.ids[self.rng.usize(..self.ids.len())].clone(),
            _ => self.pick(TEXTS).to_owned(),
        }
    }

    fn any(&mut self) -> Value {
        let misfits = misfits();
        misfits[self.rng.usize(..misfits.len())].clone()
    }

    fn pick<'a>(&mut self, texts: &[&'a str]) -> &'a str {
        texts[self.rng.usize(..texts.len())]
    }
}

/// Sets a field of an object that may be none by now.
fn set(event: &mut Value, object: &str, name: &str, value: Value) {
    if !event.is_object() {
        *event = Value::Object(Map::new());
    }
    if !event[object].is_object() {
        event[object] = Value::Object(Map::new());
    }
    event[object][name] = value;
}
