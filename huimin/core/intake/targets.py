"""Where rows may go: a closed list, filled at start by people and by the manifests of services."""

from __future__ import annotations

from django.utils.translation import gettext as _

from huimin.core.access.api import Viewer
from huimin.core.intake.types import Target
from huimin.kit.refusal import NotAllowed, NotFound
from huimin.kit.registry import Registry

TARGETS: Registry[Target] = Registry("import target")


def register_target(target: Target) -> Target:
    """Add a target; raise LookupError where its name is taken."""
    return TARGETS.add(target.name, target)


def targets_of(viewer: Viewer) -> tuple[Target, ...]:
    """The targets into which this viewer may import."""
    return tuple(one for one in TARGETS.values() if viewer.may(one.action))


def target_for(viewer: Viewer, name: str) -> Target:
    """A target the viewer may import into; raise NotFound or NotAllowed."""
    found = TARGETS.get(name)
    if found is None:
        text = _("没有名为“%(name)s”的导入内容，可用的有：%(known)s。")
        raise NotFound(text % {"name": name[:60], "known": "、".join(TARGETS)}, code="no_target")
    if not viewer.may(found.action):
        raise NotAllowed(_("您没有“导入%(what)s”的权限。") % {"what": found.title}, code="no_right")
    return found
