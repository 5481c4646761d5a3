// @digitalcredentials/verifier-core: a verifier of JSON credentials that asks the web for what it
// lacks. It takes `fetch` when it is loaded, so ours has to be in place before.
import {explain, readJson, serve} from './lines.mjs';
import {fetchFrom} from './documents.mjs';

let documents = {};

globalThis.fetch = fetchFrom(() => documents);

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
