import pytest


@pytest.fixture(autouse=True)
def own_witness(settings, tmp_path):
    """Each test remembers for itself what left: the witness is a file in VAR_DIR."""
    settings.VAR_DIR = tmp_path
