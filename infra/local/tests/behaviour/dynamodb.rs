//! The table is there as the template declares it, and the environment leads functions to it.

use aws_sdk_dynamodb::types::{KeySchemaElement, StreamViewType};
use local::{Encryption, Options, TABLE};

use crate::scene::Scene;

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
    assert_eq!(names, [&aws[..], &endpoints[..], &ours[..]].concat());
    assert!(environment.contains(&("BUCKET_ENCRYPTION", "aws:kms".to_owned())));
}
