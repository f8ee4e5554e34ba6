//! What AWS answers to a call that a test expects.

use std::error::Error as StdError;
use std::fmt::Debug;

use aws_smithy_mocks::{Rule, RuleBuilder};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::body::SdkBody;

/// The header of the answer that never comes.
pub(super) const SILENCE: &str = "x-test-silence";

/// An answer as it comes over the wire.
#[derive(Clone, Debug)]
pub struct AwsAnswer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
}

impl AwsAnswer {
    /// An answer without headers.
    #[must_use]
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// No answer, however long one waits.
    #[must_use]
    pub fn never() -> Self {
        Self::new(200, "").header(SILENCE, "")
    }

    /// The same with one header more.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(super) fn response(&self) -> HttpResponse {
        let status = self.status.try_into().unwrap();
        let mut response = HttpResponse::new(status, SdkBody::from(self.body.as_str()));
        for (name, value) in &self.headers {
            response.headers_mut().insert(*name, value.clone());
        }
        response
    }
}

/// What becomes of an expected call.
pub trait Answers: Sized {
    /// It is answered so, each time.
    fn answers(self, answer: AwsAnswer) -> Rule {
        self.answers_after(&[], answer)
    }

    /// It is answered so, but must not come before one of each of `earlier` was answered.
    fn answers_after(self, earlier: &[&Rule], answer: AwsAnswer) -> Rule;

    /// It is answered so, one after the other, and not expected again.
    fn answers_in_turn(self, answers: impl IntoIterator<Item = AwsAnswer>) -> Rule;
}

impl<I, O, E> Answers for RuleBuilder<I, O, E>
where
    I: Debug + Send + Sync + 'static,
    O: Debug + Send + Sync + 'static,
    E: StdError + Send + Sync + 'static,
{
    fn answers_after(self, earlier: &[&Rule], answer: AwsAnswer) -> Rule {
        let earlier: Vec<Rule> = earlier.iter().copied().cloned().collect();
        self.then_http_response(move || {
            assert!(earlier.iter().all(|rule| rule.num_calls() > 0), "this call came too early");
            answer.response()
        })
    }

    fn answers_in_turn(self, answers: impl IntoIterator<Item = AwsAnswer>) -> Rule {
        let mut sequence = self.sequence();
        for answer in answers {
            sequence = sequence.http_response(move || answer.response());
        }
        sequence.build()
    }
}
