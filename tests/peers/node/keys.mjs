// The keys of the issuers that the makers here invent, each in every form that the libraries ask for.
import {createPublicKey, generateKeyPairSync} from 'node:crypto';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {secretKey} from './secret.mjs';

// {name, algorithm, multibase, jwk, object, pair(id, controller)}: `object` is a secret key of Node,
// `pair` the key pair of a Digital Bazaar library under an address.
export const keys = {
  'Ed25519': await key('Ed25519', 'EdDSA', '01'.repeat(32)),
  'P-256': await key('P-256', 'ES256', '02'.repeat(32)),
  'P-384': await key('P-384', 'ES384', '03'.repeat(48)),
  'RSA': rsa()
};

// The key pair of a Digital Bazaar library, as a function of its address and its controller.
export function pairOf(algorithm, secret) {
  if(algorithm === 'EdDSA') {
    const seed = Buffer.from(secret, 'hex');
    return (id, controller) => Ed25519Multikey.generate({id, controller, seed});
  }
  const jwk = secretKey({algorithm, secret}).export({format: 'jwk'});
  return (id, controller) => EcdsaMultikey.fromJwk({jwk, secretKey: true, id, controller});
}

async function key(name, algorithm, secret) {
  const pair = pairOf(algorithm, secret);
  const {publicKeyMultibase} = await pair('urn:example:key', 'urn:example:controller');
  const object = secretKey({algorithm, secret});
  return {name, algorithm, multibase: publicKeyMultibase, jwk: publicJwk(object), object, pair};
}

function rsa() {
  const {privateKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
  return {name: 'RSA', algorithm: 'RS256', jwk: publicJwk(privateKey), object: privateKey};
}

function publicJwk(object) {
  return createPublicKey(object).export({format: 'jwk'});
}
