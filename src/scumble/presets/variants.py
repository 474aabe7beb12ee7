"""Variants of the presets: the papers' ablations, each a word behind a plus sign.

``ipose-cityscapes+no-parts+no-style`` is iPOSE for Cityscapes without parts and without the style term.
Sources of rows and numbers: ``divsem`` spec, section 6; ``ipose`` spec, sections 4.6 and 7.4.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scumble.errors import ConfigError, nearest
from scumble.models.ipose.config import Injection
from scumble.presets import ALL_PRESETS, Preset
from scumble.training.editing import EditingPreset
from scumble.training.synthesis import SynthesisPreset


@dataclass(frozen=True)
class Variant:
    """One change of a preset.

    Attributes:
        word: what stands behind the plus sign.
        system: the system whose presets it applies to, the first word of their names.
        field: the option that it sets; words that set the same one, or one inside of it, exclude each other.
        meaning: what it is and which table of the paper has it, in one sentence.
        change: makes the variant of a preset; the claim stays, see `find_preset`.
    """

    word: str
    system: str
    field: str
    meaning: str
    change: Callable[[Any], Preset]

    def excludes(self, other: Variant) -> bool:
        """Whether both set the same option, or one of them an option inside of the other's."""
        own, given = f"{self.field}.", f"{other.field}."
        return own.startswith(given) or given.startswith(own)


def _without_styles(preset: EditingPreset) -> EditingPreset:
    return replace(preset, model=replace(preset.model, style=None))


def _with_style(preset: EditingPreset, **changes: Any) -> EditingPreset:
    assert preset.model.style is not None
    return replace(preset, model=replace(preset.model, style=replace(preset.model.style, **changes)))


def _single_scale(preset: EditingPreset) -> EditingPreset:
    """The last stage alone, which then paints from the masked photograph, with its discriminator."""
    model, critics = preset.model, preset.discriminators
    pyramid = replace(model.pyramid, stages=model.pyramid.stages[-1:])
    return replace(
        preset,
        model=replace(model, pyramid=pyramid),
        discriminators=replace(critics, layers=critics.layers[-1:]),
    )


def _with_injection(preset: SynthesisPreset, injection: Injection) -> SynthesisPreset:
    return replace(preset, model=replace(preset.model, injection=injection))


def _without_global_head(preset: SynthesisPreset) -> SynthesisPreset:
    return replace(preset, discriminator=replace(preset.discriminator, global_head=False))


def _without_style_term(preset: SynthesisPreset) -> SynthesisPreset:
    return replace(preset, losses=replace(preset.losses, style=0))


_ALL = (
    Variant(
        "no-styles",
        "divsem",
        "model.style",
        "Without style codes, so that an edit has one result: SPMPGAN's generator (DivSem, ablation table).",
        _without_styles,
    ),
    Variant(
        "no-valid-ratio",
        "divsem",
        "model.style.valid_ratio_norm",
        "The visible share of an instance does not scale and shift its style code (DivSem, ablation table).",
        lambda preset: _with_style(preset, valid_ratio_norm=False),
    ),
    Variant(
        "single-scale",
        "divsem",
        "model.pyramid.stages",
        "The generator of the full size alone, with its discriminator (DivSem, ablation table).",
        _single_scale,
    ),
    Variant(
        "style-64",
        "divsem",
        "model.style.length",
        "Style codes of 64 numbers instead of 128 (DivSem, ablation table).",
        lambda preset: _with_style(preset, length=64),
    ),
    Variant(
        "style-256",
        "divsem",
        "model.style.length",
        "Style codes of 256 numbers instead of 128 (DivSem, ablation table).",
        lambda preset: _with_style(preset, length=256),
    ),
    Variant(
        "no-parts",
        "ipose",
        "model.injection",
        "No parts enter the blocks: the generator of OASIS (iPOSE, ablation table).",
        lambda preset: _with_injection(preset, "none"),
    ),
    Variant(
        "spade-parts",
        "ipose",
        "model.injection",
        "Parts enter through a SPADE on their features instead of PSM (iPOSE, ablation table).",
        lambda preset: _with_injection(preset, "spade"),
    ),
    Variant(
        "concatenation",
        "ipose",
        "model.injection",
        "Part features stand beside the classes instead of PSM (iPOSE, ablation table).",
        lambda preset: _with_injection(preset, "concatenation"),
    ),
    Variant(
        "no-global",
        "ipose",
        "discriminator.global_head",
        "Without the discriminator's global head and its adversarial term (iPOSE, ablation table).",
        _without_global_head,
    ),
    Variant(
        "no-style",
        "ipose",
        "losses.style",
        "Without the style term (iPOSE, ablation table).",
        _without_style_term,
    ),
)

