"""A peer reads one JSON request a line and answers each with one line: see ../node/lines.mjs."""

import json
import sys
import traceback
from pathlib import Path
from urllib.parse import unquote

CONTEXTS_FOLDER = Path(__file__).resolve().parents[3] / "schemas" / "contexts"


def serve(**actions):
    for line in sys.stdin:
        try:
            request = json.loads(line)
            answer = actions[request["do"]](request)
        except Exception:
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


def pinned_contexts():
    """Our contexts by address."""
    sources = json.loads((CONTEXTS_FOLDER / "sources.json").read_text("utf-8"))
    return {
        source["url"]: json.loads((CONTEXTS_FOLDER / source["file"]).read_text("utf-8"))
        for source in sources["documents"]
    }


def document_bytes(request, url):
    """A document of the request, by its address."""
    path = request.get("documents", {}).get(url)
    if path is None:
        raise LookupError("no document for %s" % url)
    return Path(path).read_bytes()


def did_web_url(did):
    host, *path = [unquote(part) for part in did[len("did:web:"):].split(":")]
    return "https://%s/%s/did.json" % (host, "/".join(path) or ".well-known")


def private_key(request):
    """The secret key of a request as a key object of `cryptography`."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if request["algorithm"] == "RS256":
        return load_pem_private_key(request["secret"].encode(), password=None)
    curve = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1}.get(request["algorithm"])
    if curve:
        return ec.derive_private_key(int(request["secret"], 16), curve())
    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(request["secret"]))
