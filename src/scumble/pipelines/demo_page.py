"""The demonstration as a page that needs nothing but the pictures beside it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from html import escape
from importlib import resources
from string import Template

from scumble.checkpoint import Checkpoint
from scumble.pipelines.demo import Shown, command


def demo_page(checkpoint: Checkpoint, argument: str, steps: Sequence[Shown], seconds: float) -> str:
    """HTML that shows the steps, as it is to lie beside their folders.

    Args:
        checkpoint: what has painted.
        argument: a shipped name, or a folder's absolute path.
        steps: with files as `show_step` writes them, in folders by the steps' names.
        seconds: time of everything.
    """
    template = resources.files("scumble.pipelines").joinpath("demo_page.html").read_text(encoding="utf-8")
    system = {"divsem": "DivSem", "spmpgan": "SPMPGAN"}.get(checkpoint.system, checkpoint.system)
    space = checkpoint.label_space
    classes = [
        f'<li><span class="swatch" style="background: rgb{c.color}"></span>{c.id} {escape(c.name)}</li>'
        for c in space.classes
    ]
    return Template(template).substitute(
        system=escape(system),
        seconds=f"{seconds:.0f}",
        checkpoint=escape(argument),
        sections="\n".join(_section(shown, argument) for shown in steps),
        space=escape(space.name),
        classes="\n".join(classes),
        data=escape(checkpoint.origin.data),
        licence=escape(checkpoint.origin.licence),
    )


def _section(shown: Shown, argument: str) -> str:
    step, folder = shown.step, shown.step.name
    width, height = shown.scene.size
    given = [_figure(f"{folder}/input.png", "photo", (width, height))]
    if shown.reference:
        given.append(_figure(f"{folder}/reference.png", "reference for the look", shown.reference.size))
    size = shown.result.edited.scene.size
    given.append(_figure(f"{folder}/to_repaint.png", "to repaint", size))
    given.append(_figure(f"{folder}/map.png", "edited map", size))
    several = step.samples > 1
    results = [
        _figure(f"{folder}/sample_{n:03d}.png", f"result {n + 1}" if several else "result", size, "result")
        for n in range(step.samples)
    ]
    strips = [given, results] if several else [given + results]
    each = f", {shown.seconds / step.samples:.1f} s each" if several else ""
    lines = [
        f'<section id="{escape(step.name)}">',
        f"<h2>{escape(step.title)}</h2>",
        f"<p>{escape(step.sentence)}</p>",
        *(f'<div class="strip">{"".join(strip)}</div>' for strip in strips),
        f'<div class="facts">{shown.seconds:.1f} s{each}. The same again, in the folder of this page:</div>',
        f"<pre><code>{escape(shlex.join(command(step, argument)))}</code></pre>",
        "</section>",
    ]
    return "\n".join(lines)


def _figure(source: str, caption: str, size: tuple[int, int], kind: str = "given") -> str:
    name = escape(source)
    return (
        f'<figure class="{kind}"><a href="{name}"><img src="{name}" alt="{escape(caption)}" '
        f'width="{size[0]}" height="{size[1]}"></a><figcaption>{escape(caption)}</figcaption></figure>'
    )
