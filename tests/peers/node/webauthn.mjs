// SimpleWebAuthn as another server that takes passkeys: what it says of an answer.
//
//   {"do": "registration", "response": OBJECT, "challenge": TEXT, "origin": URL, "rpId": TEXT}
//     -> {"verified": BOOL, "detail": TEXT}
//   {"do": "authentication", the same and "credential": {"id": TEXT, "publicKey": TEXT, "counter": NUMBER}}
//     -> {"verified": BOOL, "detail": TEXT}
import {verifyAuthenticationResponse, verifyRegistrationResponse} from '@simplewebauthn/server';
import {explain, serve} from './lines.mjs';

const expected = ({response, challenge, origin, rpId}) => ({
  response, expectedChallenge: challenge, expectedOrigin: origin, expectedRPID: rpId,
  requireUserVerification: true
});

async function judged(verifying) {
  try {
    return {verified: (await verifying()).verified, detail: ''};
  } catch(error) {
    return {verified: false, detail: explain(error)};
  }
}

await serve({
  registration: request => judged(() => verifyRegistrationResponse({
    ...expected(request), supportedAlgorithmIDs: [-8, -7, -257]
  })),
  authentication: request => judged(() => verifyAuthenticationResponse({
    ...expected(request),
    credential: {
      ...request.credential,
      publicKey: new Uint8Array(Buffer.from(request.credential.publicKey, 'base64url'))
    }
  }))
});
