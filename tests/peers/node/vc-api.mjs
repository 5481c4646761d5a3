// The Digital Bazaar libraries as the other side of a VC-API: what a suite of tests has in its hands.
//
//   {"do": "issue", "suite": NAME, "key": NAME, "credential": OBJECT, "mandatoryPointers": [TEXT]}
//     -> {"verifiableCredential": OBJECT}; the issuer of the credential is the did:key of the key
//   {"do": "faulty", "suite": NAME, "key": NAME, "credential": OBJECT}
//     -> {"faulty": {NAME: OBJECT}}: signed with that key, and each with another fault in its proof
//   {"do": "verify", "suite": NAME, "verifiableCredential": OBJECT} -> {"verified": BOOL, "detail": TEXT}
//   {"do": "derive", "verifiableCredential": OBJECT, "selectivePointers": [TEXT]}
//     -> {"verifiableCredential": OBJECT}
//   {"do": "present", "suite": NAME, "key": NAME, "verifiableCredential": [OBJECT],
//    "challenge": TEXT, "domain": TEXT} -> {"verifiablePresentation": OBJECT}
import * as vc from '@digitalbazaar/vc';
import jsigs from 'jsonld-signatures';
import {disclosingSuite, signingSuite, verifyingSuite} from './suites.mjs';
import {explain, serve} from './lines.mjs';
import {keys} from './keys.mjs';
import {loader} from './digitalbazaar.mjs';

const documentLoader = loader({});
const {AssertionProofPurpose, AuthenticationProofPurpose} = jsigs.purposes;

async function signer(key) {
  const did = `did:key:${keys[key].multibase}`;
  const pair = await keys[key].pair(`${did}#${keys[key].multibase}`, did);
  return {did, signer: pair.signer()};
}

async function sign({suite, key, credential, mandatoryPointers}, change = {}) {
  const {did, signer: bySigner} = await signer(key);
  const signing = signingSuite(suite, {signer: bySigner, mandatoryPointers});
  Object.assign(signing, change.suite);
  const document = {...credential, issuer: did};
  if(suite === 'Ed25519Signature2020') {
    document['@context'] = [...document['@context'], 'https://w3id.org/security/suites/ed25519-2020/v1'];
  }
  // `vc.issue` would not sign with a purpose of another kind.
  const purpose = change.purpose ?? new AssertionProofPurpose();
  return jsigs.sign(document, {suite: signing, purpose, documentLoader});
}

const issue = async request => ({verifiableCredential: await sign(request)});

async function faulty(request) {
  const past = new Date(Date.now() - 86400000).toISOString();
  const without = zone => new Date().toISOString().replace(/\.\d+Z$/, zone);
  const changes = {
    'expired': {suite: {proof: {expires: past}}},
    'expires without an offset': {suite: {proof: {expires: without('')}}},
    'created without an offset': {suite: {date: without('')}},
    'created at no time': {suite: {date: 'invalidDate'}},
    'for authentication': {
      purpose: new AuthenticationProofPurpose({challenge: 'challenge', domain: 'verifier.example'})
    },
    'for another purpose': {purpose: new AssertionProofPurpose({term: 'capabilityInvocation'})},
    'a key that is none': {suite: {verificationMethod: 'did:key:invalidVm'}}
  };
  const faulty = {};
  for(const [name, change] of Object.entries(changes)) {
    faulty[name] = await sign(request, change);
  }
  return {faulty};
}

async function verify({suite, verifiableCredential}) {
  const result = await vc.verifyCredential(
    {credential: verifiableCredential, suite: verifyingSuite(suite), documentLoader});
  return {verified: result.verified, detail: explain(result.error)};
}

async function derive({verifiableCredential, selectivePointers}) {
  const suite = disclosingSuite(selectivePointers);
  return {verifiableCredential: await vc.derive({verifiableCredential, suite, documentLoader})};
}

async function present({suite, key, verifiableCredential, challenge, domain}) {
  const {did, signer: bySigner} = await signer(key);
  const presentation = vc.createPresentation({verifiableCredential, holder: did, version: 2.0});
  const signing = signingSuite(suite, {signer: bySigner});
  const signed = await vc.signPresentation({presentation, suite: signing, challenge, domain, documentLoader});
  return {verifiablePresentation: signed};
}

await serve({issue, faulty, verify, derive, present});
