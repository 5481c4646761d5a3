// ecdsa-sd-2023 by Digital Bazaar: base proofs, derived ones, and their verification.
//
//   {"do": "sign", "document": OBJECT, "mandatory": [POINTER], "verificationMethod": URL} -> {"document": OBJECT}
//   {"do": "derive", "document": OBJECT, "selective": [POINTER]} -> {"document": OBJECT}
//   {"do": "verify", "document": OBJECT} -> {"verified": BOOL, "detail": TEXT}
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import * as ecdsaSd2023 from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as vc from '@digitalbazaar/vc';
import {loader} from './digitalbazaar.mjs';
import {keys} from './keys.mjs';
import {explain, serve} from './lines.mjs';
import {disclosingSuite, verifyingSuite} from './suites.mjs';

const documentLoader = loader({});

async function sign({document, mandatory, verificationMethod, created}) {
  const controller = verificationMethod.split('#')[0];
  const signer = (await keys['P-256'].pair(verificationMethod, controller)).signer();
  const cryptosuite = ecdsaSd2023.createSignCryptosuite({mandatoryPointers: mandatory});
  const suite = new DataIntegrityProof({signer, date: created, cryptosuite});
  return {document: await vc.issue({credential: document, suite, documentLoader})};
}

async function derive({document, selective}) {
  const suite = disclosingSuite(selective);
  return {document: await vc.derive({verifiableCredential: document, suite, documentLoader})};
}

async function verify({document}) {
  const result = await vc.verifyCredential(
    {credential: document, suite: verifyingSuite('ecdsa-sd-2023'), documentLoader});
  return {verified: result.verified, detail: explain(result.error)};
}

await serve({sign, derive, verify});
