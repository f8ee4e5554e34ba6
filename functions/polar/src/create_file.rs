//! `POST /v1/files/`: open an upload session and say where to PUT each part.

use serde::Deserialize;
use shared::domain::multipart::Checksum;
use shared::domain::{Filename, Labels, Milestone, MimeType, Uuid};
use shared::http::{Call, Reply, StatusCode};
use shared::uploads::{self, NewFile};
use shared::{BucketContext, Config, Error, Result};

use crate::annotation::{Annotation, Fields, Version};
use crate::parts::Parts;
use crate::service::Service;
use crate::views::FileUpload;

#[derive(Deserialize)]
struct CreateFile {
    service: Service,
    name: Filename,
    mime_type: MimeType,
    size: u64,
    upload: Parts,
    checksum_sha256_base64: Option<Checksum<32>>,
    version: Option<Version>,
    organization_id: Option<Uuid>,
}

pub(crate) async fn create_file(ctx: BucketContext, call: Call) -> Result<Reply> {
    let new = call.body::<CreateFile>()?.within(ctx.config())?;
    let opened = uploads::open(&ctx, call.pending_caller(), new).await?;
    let view = FileUpload::new(&call, opened)?;
    Ok(Reply::json(StatusCode::CREATED, &view)?.marking(Milestone::Created))
}

impl CreateFile {
    fn within(self, config: &Config) -> Result<NewFile> {
        let max_size_bytes = config.max_size_bytes;
        if self.size > max_size_bytes {
            let reason = format!("must be between 0 and {max_size_bytes}");
            return Err(Error::InvalidValue { param: "size".to_owned(), reason });
        }
        self.service.check(&self.mime_type, self.size)?;
        let annotation = Annotation::new(Fields {
            service: self.service,
            version: self.version.map(Version::into_text),
            organization_id: self.organization_id.map(|id| id.to_string()),
            checksum_sha256_base64: self.checksum_sha256_base64.map(|sha| sha.as_str().to_owned()),
        });
        Ok(NewFile {
            filename: self.name,
            mime_type: self.mime_type,
            size_bytes: self.size,
            arrival: self.upload.arrival(self.size)?,
            auto_complete: false,
            labels: Labels::default(),
            annotation: Some(annotation.recorded()?),
        })
    }
}
