"""Other people's generators take the contract without a complaint."""

from __future__ import annotations

import pytest
from generators import OPENAPI_GENERATOR, SWAGGER_CODEGEN_2, SWAGGER_CODEGEN_3, Generator

LANGUAGES = [
    *((SWAGGER_CODEGEN_2, language) for language in ("go", "java", "typescript-node", "php", "ruby", "html2")),
    *((SWAGGER_CODEGEN_3, language) for language in ("javascript", "java", "python", "typescript-axios", "go")),
    *((OPENAPI_GENERATOR, language) for language in ("go", "javascript", "python", "rust", "csharp", "markdown")),
]


@pytest.mark.parametrize(
    ("generator", "language"), LANGUAGES, ids=[f"{generator.name}-{language}" for generator, language in LANGUAGES]
)
def test_takes_the_contract_without_a_complaint(generator: Generator, language: str) -> None:
    output, complaints = generator.generate(language)
    assert complaints == []
    assert any(output.rglob("*"))
