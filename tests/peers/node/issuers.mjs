// The issuers that the makers here invent: one for each key and each place where a key can be found.
import {keys} from './keys.mjs';

const DID = 'https://www.w3.org/ns/did/v1';
const MULTIKEY = 'https://w3id.org/security/multikey/v1';

// The places of keys, each with a function that makes an issuer of a key:
// {id, method, web: {ADDRESS: DOCUMENT}, header?}. `method` is the address of the key, `web` what the
// issuer publishes, `header` the header of its tokens where that is not just `kid`.
export const SOURCES = {
  'did:key'({multibase}) {
    const id = `did:key:${multibase}`;
    return {id, method: `${id}#${multibase}`, web: {}};
  },
  'did:jwk'({jwk}) {
    const id = `did:jwk:${Buffer.from(JSON.stringify(jwk)).toString('base64url')}`;
    return {id, method: `${id}#0`, web: {}};
  },
  'did:web Multikey'(key) {
    return didWeb('multikey', key, {type: 'Multikey', publicKeyMultibase: key.multibase});
  },
  'did:web 2020'(key) {
    return didWeb('2020', key, {type: 'Ed25519VerificationKey2020', publicKeyMultibase: key.multibase});
  },
  'did:web JsonWebKey'(key) {
    return didWeb('jwk', key, {type: 'JsonWebKey', publicKeyJwk: key.jwk});
  },
  // A controller document with its key in it (Controlled Identifiers, controller documents).
  'HTTPS controller'(key) {
    const id = `https://${host('controller', key)}/issuer`;
    const method = `${id}#key`;
    return {id, method, web: {[id]: controllerDocument(id, method, multikey(method, id, key))}};
  },
  // A key with an address of its own, which the host of the issuer confirms.
  'HTTPS Multikey'(key) {
    const [id, method, set] = addresses('multikey-alone', key);
    const document = {'@context': MULTIKEY, ...multikey(method, id, key)};
    return {id, method, web: {[method]: document, [set]: jwks(id, method, key)}};
  },
  'HTTPS JWK'(key) {
    const [id, method, set] = addresses('jwk-alone', key);
    return {id, method, web: {[method]: key.jwk, [set]: jwks(id, method, key)}};
  },
  'HTTPS JWKS'(key) {
    const [id, , set] = addresses('jwks', key);
    const method = `${set}#first`;
    return {id, method, web: {[set]: jwks(id, method, key)}};
  },
  'jwk in the header'(key) {
    const issuer = didWeb('embedded', key, {type: 'JsonWebKey', publicKeyJwk: key.jwk});
    return {...issuer, header: {jwk: key.jwk}};
  }
};

export const issuer = (source, keyName) => ({source, key: keys[keyName], ...SOURCES[source](keys[keyName])});

const host = (name, key) => `${name}.${key.name.toLowerCase()}.node.example`;

function didWeb(name, key, description) {
  const id = `did:web:${host(name, key)}`;
  const method = `${id}#key`;
  const document = controllerDocument(id, method, {id: method, controller: id, ...description});
  return {id, method, web: {[`https://${host(name, key)}/.well-known/did.json`]: document}};
}

function controllerDocument(id, method, description) {
  return {
    '@context': [DID, MULTIKEY], id, verificationMethod: [description], assertionMethod: [method]
  };
}

const multikey = (id, controller, {multibase}) =>
  ({id, type: 'Multikey', controller, publicKeyMultibase: multibase});

function addresses(name, key) {
  const origin = `https://${host(name, key)}`;
  return [`${origin}/issuer`, `${origin}/keys/1`, `${origin}/.well-known/jwks.json`];
}

const jwks = (iss, kid, {jwk}) => ({keys: [{...jwk, kid, iss}]});
