// The cryptography that @owf/mdoc asks its user for, by node's own module.

import crypto from 'node:crypto';

import { load } from './question.mjs';

const { CoseKey, KeyType, MacAlgorithm } = await load('@owf/mdoc');

const HASHES = { ES256: 'sha256', ES384: 'sha384' };

/** It knows the curve P-384 of a JWK under the name p-384 alone. */
export function coseKey(jwk, Key = CoseKey) {
  return Key.fromJwk({ ...jwk, crv: jwk.crv.replace('P-384', 'p-384') });
}

const jwkOf = (key) => ({ kty: 'EC', ...coordinates(key), ...(key.d ? { d: base64url(key.d) } : {}) });
const coordinates = ({ jwk: { crv, x, y } }) => ({ crv: crv.toUpperCase(), x, y });
const base64url = (bytes) => Buffer.from(bytes).toString('base64url');
const privateOf = (key) => crypto.createPrivateKey({ key: jwkOf(key), format: 'jwk' });
const publicOf = (key) => crypto.createPublicKey({ key: jwkOf(key), format: 'jwk' });

function sign({ toBeSigned, key, algorithm }) {
  const name = key.jwk.alg ?? algorithm;
  return new Uint8Array(
    crypto.sign(HASHES[name], toBeSigned, { key: privateOf(key), dsaEncoding: 'ieee-p1363' }),
  );
}

function verify({ sign1, key }) {
  const hash = HASHES[sign1.signatureAlgorithmName];
  const publicKey = { key: publicOf(key), dsaEncoding: 'ieee-p1363' };
  return crypto.verify(hash, sign1.toBeSigned, publicKey, sign1.signature);
}

/** ISO/IEC 18013-5, 9.1.3.5. The library hands over COSE keys, or bare ones. */
function calculateEphemeralMacKey({ privateKey, publicKey, sessionTranscriptBytes, info }) {
  const pair = crypto.createECDH('prime256v1');
  pair.setPrivateKey(privateKey.length === 32 ? privateKey : CoseKey.decode(privateKey).privateKey);
  const point = publicKey.length === 65 ? publicKey : CoseKey.decode(publicKey).publicKey;
  const salt = crypto.createHash('sha256').update(sessionTranscriptBytes).digest();
  const k = crypto.hkdfSync('sha256', pair.computeSecret(point), salt, info, 32);
  return CoseKey.create({ keyType: KeyType.Oct, algorithm: MacAlgorithm.HS256, k: new Uint8Array(k) });
}

const mac = (key, bytes) => crypto.createHmac('sha256', key.privateKey).update(bytes).digest();

/** One hop, as the library's own tests have it: signature and validity alone. */
function verifyCertificateChain({ trustedCertificates, x5chain, now }) {
  const leaf = new crypto.X509Certificate(x5chain[0]);
  const anchors = trustedCertificates.map((der) => new crypto.X509Certificate(der));
  const anchor = anchors.find((one) => leaf.checkIssued(one) && leaf.verify(one.publicKey));
  if (!anchor) throw new Error('No anchor issued the certificate');
  for (const one of [leaf, anchor]) {
    if (now < new Date(one.validFrom) || now > new Date(one.validTo)) {
      throw new Error('A certificate is not valid now');
    }
  }
}

function fieldsOf(name) {
  return name.split('\n').map((line) => line.split(/=(.*)/s));
}

export const context = {
  crypto: {
    random: (length) => new Uint8Array(crypto.randomBytes(length)),
    digest: ({ digestAlgorithm, bytes }) =>
      new Uint8Array(crypto.createHash(digestAlgorithm.replace('-', '')).update(bytes).digest()),
    calculateEphemeralMacKey,
  },
  cose: {
    sign1: { sign, verify },
    mac0: {
      sign: ({ key, toBeAuthenticated }) => new Uint8Array(mac(key, toBeAuthenticated)),
      verify: ({ key, mac0 }) => mac(key, mac0.toBeAuthenticated).equals(Buffer.from(mac0.tag)),
    },
  },
  x509: {
    getIssuerNameField: ({ certificate, field }) =>
      fieldsOf(new crypto.X509Certificate(certificate).issuer)
        .filter(([type]) => type === field)
        .map(([, text]) => text),
    getPublicKey: ({ certificate, alg }) => {
      const key = new crypto.X509Certificate(certificate).publicKey.export({ format: 'jwk' });
      return coseKey({ ...key, alg });
    },
    verifyCertificateChain,
    getCertificateData: ({ certificate }) => {
      const parsed = new crypto.X509Certificate(certificate);
      return {
        issuerName: parsed.issuer,
        subjectName: parsed.subject,
        serialNumber: parsed.serialNumber,
        thumbprint: parsed.fingerprint256,
        notBefore: new Date(parsed.validFrom),
        notAfter: new Date(parsed.validTo),
        pem: parsed.toString(),
      };
    },
  },
};
