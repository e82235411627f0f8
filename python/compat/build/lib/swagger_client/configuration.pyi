from hydra_sdk.configuration import *  # noqa: F403
