"""What an iPOSE can be made of."""

from __future__ import annotations

import pytest

from scumble.errors import ConfigError
from scumble.models.ipose.config import IPOSEConfig
from scumble.models.partnet.config import PartNetConfig
from tests.models.synthesis_fixture import CLASSES, oasis_config


def test_the_features_of_all_parts_lie_side_by_side() -> None:
    assert IPOSEConfig(oasis_config()).composed_features == 288
    narrow = IPOSEConfig(oasis_config(), PartNetConfig(decoder=(4, 4, 5)))
    assert narrow.composed_features == 45


def test_classes_may_share_a_category_but_have_only_one() -> None:
    assert IPOSEConfig(oasis_config(), categories=((1, 26), (2, 26))).categories == ((1, 26), (2, 26))
    with pytest.raises(ConfigError, match="a class is named twice"):
        IPOSEConfig(oasis_config(), categories=((1, 26), (1, 24)))


@pytest.mark.parametrize("class_id", [-1, CLASSES])
def test_classes_with_parts_must_be_classes_of_the_map(class_id: int) -> None:
    with pytest.raises(ConfigError, match=rf"but the classes are 0\.\.{CLASSES - 1}"):
        IPOSEConfig(oasis_config(), categories=((1, 24), (class_id, 26)))


def test_one_part_feature_would_leave_none_for_the_noise() -> None:
    with pytest.raises(ConfigError, match="part_features is 1; give at least 2"):
        IPOSEConfig(oasis_config(), part_features=1)
