//! `GET /v1/files/`: a page of the workspace's files, newest first, and how many there are.
//!
//! A key belongs to one workspace, so `organization_id` selects nothing.

use shared::domain::{FileId, Uuid};
use shared::http::{Call, Reply};
use shared::listing::{self, Page};
use shared::uploads::{self, File};
use shared::{BucketContext, Error, Result};

use crate::errors::QUERY;
use crate::views::{FileList, FileRead};

/// Which files are wanted.
struct Wanted {
    page: u64,
    limit: u64,
    ids: Option<Vec<FileId>>,
}

pub(crate) async fn list_files(ctx: BucketContext, call: Call) -> Result<Reply> {
    let wanted = Wanted::by(&call)?;
    let caller = call.pending_caller();
    let (files, total) = if let Some(ids) = &wanted.ids {
        wanted.cut(uploads::read_all(&ctx, caller, ids).await?)
    } else {
        let page = Page::new(wanted.limit, wanted.offset());
        let listing = listing::list(&ctx, caller, page).await?;
        let total = listing.total();
        (listing.files, total)
    };
    let mut items = Vec::with_capacity(files.len());
    for file in &files {
        items.push(FileRead::new(&ctx, &call, file).await?);
    }
    Reply::ok(&FileList::new(items, total, wanted.limit))
}

impl Wanted {
    const DEFAULT_LIMIT: u64 = 10;
    const MAX_LIMIT: u64 = 100;
    /// As many as fit on a page.
    const MAX_IDS: usize = 100;

    fn by(call: &Call) -> Result<Self> {
        let mut wanted = Self { page: 1, limit: Self::DEFAULT_LIMIT, ids: None };
        for (name, text) in call.query_pairs() {
            match &*name {
                "page" => wanted.page = positive("page", &text)?,
                // Clamped, as Polar does. `max_page` counts pages of the clamped size.
                "limit" => wanted.limit = positive("limit", &text)?.min(Self::MAX_LIMIT),
                "ids" => {
                    uuid("ids", &text)?;
                    let ids = wanted.ids.get_or_insert_default();
                    // A UUID that is no file id names no file, so it is left out.
                    ids.extend(FileId::from_uuid(&text).ok().filter(|id| !ids.contains(id)));
                }
                "organization_id" => uuid("organization_id", &text)?,
                _ => {}
            }
        }
        match &wanted.ids {
            Some(ids) if ids.len() > Self::MAX_IDS => {
                Err(invalid("ids", format!("must be at most {}", Self::MAX_IDS)))
            }
            _ => Ok(wanted),
        }
    }

    const fn offset(&self) -> u64 {
        (self.page - 1).saturating_mul(self.limit)
    }

    /// The wanted page of these files, and how many files there are.
    fn cut(&self, files: Vec<File>) -> (Vec<File>, u64) {
        let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        let total = files.len() as u64;
        (files.into_iter().skip(size(self.offset())).take(size(self.limit)).collect(), total)
    }
}

fn positive(param: &str, text: &str) -> Result<u64> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| invalid(param, "must be a whole number greater than 0".to_owned()))
}

fn uuid(param: &str, text: &str) -> Result<()> {
    let parsed = text.parse::<Uuid>();
    parsed.map(|_| ()).map_err(|error| invalid(param, error.to_string()))
}

fn invalid(param: &str, reason: String) -> Error {
    Error::InvalidValue { param: format!("{QUERY}{param}"), reason }
}
