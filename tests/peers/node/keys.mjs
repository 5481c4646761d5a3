// The keys of the issuers that the makers here invent, each in every form that the libraries ask for.
import {createECDH, createPrivateKey, createPublicKey, generateKeyPairSync} from 'node:crypto';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {ed25519Multibase} from './did-key.mjs';
import {secretKey} from './secret.mjs';

const ED25519_SEED = '01'.repeat(32);
const CURVES = {
  'P-256': {name: 'prime256v1', secret: '02'.repeat(32), size: 32},
  'P-384': {name: 'secp384r1', secret: '03'.repeat(48), size: 48}
};

// {name, algorithm, multibase, jwk, object, pair(id, controller)}: `object` is a secret key of Node,
// `pair` the key pair of a Digital Bazaar library under an address.
export const keys = {
  'Ed25519': ed25519(),
  'P-256': await ecdsa('P-256'),
  'P-384': await ecdsa('P-384'),
  'RSA': rsa()
};

function ed25519() {
  const object = secretKey({algorithm: 'EdDSA', secret: ED25519_SEED});
  const pair = (id, controller) => Ed25519Multikey.generate(
    {id, controller, seed: Buffer.from(ED25519_SEED, 'hex')});
  return {
    name: 'Ed25519', algorithm: 'EdDSA', multibase: ed25519Multibase(object), jwk: publicJwk(object), object, pair
  };
}

async function ecdsa(curve) {
  const {name, secret, size} = CURVES[curve];
  const ecdh = createECDH(name);
  ecdh.setPrivateKey(secret, 'hex');
  const point = ecdh.getPublicKey();
  const text = bytes => bytes.toString('base64url');
  const jwk = {
    kty: 'EC', crv: curve,
    x: text(point.subarray(1, 1 + size)),
    y: text(point.subarray(1 + size)),
    d: text(Buffer.from(secret, 'hex'))
  };
  const object = createPrivateKey({key: jwk, format: 'jwk'});
  const pair = (id, controller) => EcdsaMultikey.fromJwk({jwk, secretKey: true, id, controller});
  const {publicKeyMultibase} = await pair('urn:example:key', 'urn:example:controller');
  return {
    name: curve, algorithm: curve === 'P-256' ? 'ES256' : 'ES384', multibase: publicKeyMultibase,
    jwk: publicJwk(object), object, pair
  };
}

function rsa() {
  const {privateKey} = generateKeyPairSync('rsa', {modulusLength: 2048});
  return {name: 'RSA', algorithm: 'RS256', jwk: publicJwk(privateKey), object: privateKey};
}

function publicJwk(object) {
  return createPublicKey(object).export({format: 'jwk'});
}
