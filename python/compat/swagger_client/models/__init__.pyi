from hydra_sdk.models import *  # noqa: F403
