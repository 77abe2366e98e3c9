"""Shared: one small performance, packaged once."""

from pathlib import Path

import pytest

from harmonic_export.formats import FORMATS, package
from harmonic_export.performance import Performance
from harmonic_export.pictures.spec import VisualizationSpec
from harmonic_export.testing.performances import performance

SMALL = VisualizationSpec(width_px=480, height_px=270)


@pytest.fixture(scope="session")
def performed(tmp_path_factory: pytest.TempPathFactory) -> Performance:
    """A performance of 40 days, 400 frames."""
    return performance(tmp_path_factory.mktemp("performed"), SMALL, days=40.0, frames=400)


@pytest.fixture(scope="session")
def packaged(performed: Performance, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with all its formats."""
    folder = tmp_path_factory.mktemp("packaged")
    assert list(package(performed, FORMATS, folder))[-1] == 1.0
    return folder
