//! Items' attributes, read one by one, and what is read of the small items. An item that cannot be read back is an
//! internal error.

use aws_sdk_dynamodb::types::AttributeValue;

use super::table::Attributes;
use crate::domain::{FileId, Timestamp};
use crate::listing::{Counter, HoleCounts};
use crate::{Error, Result};

/// The id of a file's item.
pub(super) fn id(item: &Attributes) -> Result<FileId> {
    parsed(item, "id")
}

/// The counter of an item and of that which counts its holes. A workspace that never had a file has
/// neither.
pub(super) fn counter(item: Option<&Attributes>, holes: Option<&Attributes>) -> Result<Counter> {
    let Some(item) = item else { return Ok(Counter::empty()) };
    Ok(Counter {
        next: integer(item, "next")?,
        holes: holes.map_or(Ok(HoleCounts::new()), hole_counts)?,
        touched_at: time(item, "touchedAt")?,
    })
}

/// Counts of holes: of the item's attributes, those whose name is an index.
pub(super) fn hole_counts(item: &Attributes) -> Result<HoleCounts> {
    let cells = item.keys().filter_map(|name| Some((name, name.parse().ok()?)));
    cells.map(|(name, index)| Ok((index, integer(item, name)?))).collect()
}

/// The holes of a block.
pub(super) fn holes(item: &Attributes) -> Result<Vec<u64>> {
    let Some(AttributeValue::Ns(numbers)) = item.get("holes") else {
        return Err(unreadable("holes"));
    };
    numbers.iter().map(|text| text.parse().map_err(|_| unreadable("holes"))).collect()
}

/// A point in time.
pub(super) fn time(item: &Attributes, name: &str) -> Result<Timestamp> {
    integer(item, name).map(Timestamp::from_millis)
}

/// A text.
pub(super) fn string<'a>(item: &'a Attributes, name: &str) -> Result<&'a str> {
    optional_string(item, name).ok_or_else(|| unreadable(name))
}

/// A text that may be absent.
pub(super) fn optional_string<'a>(item: &'a Attributes, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

/// A whole number.
pub(super) fn integer(item: &Attributes, name: &str) -> Result<u64> {
    optional_integer(item, name)?.ok_or_else(|| unreadable(name))
}

/// A whole number that may be absent.
pub(super) fn optional_integer(item: &Attributes, name: &str) -> Result<Option<u64>> {
    let Some(value) = item.get(name) else { return Ok(None) };
    let number = value.as_n().ok().and_then(|text| text.parse().ok());
    number.map(Some).ok_or_else(|| unreadable(name))
}

/// A text that parses as a domain type.
pub(super) fn parsed<T: std::str::FromStr>(item: &Attributes, name: &str) -> Result<T> {
    string(item, name)?.parse().map_err(|_| unreadable(name))
}

/// A text that parses as a domain type, if it is there.
pub(super) fn optional<T: std::str::FromStr>(item: &Attributes, name: &str) -> Result<Option<T>> {
    item.contains_key(name).then(|| parsed(item, name)).transpose()
}

/// An attribute is absent that must be there, or is not what it must be.
pub(super) fn unreadable(name: &str) -> Error {
    Error::internal(format!("the item's {name} cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::super::table::{ItemKey, number};
    use super::*;
    use crate::domain::Workspace;
    use crate::listing::Region;

    #[test]
    fn a_workspace_without_files_counts_none() {
        assert_eq!(counter(None, None).unwrap(), Counter::empty());
    }

    #[test]
    fn counts_are_the_attributes_that_are_named_by_an_index() {
        let workspace: Workspace = "acme".parse().unwrap();
        let mut item = ItemKey::RegionHoles(&workspace, Region::at(0)).attributes();
        item.extend([("17".to_owned(), number(3)), ("0".to_owned(), number(1))]);
        assert_eq!(hole_counts(&item).unwrap(), HoleCounts::from([(0, 1), (17, 3)]));
    }
}
