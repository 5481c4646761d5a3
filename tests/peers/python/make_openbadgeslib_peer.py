"""Makes badges with openbadgeslib, among them those of Open Badges 2.0, and bakes badges into pictures
with openbadgeslib and openbadges-bakery.

    {"do": "make", "out": FILE} -> {"path": FILE}, as in ../node/make-embedded.mjs

    {"do": "bake", "badges": FILE, "picture": FILE, "out": FILE} -> {"path": FILE}
    reads what a maker has written and writes each of its badges in a PNG and in an SVG picture; the
    pictures are the members `good` and `changed`, in base64.
"""

import io
import json
from base64 import b64encode
from copy import deepcopy
from datetime import datetime
from pathlib import Path

import openbadges_bakery
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from openbadgeslib import baking
from openbadgeslib.ob2 import models
from openbadgeslib.ob2.signer import OB2Signer
from openbadgeslib.ob3 import OB3LdpSigner, OB3Signer, OpenBadgeCredential
from openbadgeslib.ob3.clr import build_clr_credential, bundled_clr_contexts
from openbadgeslib.ob3.ldp import add_data_integrity_proof
from openbadgeslib.ob3.ldp import add_data_integrity_proof
from openbadgeslib.ob3.status_list import build_status_list_credential

from badges import ANOTHER_INDEX, CREATED, INDEX, TEMPLATE, badge, changed, changed_token, encode, entry
from lines import serve

CREATED_AT = datetime.fromisoformat(CREATED.replace("Z", "+00:00"))

ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes([7]) * 32)
P256 = ec.derive_private_key(int.from_bytes(bytes([8]) * 32), ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)
KEYS = [("RS256", RSA), ("ES256", P256), ("EdDSA", ED25519)]

HOST = "https://openbadgeslib.example"
PLAIN_SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>'


def make(request):
    made = {"badges": [], "web": {}, "revoked": {}}
    for algorithm, key in KEYS:
        make_of_3_0(algorithm, key, made)
        make_signed_of_2_0(algorithm, key, made)
    make_hosted_of_2_0(made)
    Path(request["out"]).write_text(json.dumps(made), "utf-8")
    return {"path": request["out"]}


def make_of_3_0(algorithm, key, made):
    """A JWT, and with Ed25519 an embedded proof, in the name of a did:web."""
    host = "%s.openbadgeslib.example" % algorithm.lower()
    did = "did:web:" + host
    method = did + "#key"
    document = {
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": did,
        "verificationMethod": [
            {"id": method, "type": "JsonWebKey", "controller": did, "publicKeyJwk": public_jwk(key)}
        ],
        "assertionMethod": [method],
    }
    made["web"]["https://%s/.well-known/did.json" % host] = json.dumps(document)
    status_list = "https://lists.openbadgeslib.example/%s" % algorithm.lower()
    for place, index in [("web", ANOTHER_INDEX), ("revoked", INDEX)]:
        unsigned = build_status_list_credential(
            did, status_list, "revocation", [index], issued=CREATED_AT
        )
        if algorithm == "EdDSA":
            signed = json.dumps(add_data_integrity_proof(unsigned, pem(key), method, created=CREATED_AT))
        else:
            claims = {"iss": did, "jti": status_list, "nbf": int(CREATED_AT.timestamp())}
            signed = OB3Signer(pem(key), algorithm=algorithm).sign_payload({**unsigned, **claims})
        made[place][status_list] = signed
    for status in ["none", "BitstringStatusListEntry"]:
        named = status_list if status != "none" else None
        credential = OpenBadgeCredential.from_vc_document(badge(did, "VC 2.0", named))
        token = OB3Signer(pem(key), algorithm=algorithm).sign(credential)
        row = {"maker": "openbadgeslib", "model": "VC 2.0", "source": "did:web", "status": status}
        made["badges"].append({
            **row, "container": "JWT", "suite": algorithm,
            "good": token, "changed": changed_token(token),
        })
        if algorithm == "EdDSA":
            signed = OB3LdpSigner(pem(key), verification_method=method).sign(credential, created=CREATED_AT)
            made["badges"].append({
                **row, "container": "JSON", "suite": "eddsa-rdfc-2022",
                "good": json.dumps(signed), "changed": json.dumps(changed(signed)),
            })
            made["badges"].append({
                **row, "container": "JSON", "model": "CLR 2.0", "suite": "eddsa-rdfc-2022",
                **record(did, pem(key), method, signed, named),
            })


def record(did, key, method, badge, status_list):
    """A CLR that holds one badge, and the same with another badge in it."""
    identifier = TEMPLATE["credentialSubject"]["identifier"]
    unsigned = build_clr_credential(
        {"id": did, "type": ["Profile"], "name": "Example District"}, identifier, [badge],
        credential_id=HOST + "/records/1", valid_from=CREATED_AT,
        status=entry(status_list) if status_list else None,
    )
    unsigned["name"] = "Record of Ada"
    # It writes the last two contexts the other way round, which the published schema refuses.
    credentials, open_badges, learner_record = unsigned["@context"]
    unsigned["@context"] = [credentials, learner_record, open_badges]
    signed = add_data_integrity_proof(
        unsigned, key, method, created=CREATED_AT, extra_contexts=bundled_clr_contexts(),
    )
    other = deepcopy(signed)
    inner = other["credentialSubject"]["verifiableCredential"]
    inner[0] = changed(inner[0])
    return {"good": json.dumps(signed), "changed": json.dumps(other)}


