// Makes badges as compact JWTs: every algorithm, key source, data model and status type. For the form
// of the data model 1.1 with its claim `vc` did-jwt-vc is asked, for all others jose.
//
//   {"do": "make", "out": FILE} -> {"path": FILE}, as in make-embedded.mjs
import {writeFileSync} from 'node:fs';
import {createVerifiableCredentialJwt} from 'did-jwt-vc';
import * as jose from 'jose';
import {badge, changed, listCredential, revocationList, STATUSES} from './badges.mjs';
import {issuer} from './issuers.mjs';
import {serve} from './lines.mjs';
import {rawSigner} from './secret.mjs';

const PLACES = ['did:jwk', 'did:web JsonWebKey', 'HTTPS JWK', 'HTTPS JWKS', 'jwk in the header'];

const KEYS = [
  {keyName: 'RSA', places: PLACES},
  {keyName: 'P-256', places: ['did:key', ...PLACES]},
  {keyName: 'Ed25519', places: ['did:key', ...PLACES]}
];

// How the credential stands in the payload.
const FORMS = {
  'VC 2.0': {model: 'VC 2.0', payload: credential => credential},
  'VC 1.1 in vc': {model: 'VC 1.1', payload: credential => ({vc: credential})},
  'VC 1.1 in vc, by claims': {model: 'VC 1.1', payload: credential => ({vc: withoutClaims(credential)})}
};

async function make({out}) {
  const made = {badges: [], web: {}, revoked: {}};
  for(const {keyName, places} of KEYS) {
    for(const source of places) {
      const by = issuer(source, keyName);
      await publish(by, made);
      for(const form of Object.keys(FORMS)) {
        for(const status of STATUSES) {
          made.badges.push(await row(by, form, status));
        }
      }
    }
  }
  writeFileSync(out, JSON.stringify(made));
  return {path: out};
}

async function row(by, form, status) {
  const {maker, token} = await sign(by, form, badge(by, FORMS[form].model, status));
  const [header, payload, signature] = token.split('.');
  const read = JSON.parse(Buffer.from(payload, 'base64url'));
  const other = read.vc ? {...read, vc: changed(read.vc)} : changed(read);
  return {
    maker,
    container: 'JWT',
    model: form,
    suite: by.key.algorithm,
    source: by.source,
    status,
    good: token,
    changed: [header, Buffer.from(JSON.stringify(other)).toString('base64url'), signature].join('.')
  };
}

async function sign(by, form, credential) {
  const {key: {algorithm, object}} = by;
  const payload = {
    ...FORMS[form].payload(credential),
    jti: credential.id,
    sub: credential.credentialSubject.id,
    nbf: Math.floor(Date.parse(credential.validFrom ?? credential.issuanceDate) / 1000)
  };
  const header = {typ: 'JWT', ...by.header ?? {kid: by.method}};
  const signer = payload.vc && rawSigner(algorithm, object);
  if(signer) {
    const token = await createVerifiableCredentialJwt(
      payload, {did: by.id, alg: algorithm, signer}, {header});
    return {maker: 'did-jwt-vc', token};
  }
  const token = await new jose.SignJWT({...payload, iss: by.id})
    .setProtectedHeader({alg: algorithm, ...header})
    .sign(object);
  return {maker: 'jose', token};
}

// The older data model lets a token say these in its claims alone (VC Data Model 1.1, JWT encoding).
function withoutClaims({id, issuanceDate, issuer: {id: iss, ...issuerWithoutId}, ...rest}) {
  const {id: sub, ...credentialSubject} = rest.credentialSubject;
  return {...rest, issuer: issuerWithoutId, credentialSubject};
}

async function publish(by, {web, revoked}) {
  for(const [url, document] of Object.entries(by.web)) {
    web[url] = JSON.stringify(document);
  }
  for(const [place, isRevoked] of [[web, false], [revoked, true]]) {
    for(const [status, form] of [['BitstringStatusListEntry', 'VC 2.0'], ['StatusList2021Entry', 'VC 1.1 in vc']]) {
      const list = await listCredential(by, status, isRevoked);
      place[list.id] = (await sign(by, form, list)).token;
    }
    const list = revocationList(by, isRevoked, 'revokedCredential');
    place[list.id] = JSON.stringify(list);
  }
}

await serve({make});
