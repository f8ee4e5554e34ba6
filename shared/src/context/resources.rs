//! What handlers are given, built once per container: the table, or the table and the bucket.

use std::future::Future;
use std::ops::Deref;
use std::time::Duration;

use crate::config::ConfigError;
use crate::storage::Bucket;
use crate::{Config, Context};

/// What a handler is given. The type that it names decides what its function links: with a [`Context`]
/// the S3 client stays out of the binary, and a cold start does not wait for S3.
pub trait Resources: AsRef<Context> + Clone + Send + Sync {
    /// The resources of a function, from its environment.
    ///
    /// # Errors
    ///
    /// The environment lacks a setting.
    fn from_environment() -> Result<Self, ConfigError>;

    /// The same resources, for one invocation.
    #[must_use]
    fn during(&self, invocation: &lambda_runtime::Context) -> Self;

    /// Opens the connections that a first request would otherwise wait for.
    fn warm_up(&self) -> impl Future<Output = ()> + Send;
}

/// A [`Context`], and the bucket beside it.
#[derive(Clone)]
pub struct BucketContext {
    context: Context,
    bucket: Bucket,
}

impl BucketContext {
    /// A bucket beside a context: how tests bring their own client.
    #[must_use]
    pub fn new(context: Context, s3: aws_sdk_s3::Client) -> Self {
        let bucket = Bucket::new(s3, &context.config().bucket, context.config().encryption);
        Self { context, bucket }
    }

    /// The files' bytes.
    #[must_use]
    pub(crate) fn bucket(&self) -> &Bucket {
        &self.bucket
    }
}

impl Deref for BucketContext {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.context
    }
}

impl AsRef<Context> for BucketContext {
    fn as_ref(&self) -> &Context {
        &self.context
    }
}

impl Resources for BucketContext {
    fn from_environment() -> Result<Self, ConfigError> {
        let (context, settings) = Context::of_environment()?;
        let Config { aws, bucket, .. } = context.config();
        let s3 = Bucket::client(&settings, aws, bucket);
        Ok(Self::new(context, s3))
    }

    fn during(&self, invocation: &lambda_runtime::Context) -> Self {
        Self { context: self.context.during(invocation), bucket: self.bucket.clone() }
    }

    async fn warm_up(&self) {
        let (table, bucket) = (Box::pin(self.context.warm_up()), self.bucket.warm_up());
        futures_util::future::join(table, bucket).await;
    }
}

/// Makes a container ready before its first invocation. Initialisation runs on a full core whatever the
/// function's memory, so this is the cheap moment for handshakes. An AWS that does not answer is not
/// waited for: Lambda ends an initialisation that takes 10 s.
pub(crate) async fn warm_up(resources: &impl Resources) {
    // A failure shows itself at the first request, which can answer it.
    let _ = tokio::time::timeout(Duration::from_secs(3), Box::pin(resources.warm_up())).await;
}
