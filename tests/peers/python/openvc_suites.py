"""The proof suites of openvc-core, by name."""

from openvc import Ed25519SigningKey, P256SigningKey, P384SigningKey
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_ecdsa_rdfc import EcdsaRdfcProofSuite
from openvc.proof.di_jcs import EcdsaJcsProofSuite, EddsaJcsProofSuite

from lines import pinned_contexts

CONTEXTS = pinned_contexts()

KEYS = {"EdDSA": Ed25519SigningKey, "ES256": P256SigningKey, "ES384": P384SigningKey}

RDFC = {"extra_contexts": CONTEXTS}
SUITES = {
    "eddsa-rdfc-2022": (DataIntegrityProofSuite, RDFC),
    "eddsa-jcs-2022": (EddsaJcsProofSuite, {}),
    "ecdsa-rdfc-2019": (EcdsaRdfcProofSuite, RDFC),
    "ecdsa-jcs-2019": (EcdsaJcsProofSuite, {}),
}


def embed(suite, key, unsigned, created):
    """The document with a proof by that suite and key."""
    suite_class, options = SUITES[suite]
    secured = suite_class().add_proof(
        unsigned, signing_key=key, verification_method=key.kid, created=created, **options
    )
    if "-jcs-" in suite:
        # The library signs the contexts with the options of the proof, and then leaves them out of
        # the proof, where the suites have them (Proof Creation).
        secured["proof"]["@context"] = secured["@context"]
    return secured
