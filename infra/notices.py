"""Third-party notices: the licences of every crate that the functions are built of, and of what else they
carry.

Usage: notices.py > THIRD-PARTY-NOTICES.txt

Where a crate may be had under Apache-2.0 it is, and that text stands once; of the others, each text that
their authors ship, with the crates that it is of.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TEXTS = re.compile(r"(licen[sc]e|copying|notice|copyright)", re.IGNORECASE)
OF_OTHERS = re.compile(r"apache|unlicense", re.IGNORECASE)

MIT = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO
EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR
THE USE OR OTHER DEALINGS IN THE SOFTWARE."""


def main() -> None:
    """Prints the notices."""
    apache, texts = [], {}
    for crate in crates_of_the_functions():
        name = f"{crate['name']} {crate['version']}"
        if "Apache-2.0" in re.split(r"[ /()]+", crate["license"]):
            apache.append(name)
            texts_of_it = notices(crate)
        else:
            texts_of_it = licences(crate) or [without_a_text(crate)]
        for text in texts_of_it:
            texts.setdefault(text, []).append(name)
    for lock, text in vendored():
        texts[text] = [*texts.get(text, []), f"{lock['package']} {lock['version']}"]
    print("Slipway's functions contain these works of others.\n")
    print("Under the Apache License, Version 2.0, whose text stands at the end:\n")
    print(", ".join(apache))
    for text, names in sorted(texts.items(), key=lambda it: it[1]):
        print(f"\n{'=' * 72}\n{', '.join(names)}:\n\n{text}")
    # Its appendix tells how to apply it, and is none of its terms.
    terms, _appendix = (ROOT / "LICENSE").read_text().split("APPENDIX:")
    print(f"\n{'=' * 72}\n{paragraphs(terms)}")


def crates_of_the_functions() -> list[dict]:
    """The crates, as `cargo metadata` describes them, in the order of their names."""
    functions = [path.name for path in sorted((ROOT / "functions").iterdir())]
    selected = [word for function in functions for word in ("--package", function)]
    tree = cargo(
        "tree", "--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}", *selected
    )
    used = {tuple(line.split(" ")[:2]) for line in tree.splitlines() if line}
    crates = json.loads(cargo("metadata", "--format-version", "1"))["packages"]
    found = [
        it for it in crates if it["source"] and (it["name"], f"v{it['version']}") in used
    ]
    return sorted(found, key=lambda crate: (crate["name"], crate["version"]))


def vendored() -> list[tuple[dict, str]]:
    """What is compiled in and is no crate: what it is, and the text of its licence."""
    locks = sorted(ROOT.glob("functions/*/vendor/*.json"))
    return [
        (json.loads(lock.read_text()), paragraphs(lock.with_name(f"{lock.stem}-LICENSE").read_text()))
        for lock in locks
    ]


def licences(crate: dict) -> list[str]:
    """The texts of the licence under which the crate is taken."""
    return [text for path, text in texts_beside(crate) if not OF_OTHERS.search(path.name)]


def without_a_text(crate: dict) -> str:
    """The licence of a crate whose authors forgot to ship its text."""
    if crate["license"] != "MIT":
        sys.exit(f"{crate['name']} ({crate['license']}) ships no text of its licence")
    whose = ", ".join(crate["authors"]) or f"the authors of {crate['repository']}"
    return f"Copyright (c) {whose}\n\n{MIT}"


def notices(crate: dict) -> list[str]:
    """What the Apache licence demands to be passed on."""
    return [text for path, text in texts_beside(crate) if path.name.upper().startswith("NOTICE")]


def texts_beside(crate: dict) -> list[tuple[Path, str]]:
    """The texts of that kind in the crate's folder."""
    folder = Path(crate["manifest_path"]).parent
    paths = sorted(path for path in folder.iterdir() if TEXTS.match(path.name) and path.is_file())
    return [(path, paragraphs(path.read_text(errors="replace"))) for path in paths]


def paragraphs(text: str) -> str:
    """A text with each paragraph on one line: the same words of two authors are then the same text."""
    found = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in found)


def cargo(*arguments: str) -> str:
    """What a cargo command prints."""
    command = ["cargo", *arguments, "--locked"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
