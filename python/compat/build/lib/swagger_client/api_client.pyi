from hydra_sdk.api_client import *  # noqa: F403
