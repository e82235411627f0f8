from hydra_sdk.api import *  # noqa: F403
