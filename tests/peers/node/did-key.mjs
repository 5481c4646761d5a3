// did:key for Ed25519 and P-256, enough to give the peers the documents they ask for.
import {createPublicKey, ECDH} from 'node:crypto';

const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

export function base58Encode(bytes) {
  let number = BigInt('0x00' + Buffer.from(bytes).toString('hex'));
  let text = '';
  for(; number > 0n; number /= 58n) {
    text = ALPHABET[Number(number % 58n)] + text;
  }
  const zeros = bytes.findIndex(byte => byte !== 0);
  return '1'.repeat(zeros < 0 ? bytes.length : zeros) + text;
}

export function base58Decode(text) {
  let number = 0n;
  for(const character of text) {
    const digit = ALPHABET.indexOf(character);
    if(digit < 0) {
      throw new Error(`"${character}" is not a base58 digit`);
    }
    number = number * 58n + BigInt(digit);
  }
  const hex = number.toString(16);
  return Buffer.from(hex.length % 2 ? '0' + hex : hex, 'hex');
}

export function didKeyDocument(did) {
  const multibase = did.slice('did:key:'.length);
  const id = `${did}#${multibase}`;
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did,
    verificationMethod: [{id, type: 'Multikey', controller: did, publicKeyMultibase: multibase}],
    assertionMethod: [id],
    authentication: [id]
  };
}

// The public JWK of a Multikey or JsonWebKey verification method.
export function publicJwk({publicKeyJwk, publicKeyMultibase}) {
  if(publicKeyJwk) {
    return publicKeyJwk;
  }
  const bytes = base58Decode(publicKeyMultibase.slice(1));
  const [header, key] = [bytes.subarray(0, 2).toString('hex'), bytes.subarray(2)];
  if(header === 'ed01') {
    return {kty: 'OKP', crv: 'Ed25519', x: key.toString('base64url')};
  }
  if(header === '8024') {
    const point = ECDH.convertKey(key, 'prime256v1', undefined, undefined, 'uncompressed');
    const [x, y] = [point.subarray(1, 33), point.subarray(33)];
    return {kty: 'EC', crv: 'P-256', x: x.toString('base64url'), y: y.toString('base64url')};
  }
  throw new Error(`a key of the kind ${header} is not known here`);
}

// The multibase form of an Ed25519 public key given as a key object of Node.
export function ed25519Multibase(key) {
  const {x} = createPublicKey(key).export({format: 'jwk'});
  return 'z' + base58Encode(Buffer.concat([Buffer.from('ed01', 'hex'), Buffer.from(x, 'base64url')]));
}
