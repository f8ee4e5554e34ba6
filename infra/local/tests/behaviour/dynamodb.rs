//! The table is there as the template declares it, and the environment leads functions to it.

use aws_sdk_dynamodb::error::ProvideErrorMetadata as _;
use aws_sdk_dynamodb::types::{KeySchemaElement, StreamViewType};
use local::{ACCESS_KEY_ID, Encryption, Options, TABLE};
use reqwest::Method;

use crate::scene::{self, Answer, Scene};

#[tokio::test]
async fn the_table_has_its_keys_its_ttl_and_its_stream() {
    let scene = Scene::new().await;
    let table = scene.dynamodb.describe_table().table_name(TABLE).send().await.unwrap();
    let table = table.table().unwrap();
    let keys: Vec<_> = table.key_schema().iter().map(KeySchemaElement::attribute_name).collect();
    assert_eq!(keys, ["pk", "sk"]);
    let stream = table.stream_specification().unwrap();
    assert_eq!(stream.stream_view_type(), Some(&StreamViewType::NewAndOldImages));
    let ttl = scene.dynamodb.describe_time_to_live().table_name(TABLE).send().await.unwrap();
    assert_eq!(ttl.time_to_live_description().unwrap().attribute_name(), Some("ttl"));
}

#[tokio::test]
async fn the_environment_says_all_a_function_needs() {
    let options = Options { encryption: Encryption::Kms, ..Options::default() };
    let scene = Scene::with(options).await;
    let environment = scene.local.environment();
    let names: Vec<_> = environment.iter().map(|(name, _)| *name).collect();
    let aws = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    let endpoints = ["AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL_S3"];
    let ours = ["TABLE_NAME", "BUCKET_NAME", "BUCKET_ENCRYPTION"];
    let partitions = ["SMITHY_CLIENT_SDK_CUSTOM_PARTITION"];
    assert_eq!(names, [&aws[..], &endpoints[..], &ours[..], &partitions[..]].concat());
    assert!(environment.contains(&("BUCKET_ENCRYPTION", "aws:kms".to_owned())));
}

#[tokio::test]
async fn only_who_signs_with_the_secret_may_call_the_table() {
    let scene = Scene::new().await;
    let other = scene::dynamodb_client_with(&scene.local, ACCESS_KEY_ID, "another secret");
    let stranger = scene.local.secret_access_key();
    let stranger = scene::dynamodb_client_with(&scene.local, "stranger", stranger);
    for (client, code) in
        [(other, "InvalidSignatureException"), (stranger, "UnrecognizedClientException")]
    {
        let refused = client.list_tables().send().await.unwrap_err();
        assert_eq!(refused.into_service_error().code(), Some(code));
    }
    let unsigned = scene.http.post(scene.local.dynamodb_url());
    let unsigned = unsigned.header("x-amz-target", "DynamoDB_20120810.ListTables").body("{}");
    let answer = Answer::of(unsigned.send().await.unwrap()).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("MissingAuthenticationTokenException"), "{}", answer.body);
    assert!(scene.local.calls().is_empty(), "a refused call reached the engine");
}

#[tokio::test]
async fn no_page_may_call_the_table_even_if_it_could_sign() {
    let scene = Scene::new().await;
    for (name, value) in [("origin", "https://evil.example"), ("host", "evil.example")] {
        let call = scene.dynamodb.list_tables().customize();
        let call = call.mutate_request(move |request| {
            request.headers_mut().insert(name, value);
        });
        let refused = call.send().await.unwrap_err().into_service_error();
        assert_eq!(refused.code(), Some("AccessDeniedException"), "{name}");
    }
    for method in [Method::OPTIONS, Method::GET, Method::POST] {
        let request = scene.http.request(method.clone(), scene.local.dynamodb_url());
        let request = request
            .header("origin", "https://evil.example")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "x-amz-target");
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(answer.status, 400, "{method}");
        assert_eq!(answer.header("access-control-allow-origin"), "", "{method}");
    }
    assert!(scene.local.calls().is_empty(), "a refused call reached the engine");
}
