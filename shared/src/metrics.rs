//! Milestones as CloudWatch reads them out of log lines: the embedded metric format.
//!
//! Namespace `Slipway`, dimension `Stage`. A number in a line costs nothing to write; a call to
//! CloudWatch would cost a round trip.

use serde_json::{Value, json};

use crate::domain::{Milestone, Timestamp};

/// The fields that make a log line tell CloudWatch of `milestone`, which `stage` reached at `now`.
pub(crate) fn embedded(milestone: Milestone, stage: &str, now: Timestamp) -> Value {
    let metrics: &[(&str, &str, u64)] = match milestone {
        Milestone::Created => &[("UploadsCreated", "Count", 1)],
        Milestone::Completed { bytes } => {
            &[("UploadsCompleted", "Count", 1), ("BytesCompleted", "Bytes", bytes)]
        }
        Milestone::Cancelled => &[("UploadsCancelled", "Count", 1)],
        Milestone::Expired => &[("UploadsExpired", "Count", 1)],
        Milestone::Deleted => &[("FilesDeleted", "Count", 1)],
        Milestone::ChecksumMismatch => &[("ChecksumMismatches", "Count", 1)],
    };
    let definitions = metrics.iter().map(|(name, unit, _)| json!({ "Name": name, "Unit": unit }));
    let mut fields = json!({
        "_aws": {
            "Timestamp": now.millis(),
            "CloudWatchMetrics": [{
                "Namespace": "Slipway",
                "Dimensions": [["Stage"]],
                "Metrics": definitions.collect::<Vec<_>>(),
            }],
        },
        "Stage": stage,
    });
    for (name, _, value) in metrics {
        fields[*name] = json!(value);
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_completed_upload_counts_one_and_its_bytes() {
        let milestone = Milestone::Completed { bytes: 15 };
        assert_eq!(
            embedded(milestone, "dev", Timestamp::from_millis(7)),
            json!({
                "_aws": {
                    "Timestamp": 7,
                    "CloudWatchMetrics": [{
                        "Namespace": "Slipway",
                        "Dimensions": [["Stage"]],
                        "Metrics": [
                            { "Name": "UploadsCompleted", "Unit": "Count" },
                            { "Name": "BytesCompleted", "Unit": "Bytes" },
                        ],
                    }],
                },
                "Stage": "dev",
                "UploadsCompleted": 1,
                "BytesCompleted": 15,
            })
        );
    }
}
