"""openbadgeslib: JSON with an embedded proof, compact JWTs, and baked PNG and SVG pictures."""

import json
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from openbadgeslib import baking
from openbadgeslib.ob3 import (
    OB3LdpSigner,
    OB3LdpVerifier,
    OB3Signer,
    OB3VerificationError,
    OB3Verifier,
    OpenBadgeCredential,
)
from openbadgeslib.ob3.ldp import add_data_integrity_proof
from openbadgeslib.verify import issuer_did_from_document, issuer_did_from_token

from lines import document_bytes, private_key, serve


def verify(request):
    def download(url):
        return document_bytes(request, url)

    data = Path(request["path"]).read_bytes()
    try:
        if request["form"] == "png":
            credential = OB3Verifier.extract_token_from_png(data)
        elif request["form"] == "svg":
            credential = OB3Verifier.extract_token_from_svg(data)
        else:
            credential = data.decode("utf-8").strip()
        if credential.startswith("{"):
            did = issuer_did_from_document(credential)
            verifier = OB3LdpVerifier.for_issuer_did(did, download=download)
        else:
            did = issuer_did_from_token(credential)
            verifier = OB3Verifier.for_issuer_did(did, download=download)
        badge = verifier.verify(credential, check_status=True, download=download)
    except OB3VerificationError as error:
        status = "set" if " is set at index " in str(error) else None
        return {"verified": False, "detail": str(error), "status": status}
    return {
        "verified": True,
        "detail": "",
        "status": "clear" if badge.credential_status else None,
    }


def issue(request):
    document = json.loads(Path(request["document"]).read_text("utf-8"))
    pem = private_key(request).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    method = request["verificationMethod"]
    created = datetime.fromisoformat(request["created"].replace("Z", "+00:00"))
    embedded = request["algorithm"] == "EdDSA" and request["form"] != "jwt"
    if "OpenBadgeCredential" not in document["type"]:
        # A status list credential, for which the library has no model.
        if embedded:
            text = json.dumps(add_data_integrity_proof(document, pem, method, created=created))
        else:
            claims = {"iss": document["issuer"]["id"], "jti": document["id"]}
            claims["sub"] = document["credentialSubject"]["id"]
            claims["nbf"] = int(datetime.fromisoformat(document["validFrom"]).timestamp())
            signer = OB3Signer(pem, algorithm=request["algorithm"])
            text = signer.sign_payload({**document, **claims})
    else:
        credential = OpenBadgeCredential.from_vc_document(document)
        if embedded:
            signer = OB3LdpSigner(pem, verification_method=method)
            text = json.dumps(signer.sign(credential, created=created))
        else:
            text = OB3Signer(pem, algorithm=request["algorithm"]).sign(credential)
    out = Path(request["out"])
    if request["form"] == "png":
        picture = Path(request["picture"]).read_bytes()
        out.write_bytes(baking.bake_png(picture, text, keyword=baking.ITXT_KEYWORD_OB3))
    else:
        out.write_text(text, "utf-8")
    return {"path": str(out)}


serve(verify=verify, issue=issue)
