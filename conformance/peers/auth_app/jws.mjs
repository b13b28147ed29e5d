// jose as a verifier of signed tokens with a key set (../README.md).

import { answerLines, load } from '../node/lines.mjs';

const { createLocalJWKSet, jwtVerify } = await load('jose');

async function verify({ token, jwks, algorithms }) {
  try {
    const keys = createLocalJWKSet(jwks);
    const { payload } = await jwtVerify(token, keys, { algorithms });
    return { verdict: 'accept', payload };
  } catch (error) {
    return { verdict: 'reject', reason: `${error.code ?? error.name}: ${error.message}` };
  }
}

await answerLines({ none: () => ({}), verify });
