// The unsigned badges and status lists of the makers here, in both data models.
import {readFileSync} from 'node:fs';
import * as bitstring from '@digitalbazaar/vc-bitstring-status-list';
import * as statusList2021 from '@digitalbazaar/vc-status-list';

export const CREATED = '2026-01-05T08:00:00Z';

const DATA_INTEGRITY = 'https://w3id.org/security/data-integrity/v2';
const BITSTRING = 'https://www.w3.org/ns/credentials/status/v1';
const STATUS_LIST_2021 = 'https://w3id.org/vc/status-list/2021/v1';
const EXTENSIONS = 'https://purl.imsglobal.org/spec/ob/v3p0/extensions.json';
const INDEX = 94567;
const ANOTHER_INDEX = 60161;

const template = JSON.parse(readFileSync(new URL('../badge.json', import.meta.url), 'utf8'));

// The data models: the contexts that a badge and a status list begin with, and the name of its start.
export const MODELS = {
  'VC 2.0': {
    context: 'https://www.w3.org/ns/credentials/v2',
    start: 'validFrom',
    contexts: {'StatusList2021Entry': [STATUS_LIST_2021], '1EdTechRevocationList': [EXTENSIONS]}
  },
  'VC 1.1': {
    context: 'https://www.w3.org/2018/credentials/v1',
    start: 'issuanceDate',
    contexts: {
      'BitstringStatusListEntry': [BITSTRING],
      'StatusList2021Entry': [STATUS_LIST_2021],
      '1EdTechRevocationList': [EXTENSIONS]
    }
  }
};

export const STATUSES = ['none', 'BitstringStatusListEntry', 'StatusList2021Entry', '1EdTechRevocationList'];

// An unsigned badge. `contexts` are those that the proof needs.
export function badge(issuer, model, status, contexts = []) {
  const {context, start, contexts: ofStatus} = MODELS[model];
  const credential = {
    '@context': [
      context,
      'https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json',
      ...(ofStatus[status] ?? []),
      ...contexts
    ],
    ...template,
    issuer: {id: issuer.id, type: ['Profile'], name: 'Example District'},
    [start]: CREATED,
    awardedDate: CREATED
  };
  if(status !== 'none') {
    credential.credentialStatus = entry(issuer, status);
  }
  return credential;
}

// Where the list of an issuer is: at its own host, or at one of the DID's choosing.
function listAddress(issuer, status) {
  const name = `${issuer.source} ${issuer.key.name}`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `https://lists.node.example/${name}/${status.toLowerCase()}`;
}

function entry(issuer, status) {
  const list = listAddress(issuer, status);
  if(status === '1EdTechRevocationList') {
    return {id: list, type: status};
  }
  return {
    id: `${list}#${INDEX}`,
    type: status,
    statusPurpose: 'revocation',
    statusListIndex: String(INDEX),
    statusListCredential: list
  };
}

const LISTS = {'BitstringStatusListEntry': bitstring, 'StatusList2021Entry': statusList2021};

// The unsigned credential of a status list, in which the badge's bit is set or another's. The older
// list is of the older data model.
export async function listCredential(issuer, status, revoked) {
  const {createList, createCredential} = LISTS[status];
  const list = await createList({length: 128 * 1024});
  list.setStatus(revoked ? INDEX : ANOTHER_INDEX, true);
  const credential = await createCredential(
    {id: listAddress(issuer, status), list, statusPurpose: 'revocation'});
  const {start} = Object.values(MODELS).find(({context}) => context === credential['@context'][0]);
  return {...credential, issuer: issuer.id, [start]: CREATED};
}

// The old list, which is not signed. Its member has two spellings.
export function revocationList(issuer, revoked, member) {
  return {
    id: listAddress(issuer, '1EdTechRevocationList'),
    issuer: issuer.id,
    [member]: revoked
      ? [{id: template.id, revoked: true, revocationReason: 'The recording was of another class.'}]
      : [{id: 'https://badges.example/badges/60162', revoked: true}]
  };
}

// The contexts that a proof of a suite needs in a data model.
export function proofContexts(suite, model) {
  if(suite === 'Ed25519Signature2020') {
    return ['https://w3id.org/security/suites/ed25519-2020/v1'];
  }
  return model === 'VC 1.1' ? [DATA_INTEGRITY] : [];
}

// The same credential with one claim changed.
export function changed(credential) {
  const copy = structuredClone(credential);
  copy.credentialSubject.achievement.name = 'Wait Tame';
  return copy;
}
