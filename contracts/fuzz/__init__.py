"""The contract for schemathesis: its document for a server, and checks that know the contract's clauses and rules.

From the command line, on a server that shows a document of its own, such as the simulator:

    SCHEMATHESIS_HOOKS=contracts.fuzz st run http://127.0.0.1:8765/openapi.json

In a test, on any server:

    schema = load_contract("https://api.example.com")

    @schema.parametrize()
    def test_server(case):
        case.call_and_validate(headers={"Authorization": f"Bearer {key}"})

Importing this package adds its checks to those of schemathesis, so that it needs the extra `contracts`.
"""

from contracts.fuzz import hooks
from contracts.fuzz.checks import KeptRules, error_envelope, kept_clauses
from contracts.fuzz.document import Service, contract_document, load_contract

__all__ = ["KeptRules", "Service", "contract_document", "error_envelope", "hooks", "kept_clauses", "load_contract"]
