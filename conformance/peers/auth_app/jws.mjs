// jose as a verifier of signed tokens with a key set (../README.md).

import { answerLines, load } from '../node/lines.mjs';

const { compactVerify, createLocalJWKSet } = await load('jose');

async function verify({ token, jwks, algorithms }) {
  try {
    const keys = createLocalJWKSet(jwks);
    const { payload, protectedHeader } = await compactVerify(token, keys, { algorithms });
    return {
      verdict: 'accept',
      header: protectedHeader,
      payload: Buffer.from(payload).toString('base64'),
    };
  } catch (error) {
    return { verdict: 'reject', reason: `${error.code ?? error.name}: ${error.message}` };
  }
}

await answerLines({ none: () => ({}), verify });
