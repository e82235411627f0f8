from hydra_sdk import *  # noqa: F403
