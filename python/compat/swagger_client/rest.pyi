from hydra_sdk.rest import *  # noqa: F403
