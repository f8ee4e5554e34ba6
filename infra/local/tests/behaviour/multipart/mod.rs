//! Multipart uploads as S3 has them.

mod aborts;
mod checksums;
mod completions;
mod lists;
mod objects;
mod parts;
pub(crate) mod upload;
