//! The signing secret of a deployment, in Secrets Manager.
//!
//! Two versions are accepted, the current and the previous one, so a rotation interrupts no client. Reading
//! the table or a function's configuration does not reveal the secret.

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::SdkError;
use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueError;
use aws_types::SdkConfig;

use super::endpoint;
use super::failure::unavailable;
use crate::config::Aws;
use crate::domain::SigningSecret;
use crate::{Error, Result};

/// The secret, by its name.
#[derive(Clone, Debug)]
pub struct Secrets {
    client: Client,
    name: String,
}

impl Secrets {
    /// The secret called `name`.
    #[must_use]
    pub fn new(client: Client, name: String) -> Self {
        Self { client, name }
    }

    /// A Secrets Manager client with the settings of all clients.
    #[must_use]
    pub fn client(settings: &SdkConfig, aws: &Aws) -> Client {
        let other = aws.secrets_endpoint.as_deref();
        let mut config = aws_sdk_secretsmanager::config::Builder::from(settings);
        config.set_endpoint_resolver(Some(endpoint::of_region("secretsmanager", other, aws)));
        Client::from_conf(config.build())
    }

    /// The versions that are accepted, the current one first. Empty before the secret is made.
    ///
    /// # Errors
    ///
    /// Secrets Manager's failure, or a version that is not a signing secret.
    pub async fn read(&self) -> Result<Vec<SigningSecret>> {
        let mut good = Vec::with_capacity(2);
        for stage in ["AWSCURRENT", "AWSPREVIOUS"] {
            let version = self.client.get_secret_value().secret_id(&self.name).version_stage(stage);
            let value = match version.send().await {
                Ok(value) => value,
                Err(SdkError::ServiceError(refusal))
                    if matches!(
                        refusal.err(),
                        GetSecretValueError::ResourceNotFoundException(_)
                    ) =>
                {
                    break;
                }
                Err(failure) => return Err(unavailable("GetSecretValue")(failure)),
            };
            let text = value.secret_string().unwrap_or_default();
            let secret = text.parse().map_err(|weak| {
                Error::internal(format!("{stage} of the signing secret cannot be used: it {weak}"))
            })?;
            good.push(secret);
        }
        Ok(good)
    }

    /// Makes `secret` the current version and keeps the last one as the previous version. Creates the
    /// secret if there is none.
    ///
    /// # Errors
    ///
    /// Secrets Manager's failure.
    pub async fn replace(&self, secret: &SigningSecret) -> Result<()> {
        let put = self.client.put_secret_value().secret_id(&self.name);
        match put.secret_string(secret.reveal()).send().await {
            Ok(_) => return Ok(()),
            Err(SdkError::ServiceError(refusal))
                if refusal.err().is_resource_not_found_exception() => {}
            Err(failure) => return Err(unavailable("PutSecretValue")(failure)),
        }
        let create = self.client.create_secret().name(&self.name);
        let create =
            create.description("What the secret keys of Slipway's clients are derived from.");
        let created = create.secret_string(secret.reveal()).send().await;
        created.map(|_| ()).map_err(unavailable("CreateSecret"))
    }
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use aws_sdk_secretsmanager::operation::create_secret::CreateSecretOutput;
    use aws_sdk_secretsmanager::operation::get_secret_value::GetSecretValueOutput;
    use aws_sdk_secretsmanager::operation::put_secret_value::{
        PutSecretValueError, PutSecretValueOutput,
    };
    use aws_sdk_secretsmanager::types::error::ResourceNotFoundException;
    use aws_smithy_mocks::{Rule, mock, mock_client};

    use super::*;

    const CURRENT: &str = "the current secret of a deployment";
    const PREVIOUS: &str = "the secret of a deployment before that";

    /// The answer to a read of one version.
    fn version(stage: &'static str, text: Option<&'static str>) -> Rule {
        let rule = mock!(Client::get_secret_value).match_requests(move |request| {
            request.secret_id() == Some("s") && request.version_stage() == Some(stage)
        });
        match text {
            Some(text) => rule
                .then_output(move || GetSecretValueOutput::builder().secret_string(text).build()),
            None => rule.then_error(|| {
                let missing = ResourceNotFoundException::builder().build();
                GetSecretValueError::ResourceNotFoundException(missing)
            }),
        }
    }

    async fn read(rules: &[&Rule]) -> Result<Vec<String>> {
        let client = mock_client!(aws_sdk_secretsmanager, rules);
        let secrets = Secrets::new(client, "s".to_owned()).read().await?;
        Ok(secrets.iter().map(|secret| secret.reveal().to_owned()).collect())
    }

    #[tokio::test]
    async fn two_versions_are_good_or_one_or_none() {
        for (previous, good) in [(Some(PREVIOUS), vec![CURRENT, PREVIOUS]), (None, vec![CURRENT])] {
            let rules = [version("AWSCURRENT", Some(CURRENT)), version("AWSPREVIOUS", previous)];
            assert_eq!(read(&rules.each_ref()).await.unwrap(), good);
        }
        assert_eq!(
            read(&[&version("AWSCURRENT", None)]).await.unwrap(),
            [] as [std::string::String; 0]
        );
    }

    #[tokio::test]
    async fn a_version_that_is_too_short_is_a_failure_that_does_not_tell_it() {
        let error = read(&[&version("AWSCURRENT", Some("hush"))]).await.unwrap_err();
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }

    #[tokio::test]
    async fn a_secret_is_replaced_or_made() {
        let secret: SigningSecret = CURRENT.parse().unwrap();
        let put = mock!(Client::put_secret_value)
            .match_requests(|request| request.secret_string() == Some(CURRENT))
            .then_output(|| PutSecretValueOutput::builder().build());
        let client = mock_client!(aws_sdk_secretsmanager, [&put]);
        Secrets::new(client, "s".to_owned()).replace(&secret).await.unwrap();
        assert_eq!(put.num_calls(), 1);

        let missing = mock!(Client::put_secret_value).then_error(|| {
            let missing = ResourceNotFoundException::builder().build();
            PutSecretValueError::ResourceNotFoundException(missing)
        });
        let create = mock!(Client::create_secret)
            .match_requests(|request| {
                request.name() == Some("s") && request.secret_string() == Some(CURRENT)
            })
            .then_output(|| CreateSecretOutput::builder().build());
        let client = mock_client!(aws_sdk_secretsmanager, [&missing, &create]);
        Secrets::new(client, "s".to_owned()).replace(&secret).await.unwrap();
        assert_eq!(create.num_calls(), 1);
    }
}
