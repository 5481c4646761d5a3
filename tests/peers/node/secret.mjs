// Secret keys of requests: bytes in hexadecimal digits, or an RSA key in PEM.
import {createECDH, createPrivateKey} from 'node:crypto';
import {EdDSASigner, ES256Signer} from 'did-jwt';

const CURVES = {ES256: ['P-256', 'prime256v1'], ES384: ['P-384', 'secp384r1']};

export function secretKey({algorithm, secret}) {
  if(algorithm === 'RS256') {
    return createPrivateKey(secret);
  }
  if(CURVES[algorithm]) {
    const [crv, name] = CURVES[algorithm];
    const pair = createECDH(name);
    pair.setPrivateKey(secret, 'hex');
    const point = pair.getPublicKey().subarray(1);
    const size = point.length / 2;
    const [x, y, d] = [point.subarray(0, size), point.subarray(size), Buffer.from(secret, 'hex')]
      .map(bytes => bytes.toString('base64url'));
    return createPrivateKey({key: {kty: 'EC', crv, x, y, d}, format: 'jwk'});
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
