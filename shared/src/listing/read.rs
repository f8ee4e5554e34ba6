//! A page of a workspace's files: which reads it takes, and when they are certain.

use futures_util::future;

use crate::domain::{FileId, Workspace};
use crate::listing::{Counter, Listing, Page, Start};
use crate::storage::PendingCaller;
use crate::uploads::File;
use crate::{Context, Error, Result};

/// How many times a page is read, at most, while deletes change it. After that it is answered as it is.
const MOST_READINGS: usize = 4;

/// A page of the caller's files, newest first, and how many there are.
///
/// # Errors
///
/// DynamoDB's failure.
pub async fn list(ctx: &Context, caller: &PendingCaller, page: Page) -> Result<Listing> {
    // A Query costs more than a forged key may cause, and reads what others own.
    caller.confirmed().await;
    let workspace = caller.workspace();
    // Boxed: the SDK's futures are large.
    let listing = match page.start() {
        Start::Offset(0) => Box::pin(newest(ctx, workspace, page)).await?,
        Start::Offset(offset) => Box::pin(older(ctx, workspace, page, offset)).await?,
        Start::After(file) => Box::pin(after(ctx, workspace, page, file)).await?,
    };
    // Noted holes are counted from now on, so later pages need not come upon them again.
    let holes = listing.settled(ctx.now());
    if !holes.is_empty() {
        ctx.files().note_holes(caller.caller().await, &holes).await?;
    }
    Ok(listing)
}

/// The newest page needs no arithmetic, so counter and rows are read at once. If they may be of different
/// moments, both are read again, until two readings in a row agree.
async fn newest(ctx: &Context, workspace: &Workspace, page: Page) -> Result<Listing> {
    let (counter, files) = counter_and_newest(ctx, workspace, page).await?;
    let known_holes = counter.known_holes();
    let mut listing = Listing::newest(page, counter, &known_holes, files);
    if listing.is_certain() {
        return Ok(listing);
    }
    for _ in 1..MOST_READINGS {
        let again = counter_and_newest(ctx, workspace, page);
        let holes = ctx.files().holes_around(workspace, listing.top());
        let ((counter, files), holes) = Box::pin(future::try_join(again, holes)).await?;
        let again = Listing::newest(page, counter, &holes, files);
        let confirmed = listing.is_confirmed_by(&again);
        listing = again;
        if confirmed {
            return Ok(listing.confirmed());
        }
    }
    Ok(listing)
}

async fn counter_and_newest(
    ctx: &Context,
    workspace: &Workspace,
    page: Page,
) -> Result<(Counter, Vec<File>)> {
    let counter = ctx.files().counter(workspace);
    future::try_join(counter, ctx.files().newest(workspace, page.limit())).await
}

/// The page after a file starts at the next lower number, whatever was created or deleted meanwhile.
async fn after(ctx: &Context, workspace: &Workspace, page: Page, file: FileId) -> Result<Listing> {
    let number = file.sequence().number();
    // One row more before the page, which tells whether the id is right, and one after it.
    let rows = ctx.files().from(workspace, number, page.limit() + 2);
    let (mut counter, mut files) = future::try_join(ctx.files().counter(workspace), rows).await?;
    counter.raise_to(files.first());
    let is_another = |row: &File| row.id.sequence() == file.sequence() && row.id != file;
    if number >= counter.next || files.first().is_some_and(is_another) {
        let reason = "it names no file that was ever created".to_owned();
        return Err(Error::InvalidValue { param: "after".to_owned(), reason });
    }
    files.retain(|row| row.id != file);
    let limit = usize::try_from(page.limit()).unwrap_or(usize::MAX);
    let has_older = files.len() > limit;
    files.truncate(limit);
    let Some(first) = number.checked_sub(1) else {
        return Ok(Listing::beyond_the_end(page, counter));
    };
    let holes = counter.known_holes();
    Ok(Listing::new(page, counter, &holes, first, files).with_older(has_older))
}

/// An older page is found by the counts. It is of one moment if the counts are the same afterwards.
async fn older(ctx: &Context, workspace: &Workspace, page: Page, offset: u64) -> Result<Listing> {
    let mut counter = ctx.files().counter(workspace).await?;
    let mut readings = 1;
    loop {
        let listing = counted_off(ctx, workspace, (page, offset), counter).await?;
        if listing.is_certain() || readings == MOST_READINGS {
            return Ok(listing);
        }
        counter = ctx.files().counter(workspace).await?;
        if listing.is_untouched(&counter) {
            return Ok(listing.confirmed());
        }
        readings += 1;
    }
}

/// Counts down to the first row of the page: to its region, its block, its number.
async fn counted_off(
    ctx: &Context,
    workspace: &Workspace,
    (page, offset): (Page, u64),
    counter: Counter,
) -> Result<Listing> {
    let Some((region, above)) = counter.region(offset) else {
        return Ok(Listing::beyond_the_end(page, counter));
    };
    let (first, holes) = if let Some(first) = counter.dense_number(offset) {
        (first, counter.known_holes())
    } else {
        let counts = ctx.files().holes_of(workspace, region).await?;
        let (block, above) = region.block(counter.next, &counts, above);
        let holes = ctx.files().holes_around(workspace, block).await?;
        (block.number(counter.next, &holes, above), holes)
    };
    let files = ctx.files().from(workspace, first, page.limit()).await?;
    Ok(Listing::new(page, counter, &holes, first, files))
}
