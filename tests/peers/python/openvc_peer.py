"""openvc-core: JSON with embedded proofs of its suites.

Its JWTs carry the credential in a `vc` claim, the form of the VC data model 1.1, and it reads no
other; the Open Badges form for the data model 2.0 has the credential as the payload itself.
"""

import json
from datetime import datetime
from pathlib import Path

from openvc import OpenvcError, verify_credential
from openvc.did.base import DidResolverRegistry
from openvc.did.did_key import DidKeyResolver
from openvc.did.did_web import DidWebResolver
from openvc.resolvers import default_status_list_resolver
from openvc.status.status_list import CredentialRevoked

from lines import document_bytes, private_key, serve
from openvc_suites import CONTEXTS, KEYS, embed


def verify(request):
    def text(url):
        return document_bytes(request, url).decode("utf-8")

    resolver = DidResolverRegistry(
        [DidKeyResolver(), DidWebResolver(lambda url: json.loads(text(url)))]
    )
    status_list = default_status_list_resolver(
        resolver=resolver, extra_contexts=CONTEXTS, fetch=text
    )
    document = json.loads(Path(request["path"]).read_text("utf-8"))
    # It reads one proof and no list; the proof does not cover how it is written.
    if isinstance(document.get("proof"), list) and len(document["proof"]) == 1:
        document["proof"] = document["proof"][0]
    try:
        result = verify_credential(
            document,
            resolver=resolver,
            resolve_status_list=status_list,
            extra_contexts=CONTEXTS,
        )
    except CredentialRevoked as error:
        return {"verified": False, "detail": str(error), "status": "set"}
    except (OpenvcError, LookupError) as error:
        return {"verified": False, "detail": "%s: %s" % (type(error).__name__, error), "status": None}
    return {"verified": True, "detail": "", "status": "clear" if result.status else None}


def issue(request):
    key = KEYS[request["algorithm"]](private_key(request), request["verificationMethod"])
    unsigned = json.loads(Path(request["document"]).read_text("utf-8"))
    created = datetime.fromisoformat(request["created"].replace("Z", "+00:00"))
    secured = embed(request["suite"], key, unsigned, created)
    Path(request["out"]).write_text(json.dumps(secured), "utf-8")
    return {"path": request["out"]}


serve(verify=verify, issue=issue)
