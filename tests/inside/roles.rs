//! What the roles of the functions allow in the table.

use local::Call;
use serde_json::Value;

/// The partitions of the table that the role of a function names for each action, as
/// `tests/template/roles.yaml` lists them; the same test of the template compares those with it.
pub(crate) struct Roles(String);

impl Roles {
    pub(crate) fn listed() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/template/roles.yaml");
        Self(std::fs::read_to_string(path).expect("the list of roles is there"))
    }

    /// Where a function may do `operation`: in `keys`, in `files`, in both, or in nothing.
    fn of(&self, function: &str, operation: &str) -> &str {
        let (_, role) = self.0.split_once(&format!("\n{function}:\n")).expect("a role is listed");
        let role = role.split_once("\n\n").map_or(role, |(role, _)| role);
        let action = format!("  dynamodb:{operation}: ");
        let place = role.lines().find_map(|line| line.strip_prefix(&action));
        place.unwrap_or("nothing")
    }

    /// Whether the function's role allows each item of the call.
    pub(crate) fn allow(&self, function: &str, call: &Call) -> bool {
        let body: Value = serde_json::from_slice(&call.body).expect("DynamoDB is asked in JSON");
        items(&call.operation, &body).iter().all(|(operation, partition)| {
            let place = self.of(function, operation);
            let kinds: &[&str] = match partition.split_once('#').map(|(kind, _)| kind) {
                Some("KEY") => &["keys"],
                Some("TOKEN") => &["keys", "tokens"],
                Some("WS" | "SESSION" | "COUNTER") => &["files"],
                Some("IDEM") => &["reservations"],
                _ => &[],
            };
            kinds.iter().any(|kind| place.contains(kind))
        })
    }
}

/// The actions that a call stands for, each with its partition.
fn items(operation: &str, body: &Value) -> Vec<(String, String)> {
    let partition = |of: &Value| of["pk"]["S"].as_str().expect("a partition").to_owned();
    match operation {
        "PutItem" => vec![(operation.to_owned(), partition(&body["Item"]))],
        "Query" => {
            let values = body["ExpressionAttributeValues"].as_object().expect("values");
            let texts = values.values().filter_map(|value| value["S"].as_str());
            let of_partition =
                |text: &&str| text.starts_with("WS#") || text.starts_with("COUNTER#");
            let found =
                texts.filter(of_partition).map(|text| (operation.to_owned(), text.to_owned()));
            let found: Vec<_> = found.collect();
            assert_eq!(found.len(), 1, "{body}");
            found
        }
        "TransactWriteItems" => {
            let items = body["TransactItems"].as_array().expect("items");
            items
                .iter()
                .flat_map(|item| item.as_object().expect("one action"))
                .map(|(action, item)| (format!("{action}Item"), partition(&item["Key"])))
                .collect()
        }
        _ => vec![(operation.to_owned(), partition(&body["Key"]))],
    }
}
