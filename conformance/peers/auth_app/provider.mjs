// oidc-provider as an OpenID provider on a loopback port of its own: it asks for
// private_key_jwt and PKCE, and tells of people in OpenID Connect's forms. Its
// answers to questions are in ../README.md.

import crypto from 'node:crypto';
import http from 'node:http';

import { answerLines, load } from '../node/lines.mjs';

const { Provider } = await load('oidc-provider');

const running = new Map();

function configuration({ keys, clients, accounts, acr }) {
  return {
    clients: clients.map(client),
    jwks: { keys: keys.map(signingKey) },
    cookies: { keys: ['of no worth, like all that is kept here'] },
    responseTypes: ['code'],
    subjectTypes: ['pairwise'],
    clientAuthMethods: ['private_key_jwt'],
    pkce: { required: () => true },
    enabledJWA: {
      clientAuthSigningAlgValues: ['ES256', 'RS256'],
      idTokenSigningAlgValues: ['ES256', 'RS256'],
    },
    acrValues: acr,
    claims: {
      openid: ['sub'],
      name: ['name'],
      address: ['address'],
      birthdate: ['birthdate'],
      gender: ['gender'],
      acr: null,
      auth_time: null,
      iss: null,
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
    pairwiseIdentifier: (ctx, accountId, { clientId }) => `${clientId}:${accountId}`,
    findAccount: (ctx, accountId) =>
      accounts[accountId] && {
        accountId,
        claims: () => ({ ...accounts[accountId], sub: accountId }),
      },
    ttl: { AuthorizationCode: 60, IdToken: 300, AccessToken: 300, Interaction: 600, Session: 600, Grant: 600 },
  };
}

function signingKey({ pkcs8, kid, alg }) {
  const key = crypto.createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' });
  return { ...key.export({ format: 'jwk' }), use: 'sig', kid, alg };
}

function client({ client_id, redirect_uri, alg, jwk, id_token_alg }) {
  return {
    client_id,
    redirect_uris: [redirect_uri],
    response_types: ['code'],
    grant_types: ['authorization_code'],
    subject_type: 'pairwise',
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: alg,
    id_token_signed_response_alg: id_token_alg ?? 'ES256',
    jwks: { keys: [jwk] },
  };
}

/** What a person sees and does, in two steps as one: who it is, and yes or no. */
async function interact(provider, request, response) {
  const { uid, params } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.end(`<form method="post" action="/interaction/${uid}"><input name="account"><input name="acr"></form>`);
    return;
  }
  const form = new URLSearchParams(await body(request));
  const accountId = form.get('account');
  if (!accountId) {
    const cancelled = { error: 'access_denied', error_description: '中止' };
    await provider.interactionFinished(request, response, cancelled);
    return;
  }
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  await provider.interactionFinished(request, response, {
    login: { accountId, acr: form.get('acr') || undefined, remember: false },
    consent: { grantId: await grant.save() },
  });
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

/** A provider with nothing in its memory, as what answers requests. */
function answers(issuer, settings, errors) {
  const provider = new Provider(issuer, configuration(settings));
  provider.on('server_error', (ctx, error) => errors.push(error.stack));
  for (const event of ['authorization.error', 'grant.error', 'userinfo.error']) {
    provider.on(event, (ctx, error) => {
      errors.push(`${error.message}: ${error.error_detail ?? error.error_description}`);
    });
  }
  const protocol = provider.callback();
  return (request, response) => {
    if (!request.url.startsWith('/interaction/')) return protocol(request, response);
    return interact(provider, request, response).catch((error) => {
      response.statusCode = 500;
      response.end(error.message);
    });
  };
}

async function start(settings) {
  const server = http.createServer();
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const errors = [];
  running.set(issuer, { server, errors, answer: answers(issuer, settings, errors) });
  server.on('request', (request, response) => running.get(issuer).answer(request, response));
  return { issuer };
}

/** The same place, with other settings: it has forgotten everything. */
function restart({ issuer, ...settings }) {
  const place = running.get(issuer);
  place.answer = answers(issuer, settings, place.errors);
  return { issuer };
}

async function stop({ issuer }) {
  const { server } = running.get(issuer);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  running.delete(issuer);
  return {};
}

await answerLines({
  none: () => ({}),
  start,
  restart,
  stop,
  // Why it refused what it refused since it was asked last.
  errors: ({ issuer }) => ({ errors: running.get(issuer).errors.splice(0) }),
});
process.exit();
