//! Examples that are the same in every run: what is random, or depends on time and machine, is replaced.

use serde_json::Value;

/// In place of the local S3.
const BUCKET_URL: &str =
    "https://slipway-prod-123456789012-eu-central-1-an.s3.eu-central-1.amazonaws.com/acme";
const SIGNATURE: &str = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20260408T120000Z&X-Amz-Signature=\
    fe5f80f77d5fa3beca038a248ff027d0445342fe2855ddc963176630326f1024";

/// The length of an id of a file.
const ID: usize = "fil_0000000060r30c1g60r30c1g".len();

/// In place of every upload token: none that was ever given out.
const TOKEN: &str = "slt_acme_0r30c1g60r30c1g60r30c1g60r30c1g6_00000000";

/// The length of an upload token's id.
const TOKEN_ID: usize = 64;

/// The same body with other ids, times and URLs.
pub(super) fn plain(body: &Value) -> Value {
    let mut ids = Vec::new();
    walk("", body, &mut ids)
}

fn walk<'a>(name: &str, value: &'a Value, ids: &mut Vec<&'a str>) -> Value {
    match value {
        Value::Object(fields) => {
            let is_download = fields.len() == 2 && fields.contains_key("url");
            let field = |(name, value): (&'a String, &'a Value)| {
                let name = if is_download && name == "expiresAt" { "urlExpiresAt" } else { name };
                walk(name, value, ids)
            };
            let values: Vec<_> = fields.iter().map(field).collect();
            fields.keys().cloned().zip(values).collect()
        }
        Value::Array(items) => items.iter().map(|item| walk(name, item, ids)).collect(),
        Value::String(text) => string(name, text, ids).into(),
        other => other.clone(),
    }
}

fn string<'a>(name: &str, text: &'a str, ids: &mut Vec<&'a str>) -> String {
    let time = match name {
        "createdAt" => Some("12:00:00"),
        "completedAt" => Some("12:00:07"),
        "urlExpiresAt" => Some("12:15:00"),
        "expiresAt" => Some("13:00:00"),
        _ => None,
    };
    if let Some(time) = time {
        return format!("2026-04-08T{time}.000Z");
    }
    if text.starts_with("slt_") {
        return TOKEN.to_owned();
    }
    if text.len() == TOKEN_ID && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return "5f1b8e6a".repeat(TOKEN_ID / 8);
    }
    if text.contains("/upload#token=") {
        return format!("https://files.example/upload#token={TOKEN}");
    }
    if text.starts_with("http://127.0.0.1:") {
        let (path, query) = text.split_once('?').expect("a signed URL has a query");
        let id = path.rsplit('/').next().expect("a path has an end");
        let part = query.split('&').find(|it| it.starts_with("partNumber="));
        let part = part.map(|part| format!("{part}&")).unwrap_or_default();
        return format!("{BUCKET_URL}/{}?{part}{SIGNATURE}", numbered(id, ids));
    }
    if text.starts_with("fil_") && text.len() == ID {
        return numbered(text, ids);
    }
    text.to_owned()
}

/// Ids in the order in which they are met; the newest file comes first.
fn numbered<'a>(id: &'a str, ids: &mut Vec<&'a str>) -> String {
    let known = ids.iter().position(|known| *known == id);
    let at = known.unwrap_or_else(|| {
        ids.push(id);
        ids.len() - 1
    });
    format!("fil_00000000{}0r30c1g60r30c1g", 6 - at)
}
