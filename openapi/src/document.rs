//! The whole document.

use serde_json::{Map, Value, json};
use shared::domain::{FileId, IdempotencyKey, KeyHash, TokenUse};
use shared::http::{Endpoint, endpoints};

use crate::examples::{Examples, content};
use crate::operations::{self, Answer, Operation, TAGS, body_of_link};
use crate::responses::{self, LIMITS};
use crate::schemas::{Field, Schemas, bullets};

/// What is said before the operations.
const DESCRIPTION: &str = include_str!("description.md");

/// The description of the native API.
///
/// # Errors
///
/// Nothing is said of an endpoint: its function's name.
pub fn document(examples: &Examples) -> Result<Value, &'static str> {
    let mut schemas = Schemas::new();
    let mut paths = Map::new();
    for endpoint in endpoints::ALL {
        let path = paths.entry(endpoint.path).or_insert_with(|| path_item(endpoint, &mut schemas));
        let method = endpoint.method.as_str().to_lowercase();
        path[method] = operation(endpoint, &operations::of(endpoint)?, examples, &mut schemas);
    }
    let common = responses::common(examples, &mut schemas);
    let mut schemas = schemas.into_components();
    name_the_codes(&mut schemas["ErrorDetails"]);
    let tags = TAGS.map(|(name, description)| json!({ "name": name, "description": description }));
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Slipway",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": "Upload files straight to S3, and prove what arrived.",
            "description": DESCRIPTION,
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "servers": [{ "url": "/", "description": "The deployment that serves this description" }],
        "tags": tags,
        "security": [{ "key": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An API key. Its scopes are given when it is made: `slipway keys create`.",
                },
                "uploadToken": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An upload token, which create-upload-token makes: for pages, whose users hold no \
                        key. It creates a few files, within its bounds, and reaches no others.",
                },
            },
            "headers": responses::all_headers(),
            "responses": common,
            "schemas": schemas,
        },
    }))
}

/// What all operations of a path have in common: its parameter.
fn path_item(endpoint: &Endpoint, schemas: &mut Schemas) -> Value {
    if !endpoint.path.contains("{id}") {
        return json!({});
    }
    let (description, schema) = if endpoint.path.starts_with("/v1/files/") {
        ("The id of the file.", schemas.request::<FileId>())
    } else {
        ("The id of the upload token.", schemas.request::<KeyHash>())
    };
    let parameter = json!({
        "name": "id",
        "in": "path",
        "required": true,
        "description": description,
        "schema": schema,
    });
    json!({ "parameters": [parameter] })
}

fn operation(
    endpoint: &Endpoint,
    operation: &Operation,
    examples: &Examples,
    schemas: &mut Schemas,
) -> Value {
    let scopes: Vec<_> = endpoint.scope.iter().map(|scope| scope.as_str()).collect();
    let needs = match endpoint.scope {
        Some(scope) => format!("Needs the scope `{scope}`"),
        None => "Needs a key of any scope".to_owned(),
    };
    let (tokens, token) = match endpoint.tokens {
        TokenUse::Refused => ("", None),
        TokenUse::Admitted | TokenUse::CreatesFile => {
            (", or an upload token", Some(json!({ "uploadToken": [] })))
        }
    };
    let security: Vec<_> = [json!({ "key": scopes })].into_iter().chain(token).collect();
    let category = endpoint.category;
    let description =
        format!("{}\n\n{needs}{tokens}; counts as {category:?}.", operation.description);
    let mut told = json!({
        "operationId": endpoint.function,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": description,
        "security": security,
        "x-rate-limit-category": format!("{category:?}"),
    });
    let query = operation.query.map(|query| query()).unwrap_or_default();
    let parameters: Vec<_> = query.into_iter().map(query_parameter).collect();
    let parameters = [parameters, idempotency_key(operation)].concat();
    if !parameters.is_empty() {
        told["parameters"] = parameters.into();
    }
    if let Some(request) = &operation.request {
        let content = content((request.schema)(schemas), examples.of_request(endpoint));
        told["requestBody"] = json!({ "required": request.required, "content": content });
    }
    let mut responses = responses::errors(endpoint, examples, schemas);
    for answer in &operation.answers {
        let success = success(endpoint, answer, operation.links, examples, schemas);
        responses.insert(answer.status.to_string(), success);
    }
    told["responses"] = responses.into();
    told
}

/// The description stands at the parameter, where readers look for it. No format: what is not bounded may be
/// larger than any format of OpenAPI.
fn query_parameter((name, mut schema): Field) -> Value {
    let mut take = |field: &str| schema.as_object_mut().and_then(|schema| schema.remove(field));
    let (description, _) = (take("description"), take("format"));
    json!({ "name": name, "in": "query", "description": description, "schema": schema })
}

/// The header by which a repetition is recognized, where it has an effect.
fn idempotency_key(operation: &Operation) -> Vec<Value> {
    let description = "Your name for this request, such as a UUID.";
    let schema = json!({
        "type": "string",
        "minLength": 1,
        "maxLength": IdempotencyKey::MOST_CHARACTERS,
        "pattern": "^[!-~]([ -~]*[!-~])?$",
    });
    let header = json!({
        "name": "Idempotency-Key",
        "in": "header",
        "description": description,
        "schema": schema,
    });
    if operation.idempotent { vec![header] } else { Vec::new() }
}

fn success(
    endpoint: &Endpoint,
    answer: &Answer,
    links: &[&Endpoint],
    examples: &Examples,
    schemas: &mut Schemas,
) -> Value {
    let headers = responses::headers(LIMITS.iter().copied());
    let mut told = json!({ "description": answer.description, "headers": headers });
    if let Some(schema) = answer.schema {
        let examples = examples.of_answer(endpoint, answer.status);
        told["content"] = content(schema(schemas), examples);
    }
    if !links.is_empty() {
        let link = |to: &&Endpoint| {
            let parameters = json!({ "id": "$response.body#/id" });
            let mut link = json!({ "operationId": to.function, "parameters": parameters });
            if let Some(body) = body_of_link(to) {
                link["requestBody"] = body;
            }
            (to.function.to_owned(), link)
        };
        told["links"] = links.iter().map(link).collect::<Map<_, _>>().into();
    }
    told
}

/// Tells which words `type` and `code` can be, which the table of errors decides.
fn name_the_codes(details: &mut Value) {
    let meanings = responses::meanings();
    let mut kinds: Vec<&str> = meanings.iter().map(|(code, _)| code.kind()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    details["properties"]["type"]["enum"] = kinds.into();
    let coded =
        meanings.iter().filter_map(|(code, meaning)| Some((code.code()?, meaning.as_str())));
    let coded: Vec<_> = coded.collect();
    let code = &mut details["properties"]["code"];
    let before = code["description"].as_str().unwrap_or_default();
    code["description"] = format!("{before}\n\n{}", bullets(&coded)).into();
    code["enum"] = coded.iter().map(|(name, _)| *name).collect();
}
