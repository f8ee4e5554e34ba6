"""Adds to a list of pins, for each that names extras, the same without them.

pip-compile writes `boto3[crt]==1.2.3`; pip does not take that for the pin of a package that asks for
plain `boto3`, and refuses the list because a requirement has no hash.

Usage: without_extras.py REQUIREMENTS
"""

import re
import sys
from pathlib import Path

PIN = re.compile(r"^([\w.-]+)\[[\w,-]+\](==.*(?:\n +--hash=.*)*)", re.MULTILINE)


def main(path: Path) -> None:
    """Rewrites the file."""
    pins = path.read_text()
    plain = "".join(f"{name}{rest.rstrip(chr(92)).rstrip()}\n" for name, rest in PIN.findall(pins))
    path.write_text(pins + plain)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
