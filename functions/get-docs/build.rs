//! Compresses what is served, once, so that no container has to: with each asset's `ETag`, a hash of it.
#![expect(clippy::expect_used, reason = "a build fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "cargo tells where to by the environment")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;

use data_encoding::HEXLOWER;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

/// Each constant in `main.rs`, the file that it holds, and whether that is compressed already: the last one is
/// 4 MB of somebody else's.
const ASSETS: [(&str, &str, bool); 11] = [
    ("PAGE", "assets/page.html", false),
    ("STYLE", "assets/page.css", false),
    ("SCRIPT", "assets/page.js", false),
    ("UPLOAD_PAGE", "assets/upload.html", false),
    ("UPLOAD_STYLE", "assets/upload.css", false),
    ("UPLOAD_SCRIPT", "assets/upload-page.js", false),
    ("UPLOAD_MODULE", "../../clients/browser/upload.js", false),
    ("UPLOAD_ELEMENT", "../../clients/browser/element.js", false),
    ("LLMS", "assets/llms.txt", false),
    ("OPENAPI", "../../openapi.json", false),
    ("REFERENCE", "vendor/scalar-api-reference.js.gz", true),
];

fn main() {
    let out = std::env::var("OUT_DIR").expect("cargo sets it");
    let mut constants = Vec::new();
    for (name, path, is_compressed) in ASSETS {
        println!("cargo::rerun-if-changed={path}");
        let bytes = fs::read(path).expect("the asset is there");
        let (plain, gzipped) = if is_compressed {
            (decompressed(&bytes), bytes)
        } else {
            (bytes.clone(), compressed(&bytes))
        };
        let file = Path::new(&out).join(name).display().to_string();
        fs::write(&file, gzipped).expect("the folder can be written to");
        // Weak: the compressed and the plain form share it.
        let etag = format!("W/\"{}\"", HEXLOWER.encode(&Sha256::digest(&plain)[..8]));
        let included = format!("include_bytes!({file:?})");
        constants.push(format!(
            "const {name}: Content = Content {{ gzipped: {included}, etag: {etag:?} }};"
        ));
    }
    fs::write(Path::new(&out).join("content.rs"), constants.join("\n"))
        .expect("the folder can be written to");
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory takes all");
    encoder.finish().expect("memory takes all")
}

fn decompressed(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut plain).expect("it is compressed");
    plain
}
