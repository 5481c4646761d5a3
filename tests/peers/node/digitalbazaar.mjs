// @digitalbazaar/vc: credentials with embedded proofs of all its suites, and their status lists.
import {writeFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {lookUp} from './documents.mjs';
import {pairOf} from './keys.mjs';
import {explain, readJson, serve} from './lines.mjs';
import {signingSuite, verifyingSuite} from './suites.mjs';

export const loader = (documents, suite) => async url => {
  const document = lookUp(url, documents);
  // This suite is as old as its name for such keys, and takes no other.
  const asked = suite === 'Ed25519Signature2020' && document.type === 'Multikey'
    ? {
      ...document,
      '@context': 'https://w3id.org/security/suites/ed25519-2020/v1',
      type: 'Ed25519VerificationKey2020'
    }
    : document;
  return {contextUrl: null, documentUrl: url, document: asked};
};

export async function signer({algorithm, secret, verificationMethod}) {
  const pair = await pairOf(algorithm, secret)(verificationMethod, verificationMethod.split('#')[0]);
  return pair.signer();
}

async function verify({path, documents}) {
  const credential = readJson(path);
  const proofs = [].concat(credential.proof);
  const suites = [...new Set(proofs.map(({type, cryptosuite}) => cryptosuite ?? type))];
  const result = await vc.verifyCredential({
    credential,
    suite: suites.map(verifyingSuite),
    documentLoader: loader(documents, suites[0]),
    checkStatus
  });
  // A set bit does not make this library's result false: it stands in the status result alone.
  const entries = result.statusResult?.results ?? [];
  const set = entries.some(({status}) => status);
  // One good proof of a set is enough for this library's result.
  const judged = result.results ?? [];
  return {
    verified: result.verified,
    every: judged.length === proofs.length && judged.every(({verified}) => verified),
    detail: explain(result.error) || explain(result.statusResult?.error),
    status: entries.length === 0 ? null : set ? 'set' : 'clear'
  };
}

async function issue(request) {
  const credential = await vc.issue({
    credential: readJson(request.document),
    suite: signingSuite(request.suite, {signer: await signer(request), date: request.created}),
    documentLoader: loader({})
  });
  writeFileSync(request.out, JSON.stringify(credential, null, 2));
  return {path: request.out};
}

if(process.argv[1] === new URL(import.meta.url).pathname) {
  await serve({verify, issue});
}
