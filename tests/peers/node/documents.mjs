// The outside world of the Node peers: our pinned contexts and the documents of a request.
import {readFileSync} from 'node:fs';
import {didKeyDocument} from './did-key.mjs';
import {readJson} from './lines.mjs';

const folder = new URL('../../../schemas/contexts/', import.meta.url);

export const contexts = new Map(
  JSON.parse(readFileSync(new URL('sources.json', folder), 'utf8')).documents.map(
    ({url, file}) => [url, JSON.parse(readFileSync(new URL(file, folder), 'utf8'))]));

// The JSON document at an address: a context, a document of the request, or what a DID stands for.
export function lookUp(url, documents = {}) {
  const [base, fragment] = url.split('#');
  if(contexts.has(url)) {
    return contexts.get(url);
  }
  if(base.startsWith('did:key:')) {
    return part(didKeyDocument(base), url, fragment);
  }
  const path = documents[url] ?? documents[base.startsWith('did:web:') ? didWebUrl(base) : base];
  if(path === undefined) {
    throw new Error(`NotFoundError: no document for ${url}`);
  }
  return part(readJson(path), url, fragment);
}

// What `fetch` is for peers that ask the web: it answers from the documents of the request.
export const fetchFrom = documents => async request => {
  const url = typeof request === 'string' ? request : request.url ?? String(request);
  let response;
  try {
    response = Response.json(lookUp(url, documents()));
  } catch {
    response = new Response('', {status: 404, statusText: 'Not Found'});
  }
  return Object.defineProperty(response, 'url', {value: url});
};

export function didWebUrl(did) {
  const [host, ...path] = did.slice('did:web:'.length).split(':').map(decodeURIComponent);
  return `https://${host}/${path.length ? path.join('/') : '.well-known'}/did.json`;
}

// A verification method by its address, or the whole document.
function part(document, url, fragment) {
  if(fragment === undefined || !document.verificationMethod) {
    return document;
  }
  const method = [].concat(document.verificationMethod).find(({id}) => id === url);
  if(!method) {
    throw new Error(`NotFoundError: no verification method ${url}`);
  }
  return {'@context': 'https://w3id.org/security/multikey/v1', ...method};
}
