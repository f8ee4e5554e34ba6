//! Behind the API's back: records as DynamoDB holds them, and objects as S3 does.

use std::collections::{BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use aws_sdk_s3::Client as S3;
use local::{BUCKET, TABLE};
use shared::Aws;
use shared::domain::{Encryption, FileId, ObjectKey};
use shared::storage::{Bucket, connection};
use tests::Stack;

/// An item.
pub(crate) type Item = HashMap<String, AttributeValue>;

/// The records and objects of one workspace.
pub(crate) struct Records<'a> {
    stack: &'a Stack,
    workspace: &'a str,
}

impl<'a> Records<'a> {
    pub(crate) fn of(stack: &'a Stack, workspace: &'a str) -> Self {
        Self { stack, workspace }
    }

    /// A file's item.
    pub(crate) async fn file(&self, id: &str) -> Item {
        self.item(self.file_key(id)).await.expect("the file has a record")
    }

    /// The workspace's counter.
    pub(crate) async fn counter(&self) -> Item {
        self.item(self.counts_key("COUNTER")).await.expect("the workspace has a counter")
    }

    /// The numbers that are noted as holes.
    pub(crate) async fn holes(&self) -> BTreeSet<u64> {
        let query = self.stack.dynamodb().query().table_name(TABLE);
        let output = query
            .key_condition_expression("pk = :counts AND begins_with(sk, :blocks)")
            .expression_attribute_values(":counts", text(format!("COUNTER#{}", self.workspace)))
            .expression_attribute_values(":blocks", text("BLOCK#"))
            .send()
            .await
            .expect("DynamoDB answers");
        let sets = output.items().iter().map(|block| block["holes"].as_ns().expect("a set"));
        sets.flatten().map(|number| number.parse().expect("a number")).collect()
    }

    /// The session that is to be swept, if there is one.
    pub(crate) async fn session(&self, id: &str) -> Option<Item> {
        self.item(session_key(id)).await
    }

    /// Removes the session, as its end long ago would have.
    pub(crate) async fn forget_session(&self, id: &str) {
        let delete = self.stack.dynamodb().delete_item().table_name(TABLE);
        delete.set_key(Some(session_key(id))).send().await.expect("the session can be removed");
    }

    /// Moves a time of a file's record into the past, as if so much time had gone by since.
    pub(crate) async fn age_file(&self, id: &str, attribute: &str, millis: u64) {
        self.age(self.file_key(id), attribute, millis).await;
    }

    /// Moves the time at which a file's session is to be swept into the past.
    pub(crate) async fn age_session(&self, id: &str, seconds: u64) {
        self.age(session_key(id), "ttl", seconds).await;
    }

    /// Moves the time at which a number was last taken into the past.
    pub(crate) async fn age_counter(&self, millis: u64) {
        self.age(self.counts_key("COUNTER"), "touchedAt", millis).await;
    }

    /// Moves the time at which the workspace's idempotency keys were used into the past.
    pub(crate) async fn age_reservations(&self, millis: u64) {
        let scan = self.stack.dynamodb().scan().table_name(TABLE);
        let scan = scan.filter_expression("begins_with(pk, :reservations)");
        let prefix = format!("IDEM#{}#", self.workspace);
        let scan = scan.expression_attribute_values(":reservations", text(prefix));
        for item in scan.send().await.expect("DynamoDB answers").items() {
            for attribute in ["madeAt", "endsAt"] {
                self.age(key_of(item), attribute, millis).await;
            }
        }
    }

    /// Writes items as they are.
    pub(crate) async fn put_all(&self, items: Vec<Item>) {
        let dynamodb = self.stack.dynamodb();
        for batch in items.chunks(25) {
            let puts = batch.iter().map(|item| {
                let put = PutRequest::builder().set_item(Some(item.clone())).build();
                WriteRequest::builder().put_request(put.expect("it has an item")).build()
            });
            let write = dynamodb.batch_write_item().request_items(TABLE, puts.collect());
            write.send().await.expect("the items can be written");
        }
    }

    /// Whether S3 holds anything for the file.
    pub(crate) async fn has_object(&self, id: &str) -> bool {
        let key: ObjectKey = format!("{}/{id}", self.workspace).parse().expect("an object key");
        Bucket::new(s3(self.stack), BUCKET, Encryption::S3Managed)
            .head(&key)
            .await
            .expect("S3 answers")
            .is_some()
    }

    /// Puts an object in the place of the file's bytes, as no client could.
    pub(crate) async fn put_object(&self, id: &str, bytes: &[u8]) {
        let key = format!("{}/{id}", self.workspace);
        let put = s3(self.stack).put_object().bucket(BUCKET).key(key).body(bytes.to_vec().into());
        put.send().await.expect("the object can be put");
    }

