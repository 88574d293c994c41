"""The run as a Jupyter notebook: the sections of the NumPy script as cells, format 4.5."""

import json
from typing import Any

from engine.export.numpy_script import numpy_sections
from engine.export.recipe import Story


def notebook(story: Story) -> str:
    """Return the notebook's text.

    Source: *The notebook file format*, the documentation of nbformat 4.5.
    """
    intro = (
        f"# {story.title}\n\nThis run, with every line of its training in NumPy. Keep "
        f"`{story.name}.npz` in the same folder: it has the samples and the weights before the "
        "first step. The losses printed at the end are those that the page shows."
    )
    cells = [_cell("markdown", intro, 0)]
    for section in numpy_sections(story, notebook=True):
        if section.title:
            prose = section.prose.replace("\n", " ")
            text = f"## {section.title}" + (f"\n\n{prose}" if prose else "")
            cells.append(_cell("markdown", text, len(cells)))
        cells.append(_cell("code", section.code, len(cells)))
    return json.dumps(
        {
            "cells": cells,
            "metadata": {
                "kernelspec": {
                    "display_name": "Python 3",
                    "language": "python",
                    "name": "python3",
                },
                "language_info": {"name": "python"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        },
        ensure_ascii=False,
        indent=1,
    )


def _cell(kind: str, text: str, number: int) -> dict[str, Any]:
    cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    return {**cell, "source": text.splitlines(keepends=True)}
