"""Warm workers."""

from harmonic_audio.warm import kernel_modules


def test_every_file_of_kernels_can_be_warmed() -> None:
    """Each has a `warm`: none is compiled by the first request that needs it."""
    modules = list(kernel_modules())
    assert len(modules) > 10
    assert [module.__name__ for module in modules if not callable(getattr(module, "warm", None))] == []
