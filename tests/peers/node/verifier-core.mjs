// @digitalcredentials/verifier-core: a verifier of JSON credentials that asks the web for what it
// lacks. It takes `fetch` when it is loaded, so ours has to be in place before.
import {explain, readJson, serve} from './lines.mjs';
import {lookUp} from './documents.mjs';

let documents = {};

globalThis.fetch = async request => {
  const url = typeof request === 'string' ? request : request.url ?? String(request);
  try {
    return Response.json(lookUp(url, documents));
  } catch {
    return new Response('', {status: 404, statusText: 'Not Found'});
  }
};

const {verifyCredential} = await import('@digitalcredentials/verifier-core');

async function verify(request) {
  documents = request.documents;
  const result = await verifyCredential({credential: readJson(request.path), knownDIDRegistries: []});
  const step = name => (result.log ?? []).find(({id}) => id === name);
  const signature = step('valid_signature');
  const status = step('revocation_status');
  const faults = [...(result.errors ?? []), status?.error].filter(Boolean).map(explain);
  return {
    verified: faults.length === 0 && signature?.valid === true && step('expiration')?.valid !== false,
    detail: faults.join('; '),
    status: status?.valid === undefined ? null : status.valid ? 'clear' : 'set'
  };
}

await serve({verify});
