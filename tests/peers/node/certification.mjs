// Looks at what a service issues as the validator of 1EdTech is said to: each of its published probes, done by
// jsonld.js, the libraries of Digital Bazaar and jose, which ask the service itself over HTTP for what they lack.
// It is not that validator.
//
//   {"do": "open", "base": URL, "address": URL} -> {}: the public address, and where it is answered
//   {"do": "probe", "text": CREDENTIAL} -> {"findings": ["PROBE: TEXT"], "asked": [URL], "statements": NUMBER}
//   {"do": "token", "text": JWT, "document": CREDENTIAL} -> {"findings": ["PROBE: TEXT"], "algorithm": NAME}
//   {"do": "recipient", "text": CREDENTIAL, "email": TEXT} -> {"identifiers": NUMBER, "named": BOOL}
import {createHash} from 'node:crypto';
import {isDeepStrictEqual} from 'node:util';
import * as jose from 'jose';
import * as vc from '@digitalbazaar/vc';
import jsonld from 'jsonld';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {contexts, didWebUrl} from './documents.mjs';
import {explain, serve} from './lines.mjs';
import {verifyingSuite} from './suites.mjs';

const CREDENTIALS = 'https://www.w3.org/ns/credentials/v2';
const OPEN_BADGES = 'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json';
const CERTIFIED = ['eddsa-rdfc-2022', 'ecdsa-sd-2023'];
const OF_TOKENS = ['RS256', 'ES256'];

// What a credential is, by its types, and what its subject is then.
const KINDS = [
  {types: ['OpenBadgeCredential', 'AchievementCredential'], subject: 'AchievementSubject', contexts: 2},
  {types: ['EndorsementCredential'], subject: 'EndorsementSubject', contexts: 2},
  {types: ['BitstringStatusListCredential'], subject: 'BitstringStatusList', contexts: 1}
];

// Where a type has to be said.
const TYPED = {
  'issuer': 'Profile',
  'issuer.otherIdentifier': 'IdentifierEntry',
  'issuer.parentOrg': 'Profile',
  'evidence': 'Evidence',
  'credentialSubject.identifier': 'IdentityObject',
  'credentialSubject.source': 'Profile',
  'credentialSubject.result': 'Result',
  'credentialSubject.achievement': 'Achievement',
  'credentialSubject.achievement.creator': 'Profile',
  'credentialSubject.achievement.otherIdentifier': 'IdentifierEntry',
  'credentialSubject.achievement.resultDescription': 'ResultDescription'
};

let base, address, asked;

await serve({open, probe, token, recipient});

async function open(request) {
  ({base, address} = request);
  return {};
}

async function probe({text}) {
  asked = new Set();
  const findings = [];
  const found = (probe, what) => findings.push(`${probe}: ${what}`);
  const statements = await judge(JSON.parse(text), found, false);
  return {findings, asked: [...asked], statements};
}

// Every probe. `nested` is a credential that another led to, which leads nowhere itself.
async function judge(credential, found, nested) {
  const kind = KINDS.find(({types}) => types.some(type => list(credential.type).includes(type)));
  if(!kind || !list(credential.type).includes('VerifiableCredential')) {
    found('types', `${credential.type}`);
    return 0;
  }
  if(!isDeepStrictEqual(list(credential['@context']).slice(0, kind.contexts),
    [CREDENTIALS, OPEN_BADGES].slice(0, kind.contexts))) {
    found('contexts', `${credential['@context']}`);
  }
  typed(credential, kind, found);
  subjects(credential, kind, found);
  dates(credential, found);
  const tried = (probe, work) => work().catch(error => found(probe, explain(error)));
  const statements = await tried('safe mode', () => canonized(credential, found));
  await tried('proof', () => proven(credential, found));
  await tried('status', () => status(credential, found));
  if(!nested) {
    await tried('refresh', () => refreshed(credential, found));
    for(const endorsement of members(credential, 'endorsement')) {
      await judge(endorsement, (probe, what) => found('endorsement', `${probe}: ${what}`), true);
    }
  }
  return statements;
}

// Safe mode refuses what would be dropped. Without it, every warning is heard.
async function canonized(credential, found) {
  const options = {algorithm: 'RDFC-1.0', format: 'application/n-quads', documentLoader};
  const eventHandler = ({event}) => found('warnings', `${event.level} ${event.code}`);
  await jsonld.canonize(credential, {...options, safe: false, eventHandler});
  const canonical = await jsonld.canonize(credential, {...options, safe: true});
  return canonical.split('\n').filter(Boolean).length;
}

function typed(credential, kind, found) {
  const wrong = (place, type) => at(credential, place)
    .filter(one => typeof one === 'object' && !list(one.type).includes(type))
    .forEach(() => found('types of members', `${place} is no ${type}`));
  wrong('credentialSubject', kind.subject);
  Object.entries(TYPED).forEach(([place, type]) => wrong(place, type));
}

function subjects(credential, kind, found) {
  for(const subject of list(credential.credentialSubject)) {
    if(!subject.id && !list(subject.identifier).length) {
      found('subject', 'neither id nor identifier');
    }
    const criteria = subject.achievement?.criteria;
    if(kind.subject === 'AchievementSubject' && !criteria?.id && !criteria?.narrative) {
      found('subject', 'criteria with neither id nor narrative');
    }
  }
}

