"""The unsigned badges of the makers in Python, from the same template as those in ../node/badges.mjs."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from copy import deepcopy
from pathlib import Path

CREATED = "2026-01-05T08:00:00Z"
INDEX = 94567
ANOTHER_INDEX = 60161

CONTEXTS = {
    "VC 2.0": "https://www.w3.org/ns/credentials/v2",
    "VC 1.1": "https://www.w3.org/2018/credentials/v1",
}
STARTS = {"VC 2.0": "validFrom", "VC 1.1": "issuanceDate"}
STATUS_CONTEXT = "https://www.w3.org/ns/credentials/status/v1"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"

TEMPLATE = json.loads((Path(__file__).parents[1] / "badge.json").read_text("utf-8"))


def badge(issuer, model, status_list=None, contexts=()):
    """An unsigned badge; `contexts` are those that its proof needs."""
    older = [STATUS_CONTEXT] if status_list and model == "VC 1.1" else []
    credential = {
        "@context": [CONTEXTS[model], OPEN_BADGES, *older, *contexts],
        **deepcopy(TEMPLATE),
        "issuer": {"id": issuer, "type": ["Profile"], "name": "Example District"},
        STARTS[model]: CREATED,
        "awardedDate": CREATED,
    }
    if status_list:
        credential["credentialStatus"] = entry(status_list)
    return credential


def entry(status_list):
    return {
        "id": "%s#%d" % (status_list, INDEX),
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(INDEX),
        "statusListCredential": status_list,
    }


def changed(credential):
    """The same credential with one claim changed."""
    copy = deepcopy(credential)
    copy["credentialSubject"]["achievement"]["name"] = "Wait Tame"
    return copy


def changed_token(token):
    """The same token with one claim of its credential changed."""
    header, payload, signature = token.split(".")
    claims = json.loads(decode(payload))
    claims = {**claims, "vc": changed(claims["vc"])} if "vc" in claims else changed(claims)
    return ".".join([header, encode(json.dumps(claims).encode()), signature])


def encode(data):
    return urlsafe_b64encode(data).decode().rstrip("=")


def decode(text):
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
