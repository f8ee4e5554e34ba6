//! Gigabytes in parts: proven in little memory, in as many invocations as it takes.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _};
use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use tests::{Client, Settings, Stack, id_of};
use tokio::sync::{Mutex, MutexGuard};

use crate::hand::{Gate, When, reads};
use crate::records::Records;

const MIB: u64 = 1024 * 1024;
const GIB: u64 = 1024 * MIB;

/// Few enough that a file of them is soon sent, many enough that all of them have to be listed.
const PART_BYTES: u64 = 16 * MIB;

#[tokio::test(flavor = "multi_thread")]
async fn five_gibibytes_in_parts_are_proven_in_less_than_128_mebibytes() {
    let data = tempfile::tempdir().expect("a temporary directory");
    let local = local::Options { data: Some(data.path().to_owned()), ..local::Options::default() };
    let (stack, client, _turn) = start(Settings { local, ..Settings::default() }).await;
    let file = Sparse { size_bytes: 5 * GIB };
    let md5 = tokio::task::spawn_blocking(move || file.md5());
    let created = file.uploaded(&client).await;
    let id = id_of(&created);
    let md5 = md5.await.expect("hashing ends");
    let accepted = client.complete(id, &md5).await;
    assert_eq!((accepted.status, &accepted.body["status"]), (202, &"PENDING".into()));
    stack.local().settled().await;
    let completed = client.file(id).await.ok();
    assert_eq!((&completed["status"], &completed["md5"]), (&"COMPLETED".into(), &md5.into()));
    assert!(room_taken_below(data.path()) < 64 * MIB, "zeros take no room");
    for function in ["create-file", "sign-parts", "complete-file", "verify-upload", "get-file"] {
        let peak = stack.function(function).peak_memory();
        assert!(peak > 0 && peak < 128 * MIB, "{function}: {peak} bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_invocation_has_no_time_for_is_proven_by_several() {
    let time_limits = vec![("verify-upload", Duration::from_secs(2))];
    let (stack, client, _turn) = start(Settings { time_limits, ..Settings::default() }).await;
    let (id, md5) = begun(&client).await;
    let mut seen = Vec::new();
    let completed = loop {
        let file = client.file(&id).await.ok();
        if file["status"] != "PENDING" {
            break file;
        }
        assert_eq!(file["verification"]["state"], "HASHING");
        let hashed = file["verification"]["bytesHashed"].as_u64().expect("a number");
        if seen.last() != Some(&hashed) {
            seen.push(hashed);
        }
    };
    assert_eq!((&completed["status"], &completed["md5"]), (&"COMPLETED".into(), &md5.into()));
    assert!(seen.is_sorted() && seen.last().is_some_and(|hashed| *hashed > 0), "{seen:?}");

    stack.local().settled().await;
    let logs = stack.function("verify-upload").logs();
    let invocations = logs.matches("\"route\":\"S3 ObjectCreated\"").count();
    assert!(invocations >= 2, "{logs}");
    let held = Records::of(&stack, "acme").keys_in_s3().await;
    assert_eq!(held, (vec![format!("acme/{id}")], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_goes_on_where_the_process_that_died_had_noted_to_be() {
    let (stack, client, _turn) = start(Settings::default()).await;
    // By then 512 MiB are hashed and noted: they are read in pieces of 4 MiB, eight ahead.
    let gate = Gate::after(140, reads, When::Before);
    stack.local().intercept(gate.clone());
    let (id, md5) = begun(&client).await;
    gate.arrival().await;
    let noted = client.file(&id).await.ok()["verification"]["bytesHashed"].clone();
    assert_eq!(noted, 512 * MIB);
    stack.function("verify-upload").kill();
    stack.local().stop_intercepting();
    stack.local().forget_calls();
    stack.local().settled().await;
    let completed = client.file(&id).await.ok();
    assert_eq!((&completed["status"], &completed["md5"]), (&"COMPLETED".into(), &md5.into()));
    let again = stack.local().calls().iter().filter(|call| reads(call)).count();
    assert!(again < 200, "{again} reads, where all are 260");
}

/// A file over 1 GiB whose completion is left to the event function: its id and its MD5.
async fn begun(client: &Client) -> (String, String) {
    let file = Sparse { size_bytes: GIB + PART_BYTES };
    let created = file.uploaded(client).await;
    let md5 = file.md5();
    assert_eq!(client.complete(id_of(&created), &md5).await.status, 202);
    (id_of(&created).to_owned(), md5)
}

/// A file of zeros, with other bytes here and there.
#[derive(Clone, Copy)]
struct Sparse {
    size_bytes: u64,
}

impl Sparse {
    fn part(self, number: u64) -> Bytes {
        let start = (number - 1) * PART_BYTES;
        let length = PART_BYTES.min(self.size_bytes - start);
        let mut bytes = vec![0; usize::try_from(length).expect("a part fits into memory")];
        if number % 16 == 1 {
            let marks = number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_le_bytes();
            bytes[4321..65_536].iter_mut().zip(marks.iter().cycle()).for_each(|(b, m)| *b = *m);
        }
        bytes.into()
    }

    fn count(self) -> u64 {
        self.size_bytes.div_ceil(PART_BYTES)
    }

    fn md5(self) -> String {
        let mut hasher = Md5::new();
        (1..=self.count()).for_each(|number| hasher.update(self.part(number)));
        data_encoding::HEXLOWER.encode(&hasher.finalize())
    }

    /// A PENDING file all of whose parts lie in S3: create's answer.
    async fn uploaded(self, client: &Client) -> Value {
        let file = json!({
            "filename": "large.bin",
            "mimeType": "a/b",
            "sizeBytes": self.size_bytes,
            "multipart": { "partSizeBytes": PART_BYTES },
        });
        let created = client.create(&file).await.ok();
        let numbers: Vec<_> = (1..=self.count()).collect();
        let signed =
            client.sign_parts(id_of(&created), &json!({ "partNumbers": numbers })).await.ok();
        let parts = signed["data"].as_array().expect("data is an array");
        let puts = parts.iter().zip(numbers).map(|(part, number)| async move {
            client.put_part(part, self.part(number)).await.status
        });
        let statuses: Vec<u16> = stream::iter(puts).buffer_unordered(4).collect().await;
        assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
        created
    }
}

/// What the files below a directory take, in bytes.
fn room_taken_below(directory: &Path) -> u64 {
    let entries = std::fs::read_dir(directory).expect("the directory can be read");
    entries
        .map(|entry| entry.expect("the entry can be read").path())
        .map(|path| match path.metadata().expect("the file can be looked at") {
            it if it.is_dir() => room_taken_below(&path),
            // In units of 512 bytes, whatever the file system.
            it => it.blocks() * 512,
        })
        .sum()
}

/// With the machine to itself, as far as the others here go: an invocation of two seconds must not
/// spend them waiting.
async fn start(settings: Settings) -> (Stack, Client, MutexGuard<'static, ()>) {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
    let turn = ONE_AT_A_TIME.lock().await;
    let environment = vec![("MAX_SIZE_BYTES", (5 * GIB).to_string())];
    let stack = Stack::start(Settings { environment, ..settings }).await;
    let client = stack.workspace("acme").await;
    (stack, client, turn)
}
