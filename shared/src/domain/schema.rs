//! What value types look like in JSON, for the description of the API. The rule itself is each type's
//! parser; contract tests send what these schemas allow and what they do not.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::metadata::Format;
use super::multipart::Checksum;
use super::{
    ETag, FileId, Filename, KeyHash, LabelChanges, Labels, Md5, MimeRange, MimeType, PartNumber,
    Scope, Timestamp,
};

/// Gives types the schemas that follow them; these stand where the type is used, under no name.
macro_rules! schemas {
    ($($type:ty => $schema:tt)+) => {$(
        impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )+};
}

schemas! {
    FileId => {
        "type": "string",
        "description": "The id of a file.",
        "pattern": "^fil_[0-9a-hjkmnp-tv-z]{24}$",
    }
    KeyHash => {
        "type": "string",
        "description": "The id of an upload token.",
        "pattern": "^[0-9a-f]{64}$",
    }
    Filename => {
        "type": "string",
        "description": "A file's name: no control characters, no `/` and no `\\`.",
        "minLength": 1,
        "maxLength": 255,
        "pattern": "^[^/\\\\\\x00-\\x1f\\x7f-\\x9f]+$",
    }
    Labels => {
        "type": "object",
        "description": "Labels of a file: at most 2,048 bytes of names and values in all.",
        "maxProperties": (Labels::MOST),
        "propertyNames": { "minLength": 1, "maxLength": (Labels::MOST_NAME_CHARACTERS), "pattern": "^[^\\x00-\\x1f\\x7f-\\x9f]+$" },
        "additionalProperties": { "type": "string", "maxLength": (Labels::MOST_VALUE_CHARACTERS) },
    }
    LabelChanges => {
        "type": "object",
        "description": "Changes of labels.",
        "propertyNames": { "minLength": 1, "maxLength": (Labels::MOST_NAME_CHARACTERS), "pattern": "^[^\\x00-\\x1f\\x7f-\\x9f]+$" },
        "additionalProperties": { "type": ["string", "null"], "maxLength": (Labels::MOST_VALUE_CHARACTERS) },
    }
    MimeType => {
        "type": "string",
        "description": "A media type, with parameters where there are some. The empty text stands for `application/octet-stream`.",
        "maxLength": 255,
        "pattern": "^([A-Za-z0-9][A-Za-z0-9!#$&^_.+\\-]{0,126}/[A-Za-z0-9][A-Za-z0-9!#$&^_.+\\-]{0,126}( ?; ?[A-Za-z0-9!#$%&'*+.^_`|~\\-]+=([!#-:<-\\[\\]-~]+|\"( ?[!#-:<-\\[\\]-~])* ?\"))*)?$",
    }
    MimeRange => {
        "type": "string",
        "description": "A media type without parameters, or a family of them such as `image/*`.",
        "pattern": "^[A-Za-z0-9][A-Za-z0-9!#$&^_.+\\-]{0,126}/([A-Za-z0-9][A-Za-z0-9!#$&^_.+\\-]{0,126}|\\*)$",
    }
    Md5 => {
        "type": "string",
        "description": "An MD5 digest in lowercase hexadecimal digits.",
        "pattern": "^[0-9a-f]{32}$",
    }
    Timestamp => {
        "type": "string",
        "description": "A time in UTC, with milliseconds (RFC 3339).",
        "format": "date-time",
    }
    ETag => {
        "type": "string",
        "description": "S3's `ETag` of a part. The quotes around it may be left out.",
    }
    PartNumber => {
        "type": "integer",
        "description": "The number of a part.",
        "minimum": 1,
        "maximum": (PartNumber::MAX),
    }
    Checksum<32> => {
        "type": "string",
        "description": "A SHA-256 digest in base64.",
        "pattern": "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$",
    }
    Checksum<8> => {
        "type": "string",
        "description": "A CRC-64/NVME in base64.",
        "pattern": "^[A-Za-z0-9+/]{10}[AEIMQUYcgkosw048]=$",
    }
    Format => {
        "type": "string",
        "description": "The format of a media file: of the container, if it is a film.",
        "enum": (Format::ALL.map(Format::as_str)),
    }
    Scope => {
        "type": "string",
        "description": "What a key may do.",
        "enum": (Scope::ALL.map(Scope::as_str)),
    }
}
