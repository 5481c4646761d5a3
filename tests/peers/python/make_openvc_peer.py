"""Makes badges with openvc-core: embedded proofs, and JWTs of the data model 1.1 with its claim `vc`.

    {"do": "make", "out": FILE} -> {"path": FILE}, as in ../node/make-embedded.mjs
"""

import json
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from openvc.proof.vc_jwt import VcJwtProofSuite
from openvc.status.bitstring import new_bitstring, set_status_bit
from openvc.status.issue import build_status_list_credential

from badges import ANOTHER_INDEX, CREATED, INDEX, badge, changed, changed_token
from lines import serve
from openvc_suites import KEYS, embed

DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
CREATED_AT = datetime.fromisoformat(CREATED.replace("Z", "+00:00"))

ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([4]) * 32)
P256 = ec.derive_private_key(int.from_bytes(bytes([5]) * 32), ec.SECP256R1())
P384 = ec.derive_private_key(int.from_bytes(bytes([6]) * 48), ec.SECP384R1())

# Keys by name, each with its algorithm, the prefix of its did:key, and the suites it signs with; the
# first of them signs its status lists.
MADE = [
    ("Ed25519", "EdDSA", ED25519, b"\xed\x01", ["eddsa-rdfc-2022", "eddsa-jcs-2022"]),
    ("P-256", "ES256", P256, b"\x80\x24", ["ecdsa-rdfc-2019", "ecdsa-jcs-2019"]),
    ("P-384", "ES384", P384, b"\x81\x24", ["ecdsa-jcs-2019"]),
]

STATUSES = ["none", "BitstringStatusListEntry"]


def make(request):
    made = {"badges": [], "web": {}, "revoked": {}}
    for name, algorithm, secret, prefix, suites in MADE:
        for issuer, method, web in issuers(name, KEYS[algorithm](secret, "unnamed"), prefix):
            key = KEYS[algorithm](secret, method)
            made["web"].update(web)
            status_list = "https://lists.openvc.example/%s/%s" % (name.lower(), issuer.split(":")[1])
            for place, index in [("web", ANOTHER_INDEX), ("revoked", INDEX)]:
                unsigned = list_credential(issuer, status_list, index)
                made[place][status_list] = json.dumps(embed(suites[0], key, unsigned, CREATED_AT))
            for model in ["VC 2.0", "VC 1.1"]:
                for status in STATUSES:
                    named = status_list if status != "none" else None
                    row = {"maker": "openvc", "source": issuer[:7], "status": status}
                    for suite in suites:
                        contexts = [DATA_INTEGRITY] if model == "VC 1.1" else []
                        unsigned = badge(issuer, model, named, contexts)
                        signed = embed(suite, key, unsigned, CREATED_AT)
                        curve = " P-384" if name == "P-384" else ""
                        made["badges"].append({
                            **row, "container": "JSON", "model": model, "suite": suite + curve,
                            "good": json.dumps(signed), "changed": json.dumps(changed(signed)),
                        })
                    if model == "VC 1.1" and name != "P-384":
                        made["badges"].append({**row, **token(key, badge(issuer, model, named))})
    Path(request["out"]).write_text(json.dumps(made), "utf-8")
    return {"path": request["out"]}


def token(key, unsigned):
    # The library dates a token by the clock, whatever the credential says.
    with patch("time.time", CREATED_AT.timestamp):
        signed = VcJwtProofSuite().sign(unsigned, signing_key=key)
    return {
        "container": "JWT", "model": "VC 1.1 in vc", "suite": key.alg,
        "good": signed, "changed": changed_token(signed),
    }


def list_credential(issuer, url, index):
    bits = new_bitstring(128 * 1024)
    set_status_bit(bits, index, True)
    return build_status_list_credential(
        id=url, issuer=issuer, bitstring=bits, status_purpose="revocation", valid_from=CREATED_AT
    )


def issuers(name, key, prefix):
    """The same key as did:key and in the document of a did:web."""
    multibase = "z" + base58(prefix + key.public_key_raw())
    did = "did:key:" + multibase
    yield did, "%s#%s" % (did, multibase), {}
    host = "%s.openvc.example" % name.lower()
    did = "did:web:" + host
    method = did + "#key"
    document = {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [
            {"id": method, "type": "Multikey", "controller": did, "publicKeyMultibase": multibase}
        ],
        "assertionMethod": [method],
    }
    yield did, method, {"https://%s/.well-known/did.json" % host: json.dumps(document)}


def base58(data):
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number, text = int.from_bytes(data), ""
    while number:
        number, digit = divmod(number, 58)
        text = alphabet[digit] + text
    return text


serve(make=make)
