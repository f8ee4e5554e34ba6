"""What goes into every zip beside the binary."""

import gzip
import hashlib
import json

import notices


def test_every_crate_of_a_function_is_named_with_the_text_of_its_licence(capsys):
    notices.main()
    printed = capsys.readouterr().out
    crates = notices.crates_of_the_functions()
    assert len(crates) > 100
    for crate in crates:
        assert f"{crate['name']} {crate['version']}" in printed
    assert "@scalar/api-reference 1.72.1" in printed and "2023-present Scalar" in printed
    assert "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION" in printed
    # Proc macros and the tools of the tests end up in no zip.
    assert not {"serde_derive", "dynoxide-rs", "s3s"} & {crate["name"] for crate in crates}


def test_what_is_vendored_is_what_its_lock_says():
    lock = json.loads((notices.ROOT / "functions/get-docs/vendor/scalar.json").read_text())
    bundle = gzip.decompress((notices.ROOT / "functions/get-docs/vendor/scalar-api-reference.js.gz").read_bytes())
    assert hashlib.sha256(bundle).hexdigest() == lock["sha256"]
    for path in ["src/main.rs", "assets/page.html"]:
        text = (notices.ROOT / "functions/get-docs" / path).read_text()
        assert f"/docs/scalar-{lock['version']}.js" in text