    /// Ends the file's open upload, as S3's lifecycle does after days.
    pub(crate) async fn abort_upload(&self, id: &str) {
        let (s3, key) = (s3(self.stack), format!("{}/{id}", self.workspace));
        let upload_id = open_upload(&s3, &key).await;
        let abort = s3.abort_multipart_upload().bucket(BUCKET).key(key).upload_id(upload_id);
        abort.send().await.expect("the upload can be aborted");
    }

    /// Makes the workspace's keys unreadable.
    pub(crate) async fn garble_keys(&self) {
        let dynamodb = self.stack.dynamodb();
        let scan = dynamodb.scan().table_name(TABLE).filter_expression("begins_with(pk, :key)");
        let scan = scan.expression_attribute_values(":key", text("KEY#"));
        for item in scan.send().await.expect("DynamoDB answers").items() {
            if item.get("workspace") != Some(&text(self.workspace)) {
                continue;
            }
            let key = key_of(item);
            let update = dynamodb.update_item().table_name(TABLE).set_key(Some(key));
            let update = update.update_expression("REMOVE scopes");
            update.send().await.expect("the key can be changed");
        }
    }

    /// The keys of everything that S3 holds of any workspace: objects, and uploads that are open.
    pub(crate) async fn keys_in_s3(&self) -> (Vec<String>, Vec<String>) {
        let s3 = s3(self.stack);
        let objects = s3.list_objects_v2().bucket(BUCKET).send().await.expect("S3 answers");
        let uploads = s3.list_multipart_uploads().bucket(BUCKET).send().await.expect("S3 answers");
        let objects = objects.contents().iter().filter_map(|object| object.key());
        let uploads = uploads.uploads().iter().filter_map(|upload| upload.key());
        (objects.map(str::to_owned).collect(), uploads.map(str::to_owned).collect())
    }

    /// Puts other bytes in the place of the first part of an open upload, as a second uploader might.
    pub(crate) async fn replace_the_first_part(&self, id: &str, bytes: &[u8]) {
        let key = format!("{}/{id}", self.workspace);
        replace_the_first_part(&s3(self.stack), &key, bytes).await;
    }

    async fn item(&self, key: Item) -> Option<Item> {
        let get = self.stack.dynamodb().get_item().table_name(TABLE).set_key(Some(key));
        get.send().await.expect("DynamoDB answers").item
    }

    async fn age(&self, key: Item, attribute: &str, by: u64) {
        self.stack
            .dynamodb()
            .update_item()
            .table_name(TABLE)
            .set_key(Some(key))
            .update_expression("SET #time = #time - :by")
            .expression_attribute_names("#time", attribute)
            .expression_attribute_values(":by", AttributeValue::N(by.to_string()))
            .send()
            .await
            .expect("the record has that time");
    }

    fn file_key(&self, id: &str) -> Item {
        let id: FileId = id.parse().expect("a file id");
        key(format!("WS#{}", self.workspace), format!("FILE#{:013}", id.sequence().number()))
    }

    /// The key of the counter, or of holes.
    pub(crate) fn counts_key(&self, sk: &str) -> Item {
        key(format!("COUNTER#{}", self.workspace), sk.to_owned())
    }
}

/// Puts other bytes in the place of the first part of the upload that is open under `key`.
pub(crate) async fn replace_the_first_part(s3: &S3, key: &str, bytes: &[u8]) {
    let upload_id = open_upload(s3, key).await;
    s3.upload_part()
        .bucket(BUCKET)
        .key(key)
        .upload_id(upload_id)
        .part_number(1)
        .body(bytes.to_vec().into())
        .send()
        .await
        .expect("the part can be put");
}

/// The id of the upload that is open under `key`.
async fn open_upload(s3: &S3, key: &str) -> String {
    let open = s3.list_multipart_uploads().bucket(BUCKET).send().await.expect("S3 answers");
    let mut open = open.uploads().iter().filter(|upload| upload.key() == Some(key));
    let upload_id = open.next().and_then(|upload| upload.upload_id()).expect("it is open");
    upload_id.to_owned()
}

fn key_of(item: &Item) -> Item {
    ["pk", "sk"].map(|name| (name.to_owned(), item[name].clone())).into()
}

fn session_key(id: &str) -> Item {
    key(format!("SESSION#{id}"), "SESSION".to_owned())
}

fn key(pk: String, sk: String) -> Item {
    HashMap::from([("pk".to_owned(), text(pk)), ("sk".to_owned(), text(sk))])
}

fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A client of the embedded S3.
pub(crate) fn s3(stack: &Stack) -> S3 {
    let local = stack.local();
    let aws = Aws {
        s3_endpoint: Some(local.s3_url()),
        ..Aws::with_key(local::REGION, local::ACCESS_KEY_ID, local.secret_access_key())
    };
    Bucket::client(&connection::settings(&aws), &aws, local::BUCKET)
}
