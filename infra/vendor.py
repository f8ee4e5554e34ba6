"""Refreshes what functions/get-docs carries of others: Scalar's reference, compressed.

Usage: vendor.py [VERSION]

Without a version it fetches the one that `scalar.json` names, and refuses a package with another checksum.
The bundle's path has the version in it: a new one is named in main.rs and page.html, too.
"""

import base64
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).parents[1] / "functions" / "get-docs" / "vendor"
BUNDLE = VENDOR / "scalar-api-reference.js.gz"
LOCK = VENDOR / "scalar.json"


def main(version: str | None) -> None:
    """Fetches, checks, compresses."""
    lock = json.loads(LOCK.read_text())
    is_known = version in (None, lock["version"])
    lock["version"] = version or lock["version"]
    package = fetched(f"{lock['package']}@{lock['version']}")
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(package).digest()).decode()
    if is_known and integrity != lock["integrity"]:
        sys.exit(f"{lock['package']} {lock['version']} is not what it was: {integrity}")
    with tarfile.open(fileobj=io.BytesIO(package)) as archive:
        file = archive.extractfile(f"package/{lock['file']}")
        bundle = file.read() if file else sys.exit(f"the package has no {lock['file']}")
    # Without a time, so that the same bundle is the same file.
    BUNDLE.write_bytes(gzip.compress(bundle, mtime=0))
    lock |= {"integrity": integrity, "sha256": hashlib.sha256(bundle).hexdigest()}
    LOCK.write_text(json.dumps(lock, indent=2) + "\n")
    print(f"{lock['package']} {lock['version']}: {len(bundle)} bytes, {BUNDLE.stat().st_size} compressed")


def fetched(package: str) -> bytes:
    """The package as the registry has it."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", package, "--silent", "--pack-destination", folder]
        subprocess.run(command, check=True, capture_output=True)
        (path,) = Path(folder).iterdir()
        return path.read_bytes()


if __name__ == "__main__":
    main(*sys.argv[1:2] or [None])
