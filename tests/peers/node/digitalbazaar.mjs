// @digitalbazaar/vc: credentials with an eddsa-rdfc-2022 proof, and their status lists.
import {writeFileSync} from 'node:fs';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {explain, readJson, serve} from './lines.mjs';
import {lookUp} from './documents.mjs';

export const loader = documents => async url => (
  {contextUrl: null, documentUrl: url, document: lookUp(url, documents)});

export async function signer({secret, verificationMethod}) {
  const key = await Ed25519Multikey.generate({
    id: verificationMethod,
    controller: verificationMethod.split('#')[0],
    seed: Buffer.from(secret, 'hex')
  });
  return key.signer();
}

// A suite object serves one signature.
export const signingSuite = (signer, created) =>
  new DataIntegrityProof({signer, date: created, cryptosuite});

export const verifyingSuite = () => new DataIntegrityProof({cryptosuite});

async function verify({path, documents}) {
  const result = await vc.verifyCredential({
    credential: readJson(path),
    suite: verifyingSuite(),
    documentLoader: loader(documents),
    checkStatus
  });
  // A set bit does not make this library's result false: it stands in the status result alone.
  const entries = result.statusResult?.results ?? [];
  const set = entries.some(({status}) => status);
  return {
    verified: result.verified,
    detail: explain(result.error) || explain(result.statusResult?.error),
    status: entries.length === 0 ? null : set ? 'set' : 'clear'
  };
}

async function issue(request) {
  const credential = await vc.issue({
    credential: readJson(request.document),
    suite: signingSuite(await signer(request), request.created),
    documentLoader: loader({})
  });
  writeFileSync(request.out, JSON.stringify(credential, null, 2));
  return {path: request.out};
}

if(process.argv[1] === new URL(import.meta.url).pathname) {
  await serve({verify, issue});
}
