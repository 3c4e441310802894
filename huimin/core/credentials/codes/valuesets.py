"""The codes that EU certificates may name (value sets, eHealth Network): a verdict of its own, left to whoever asks.

Real issuers send other codes in good certificates, so a code that is not in its list is said, and refuses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .schema import KINDS

DISEASES = frozenset({"840539006"})
PROPHYLAXES = frozenset({"1119305005", "1119349007", "J07BX03", "1162643001", "1157024006", "29061000087103"})
PRODUCTS = frozenset({
    "EU/1/20/1528", "EU/1/20/1507", "EU/1/21/1529", "EU/1/20/1525", "EU/1/21/1618", "EU/1/21/1580", "EU/1/22/1695",
    "CVnCoV", "NVX-CoV2373", "Sputnik-V", "Convidecia", "EpiVacCorona", "EpiVacCorona-N", "BBIBP-CorV",
    "Inactivated-SARS-CoV-2-Vero-Cell", "CoronaVac", "Covaxin", "Covishield", "Covid-19-(recombinant)", "R-COVI",
    "CoviVac", "Sputnik-Light", "Hayat-Vax", "Abdala", "Soberana-02", "Soberana-Plus", "WIBP-CorV", "MVC-COV1901",
    "COVOVAX", "Vidprevtyn", "VLA2001", "Sputnik-M", "SCTV01C", "NVSI-06-08", "YS-SC2-010", "Covishield-ChAdOx1_nCoV-19",
    "Covid-19-adsorvida-inativada", "CVnCoV-2",
})  # fmt: skip
HOLDERS = frozenset({
    "ORG-100001699", "ORG-100030215", "ORG-100001417", "ORG-100031184", "ORG-100006270", "ORG-100013793", "ORG-100020693",
    "ORG-100010771", "ORG-100024420", "ORG-100032020", "ORG-100001981", "ORG-100007893", "ORG-100023050", "ORG-100033914",
    "ORG-100000788", "ORG-100036422", "ORG-100026614", "ORG-100044155", "ORG-100008549",
    "Gamaleya-Research-Institute", "Vector-Institute", "Sinovac-Biotech", "Bharat-Biotech", "Fiocruz",
    "Chumakov-Federal-Scientific-Center",
    "Gulf-Pharmaceutical-Industries", "CIGB", "Finlay-Institute", "IFV", "Sinopharm-WIBP", "Sinocelltech-Ltd", "NVSI",
    "Yisheng-Biopharma", "R-Pharm-CJSC",
})  # fmt: skip
TESTS = frozenset({"LP6464-4", "LP217198-3"})
RESULTS = frozenset({"260415000", "260373001"})
COUNTRY = re.compile(r"[A-Z]{2}")

LISTS: Mapping[str, Mapping[str, frozenset[str]]] = {
    "v": {"tg": DISEASES, "vp": PROPHYLAXES, "mp": PRODUCTS, "ma": HOLDERS},
    "t": {"tg": DISEASES, "tt": TESTS, "tr": RESULTS},
    "r": {"tg": DISEASES},
}
DEVICE = re.compile(
    r"\d{1,5}"
)  # the makers of rapid tests are numbers in the list of the JRC, which grows every week


def flaws(content: Any) -> tuple[str, ...]:
    """Every code of a content that is in no list, as `path: code`."""
    found: list[str] = []
    if not isinstance(content, Mapping):
        return ()
    for kind in KINDS:
        for entry in content.get(kind) or () if isinstance(content.get(kind), list) else ():
            if not isinstance(entry, Mapping):
                continue
            for field, known in LISTS[kind].items():
                code = entry.get(field)
                if isinstance(code, str) and code not in known:
                    found.append(f"{kind}.{field}: {code}")
            land = entry.get("co")
            if isinstance(land, str) and not COUNTRY.fullmatch(land):
                found.append(f"{kind}.co: {land}")
            maker = entry.get("ma") if kind == "t" else None
            if isinstance(maker, str) and maker and not DEVICE.fullmatch(maker):
                found.append(f"t.ma: {maker}")
    return tuple(found)
