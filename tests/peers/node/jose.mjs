// jose: compact JWTs in EdDSA, ES256 and RS256.
import {readFileSync, writeFileSync} from 'node:fs';
import * as jose from 'jose';
import {publicJwk} from './did-key.mjs';
import {lookUp} from './documents.mjs';
import {readJson, serve} from './lines.mjs';
import {secretKey} from './secret.mjs';

async function verify({path, documents}) {
  const token = readFileSync(path, 'utf8').trim();
  try {
    const {iss} = jose.decodeJwt(token);
    const key = await issuerKey(jose.decodeProtectedHeader(token), iss, documents);
    const {payload} = await jose.jwtVerify(token, key, {issuer: iss});
    const verified = payload.issuer?.id === iss && payload.jti === payload.id;
    return {verified, detail: verified ? '' : 'the claims do not fit the credential', status: null};
  } catch(error) {
    return {verified: false, detail: `${error.code ?? error.name}: ${error.message}`, status: null};
  }
}

// The issuer's key that the header names: by its DID URL, by an HTTPS address that answers one JWK,
// or as a copy, which counts only as a pointer to the same key of the issuer.
async function issuerKey({kid, jwk, alg}, iss, documents) {
  if(kid?.startsWith('https:')) {
    return jose.importJWK(lookUp(kid, documents), alg);
  }
  const keys = lookUp(iss, documents).verificationMethod.map(
    method => ({id: method.id, jwk: publicJwk(method)}));
  const found = keys.find(key => kid ? key.id === kid : jwk && key.jwk.x === jwk.x && key.jwk.n === jwk.n);
  if(!found) {
    throw new Error('the header names no key of the issuer');
  }
  return jose.importJWK(found.jwk, alg);
}

async function issue(request) {
  const credential = readJson(request.document);
  const token = await new jose.SignJWT({
    ...credential,
    iss: credential.issuer.id,
    jti: credential.id,
    sub: credential.credentialSubject.id,
    nbf: Math.floor(Date.parse(credential.validFrom) / 1000)
  })
    .setProtectedHeader({alg: request.algorithm, kid: request.verificationMethod, typ: 'JWT'})
    .sign(secretKey(request));
  writeFileSync(request.out, token);
  return {path: request.out};
}

await serve({verify, issue});
