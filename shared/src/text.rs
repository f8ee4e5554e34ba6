//! Repeating what a stranger said, in answers and in the log.

use std::borrow::Cow;

/// The most that is repeated of what a client sent, in bytes. Without a bound, a request of 2 MB would
/// make an answer that Lambda cannot return, and a log line of the same size.
pub const MOST_QUOTED: usize = 64;

/// `text`, or its beginning if it is long.
#[must_use]
pub fn quoted(text: &str) -> Cow<'_, str> {
    if text.len() <= MOST_QUOTED {
        return text.into();
    }
    let end = text.floor_char_boundary(MOST_QUOTED);
    format!("{}…", &text[..end]).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_between_characters() {
        assert_eq!(quoted("short"), "short");
        assert_eq!(quoted(&"a".repeat(64)), "a".repeat(64));
        assert_eq!(quoted(&"a".repeat(65)), format!("{}…", "a".repeat(64)));
        assert_eq!(quoted(&"€".repeat(100)), format!("{}…", "€".repeat(21)));
    }
}
