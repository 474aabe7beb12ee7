"""Where the classes lie in the weights of each system."""

from __future__ import annotations

import pytest

from scumble.errors import ConfigError
from scumble.models.class_channels import ClassBlock, ClassChannels, class_channels
from scumble.models.registry import SYSTEMS
from tests.models.class_fixture import VARIANTS, Variant


def test_every_system_is_examined_below() -> None:
    assert {variant.system for variant in VARIANTS.values()} == set(SYSTEMS)


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_exactly_the_entries_that_grow_with_the_classes_are_in_the_table(variant: Variant) -> None:
    few, many = (variant.build(classes).state_dict() for classes in (5, 8))
    channels = class_channels(variant.system, variant.config(5))
    assert list(few) == list(many)
    assert {n for n in few if few[n].shape != many[n].shape} == {n for n in few if channels.of(n)}
    for name, tensor in few.items():
        block = channels.of(name)
        grown = list(tensor.shape)
        if block is not None:
            assert channels.count == 5
            assert block.offset + channels.count <= grown[block.dim]
            grown[block.dim] += 3
        assert list(many[name].shape) == grown


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_every_pattern_of_the_table_stands_for_an_entry(variant: Variant) -> None:
    names = variant.build(5).state_dict()
    channels = class_channels(variant.system, variant.config(5))
    for pattern, block in channels.blocks.items():
        assert any(ClassChannels(5, {pattern: block}).of(name) for name in names), pattern


def test_style_codes_stand_before_the_classes_of_decoders_alone() -> None:
    channels = class_channels("divsem", VARIANTS["divsem"].config(5))
    assert channels.of("pyramid.stages.0.encoder.1.layout_hidden.weight") == ClassBlock(1, 0)
    assert channels.of("pyramid.stages.0.decoder.1.layout_hidden.weight") == ClassBlock(1, 3)


def test_an_unknown_system_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="no system 'divsen'; did you mean 'divsem'"):
        class_channels("divsen", None)
