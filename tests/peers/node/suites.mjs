// The proof suites of the Digital Bazaar libraries, by name: how each signs and verifies.
import * as ecdsaJcs2019 from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as ecdsaSd2023 from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as eddsaJcs2022 from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import {cryptosuite as ecdsaRdfc2019} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import {cryptosuite as eddsa2022} from '@digitalbazaar/eddsa-2022-cryptosuite';
import {cryptosuite as eddsaRdfc2022} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {Ed25519Signature2020} from '@digitalbazaar/ed25519-signature-2020';

const signing = {
  'eddsa-rdfc-2022': () => eddsaRdfc2022,
  'eddsa-2022': () => eddsa2022,
  'ecdsa-rdfc-2019': () => ecdsaRdfc2019,
  'eddsa-jcs-2022': () => eddsaJcs2022.createSignCryptosuite(),
  'ecdsa-jcs-2019': () => ecdsaJcs2019.createSignCryptosuite(),
  'ecdsa-sd-2023': mandatoryPointers => ecdsaSd2023.createSignCryptosuite({mandatoryPointers})
};

const verifying = {
  'eddsa-rdfc-2022': () => eddsaRdfc2022,
  'eddsa-2022': () => eddsa2022,
  'ecdsa-rdfc-2019': () => ecdsaRdfc2019,
  'eddsa-jcs-2022': () => eddsaJcs2022.createVerifyCryptosuite(),
  'ecdsa-jcs-2019': () => ecdsaJcs2019.createVerifyCryptosuite(),
  'ecdsa-sd-2023': () => ecdsaSd2023.createVerifyCryptosuite()
};

// A suite object serves one signature.
export function signingSuite(name, {signer, date, mandatoryPointers = []}) {
  if(name === 'Ed25519Signature2020') {
    return new Ed25519Signature2020({signer, date});
  }
  return new DataIntegrityProof({signer, date, cryptosuite: signing[name](mandatoryPointers)});
}

export const verifyingSuite = name => name === 'Ed25519Signature2020'
  ? new Ed25519Signature2020()
  : new DataIntegrityProof({cryptosuite: verifying[name]()});

// The suite that shows chosen parts of a credential with an ecdsa-sd-2023 base proof.
export const disclosingSuite = selectivePointers => new DataIntegrityProof(
  {cryptosuite: ecdsaSd2023.createDiscloseCryptosuite({selectivePointers})});
