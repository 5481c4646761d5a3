"""Makes badges with openvc-core: embedded proofs, and JWTs of the data model 1.1 with its claim `vc`.

    {"do": "make", "out": FILE} -> {"path": FILE}, as in ../node/make-embedded.mjs
"""

import json
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from openvc import Ed25519SigningKey, P256SigningKey, P384SigningKey
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_ecdsa_rdfc import EcdsaRdfcProofSuite
from openvc.proof.di_jcs import EcdsaJcsProofSuite, EddsaJcsProofSuite
from openvc.proof.vc_jwt import VcJwtProofSuite
from openvc.status.bitstring import new_bitstring, set_status_bit
from openvc.status.issue import build_status_list_credential

from badges import ANOTHER_INDEX, CREATED, INDEX, badge, changed, changed_token
from lines import pinned_contexts, serve

CONTEXTS = pinned_contexts()
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
CREATED_AT = datetime.fromisoformat(CREATED.replace("Z", "+00:00"))

ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([4]) * 32)
P256 = ec.derive_private_key(int.from_bytes(bytes([5]) * 32), ec.SECP256R1())
P384 = ec.derive_private_key(int.from_bytes(bytes([6]) * 48), ec.SECP384R1())

# A key, its name, its class, and the suites it signs with.
RDFC = {"extra_contexts": CONTEXTS}
KEYS = [
    ("Ed25519", Ed25519SigningKey, ED25519, b"\xed\x01",
     [("eddsa-rdfc-2022", DataIntegrityProofSuite, RDFC), ("eddsa-jcs-2022", EddsaJcsProofSuite, {})]),
    ("P-256", P256SigningKey, P256, b"\x80\x24",
     [("ecdsa-rdfc-2019", EcdsaRdfcProofSuite, RDFC), ("ecdsa-jcs-2019", EcdsaJcsProofSuite, {})]),
    ("P-384", P384SigningKey, P384, b"\x81\x24",
     [("ecdsa-rdfc-2019 P-384", EcdsaRdfcProofSuite, RDFC),
      ("ecdsa-jcs-2019 P-384", EcdsaJcsProofSuite, {})]),
]

STATUSES = ["none", "BitstringStatusListEntry"]


def make(request):
    made = {"badges": [], "web": {}, "revoked": {}}
    for name, key_class, secret, prefix, suites in KEYS:
        for issuer, method, web in issuers(name, key_class(secret, "unnamed"), prefix):
            key = key_class(secret, method)
            made["web"].update(web)
            suite, suite_class, options = suites[0]
            status_list = "https://lists.openvc.example/%s/%s" % (name.lower(), issuer.split(":")[1])
            for place, index in [("web", ANOTHER_INDEX), ("revoked", INDEX)]:
                unsigned = list_credential(issuer, status_list, index)
                made[place][status_list] = json.dumps(embed(suite_class, options, key, unsigned))
            for model in ["VC 2.0", "VC 1.1"]:
                for status in STATUSES:
                    named = status_list if status != "none" else None
                    row = {"maker": "openvc", "source": issuer[:7], "status": status}
                    for suite, suite_class, options in suites:
                        contexts = [DATA_INTEGRITY] if model == "VC 1.1" else []
                        unsigned = badge(issuer, model, named, contexts)
                        signed = embed(suite_class, options, key, unsigned)
                        made["badges"].append({
                            **row, "container": "JSON", "model": model, "suite": suite,
                            "good": json.dumps(signed), "changed": json.dumps(changed(signed)),
                        })
                    if model == "VC 1.1" and name != "P-384":
                        unsigned = badge(issuer, model, named)
                        # The library dates a token by the clock, whatever the credential says.
                        with patch("time.time", CREATED_AT.timestamp):
                            token = VcJwtProofSuite().sign(unsigned, signing_key=key)
                        made["badges"].append({
                            **row, "container": "JWT", "model": "VC 1.1 in vc", "suite": key.alg,
                            "good": token, "changed": changed_token(token),
                        })
    Path(request["out"]).write_text(json.dumps(made), "utf-8")
    return {"path": request["out"]}


def embed(suite_class, options, key, unsigned):
    return suite_class().add_proof(
        unsigned, signing_key=key, verification_method=key.kid, created=CREATED_AT, **options
    )


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
