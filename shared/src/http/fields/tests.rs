//! Each way a field can be wrong has its own error, and says which field.

use serde::Deserialize;

use super::{of_json, of_query};
use crate::Error;
use crate::domain::{Filename, Md5, Purpose};
use crate::http::PageQuery;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    #[expect(dead_code, reason = "only read by the parser")]
    filename: Filename,
    size_bytes: u64,
    md5: Option<Md5>,
    purpose: Option<Purpose>,
    #[serde(default)]
    parts: Vec<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    #[expect(dead_code, reason = "only read by the parser")]
    number: u32,
}

fn error(body: &str) -> Error {
    of_json::<Body>(body.as_bytes()).unwrap_err()
}

/// A body with everything right but for what `extra` adds.
fn with(extra: &str) -> String {
    format!(r#"{{"filename":"a","sizeBytes":1,{extra}}}"#)
}

#[test]
fn a_right_body_is_read_and_null_means_absent() {
    let body: Body = of_json(with(r#""md5":null,"purpose":"knowledge_user""#).as_bytes()).unwrap();
    assert_eq!((body.size_bytes, body.md5, body.purpose), (1, None, Some(Purpose::KnowledgeUser)));
    assert!(body.parts.is_empty());
}

#[test]
fn what_is_no_json_object_is_said_to_be_none() {
    for body in ["", "{", "[]", "\"a\"", "1", "{\"a\":1}x", "{\"filename\":\"\\ud800\"}"] {
        assert!(matches!(error(body), Error::InvalidJson { .. }), "{body}");
    }
    let not_utf8 = of_json::<Body>(b"{\"filename\":\"\xff\"}").unwrap_err();
    assert!(matches!(not_utf8, Error::InvalidJson { .. }));
}

#[test]
fn an_unknown_field_is_named() {
    assert!(
        matches!(error(&with(r#""colour":1"#)), Error::UnknownField { param } if param == "colour")
    );
}

#[test]
fn a_missing_field_is_named() {
    assert!(
        matches!(error(r#"{"filename":"a"}"#), Error::ParameterMissing { param } if param == "sizeBytes")
    );
}

#[test]
fn a_wrong_type_is_told_from_a_wrong_value() {
    for (body, name) in [
        (r#"{"filename":7,"sizeBytes":1}"#.to_owned(), "filename"),
        (r#"{"filename":"a","sizeBytes":"1"}"#.to_owned(), "sizeBytes"),
        (r#"{"filename":"a","sizeBytes":1.5}"#.to_owned(), "sizeBytes"),
        (r#"{"filename":"a","sizeBytes":null}"#.to_owned(), "sizeBytes"),
        (with(r#""purpose":3"#), "purpose"),
        (with(r#""md5":[]"#), "md5"),
    ] {
        assert!(
            matches!(error(&body), Error::InvalidType { param, .. } if param == name),
            "{body}"
        );
    }
    for (body, name) in [
        (r#"{"filename":"a/b","sizeBytes":1}"#.to_owned(), "filename"),
        (r#"{"filename":"a","sizeBytes":-1}"#.to_owned(), "sizeBytes"),
        (with(r#""purpose":"party""#), "purpose"),
        (with(r#""md5":"ABC""#), "md5"),
    ] {
        assert!(
            matches!(error(&body), Error::InvalidValue { param, .. } if param == name),
            "{body}"
        );
    }
}

#[test]
fn a_nested_field_is_named_with_its_path() {
    let flaw = error(&with(r#""parts":[{"number":1},{"number":"2"}]"#));
    assert!(matches!(flaw, Error::InvalidType { param, .. } if param == "parts[1].number"));
    let flaw = error(&with(r#""parts":[{"number":1,"tag":2}]"#));
    assert!(matches!(flaw, Error::UnknownField { param } if param == "parts[0].tag"));
}

#[test]
fn a_query_is_read_like_a_body() {
    assert_eq!(of_query::<PageQuery>("").unwrap().page().unwrap().limit(), 25);
    assert_eq!(of_query::<PageQuery>("offset=3&limit=%37").unwrap().page().unwrap().limit(), 7);
    assert!(
        matches!(of_query::<PageQuery>("limit=abc"), Err(Error::InvalidType { param, .. }) if param == "limit")
    );
    assert!(
        matches!(of_query::<PageQuery>("offset=-1"), Err(Error::InvalidValue { param, .. }) if param == "offset")
    );
    assert!(
        matches!(of_query::<PageQuery>("cursor=1"), Err(Error::UnknownField { param }) if param == "cursor")
    );
}

#[test]
fn a_repeated_parameter_is_ambiguous() {
    assert!(
        matches!(of_query::<PageQuery>("limit=1&limit=1"), Err(Error::InvalidValue { param, .. }) if param == "limit")
    );
}

/// What an error says of the field it is about.
fn reason(error: Error) -> String {
    match error {
        Error::InvalidType { reason, .. } | Error::InvalidValue { reason, .. } => reason,
        other => unreachable!("{other}"),
    }
}

#[test]
fn a_number_whose_value_is_an_integer_is_one() {
    for (spelled, value) in
        [("5.0", 5), ("1e3", 1000), ("-0", 0), ("0.5e1", 5), ("9e15", 9_000_000_000_000_000)]
    {
        let body = format!(r#"{{"filename":"a","sizeBytes":{spelled}}}"#);
        assert_eq!(of_json::<Body>(body.as_bytes()).unwrap().size_bytes, value, "{spelled}");
    }
}

#[test]
fn a_number_that_no_field_can_hold_is_out_of_range_whatever_its_spelling() {
    for spelled in ["-1", "-1.0", "18446744073709551616", "1e300", "1e17"] {
        let body = format!(r#"{{"filename":"a","sizeBytes":{spelled}}}"#);
        let error = error(&body);
        assert!(matches!(error, Error::InvalidValue { .. }), "{spelled}: {error}");
        assert_eq!(reason(error), "it is out of range", "{spelled}");
    }
    assert!(matches!(error(r#"{"filename":"a","sizeBytes":1e999}"#), Error::InvalidJson { .. }));
    for spelled in ["-1", "18446744073709551616", "139776218283658249537698146012889088"] {
        let error = of_query::<PageQuery>(&format!("offset={spelled}")).unwrap_err();
        assert_eq!(reason(error), "it is out of range", "{spelled}");
    }
}

#[test]
fn a_wrong_type_is_told_in_the_words_of_json() {
    for (value, told) in [
        (r#""sizeBytes":1.5"#, "it is a number with a fraction, not an integer"),
        (r#""sizeBytes":"1""#, "it is text, not an integer"),
        (r#""sizeBytes":[]"#, "it is a list, not an integer"),
        (r#""sizeBytes":null"#, "it is null, not an integer"),
        (r#""md5":{}"#, "it is an object, not text"),
        (r#""parts":true"#, "it is true or false, not a list"),
        (r#""parts":{}"#, "it is an object, not a list"),
        (r#""parts":[[1]]"#, "it is a list, not an object"),
        (r#""parts":[7]"#, "it is a number, not an object"),
        (r#""purpose":7"#, "it is a number, not text"),
    ] {
        let body = if value.starts_with("\"sizeBytes") {
            format!(r#"{{"filename":"a",{value}}}"#)
        } else {
            with(value)
        };
        assert_eq!(reason(error(&body)), told, "{value}");
    }
    let purpose = reason(error(&with(r#""purpose":"party""#)));
    assert!(purpose.starts_with("it must be one of: "), "{purpose}");
}

#[test]
fn a_field_given_twice_is_refused_wherever_it_stands() {
    for (body, name) in [
        (r#"{"filename":"a","sizeBytes":1,"sizeBytes":2}"#.to_owned(), "sizeBytes"),
        (with(r#""filename":"b""#), "filename"),
        (with(r#""parts":[{"number":1},{"number":1,"number":2}]"#), "parts[1].number"),
        (with(r#""x":{"y":{"z":1,"z":1}}"#), "x.y.z"),
    ] {
        let error = error(&body);
        assert!(matches!(&error, Error::InvalidValue { param, .. } if param == name), "{error}");
        assert_eq!(reason(error), "it is given more than once");
    }
    let query = of_query::<PageQuery>(&format!("{0}=1&{0}=2", "a".repeat(100_000)));
    assert!(matches!(query, Err(Error::InvalidValue { param, .. }) if param.len() < 70));
}

#[test]
fn what_a_client_said_is_repeated_no_further_than_its_beginning() {
    let name = "\\\"".repeat(500_000);
    let long = format!(r#"{{"{name}":1}}"#);
    let deep =
        format!("{}1{}", format!(r#"{{"{}":"#, "a".repeat(1000)).repeat(100), "}".repeat(100));
    for body in [long, deep, with(&format!(r#""parts":[{{"{name}":1}}]"#))] {
        let error = error(&body);
        assert!(matches!(&error, Error::UnknownField { param } if param.len() < 70), "{error}");
        assert!(error.to_string().len() < 120, "{error}");
    }
}
