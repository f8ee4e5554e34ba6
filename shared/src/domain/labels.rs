//! An application's own words about a file.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use thiserror::Error;

/// The labels of a file: texts by their names, which nothing but the application reads.
///
/// They are bounded so that a page of a list stays far below the 1 MB that DynamoDB reads at a time.
/// `Debug` is redacted: labels can be personal and do not belong in a log.
///
/// ```
/// use std::collections::BTreeMap;
///
/// use shared::domain::{LabelChanges, Labels};
///
/// let text = |text: &str| text.to_owned();
/// let labels = BTreeMap::from([(text("order"), text("17")), (text("state"), text("new"))]);
/// let labels = Labels::try_from(labels).unwrap();
/// let changes = BTreeMap::from([(text("state"), None), (text("by"), Some(text("Ada")))]);
/// let merged = labels.merged(&LabelChanges::try_from(changes).unwrap()).unwrap();
/// assert_eq!(merged.iter().collect::<Vec<_>>(), [("by", "Ada"), ("order", "17")]);
/// ```
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub struct Labels(BTreeMap<String, String>);

/// Changes of a file's labels, as a JSON merge patch (RFC 7396) has them: null removes a label.
#[derive(Clone, Default, Deserialize)]
#[serde(try_from = "BTreeMap<String, Option<String>>")]
pub struct LabelChanges(BTreeMap<String, Option<String>>);

/// The labels are not within their bounds.
#[derive(Debug, Error)]
#[error(
    "must be at most {most} names of 1 to {name} characters without control characters, with values \
     of at most {value} characters, {bytes} bytes in all",
    most = Labels::MOST,
    name = Labels::MOST_NAME_CHARACTERS,
    value = Labels::MOST_VALUE_CHARACTERS,
    bytes = Labels::MOST_BYTES
)]
pub struct InvalidLabels;

impl Labels {
    /// The most labels of a file.
    pub const MOST: usize = 16;
    /// The most characters of a name.
    pub const MOST_NAME_CHARACTERS: usize = 64;
    /// The most characters of a value.
    pub const MOST_VALUE_CHARACTERS: usize = 512;
    /// The most bytes of all names and values together, in UTF-8.
    pub const MOST_BYTES: usize = 2048;

    /// The labels, by their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The labels after these changes.
    ///
    /// # Errors
    ///
    /// [`InvalidLabels`]: they would be too many, or too large.
    pub fn merged(&self, changes: &LabelChanges) -> Result<Self, InvalidLabels> {
        let mut labels = self.0.clone();
        for (name, value) in &changes.0 {
            match value {
                Some(value) => labels.insert(name.clone(), value.clone()),
                None => labels.remove(name),
            };
        }
        Self::try_from(labels)
    }
}

impl TryFrom<BTreeMap<String, String>> for Labels {
    type Error = InvalidLabels;

    fn try_from(labels: BTreeMap<String, String>) -> Result<Self, InvalidLabels> {
        let bytes: usize = labels.iter().map(|(name, value)| name.len() + value.len()).sum();
        let fits = labels.iter().all(|(name, value)| is_name(name) && is_value(value));
        if labels.len() > Self::MOST || bytes > Self::MOST_BYTES || !fits {
            return Err(InvalidLabels);
        }
        Ok(Self(labels))
    }
}

impl TryFrom<BTreeMap<String, Option<String>>> for LabelChanges {
    type Error = InvalidLabels;

    fn try_from(changes: BTreeMap<String, Option<String>>) -> Result<Self, InvalidLabels> {
        let fits = |(name, value): (&String, &Option<String>)| {
            is_name(name) && value.as_deref().is_none_or(is_value)
        };
        if changes.iter().all(fits) { Ok(Self(changes)) } else { Err(InvalidLabels) }
    }
}

fn is_name(name: &str) -> bool {
    let characters = name.chars().count();
    (1..=Labels::MOST_NAME_CHARACTERS).contains(&characters) && !name.contains(char::is_control)
}

fn is_value(value: &str) -> bool {
    value.chars().count() <= Labels::MOST_VALUE_CHARACTERS
}

impl fmt::Debug for Labels {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Labels({})", self.0.len())
    }
}

impl fmt::Debug for LabelChanges {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "LabelChanges({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(pairs: &[(&str, &str)]) -> Result<Labels, InvalidLabels> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Labels::try_from(pairs.collect::<BTreeMap<_, _>>())
    }

    #[test]
    fn names_and_values_are_counted_in_characters_and_their_sum_in_bytes() {
        let (name, value) = ("ü".repeat(64), "ü".repeat(512));
        assert!(labels(&[(&name, &value)]).is_ok());
        assert!(labels(&[(&format!("{name}a"), "")]).is_err());
        assert!(labels(&[("a", &format!("{value}a"))]).is_err());
        let at_most =
            [("a", &*"x".repeat(512)), ("b", &*"x".repeat(512)), ("c", &*"x".repeat(512))];
        assert!(labels(&[&at_most[..], &[("d", &*"x".repeat(508))]].concat()).is_ok(), "2048");
        assert!(labels(&[&at_most[..], &[("d", &*"x".repeat(509))]].concat()).is_err(), "2049");
    }

    #[test]
    fn seventeen_are_too_many_also_after_a_merge() {
        let numbered = |count: usize| (0..count).map(|n| (n.to_string(), String::new()));
        let sixteen = Labels::try_from(numbered(16).collect::<BTreeMap<_, _>>()).unwrap();
        assert!(Labels::try_from(numbered(17).collect::<BTreeMap<_, _>>()).is_err());
        let change = |changes: &[(&str, Option<&str>)]| {
            let owned = changes
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.map(ToOwned::to_owned)));
            sixteen.merged(&LabelChanges::try_from(owned.collect::<BTreeMap<_, _>>()).unwrap())
        };
        assert!(change(&[("new", Some(""))]).is_err());
        assert!(change(&[("new", Some("")), ("3", None)]).is_ok());
        assert!(change(&[("absent", None), ("3", Some("x"))]).is_ok());
    }

    #[test]
    fn a_name_that_would_break_a_line_is_refused_and_a_value_is_free() {
        for name in ["", "a\n", "\u{85}"] {
            assert!(labels(&[(name, "")]).is_err(), "{name:?}");
        }
        assert!(labels(&[("a", "line\nline \u{0}")]).is_ok());
    }
}