function dates({validFrom, validUntil}, found) {
  if(!(Date.parse(validFrom) <= Date.now())) {
    found('dates', `valid from ${validFrom}`);
  }
  if(validUntil !== undefined && !(Date.parse(validUntil) > Date.now())) {
    found('dates', `valid until ${validUntil}`);
  }
}

async function proven(credential, found) {
  const issuer = credential.issuer.id ?? credential.issuer;
  const [proof, ...more] = list(credential.proof);
  if(proof?.type !== 'DataIntegrityProof' || !CERTIFIED.includes(proof.cryptosuite) || more.length) {
    return found('proof', `${proof?.type} ${proof?.cryptosuite}, and ${more.length} more`);
  }
  if(proof.proofPurpose !== 'assertionMethod' || proof.verificationMethod.split('#')[0] !== issuer) {
    found('proof', `${proof.proofPurpose} by ${proof.verificationMethod}`);
  }
  const suite = verifyingSuite(proof.cryptosuite);
  const result = await vc.verifyCredential({credential, suite, documentLoader, checkStatus});
  if(!result.verified) {
    found('proof', explain(result.error));
  }
}

async function status(credential, found) {
  const entries = list(credential.credentialStatus);
  for(const {type, statusPurpose, statusListIndex, statusListCredential} of entries) {
    if(type !== 'BitstringStatusListEntry' || statusPurpose !== 'revocation' || typeof statusListIndex !== 'string') {
      found('status', `${type}, ${statusPurpose}, ${statusListIndex}`);
    }
    const {document} = await documentLoader(statusListCredential);
    await judge(document, (probe, what) => found('status', `${probe}: ${what}`), true);
  }
  if(entries.length) {
    const suite = verifyingSuite('eddsa-rdfc-2022');
    const {verified, results, error} = await checkStatus({credential, suite, documentLoader});
    if(!verified || results.some(({status}) => status)) {
      found('status', explain(error) || 'it is revoked');
    }
  }
}

async function refreshed(credential, found) {
  for(const {id, type} of list(credential.refreshService)) {
    const {document} = await documentLoader(id);
    if(type !== '1EdTechCredentialRefresh' || document.id !== credential.id) {
      found('refresh', `${type} gives ${document.id}`);
    }
    await judge(document, (probe, what) => found('refresh', `${probe}: ${what}`), true);
  }
}

// The key is that which the header names in the issuer's document, as a JWK and nothing else (JWT-9).
async function token({text, document}) {
  const findings = [];
  const {alg, kid} = jose.decodeProtectedHeader(text);
  if(!OF_TOKENS.includes(alg)) {
    findings.push(`algorithm: ${alg}`);
  }
  try {
    const {document: method} = await documentLoader(kid);
    const jwk = kid.startsWith('did:') ? method.publicKeyJwk : method;
    const {payload} = await jose.jwtVerify(text, await jose.importJWK(jwk, alg), {algorithms: OF_TOKENS});
    const {iss, jti, sub, nbf, exp, ...claims} = payload;
    const {proof, ...unsigned} = JSON.parse(document);
    if(!isDeepStrictEqual(claims, unsigned) || iss !== unsigned.issuer.id || jti !== unsigned.id
      || sub !== unsigned.credentialSubject.id || nbf * 1000 !== Date.parse(unsigned.validFrom)
      || (unsigned.validUntil && exp * 1000 !== Date.parse(unsigned.validUntil))) {
      findings.push('claims: they are not those of the credential');
    }
  } catch(error) {
    findings.push(`key: ${explain(error)}`);
  }
  return {findings, algorithm: alg};
}

// Open Badges 3.0, IdentityObject: SHA-256 over the address and the salt.
async function recipient({text, email}) {
  const identifiers = list(JSON.parse(text).credentialSubject.identifier);
  const named = identifiers.some(({hashed, salt, identityHash, identityType}) => identityType === 'emailAddress'
    && identityHash === (hashed ? `sha256$${createHash('sha256').update(email + salt).digest('hex')}` : email));
  return {identifiers: identifiers.length, named};
}

async function documentLoader(url) {
  const [whole, fragment] = url.split('#');
  const answer = document => ({contextUrl: null, documentUrl: url, document});
  if(contexts.has(url)) {
    return answer(contexts.get(url));
  }
  const reached = whole.startsWith('did:web:') ? didWebUrl(whole) : whole;
  if(!reached.startsWith(`${base}/`)) {
    throw new Error(`NotFoundError: ${url} is not of the service`);
  }
  asked.add(reached);
  const response = await fetch(reached.replace(base, address), {headers: {accept: 'application/json'}});
  if(!response.ok) {
    throw new Error(`NotFoundError: ${reached} is answered with ${response.status}`);
  }
  const document = await response.json();
  if(fragment === undefined || !document.verificationMethod) {
    return answer(document);
  }
  const method = document.verificationMethod.find(({id}) => id === url);
  if(!method || !list(document.assertionMethod).includes(url)) {
    throw new Error(`NotFoundError: no verification method ${url}`);
  }
  return answer({'@context': 'https://w3id.org/security/multikey/v1', ...method});
}

function list(value) {
  return value === undefined ? [] : [].concat(value);
}

function at(value, place) {
  return place.split('.').reduce((found, name) => found.flatMap(one => list(one[name])), [value]);
}

function members(value, name) {
  if(typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) => key === name ? list(inner) : members(inner, name));
}
