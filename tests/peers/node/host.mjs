// An application by npm oauth4webapi: registers, asks, turns in, calls, refreshes and gives back.
import * as oauth from 'oauth4webapi';
import {serve} from './lines.mjs';

let base, address, server, client, verifier, state, tokens;

// The service's public address is answered at the loopback interface.
const reached = (url, options) => fetch(String(url).replace(base, address), {...options, duplex: 'half'});
const options = {[oauth.customFetch]: reached};
const authentication = () => oauth.ClientSecretBasic(client.client_secret);

async function call(path) {
  const url = new URL(base + '/ims/ob/v3p0' + path);
  const answer = await oauth.protectedResourceRequest(tokens.access_token, 'GET', url, undefined, undefined, options)
    .catch(error => error.response ?? Promise.reject(error));
  return {status: answer.status, total: answer.headers.get('x-total-count'), body: await answer.json()};
}

serve({
  // Finds the server by its metadata, and registers.
  async register(request) {
    ({base, address} = request);
    const issuer = new URL(base);
    const described = await oauth.discoveryRequest(issuer, {...options, algorithm: 'oauth2'});
    server = await oauth.processDiscoveryResponse(issuer, described);
    const answer = await oauth.dynamicClientRegistrationRequest(server, request.metadata, options);
    client = await oauth.processDynamicClientRegistrationResponse(answer);
    return {id: client.client_id};
  },
  // The address at which the person is asked.
  async ask(request) {
    verifier = oauth.generateRandomCodeVerifier();
    state = oauth.generateRandomState();
    const url = new URL(server.authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: client.client_id,
      redirect_uri: request.redirectUri,
      response_type: 'code',
      scope: request.scope,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    return {url: url.href};
  },
  // Turns in the code with which the person came back.
  async turnIn(request) {
    const back = oauth.validateAuthResponse(server, client, new URL(request.back), state);
    const answer = await oauth.authorizationCodeGrantRequest(
      server, client, authentication(), back, request.redirectUri, verifier, options);
    tokens = await oauth.processAuthorizationCodeResponse(server, client, answer);
    return {scope: tokens.scope, expires: tokens.expires_in};
  },
  async refresh() {
    const answer = await oauth.refreshTokenGrantRequest(
      server, client, authentication(), tokens.refresh_token, options);
    tokens = await oauth.processRefreshTokenResponse(server, client, answer);
    return {scope: tokens.scope};
  },
  call: request => call(request.path),
  async revoke() {
    const answer = await oauth.revocationRequest(
      server, client, authentication(), tokens.access_token,
      {...options, additionalParameters: {token_type_hint: 'access_token'}});
    await oauth.processRevocationResponse(answer);
    return {};
  },
});
