//! Which files are taken, by the ends of their names.

use serde::Deserialize;
use shared::domain::Filename;

/// What GeoLens takes when nobody has configured it otherwise: tables, vectors, rasters.
const ANY_KIND: &[&str] =
    &[".zip", ".gpkg", ".geojson", ".json", ".csv", ".tif", ".tiff", ".xlsx", ".xls", ".parquet"];

/// The kinds that a client must name, because their files cannot be told by their names alone.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    /// A 3D Tiles tileset in an archive.
    Tiles3d,
    /// A COPC point cloud.
    Pointcloud,
}

/// The extensions that a client may use without naming a kind, separated by commas.
pub(crate) fn allowed() -> String {
    ANY_KIND.join(",")
}

/// The extension of a name, in lowercase with its dot, if files of that kind do not have it.
pub(crate) fn disallowed(filename: &Filename, kind: Option<Kind>) -> Option<String> {
    let allowed = match kind {
        None => ANY_KIND,
        Some(Kind::Tiles3d) => &[".zip", ".3tz"],
        Some(Kind::Pointcloud) => &[".laz"],
    };
    let name = filename.as_str();
    // A dot in the first place hides a file, it does not begin an extension.
    let dot = name.rfind('.').filter(|dot| *dot > 0);
    let extension = dot.map_or_else(String::new, |dot| name[dot..].to_lowercase());
    (!allowed.contains(&extension.as_str())).then_some(extension)
}
