"""Cells done, once each, whatever dies: boards, processes, engines, records, bundles."""

from genbench.ground.lazy import lazy

_HOMES = {"Board": "boards", "Record": "records", "Store": "store"}
__getattr__ = lazy(__name__, _HOMES)
