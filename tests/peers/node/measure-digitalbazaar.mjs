// Issues and verifies with @digitalbazaar/vc, text in and text out, for a number of CPU seconds each.
//
//   {"do": "measure", "document": FILE, "secret": HEX, "verificationMethod": URL, "created": TIME,
//    "seconds": NUMBER}
//     -> {"issued": NUMBER, "verified": NUMBER}, both per CPU second
import {readFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {loader, signer} from './digitalbazaar.mjs';
import {serve} from './lines.mjs';
import {signingSuite, verifyingSuite} from './suites.mjs';

const SUITE = 'eddsa-rdfc-2022';

// CPU time of the process, with the threads that compile and collect garbage.
const cpuSeconds = () => {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1e6;
};

async function perCpuSecond(seconds, work) {
  const start = cpuSeconds();
  let count = 0;
  let spent = 0;
  for(; spent < seconds; spent = cpuSeconds() - start) {
    await work();
    ++count;
  }
  return count / spent;
}

async function measure(request) {
  const text = readFileSync(request.document, 'utf8');
  const documentLoader = loader({});
  const key = await signer({algorithm: 'EdDSA', ...request});
  const issue = async () => JSON.stringify(await vc.issue({
    credential: JSON.parse(text),
    suite: signingSuite(SUITE, {signer: key, date: request.created}),
    documentLoader
  }));
  const signed = await issue();
  const verify = async () => {
    const {verified, error} = await vc.verifyCredential({
      credential: JSON.parse(signed),
      suite: verifyingSuite(SUITE),
      documentLoader
    });
    if(!verified) {
      throw error;
    }
  };
  return {
    issued: await perCpuSecond(request.seconds, issue),
    verified: await perCpuSecond(request.seconds, verify)
  };
}

await serve({measure});
