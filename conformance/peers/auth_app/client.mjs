// openid-client as a relying party, with oauth4webapi beneath it (../README.md).
// The browser is the test's: this begins a login, and takes what came back.

import crypto from 'node:crypto';

import { answerLines, load } from '../node/lines.mjs';

const client = await load('openid-client');

const begun = new Map();

async function key({ pkcs8, alg, kid }) {
  const algorithm = {
    ES256: { name: 'ECDSA', namedCurve: 'P-256' },
    RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
  }[alg];
  const der = Buffer.from(pkcs8, 'base64');
  return { key: await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']), kid };
}

async function begin({ issuer, client_id, redirect_uri, scope, acr_values, ...signer }) {
  const config = await client.discovery(
    new URL(issuer),
    client_id,
    { id_token_signed_response_alg: 'ES256' },
    client.PrivateKeyJwt(await key(signer), {
      // The audience that is configured, and not the issuer's name.
      [client.modifyAssertion]: (header, payload) => {
        if (signer.audience) payload.aud = signer.audience;
      },
    }),
    { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
  );
  const verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri,
    scope,
    acr_values,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  begun.set(state, { config, verifier, state, nonce });
  return { url: url.href, state };
}

async function finish({ state: login, callback }) {
  const { config, verifier, state, nonce } = begun.get(login);
  begun.delete(login);
  return verdict(async () => {
    const tokens = await client.authorizationCodeGrant(config, new URL(callback), {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    return { claims, userinfo: await client.fetchUserInfo(config, tokens.access_token, claims.sub) };
  });
}

/** What was accepted, or the name of the error beneath all others. */
async function verdict(accept) {
  try {
    return { verdict: 'accept', ...(await accept()) };
  } catch (error) {
    let cause = error;
    while (cause.cause instanceof Error) cause = cause.cause;
    const reason = [error.error ?? cause.error ?? cause.code ?? cause.name, cause.message].join(': ');
    return { verdict: 'reject', reason };
  }
}

await answerLines({ none: () => ({}), begin, finish });