def make_signed_of_2_0(algorithm, key, made):
    """A signed assertion whose key the issuer's profile names."""
    folder = "%s/%s" % (HOST, algorithm.lower())
    public = models.CryptographicKey(folder + "/key", folder + "/issuer", public_pem(key))
    badge_class = publish_class_of_2_0(folder, made, public)
    assertion = assertion_of_2_0(
        "urn:uuid:5b6e9f7d-22ab-4d9b-8a51-6c1f5f0f8d22", badge_class,
        models.Verification("SignedBadge", creator=public.id),
    )
    for place, revoked in [("web", "urn:uuid:another"), ("revoked", assertion.id)]:
        revocations = models.RevocationList(folder + "/revoked", folder + "/issuer", [revoked])
        made[place][revocations.id] = json.dumps(revocations.to_dict())
    token = OB2Signer(pem(key), algorithm=algorithm).sign(assertion)
    header, payload, signature = token.split(".")
    other = {**assertion.to_dict(), "narrative": "Given for another lesson."}
    made["badges"].append({
        "maker": "openbadgeslib", "container": "JWT", "model": "OB 2.0", "suite": algorithm,
        "source": "HTTPS CryptographicKey", "status": "RevocationList", "good": token,
        "changed": ".".join([header, encode(json.dumps(other).encode()), signature]),
    })


def make_hosted_of_2_0(made):
    """A hosted assertion, which is proven by what its own address answers."""
    folder = HOST + "/hosted"
    badge_class = publish_class_of_2_0(folder, made)
    assertion = assertion_of_2_0(
        folder + "/assertions/1", badge_class, models.Verification("HostedBadge")
    )
    document = {**assertion.to_dict(), "verification": {"type": "HostedBadge"}}
    made["web"][assertion.id] = json.dumps(document)
    made["revoked"][assertion.id] = json.dumps({
        "@context": document["@context"], "id": assertion.id, "type": "Assertion", "revoked": True,
        "revocationReason": "The recording was of another class.",
    })
    other = {**document, "issuedOn": "2026-01-06T08:00:00Z"}
    made["badges"].append({
        "maker": "openbadgeslib", "container": "JSON", "model": "OB 2.0", "suite": "hosted",
        "source": "its own address", "status": "its own address",
        "good": json.dumps(document), "changed": json.dumps(other),
    })


def publish_class_of_2_0(folder, made, key=None):
    """Publishes the profile, the badge class and the key of an issuer; gives the class."""
    issuer = models.Profile(
        folder + "/issuer", "Example District", url=HOST, email="badges@openbadgeslib.example",
        public_key=[key.id] if key else [], revocation_list=folder + "/revoked" if key else None,
    )
    achievement = TEMPLATE["credentialSubject"]["achievement"]
    badge_class = models.BadgeClass(
        folder + "/class", achievement["name"], achievement["description"], folder + "/picture.png",
        folder + "/criteria", issuer.id, achievement["tag"],
    )
    for thing in filter(None, [issuer, badge_class, key]):
        made["web"][thing.id] = json.dumps(thing.to_dict())
    return badge_class


def assertion_of_2_0(id, badge_class, verification):
    return models.Assertion(
        models.IdentityObject.create("ada@learner.example", "c2FsdA"), badge_class.id, verification,
        id=id, issued_on=CREATED_AT,
    )


def bake(request):
    made = json.loads(Path(request["badges"]).read_text("utf-8"))
    png = Path(request["picture"]).read_bytes()
    baked = []
    for row in made["badges"]:
        bakers = BAKERS_2_0 if row["model"] == "OB 2.0" else BAKERS_3_0
        for baker, container, into in bakers:
            picture = png if container == "PNG" else PLAIN_SVG
            pictures = {name: into(picture, row[name]) for name in ["good", "changed"]}
            baked.append({
                **row, "maker": "%s, %s" % (row["maker"], baker),
                "container": "%s of %s" % (container, row["container"]),
                **{name: b64encode(picture).decode() for name, picture in pictures.items()},
            })
    Path(request["out"]).write_text(json.dumps({**made, "badges": baked}), "utf-8")
    return {"path": request["out"]}


def png_of_3_0(picture, text):
    return baking.bake_png(picture, text, keyword=baking.ITXT_KEYWORD_OB3)


def svg_of_3_0(picture, text):
    return baking.bake_svg(
        picture, text, element=baking.SVG_ELEMENT_OB3, namespace=baking.SVG_NS_OB3,
        as_text=text.startswith("{"),
    )


def by_bakery(picture, text):
    return openbadges_bakery.bake(io.BytesIO(picture), text, io.BytesIO()).getvalue()


BAKERS_3_0 = [
    ("openbadgeslib", "PNG", png_of_3_0),
    ("openbadgeslib", "SVG", svg_of_3_0),
]
BAKERS_2_0 = [
    ("openbadges-bakery", "PNG", by_bakery),
    ("openbadges-bakery", "SVG", by_bakery),
]


def pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_pem(key):
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode()


def public_jwk(key):
    from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

    for algorithm in (RSAAlgorithm, ECAlgorithm, OKPAlgorithm):
        try:
            jwk = json.loads(algorithm.to_jwk(key.public_key()))
        except Exception:
            continue
        return {name: jwk[name] for name in ("kty", "crv", "n", "e", "x", "y") if name in jwk}


serve(make=make, bake=bake)
