// Makes badges with embedded proofs: every suite, key source, data model and status type.
//
//   {"do": "make", "out": FILE} -> {"path": FILE}
//
// The file: {"badges": [{"maker", "container", "model", "suite", "source", "status", "good", "changed"}],
// "web": {URL: TEXT}, "revoked": {URL: TEXT}}. `changed` is `good` with one claim changed after it was
// signed, `web` what the issuers publish, and `revoked` what stands there instead once they have taken
// the badges back.
import {writeFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {
  badge, changed, CREATED, listCredential, MODELS, proofContexts, revocationList, STATUSES
} from './badges.mjs';
import {loader} from './digitalbazaar.mjs';
import {issuer} from './issuers.mjs';
import {serve} from './lines.mjs';
import {disclosingSuite, signingSuite} from './suites.mjs';

const ANYWHERE = ['did:key', 'did:jwk', 'did:web Multikey', 'did:web JsonWebKey', 'HTTPS controller', 'HTTPS Multikey'];

// A suite with the keys it signs with. The places of keys are the same for all, with one more for the
// suite whose keys have a type of their own.
const SUITES = [
  {suite: 'eddsa-rdfc-2022', keyNames: ['Ed25519']},
  {suite: 'eddsa-2022', keyNames: ['Ed25519']},
  {suite: 'Ed25519Signature2020', keyNames: ['Ed25519'], further: ['did:web 2020']},
  {suite: 'eddsa-jcs-2022', keyNames: ['Ed25519']},
  {suite: 'ecdsa-rdfc-2019', keyNames: ['P-256', 'P-384']},
  {suite: 'ecdsa-jcs-2019', keyNames: ['P-256', 'P-384']},
  {suite: 'ecdsa-sd-2023', keyNames: ['P-256']}
];

// What the holder of a badge with selective disclosure does not show.
const MANDATORY = ['/issuer', '/credentialSubject/type', '/credentialSubject/id', '/credentialSubject/achievement'];
const SELECTED = ['/id', '/name', '/awardedDate', '/credentialSubject/identifier'];

const documentLoader = loader({});

async function make({out}) {
  const made = {badges: [], web: {}, revoked: {}};
  const published = new Set();
  for(const {suite, keyNames, further = []} of SUITES) {
    for(const keyName of keyNames) {
      for(const source of [...ANYWHERE, ...further]) {
        const by = issuer(source, keyName);
        if(!published.has(by.id)) {
          published.add(by.id);
          await publish(by, made);
        }
        for(const model of Object.keys(MODELS)) {
          for(const status of STATUSES) {
            made.badges.push(await row(by, suite, model, status));
          }
        }
      }
    }
  }
  writeFileSync(out, JSON.stringify(made));
  return {path: out};
}

async function row(by, suite, model, status) {
  const unsigned = badge(by, model, status, proofContexts(suite, model));
  const signed = await sign(by, suite, unsigned);
  return {
    maker: 'digitalbazaar',
    container: 'JSON',
    model,
    suite: by.key.name === 'P-384' ? `${suite} P-384` : suite,
    source: by.source,
    status,
    good: JSON.stringify(signed),
    changed: JSON.stringify(changed(signed))
  };
}

async function sign(by, suite, credential) {
  const signer = (await by.key.pair(by.method, by.id)).signer();
  const issue = mandatoryPointers => vc.issue({
    credential, documentLoader, suite: signingSuite(suite, {signer, date: CREATED, mandatoryPointers})
  });
  if(suite !== 'ecdsa-sd-2023') {
    return issue();
  }
  const start = credential.validFrom ? '/validFrom' : '/issuanceDate';
  const status = credential.credentialStatus ? ['/credentialStatus'] : [];
  const verifiableCredential = await issue([...MANDATORY, start, ...status]);
  return vc.derive({verifiableCredential, documentLoader, suite: disclosingSuite(SELECTED)});
}

// The issuer's documents and lists.
async function publish(by, {web, revoked}) {
  for(const [url, document] of Object.entries(by.web)) {
    web[url] = JSON.stringify(document);
  }
  const suite = by.key.name === 'Ed25519' ? 'eddsa-rdfc-2022' : 'ecdsa-rdfc-2019';
  for(const [place, isRevoked] of [[web, false], [revoked, true]]) {
    for(const status of ['BitstringStatusListEntry', 'StatusList2021Entry']) {
      const list = await listCredential(by, status, isRevoked);
      list['@context'].push(...proofContexts(suite, list.validFrom ? 'VC 2.0' : 'VC 1.1'));
      place[list.id] = JSON.stringify(await sign(by, suite, list));
    }
    const member = by.key.name === 'Ed25519' ? 'revokedCredential' : 'revokedCredentials';
    const list = revocationList(by, isRevoked, member);
    place[list.id] = JSON.stringify(list);
  }
}

await serve({make});
