#!/usr/bin/env python3
"""Fetch the front-end libraries Huimin carries with it, and check that nobody has changed them.

    tools/vendor.py            fetch everything again and write VENDORED.json
    tools/vendor.py --check    compare every vendored file with its recorded sha256

Packages come through the npm client as it is configured on this machine. Pages never load anything from
elsewhere: a county office behind a firewall sees the same page as a developer.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

from vendor_icons import ICONS

ROOT = Path(__file__).resolve().parent.parent
STATIC = Path("huimin/ui/static/vendor")
FONTS = Path("huimin/ui/fonts")
RECORD = ROOT / STATIC / "VENDORED.json"
MIT = """MIT License

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
ONE_FONT = re.compile(r"src: url\('../font/dmn\.eot[^;]*;\s*src:[^;]*;")
SVG_FONT = re.compile(r"/\* Chrome hack: SVG.*?\*/\s*/\*.*?\*/\s*/\*.*?dmn\.svg.*?\*/\n", re.DOTALL)


@dataclass(frozen=True)
class Package:
    """One npm package: which files of it we keep, and where they go."""

    name: str
    version: str
    licence: str
    folder: Path
    files: dict[str, str]  # path inside the package -> name in our folder
    licence_text: str = ""  # written as LICENSE where the package carries none


PACKAGES = (
    Package(
        "@tabler/core",
        "1.6.1",
        "MIT",
        STATIC / "tabler",
        {"dist/css/tabler.min.css": "tabler.min.css", "dist/js/tabler.min.js": "tabler.min.js"},
        licence_text="Copyright (c) 2018-2026 The Tabler Authors\n\n" + MIT,
    ),
    Package(
        "@tabler/icons",
        "3.51.0",
        "MIT",
        STATIC / "tabler-icons",
        {"LICENSE": "LICENSE"},  # the sprite is built from icons/outline by build_sprite
    ),
    Package(
        "htmx.org",
        "2.0.11",
        "0BSD",
        STATIC / "htmx",
        {"dist/htmx.min.js": "htmx.min.js", "LICENSE": "LICENSE"},
    ),
    Package(
        "echarts",
        "6.1.0",
        "Apache-2.0",
        STATIC / "echarts",
        {
            "dist/echarts.min.js": "echarts.min.js",
            "LICENSE": "LICENSE",
            "NOTICE": "NOTICE",
            "licenses/LICENSE-d3": "LICENSE-d3",
        },
    ),
    Package(
        "dmn-js",
        "17.5.0",
        "LicenseRef-bpmn.io",  # MIT with one condition: the watermark stays fully visible
        STATIC / "dmn-js",
        {
            "dist/dmn-modeler.production.min.js": "dmn-modeler.min.js",
            **{
                f"dist/assets/{name}.css": f"{name}.css"
                for name in (
                    "diagram-js",
                    "dmn-js-boxed-expression",
                    "dmn-js-boxed-expression-controls",
                    "dmn-js-decision-table",
                    "dmn-js-decision-table-controls",
                    "dmn-js-drd",
                    "dmn-js-literal-expression",
                    "dmn-js-shared",
                )
            },
            "dist/assets/dmn-font/css/dmn.css": "dmn-font/css/dmn.css",
            "dist/assets/dmn-font/font/dmn.woff2": "dmn-font/font/dmn.woff2",
            "LICENSE": "LICENSE",
        },
    ),
    Package(
        "axe-core",
        "4.14.1",
        "MPL-2.0",
        Path("tests/vendor/axe-core"),
        {"axe.min.js": "axe.min.js", "LICENSE": "LICENSE", "LICENSE-3RD-PARTY.txt": "LICENSE-3RD-PARTY.txt"},
    ),
    Package(
        "@expo-google-fonts/noto-sans-sc",
        "0.4.3",
        "OFL-1.1",
        FONTS,
        {
            "400Regular/NotoSansSC_400Regular.ttf": "NotoSansSC_400Regular.ttf",
            "700Bold/NotoSansSC_700Bold.ttf": "NotoSansSC_700Bold.ttf",
            "LICENSE_FONT": "OFL-NotoSansSC.txt",
        },
    ),
    Package(
        "@expo-google-fonts/noto-serif-tibetan",
        "0.4.2",
        "OFL-1.1",
        FONTS,
        {
            "400Regular/NotoSerifTibetan_400Regular.ttf": "NotoSerifTibetan_400Regular.ttf",
            "LICENSE_FONT": "OFL-NotoSerifTibetan.txt",
        },
    ),
)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def unpack(package: Package, into: Path) -> Path:
    """Fetch one package with the npm client and return the folder of its files."""
    spec = f"{package.name}@{package.version}"
    subprocess.run(
        ["npm", "pack", "--silent", spec],  # noqa: S607 - the npm of whoever runs this
        cwd=into,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    archive = max(into.glob("*.tgz"), key=lambda path: path.stat().st_mtime)
    target = into / archive.stem
    with tarfile.open(archive) as tar:
        tar.extractall(target, filter="data")
    archive.unlink()
    return target / "package"


def build_sprite(source: Path, target: Path) -> None:
    """Write one SVG with a <symbol> for each icon that Huimin uses."""
    symbols = []
    for name in sorted(ICONS):
        svg = (source / "icons" / "outline" / f"{name}.svg").read_text(encoding="utf-8")
        body = re.search(r"<svg[^>]*>(.*)</svg>", svg, re.DOTALL)
        if body is None:
            raise SystemExit(f"tools/vendor.py: {name}.svg is not an SVG: take it out of vendor_icons.py")
        paths = re.sub(r'<path stroke="none"[^>]*/>', "", body.group(1))
        paths = re.sub(r"\s*\n\s*", "", paths).strip()
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
            f'stroke-linecap="round" stroke-linejoin="round">{paths}</symbol>'
        )
    target.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n", encoding="utf-8"
    )


