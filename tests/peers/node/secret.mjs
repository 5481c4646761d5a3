// Secret keys of requests: 32 bytes in hexadecimal digits, or an RSA key in PEM.
import {createECDH, createPrivateKey} from 'node:crypto';
import {EdDSASigner, ES256Signer} from 'did-jwt';

export function secretKey({algorithm, secret}) {
  if(algorithm === 'RS256') {
    return createPrivateKey(secret);
  }
  const d = Buffer.from(secret, 'hex').toString('base64url');
  if(algorithm === 'ES256') {
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(Buffer.from(secret, 'hex'));
    const point = pair.getPublicKey();
    const [x, y] = [point.subarray(1, 33), point.subarray(33)].map(c => c.toString('base64url'));
    return createPrivateKey({key: {kty: 'EC', crv: 'P-256', x, y, d}, format: 'jwk'});
  }
  // The header of a PKCS #8 Ed25519 key (RFC 8410), from which Node works out the public half.
  const der = Buffer.from('302e020100300506032b657004220420' + secret, 'hex');
  return createPrivateKey({key: der, format: 'der', type: 'pkcs8'});
}

// A signer as did-jwt asks for it, for the algorithms it knows.
export function rawSigner(algorithm, key) {
  const {d} = key.export({format: 'jwk'});
  const bytes = Buffer.from(d ?? '', 'base64url');
  return {ES256: () => ES256Signer(bytes), EdDSA: () => EdDSASigner(bytes)}[algorithm]?.();
}
