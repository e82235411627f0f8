"""Schemathesis against the live server: no 5xx, and no answer that `/openapi.json` does not tell of.

Two ways of asking. *Seeded*: for each operation one request that succeeds and one that does not, with what it needs
made just before (`seeds.py`). *Generated*: whatever Schemathesis makes up from the document, valid or not, by a token
that may do everything. The root client and what it stands on are kept out, or the rest would be all 401; in the end
the token must still be alive.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from unittest import SkipTest

import pytest
import requests
import schemathesis
from hydra_process import HydraServer
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from ledger import exercised
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from seeds import BASIC, ISSUER, NO_ERROR_TO_SHOW, PROTECTED, SEEDS, WRONG, World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# For each operation, and as many again of invalid ones, besides the systematic ones: two minutes on two processors.
EXAMPLES = 20


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    variables = {
        "FORCE_ROOT_CLIENT_CREDENTIALS": ":".join(World.ROOT),
        "ISSUER": ISSUER,
        "CONSENT_URL": "http://localhost:3000/consent",
        # These tests are about neither.
        "BCRYPT_COST": "4",
        "LOG_LEVEL": "warn",
    }
    with HydraServer(tmp_path_factory.mktemp("home"), ("host", "--dangerous-force-http"), variables) as server:
        world = World(f"http://127.0.0.1:{server.port}")
        exercised(f"schemathesis {schemathesis.__version__}")
        yield world
        assert world.token_is_alive(), "a generated request took the token's rights away: keep it out"


@pytest.fixture(scope="module")
def operations(world: World) -> list[schemathesis.APIOperation]:
    document = schemathesis.openapi.from_url(f"{world.url}/openapi.json")

    @document.hook
    def filter_case(context: schemathesis.HookContext, case: schemathesis.Case) -> bool:
        return is_harmless(case)

    return [result.ok() for result in document.get_all_operations()]


def is_harmless(case: schemathesis.Case) -> bool:
    """Whether a request leaves alone what the token stands on."""
    body = case.body if isinstance(case.body, dict) else {}
    named = [*case.path_parameters.values(), body.get("id"), body.get("token")]
    return not PROTECTED & {str(name) for name in named}


def ask(world: World, case: schemathesis.Case, authorization: str | None = None) -> requests.Response:
    """Sends a request and holds the answer against the document."""
    own = world.basic if operation_id(case.operation) in BASIC else world.bearer
    case.headers["Authorization"] = authorization or case.headers.get("Authorization", own)
    answer = case.call(base_url=world.url, allow_redirects=False)
    case.validate_response(answer, checks=CHECKS)
    return answer


def operation_id(operation: schemathesis.APIOperation) -> str:
    found: str = operation.definition.raw["operationId"]
    return found


def test_whatever_is_asked_the_answer_is_documented(
    operations: list[schemathesis.APIOperation], world: World, subtests: pytest.Subtests
) -> None:
    for operation in operations:
        for mode in GenerationMode:
            with subtests.test(f"{operation_id(operation)}, {mode.value} data"):
                for case in systematic(operation, mode):
                    ask(world, case)
                at_random(operation, mode, world)


def systematic(operation: schemathesis.APIOperation, mode: GenerationMode) -> Iterator[schemathesis.Case]:
    """Each bound and each kind of each value, once."""
    schema = operation.schema
    cases = schema.iter_coverage_cases(operation, generation_modes=[mode], generation_config=schema.config.generation)
    return filter(is_harmless, cases)


def at_random(operation: schemathesis.APIOperation, mode: GenerationMode, world: World) -> None:
    @settings(
        max_examples=EXAMPLES,
        # The same requests on every run: a failure here is one that its author sees as well.
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: schemathesis.Case) -> None:
        ask(world, case)

    # An operation without parameters takes no data that could be wrong.
    with suppress(Unsatisfiable, SkipTest):
        run()


def test_every_operation_succeeds_and_fails_as_documented(
    operations: list[schemathesis.APIOperation], world: World, subtests: pytest.Subtests
) -> None:
    assert {operation_id(operation) for operation in operations} == set(SEEDS)
    for operation in operations:
        name = operation_id(operation)
        with subtests.test(name):
            case = operation.Case(**SEEDS[name](world))
            success = ask(world, case)
            assert 200 <= success.status_code < 400, success.text
            if name not in NO_ERROR_TO_SHOW:
                wrong = operation.Case(**WRONG[name](world)) if name in WRONG else case
                refusal = ask(world, wrong, "Bearer no.token")
                assert 400 <= refusal.status_code < 500, refusal.text