def keep(package: Package, source: Path) -> list[Path]:
    """Copy the wanted files of an unpacked package into the repository."""
    folder = ROOT / package.folder
    folder.mkdir(parents=True, exist_ok=True)
    kept = []
    for inside, name in package.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / inside, folder / name)
        kept.append(folder / name)
        if name.endswith((".js", ".css")):  # developer tools would ask for a map we do not ship
            text = kept[-1].read_text(encoding="utf-8")
            text = re.sub(r"\n?(//# sourceMappingURL=\S+|/\*# sourceMappingURL=\S+ \*/)\s*$", "\n", text)
            if name.endswith(
                "dmn.css"
            ):  # every browser we support reads woff2: the four other forms are not kept
                text = ONE_FONT.sub("src: url('../font/dmn.woff2') format('woff2');", text, count=1)
                text = SVG_FONT.sub("", text)  # what gathers static files looks for files in comments too
            kept[-1].write_text(text, encoding="utf-8")
    if package.licence_text:
        (folder / "LICENSE").write_text(package.licence_text, encoding="utf-8")
        kept.append(folder / "LICENSE")
    if package.name == "@tabler/icons":
        build_sprite(source, folder / "sprite.svg")
        kept.append(folder / "sprite.svg")
    return kept


def fetch() -> int:
    record = []
    with tempfile.TemporaryDirectory() as folder:
        for package in PACKAGES:
            print(f"{package.name} {package.version}", flush=True)
            kept = keep(package, unpack(package, Path(folder)))
            files = {str(path.relative_to(ROOT)): digest(path) for path in sorted(kept)}
            record.append(
                {"name": package.name, "version": package.version, "licence": package.licence, "files": files}
            )
    RECORD.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


def check() -> int:
    """Print every vendored file that is missing or differs from its record; 0 when there is none."""
    wrong = []
    for package in json.loads(RECORD.read_text(encoding="utf-8")):
        for name, sha256 in package["files"].items():
            path = ROOT / name
            if not path.is_file():
                wrong.append(f"{name}: missing")
            elif digest(path) != sha256:
                wrong.append(f"{name}: changed since it was vendored")
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        print("Run tools/vendor.py to fetch these files again.", file=sys.stderr)
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="only compare checksums")
    return check() if parser.parse_args().check else fetch()


if __name__ == "__main__":
    raise SystemExit(main())
