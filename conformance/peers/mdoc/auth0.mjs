// @auth0/mdl as issuer with a wallet, and as verifier.

import { answerLines, bareTranscript, date, load, octets, pem, privateKey } from './question.mjs';
import { publicKey, readerKey, requested, value, verdict } from './question.mjs';

const { DataItem, DeviceResponse, Document, MDoc, Verifier } = (await load('@auth0/mdl')).default;
const { cborEncode, DateOnly } = (await load('@auth0/mdl/lib/cbor/index.js')).default;
const { COSEKeyFromJWK } = (await load('cose-kit')).default;

const transcript = (text) => cborEncode(new DataItem({ buffer: bareTranscript(text) }));

async function issue(question) {
  const signer = privateKey(question.signer.key);
  // Where it has no key identifier it writes one that is undefined.
  const kid = question.kid && { kid: question.kid };
  const device = { ...privateKey(question.device_key), ...kid };
  const document = new Document(question.doctype);
  for (const [name, elements] of Object.entries(question.name_spaces)) {
    const values = value({ map: elements }, (text) => new DateOnly(text));
    document.addIssuerNameSpace(name, Object.fromEntries(values));
  }
  const issued = await document
    .useDigestAlgorithm(question.digest_algorithm ?? 'SHA-256')
    .addValidityInfo({
      signed: date(question.validity.signed),
      validFrom: date(question.validity.valid_from),
      validUntil: date(question.validity.valid_until),
    })
    .addDeviceKeyInfo({ deviceKey: publicKey(device) })
    .sign({
      issuerPrivateKey: signer,
      issuerCertificate: question.signer.certificates.map(pem),
      alg: signer.alg,
      ...kid,
    });
  return { response: await present(question, issued, device) };
}

async function present(question, issued, device) {
  issued.docType = question.presented_doctype ?? question.doctype;
  const fields = requested(question).flatMap(([name, elements]) =>
    elements.map((element) => ({ path: [`$['${name}']['${element}']`], intent_to_retain: false })),
  );
  const wallet = DeviceResponse.from(new MDoc([issued]))
    .usingPresentationDefinition({
      id: 'request',
      input_descriptors: [{ id: issued.docType, constraints: { limit_disclosure: 'required', fields } }],
    })
    .usingSessionTranscriptBytes(transcript(question.transcript));
  if (question.device_auth === 'mac') {
    const reader = COSEKeyFromJWK(publicKey(readerKey(question.reader_private_key)));
    wallet.authenticateWithMAC(device, reader, 'HS256');
  } else {
    wallet.authenticateWithSignature(device, device.alg);
  }
  const response = await wallet.sign();
  return Buffer.from(response.encode()).toString('base64');
}

// It reads the clock itself, and has no argument for it.
async function at(seconds, run) {
  const Machine = globalThis.Date;
  globalThis.Date = class extends Machine {
    constructor(...given) {
      super(...(given.length ? given : [seconds * 1000]));
    }

    static now() {
      return seconds * 1000;
    }
  };
  try {
    return await run();
  } finally {
    globalThis.Date = Machine;
  }
}

function verify(question) {
  const options = { encodedSessionTranscript: transcript(question.transcript) };
  if (question.reader_private_key) {
    options.ephemeralReaderKey = COSEKeyFromJWK(readerKey(question.reader_private_key));
  }
  const verifier = new Verifier(question.anchors.map(pem));
  return at(question.time, () =>
    verdict((onCheck) => verifier.verify(octets(question.target), { ...options, onCheck })),
  );
}

await answerLines({ issue, verify });
