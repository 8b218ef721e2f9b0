"""Do something once another package has been imported, without importing it."""

import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


def when_imported(package: str, action: Callable[[], object]) -> None:
    """Act now if the package is imported already, else as soon as somebody imports it."""
    if package in sys.modules:
        action()
    else:
        sys.meta_path.insert(0, _Waiting(package, action))


class _Waiting(MetaPathFinder):
    """Finds one package like everybody else, and has it loaded by a loader that acts afterwards."""

    def __init__(self, package: str, action: Callable[[], object]):
        self._package, self._action = package, action

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._package:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Acting(spec.loader, self._action)
        return spec


class _Acting(Loader):
    """Loads as another loader does, then acts."""

    def __init__(self, loader: Loader, action: Callable[[], object]):
        self._loader, self._action = loader, action

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._action()

    def __getattr__(self, name: str) -> object:
        """Everything else, such as the file of the package, is the other loader's."""
        return getattr(self._loader, name)
