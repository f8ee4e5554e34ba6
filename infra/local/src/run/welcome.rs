//! What `make run` says when everything runs: where it is, and a first upload to paste.

use super::{Access, FOLDER};

/// The text, with the key in it.
pub(crate) fn welcome(access: &Access) -> String {
    let folder = std::path::absolute(FOLDER).unwrap_or_else(|_| FOLDER.into());
    let Access { url, key } = access;
    let first_upload = FIRST_UPLOAD.replace("FOLDER", &folder.display().to_string());
    format!(
        "\nSlipway runs until Ctrl-C.\n\n  \
         SLIPWAY_URL={url}\n  \
         SLIPWAY_KEY={key}\n\n\
         Both are in {FOLDER}/env, too. A function is built when it is first called.\n\n\
         To upload a first file, open this in a browser:\n\n  \
         {url}/#key={key}\n\n\
         or paste this into another terminal:\n\n\
         {first_upload}"
    )
}

/// Create, PUT with the headers that were answered, complete. For sh, with curl and python3.
const FIRST_UPLOAD: &str = r#"cd 'FOLDER' && . ./env && echo 'Hello, Slipway' > hello.txt
files() { curl -sS "$SLIPWAY_URL/v1/files$1" -H "Authorization: Bearer $SLIPWAY_KEY" -H 'Content-Type: application/json' -d "$2"; }
created() { printf %s "$created" | python3 -c "import json, sys; file = json.load(sys.stdin); $1"; }
created=$(files '' '{"filename":"hello.txt","mimeType":"text/plain","sizeBytes":15}')
created '[print("header =", json.dumps(": ".join(header))) for header in file["uploadHeaders"].items()]' > headers
curl -sS -K headers -T hello.txt "$(created 'print(file["uploadUrl"])')"
md5=$(python3 -c 'import hashlib; print(hashlib.md5(open("hello.txt", "rb").read()).hexdigest())')
files "/$(created 'print(file["id"])')/complete" "{\"md5\":\"$md5\"}"; echo
"#;
