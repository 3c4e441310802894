"""An import-linter contract: a part is entered only through its doors."""

from __future__ import annotations

from typing import Any

from importlinter import Contract, ContractCheck, fields, output


class FrontDoor(Contract):
    """Modules outside a part import only its doors; tests of the part itself may enter anywhere."""

    parts = fields.StringField()  # "huimin.core"
    doors = fields.ListField(subfield=fields.StringField())

    def check(self, graph: Any, verbose: bool) -> ContractCheck:
        """Look at every direct import into a part."""
        inside = f"{self.parts}."
        broken = []
        for importer in sorted(graph.modules):
            if ".tests" in importer or importer.endswith(".conftest"):
                continue
            for target in graph.find_modules_directly_imported_by(importer):
                if not target.startswith(inside):
                    continue
                part, _, rest = target[len(inside) :].partition(".")
                home = inside + part
                if importer == home or importer.startswith(home + "."):
                    continue
                if rest.split(".")[0] not in self.doors:
                    broken.append((importer, target))
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say which import came in by a window."""
        for importer, target in check.metadata["broken"]:
            output.print_error(f"{importer} -> {target}: use .api or .types")
