// A certified identity provider (npm oidc-provider), and somebody's browser at it.
//
//   {"do": "start", "redirectUri": URL, "clientId": TEXT, "clientSecret": TEXT, "algorithm": NAME,
//    "authentication": "client_secret_basic" | "client_secret_post"} -> {"issuer": URL}
//   {"do": "signIn", "url": URL, "login": TEXT} -> {"back": URL}; "denied" as login calls it off
//   {"do": "stop"} -> {}
import {createServer} from 'node:http';
import {generateKeyPairSync, randomBytes} from 'node:crypto';
import {Provider} from 'oidc-provider';
import {serve} from './lines.mjs';

let server;

const kinds = {
  RS256: () => generateKeyPairSync('rsa', {modulusLength: 2048}),
  ES256: () => generateKeyPairSync('ec', {namedCurve: 'P-256'}),
  EdDSA: () => generateKeyPairSync('ed25519')
};

async function start({redirectUri, clientId, clientSecret, algorithm, authentication}) {
  server = createServer();
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const keys = Object.entries(kinds).map(([alg, make]) => ({
    ...make().privateKey.export({format: 'jwk'}), kid: alg, alg, use: 'sig'
  }));
  const provider = new Provider(issuer, {
    clients: [{
      client_id: clientId, client_secret: clientSecret, redirect_uris: [redirectUri],
      grant_types: ['authorization_code'], response_types: ['code'],
      token_endpoint_auth_method: authentication, id_token_signed_response_alg: algorithm
    }],
    clientAuthMethods: [authentication],
    jwks: {keys},
    enabledJWA: {idTokenSigningAlgValues: Object.keys(kinds)},
    cookies: {keys: [randomBytes(16).toString('hex')]},
    claims: {openid: ['sub'], email: ['email', 'email_verified'], profile: ['name']},
    features: {devInteractions: {enabled: false}},
    pkce: {required: () => true},
    interactions: {url: (_, interaction) => `/interaction/${interaction.uid}`},
    findAccount: (_, accountId) => ({
      accountId,
      claims: () => ({
        sub: accountId, name: `${accountId} of the provider`,
        email: `${accountId}@id.example`, email_verified: true
      })
    }),
    async loadExistingGrant({oidc}) {
      const grant = new provider.Grant({
        clientId: oidc.client.clientId, accountId: oidc.session.accountId
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    }
  });
  const callback = provider.callback();
  server.on('request', (request, response) => {
    const url = new URL(request.url, issuer);
    if(!url.pathname.startsWith('/interaction/')) {
      return callback(request, response);
    }
    // The page on which somebody would type a password.
    const login = request.headers['x-login'];
    const result = login === 'denied' ? {error: 'access_denied'} : {login: {accountId: login}};
    provider.interactionFinished(request, response, result).catch(error => {
      response.writeHead(500).end(String(error));
    });
  });
  return {issuer};
}

async function signIn({url, login}) {
  const cookies = new Map();
  for(let hop = 0; hop < 10; ++hop) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, {redirect: 'manual', headers: {cookie, 'x-login': login}});
    for(const set of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(set);
      value ? cookies.set(name, value) : cookies.delete(name);
    }
    const location = answer.headers.get('location');
    if(!location) {
      throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`);
    }
    const next = new URL(location, url);
    if(next.origin !== new URL(url).origin) {
      return {back: next.href};
    }
    url = next.href;
  }
  throw new Error('the provider leads on and on');
}

async function stop() {
  server.closeAllConnections();
  await new Promise(resolve => server.close(resolve));
  return {};
}

await serve({start, signIn, stop});
process.exit();
