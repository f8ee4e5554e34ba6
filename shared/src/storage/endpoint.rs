//! Where the services of AWS are.
//!
//! The SDK would find that out by AWS's table of partitions, which it parses for each service that it calls:
//! a quarter of what a start costs. A deployment calls two or three addresses, and its template knows
//! them: the region, and the domain of its partition (`amazonaws.com`, `amazonaws.com.cn`).
//!
//! A client of the SDK parses the table even so, unless a variable names another one. The template names a
//! file, and [`write_no_partitions`] writes a table without partitions there.

use std::path::Path;
use std::{fs, io, process};

use aws_smithy_runtime_api::client::endpoint::{
    EndpointFuture, EndpointResolverParams, ResolveEndpoint, SharedEndpointResolver,
};
use aws_smithy_types::endpoint::{Endpoint, EndpointAuthScheme};

use crate::config::Aws;

/// Writes a table without partitions, to be read by every client that is made afterwards.
pub(crate) fn write_no_partitions(path: &Path) -> io::Result<()> {
    // Whole or not at all: on one machine, several containers share the file.
    let unfinished = path.with_extension(process::id().to_string());
    fs::write(&unfinished, r#"{"partitions":[],"version":"1.1"}"#)?;
    fs::rename(&unfinished, path)
}

/// The address of a service that has one for the whole region, for example `dynamodb`; `other` is another
/// address than AWS's own.
pub(super) fn of_region(service: &str, other: Option<&str>, aws: &Aws) -> SharedEndpointResolver {
    let own = || format!("https://{service}.{}.{}", aws.region, aws.url_suffix);
    resolver(Endpoint::builder().url(other.map_or_else(own, str::to_owned)).build())
}

/// The address of a bucket. Another endpoint than AWS's own has no host name for each bucket.
pub(super) fn of_bucket(bucket: &str, aws: &Aws) -> SharedEndpointResolver {
    let url = match &aws.s3_endpoint {
        Some(other) => format!("{}/{bucket}", other.trim_end_matches('/')),
        None => format!("https://{bucket}.s3.{}.{}", aws.region, aws.url_suffix),
    };
    // S3 alone signs a path as it is sent, and not encoded once more.
    let signing = EndpointAuthScheme::with_capacity("sigv4", 1).put("disableDoubleEncoding", true);
    resolver(Endpoint::builder().url(url).auth_scheme(signing).build())
}

fn resolver(endpoint: Endpoint) -> SharedEndpointResolver {
    SharedEndpointResolver::new(Known(endpoint))
}

/// The same endpoint for every operation.
#[derive(Debug)]
struct Known(Endpoint);

impl ResolveEndpoint for Known {
    fn resolve_endpoint<'a>(&'a self, _: &'a EndpointResolverParams) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(self.0.clone()))
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use aws_sdk_dynamodb::config::endpoint as dynamodb;
    use aws_sdk_s3::config::endpoint as s3;
    use dynamodb::ResolveEndpoint as _;
    use s3::ResolveEndpoint as _;

    use super::*;

    /// A region of each of three partitions, and the domain of the partition.
    const REGIONS: [(&str, &str); 3] = [
        ("eu-central-1", "amazonaws.com"),
        ("cn-north-1", "amazonaws.com.cn"),
        ("us-gov-west-1", "amazonaws.com"),
    ];

    fn aws(region: &str, url_suffix: &str) -> Aws {
        let (region, url_suffix) = (region.to_owned(), url_suffix.to_owned());
        Aws { region, url_suffix, ..crate::testing::config().aws }
    }

    async fn known(resolver: SharedEndpointResolver) -> Endpoint {
        let unused = EndpointResolverParams::new(());
        ResolveEndpoint::resolve_endpoint(&resolver, &unused).await.unwrap()
    }

    #[tokio::test]
    async fn the_table_is_where_aws_s_own_table_of_partitions_has_it() {
        for (region, suffix) in REGIONS {
            let asked = dynamodb::Params::builder().region(region).build().unwrap();
            let theirs = dynamodb::DefaultResolver::new().resolve_endpoint(&asked).await.unwrap();
            let ours = known(of_region("dynamodb", None, &aws(region, suffix))).await;
            assert_eq!(ours.url(), theirs.url());
        }
    }

    #[tokio::test]
    async fn a_bucket_is_where_aws_s_own_table_of_partitions_has_it_and_signs_like_there() {
        for (region, suffix) in REGIONS {
            let asked = s3::Params::builder().region(region).bucket("files-an").build().unwrap();
            let theirs = s3::DefaultResolver::new().resolve_endpoint(&asked).await.unwrap();
            let ours = known(of_bucket("files-an", &aws(region, suffix))).await;
            assert_eq!(ours.url(), theirs.url());
            let single = |endpoint: &Endpoint| {
                let scheme = endpoint.auth_schemes().first().unwrap();
                (scheme.name().to_owned(), scheme.get("disableDoubleEncoding").cloned())
            };
            assert_eq!(single(&ours), single(&theirs));
        }
    }

    #[test]
    fn a_table_without_partitions_is_written_whole_however_many_write_it() {
        let folder = std::env::temp_dir().join(format!("slipway-partitions-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("no-partitions.json");
        for _ in 0..2 {
            write_no_partitions(&path).unwrap();
            let table: serde_json::Value =
                serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            assert_eq!(table["partitions"], serde_json::json!([]));
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        assert!(write_no_partitions(&folder.join("missing/file")).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[tokio::test]
    async fn another_endpoint_has_the_bucket_in_its_path() {
        let mut local = aws("us-east-1", "amazonaws.com");
        local.s3_endpoint = Some("http://127.0.0.1:9002/".to_owned());
        assert_eq!(known(of_bucket("files", &local)).await.url(), "http://127.0.0.1:9002/files");
        let table = of_region("dynamodb", Some("http://127.0.0.1:9001"), &local);
        assert_eq!(known(table).await.url(), "http://127.0.0.1:9001");
    }
}
