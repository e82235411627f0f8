"""Makes the calls of a document of the corpus in Python: a package and its calls in, their outcomes out, as JSON."""

import base64
import importlib
import inspect
import json
import os
import sys
import tempfile


def argument(value):
    """A value of the table; `{"$file": text}` is a file with that content."""
    if isinstance(value, dict) and "$file" in value:
        folder = tempfile.mkdtemp()
        path = os.path.join(folder, value.get("name", "file.txt"))
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(value["$file"])
        return path
    return [argument(item) for item in value] if isinstance(value, list) else value


class Package:
    """A generated package."""

    def __init__(self, name):
        self.module = importlib.import_module(name)

    def function(self, name, client):
        """The API method of this name, on whatever class it is."""
        for kind in vars(self.module).values():
            if inspect.isclass(kind) and kind.__name__.endswith("Api") and hasattr(kind, name):
                return getattr(kind(client), name)
        raise AttributeError(name)

    def client(self, call):
        """A client for the call's server with its credentials."""
        configuration = self.module.Configuration()
        configuration.host = call["url"]
        for scheme, credential in call["credentials"].items():
            for kind, value in credential.items():
                if kind == "api_key":
                    settings = configuration.auth_settings()
                    key = settings.get(scheme, {}).get("key", scheme)
                    configuration.api_key[key] = value
                    configuration.api_key[scheme] = value
                elif kind == "basic":
                    configuration.username, configuration.password = value
                else:
                    configuration.access_token = value
        return self.module.ApiClient(configuration)


def readable(client, value):
    """A result as JSON."""
    if isinstance(value, str) and value.startswith(tempfile.gettempdir()) and os.path.exists(value):
        with open(value, "rb") as file:
            value = file.read()
    if isinstance(value, (bytes, bytearray)):
        try:
            return bytes(value).decode()
        except UnicodeDecodeError:
            return {"$base64": base64.b64encode(value).decode()}
    return client.sanitize_for_serialization(value)


def make(package, call):
    """One call and its outcome."""
    client = package.client(call)
    try:
        function = package.function(call["function"] + "_with_http_info", client)
        value, _, headers = function(**{name: argument(value) for name, value in call["arguments"].items()})
        return {"value": readable(client, value), "headers": {name.lower(): text for name, text in headers.items()}}
    except package.module.rest.ApiException as error:
        body = error.body.decode() if isinstance(error.body, bytes) else error.body
        return {"error": {"status": error.status, "body": body, "message": str(error.reason)}}
    except Exception as error:
        return {"error": {"status": None, "body": None, "message": f"{type(error).__name__}: {error}"}}


def main():
    """Reads calls, writes outcomes."""
    task = json.load(sys.stdin)
    package = Package(task["package"])
    print(json.dumps([call and make(package, call) for call in task["calls"]]))


main()
