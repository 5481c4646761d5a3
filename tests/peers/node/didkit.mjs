// DIDKit, compiled to WebAssembly in @learncard/didkit-plugin: JSON credentials.
import {readFileSync, writeFileSync} from 'node:fs';
import {contexts, fetchFrom} from './documents.mjs';
import {readJson, serve} from './lines.mjs';

let documents = {};

// The documents of did:web issuers are the only thing it asks the web for.
globalThis.fetch = fetchFrom(() => documents);

const folder = new URL('../../../.cache/peers/didkit/package/dist/didkit/', import.meta.url);
const didkit = await import(new URL('didkit_wasm.js', folder));
didkit.initSync({module: readFileSync(new URL('didkit_wasm_bg.wasm', folder))});

const contextMap = JSON.stringify(
  Object.fromEntries([...contexts].map(([url, document]) => [url, JSON.stringify(document)])));

async function verify({path, documents: given}) {
  documents = given;
  const options = JSON.stringify({proofPurpose: 'assertionMethod'});
  try {
    const text = await didkit.verifyCredential(readFileSync(path, 'utf8'), options, contextMap);
    const {errors, warnings} = JSON.parse(text);
    return {verified: errors.length === 0, detail: [...errors, ...warnings].join('; '), status: null};
  } catch(error) {
    return {verified: false, detail: String(error), status: null};
  }
}

async function issue(request) {
  documents = request.documents;
  const key = didkit.generateEd25519KeyFromBytes(Buffer.from(request.secret, 'hex'));
  const suite = request.suite === 'Ed25519Signature2020'
    ? {type: request.suite}
    : {type: 'DataIntegrityProof', cryptosuite: request.suite};
  const options = JSON.stringify({
    ...suite,
    proofPurpose: 'assertionMethod',
    verificationMethod: request.verificationMethod,
    created: request.created
  });
  const text = await didkit.issueCredential(
    JSON.stringify(readJson(request.document)), options, key, contextMap);
  writeFileSync(request.out, text);
  return {path: request.out};
}

await serve({verify, issue});
