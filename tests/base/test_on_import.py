import subprocess
import sys

import pytest

from leadmc.base.on_import import when_imported


def test_what_is_imported_already_is_acted_on_at_once():
    acted = []
    when_imported("json", lambda: acted.append(1))
    assert acted == [1]


@pytest.mark.parametrize("code", ["import colorsys", "from colorsys import rgb_to_hsv", "import colorsys, colorsys"])
def test_acts_once_when_somebody_imports_it(code):
    script = (
        "import sys; from leadmc.base.on_import import when_imported; before = list(sys.meta_path); acted = []\n"
        "assert 'colorsys' not in sys.modules\n"
        "when_imported('colorsys', lambda: acted.append(sys.modules['colorsys'].rgb_to_hsv))\n"
        f"{code}\n"
        "assert len(acted) == 1 and sys.meta_path == before, acted\n"
        "import colorsys; assert colorsys.__loader__.get_filename('colorsys').endswith('colorsys.py')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_package_that_is_not_there_stays_missing():
    before = list(sys.meta_path)
    when_imported("leadmc_absent", lambda: None)
    with pytest.raises(ModuleNotFoundError):
        __import__("leadmc_absent")
    assert sys.meta_path == before
