// What auth0.mjs and owf.mjs have in common: the fields of a question as the
// libraries want them (../README.md).

import crypto from 'node:crypto';

export { answerLines, load } from '../node/lines.mjs';

/** Base64 or base64url, padded or not. */
export const octets = (text) => new Uint8Array(Buffer.from(text, 'base64'));

export const date = (seconds) => new Date(seconds * 1000);

/** The private key of a PKCS#8, as a JWK with the algorithm that its curve has. */
export function privateKey(pkcs8) {
  const key = crypto.createPrivateKey({ key: Buffer.from(octets(pkcs8)), format: 'der', type: 'pkcs8' });
  return withAlgorithm(key.export({ format: 'jwk' }));
}

export function publicKey({ d, ...jwk }) {
  return jwk;
}

/** The reader's ephemeral key on P-256, from its scalar. */
export function readerKey(scalar) {
  const pair = crypto.createECDH('prime256v1');
  pair.setPrivateKey(Buffer.from(octets(scalar)));
  const point = pair.getPublicKey();
  const [x, y, d] = [point.subarray(1, 33), point.subarray(33), octets(scalar)].map((part) =>
    Buffer.from(part).toString('base64url'),
  );
  return { kty: 'EC', crv: 'P-256', x, y, d };
}

function withAlgorithm(jwk) {
  const alg = { 'P-256': 'ES256', 'P-384': 'ES384' }[jwk.crv];
  if (!alg) throw new Error('keys are on P-256 or P-384');
  return { ...jwk, alg };
}

export function pem(certificate) {
  return new crypto.X509Certificate(octets(certificate)).toString();
}

/** A SessionTranscript without the tag-24 wrapper that it may have come in. */
export function bareTranscript(text) {
  const bytes = octets(text);
  if (bytes[0] !== 0xd8 || bytes[1] !== 0x18) return bytes;
  const lengthOctets = { 0x58: 1, 0x59: 2, 0x5a: 4 }[bytes[2]] ?? 0;
  return bytes.subarray(3 + lengthOctets);
}

/** An element's value: JSON, and what JSON has not (see the README). */
export function value(json, fullDate) {
  if (Array.isArray(json)) return json.map((item) => value(item, fullDate));
  if (json === null || typeof json !== 'object') return json;
  if ('bytes' in json) return octets(json.bytes);
  if ('full_date' in json) return fullDate(json.full_date);
  return new Map(Object.entries(json.map).map(([key, item]) => [key, value(item, fullDate)]));
}

/** The elements that are to be disclosed: those named, or else all. */
export function requested(question) {
  if (question.requested) return Object.entries(question.requested);
  return Object.entries(question.name_spaces).map(([name, elements]) => [name, Object.keys(elements)]);
}

/** What a library found, check by check; where it threw, that as well. */
export async function verdict(verify) {
  const checks = [];
  let reason = null;
  try {
    await verify(({ check, status, reason: why }) => {
      checks.push({ check, passed: status === 'PASSED' });
      if (status !== 'PASSED') reason ??= why ?? check;
    });
  } catch (error) {
    reason ??= error.message;
  }
  return { verdict: reason === null ? 'accept' : 'reject', reason, checks };
}