VARIANTS: Mapping[str, Variant] = {variant.word: variant for variant in _ALL}
"""All variants by their words."""

_DIVSEM, _IPOSE = "(DivSem, ablation table)", "(iPOSE, ablation table)"
_WORSE = f"FID above 24.19, by how much is not known to us {_DIVSEM}"
_CLAIMS = {
    "divsem-ade20k-landscape+no-styles": _WORSE,
    "divsem-ade20k-landscape+no-valid-ratio": f"FID 25.95 {_DIVSEM}",
    "divsem-ade20k-landscape+single-scale": f"FID 27.03 {_DIVSEM}",
    "divsem-ade20k-landscape+style-256": _WORSE,
    "divsem-ade20k-landscape+style-64": _WORSE,
    "ipose-cityscapes+no-global+no-parts+no-style": f"FID 47.7, mIoU 66.9, AC 81.5, object FID 44.1 {_IPOSE}",
    "ipose-cityscapes+no-parts+no-style": f"FID 43.6, mIoU 66.7, AC 81.9, object FID 39.2 {_IPOSE}",
    "ipose-cityscapes+no-parts": f"FID 42.8, mIoU 70.5, AC 82.1, object FID 37.5 {_IPOSE}",
    "ipose-cityscapes+spade-parts": f"FID 42.9, mIoU 69.9, AC 81.9, object FID 31.2 {_IPOSE}",
    "ipose-cityscapes+concatenation": f"FID 42.7, mIoU 70.6, AC 82.0, object FID 31.5 {_IPOSE}",
}
"""The papers' rows; the words of a key are sorted."""


def find_preset(name: str) -> Preset:
    """A preset, or a variant of one, by its name.

    Args:
        name: of a preset; behind it, each after a plus sign and in any order, words of `VARIANTS`.

    Returns:
        A variant has the claim of the paper's row with just these words, or none; never that of the preset.

    Raises:
        ConfigError: there is no such preset or word, a word is of another system, or two exclude each other.
    """
    base, *words = name.split("+")
    if base not in ALL_PRESETS:
        raise ConfigError(f"There is no preset {base!r}; {nearest(base, ALL_PRESETS)}")
    preset = ALL_PRESETS[base]()
    if not words:
        return preset
    for variant in _variants(name, base.partition("-")[0], words):
        preset = variant.change(preset)
    assert isinstance(preset, EditingPreset | SynthesisPreset)  # the others have no variants
    return replace(preset, claim=_CLAIMS.get("+".join([base, *sorted(words)]), ""))


def _variants(name: str, system: str, words: Sequence[str]) -> list[Variant]:
    """The variants that the words of a name mean."""
    own = [variant.word for variant in _ALL if variant.system == system]
    chosen: list[Variant] = []
    for word in words:
        if not own:
            raise ConfigError(f"{name!r} asks for {word!r}, but presets of {system} have no variants.")
        if word not in own:
            other = VARIANTS.get(word)
            found = f"is a variant of {other.system}, not" if other else "is no variant"
            raise ConfigError(f"{name!r} asks for {word!r}, which {found} of {system}; {nearest(word, own)}")
        variant = VARIANTS[word]
        for earlier in chosen:
            if variant.excludes(earlier):
                raise ConfigError(
                    f"{name!r} asks for {earlier.word!r} and {word!r}, which exclude each other: they set "
                    f"{earlier.field} and {variant.field}; give one of them."
                )
        chosen.append(variant)
    return chosen
