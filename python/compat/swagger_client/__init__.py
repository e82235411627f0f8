"""`hydra_sdk` by another name.

Every module of `hydra_sdk` is also found as `swagger_client`…: the same objects, so that a class patched, pickled or
compared under one name is the one of the other.
"""

import importlib
import pkgutil
import sys

import hydra_sdk

for _module in pkgutil.walk_packages(hydra_sdk.__path__, "hydra_sdk."):
    sys.modules[__name__ + _module.name[len("hydra_sdk") :]] = importlib.import_module(_module.name)

# Last, since it takes this module's place: whoever imports it gets `hydra_sdk`.
sys.modules[__name__] = hydra_sdk
