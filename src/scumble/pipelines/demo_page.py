"""The demonstration as a page that needs nothing but the pictures beside it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from html import escape
from importlib import resources
from string import Template

from scumble.checkpoint import Checkpoint
from scumble.pipelines.demo import Shown, command
from scumble.pipelines.demo_synthesis import Painted, synthesis_command
from scumble.scene import ImageArray
from scumble.shipped import DEFAULT_SYNTHESIS


def demo_page(
    checkpoint: Checkpoint,
    argument: str,
    steps: Sequence[Shown],
    seconds: float,
    painted: Sequence[Painted] = (),
    synthesis: str = DEFAULT_SYNTHESIS,
) -> str:
    """HTML that shows the steps, as it is to lie beside their folders.

    Args:
        checkpoint: what has edited.
        argument: a shipped name, or a folder's absolute path.
        steps: with files as `show_step` writes them, in folders by the steps' names.
        seconds: time of everything.
        painted: what was painted from maps, with files as `show_synthesis` writes them.
        synthesis: the checkpoint that painted these: a shipped name, or a folder's absolute path.
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
        sections="\n".join(
            [*(_section(shown, argument) for shown in steps), *(_painted(row, synthesis) for row in painted)]
        ),
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
    facts = f"{shown.seconds:.1f} s{each}"
    return _described(step.name, step.title, step.sentence, strips, facts, command(step, argument))


def _painted(row: Painted, argument: str) -> str:
    step = row.step
    figures = [
        _figure(source, caption, _size(image), "result" if source in row.files else "given")
        for caption, source, image in row.cells
    ]
    facts, words = f"{row.seconds:.1f} s", synthesis_command(step, argument)
    return _described(step.name, step.title, step.sentence, [figures], facts, words)


def _described(
    name: str, title: str, sentence: str, strips: list[list[str]], facts: str, words: list[str]
) -> str:
    """A section: what is done, strips of figures, and how to do it again."""
    lines = [
        f'<section id="{escape(name)}">',
        f"<h2>{escape(title)}</h2>",
        f"<p>{escape(sentence)}</p>",
        *(f'<div class="strip">{"".join(strip)}</div>' for strip in strips),
        f'<div class="facts">{facts}. The same again, in the folder of this page:</div>',
        f"<pre><code>{escape(shlex.join(words))}</code></pre>",
        "</section>",
    ]
    return "\n".join(lines)


def _size(image: ImageArray) -> tuple[int, int]:
    return image.shape[1], image.shape[0]


def _figure(source: str, caption: str, size: tuple[int, int], kind: str = "given") -> str:
    name = escape(source)
    return (
        f'<figure class="{kind}"><a href="{name}"><img src="{name}" alt="{escape(caption)}" '
        f'width="{size[0]}" height="{size[1]}"></a><figcaption>{escape(caption)}</figcaption></figure>'
    )
