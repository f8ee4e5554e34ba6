//! `slipway upload` and `slipway download`, the real binary at the real functions, with faults in S3 and
//! DynamoDB where a test puts them.

mod brake;
mod download;
mod faults;
mod finish;
mod link;
mod resume;
mod tool;
mod upload;
