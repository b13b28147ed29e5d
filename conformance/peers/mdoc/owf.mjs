// @owf/mdoc as issuer with a wallet, and as verifier. It leaves all cryptography
// and the certificates' chain to whoever uses it: that part is owf_crypto.mjs.

import { context, coseKey } from './owf_crypto.mjs';
import { answerLines, bareTranscript, date, load, octets, privateKey } from './question.mjs';
import { publicKey, readerKey, requested, value, verdict } from './question.mjs';

const mdoc = await load('@owf/mdoc');
const { DateOnly, DeviceEngagement, DeviceKey, DeviceRequest, DocRequest, EReaderKey } = mdoc;
const { Holder, ItemsRequest, Issuer, NfcHandover, QrHandover } = mdoc;
const { SessionTranscript, SignatureAlgorithm, Verifier } = mdoc;

const transcript = (text) => SessionTranscript.decode(bareTranscript(text));

async function issue(question) {
  const signer = privateKey(question.signer.key);
  const device = privateKey(question.device_key);
  const issuer = new Issuer(question.doctype, context);
  for (const [name, elements] of Object.entries(question.name_spaces)) {
    issuer.addIssuerNamespace(name, value({ map: elements }, (text) => new DateOnly(text)));
  }
  const issued = await issuer.sign({
    signingKey: coseKey(signer),
    algorithm: SignatureAlgorithm[signer.alg],
    digestAlgorithm: question.digest_algorithm ?? 'SHA-256',
    certificates: question.signer.certificates.map(octets),
    deviceKeyInfo: { deviceKey: coseKey(publicKey(device), DeviceKey) },
    validityInfo: {
      signed: date(question.validity.signed),
      validFrom: date(question.validity.valid_from),
      validUntil: date(question.validity.valid_until),
    },
  });
  const response = await present(question, issued, device);
  return { response: Buffer.from(response.encode()).toString('base64') };
}

function present(question, issued, device) {
  const key = (jwk) => ({ signingKey: coseKey(jwk) });
  return Holder.createDeviceResponseForDeviceRequest(
    {
      deviceRequest: deviceRequest(question),
      issuerSigned: [issued],
      sessionTranscript: transcript(question.transcript),
      ...(question.device_auth === 'mac'
        ? { mac: { ...key({ ...device, alg: 'HS256' }), ephemeralKey: reader(question) } }
        : { signature: key(device) }),
    },
    context,
  );
}

function deviceRequest(question) {
  const namespaces = new Map(
    requested(question).map(([name, elements]) => [
      name,
      new Map(elements.map((element) => [element, false])),
    ]),
  );
  const itemsRequest = ItemsRequest.create({ docType: question.doctype, namespaces });
  return DeviceRequest.create({ docRequests: [DocRequest.create({ itemsRequest })] });
}

const reader = (question) => coseKey(readerKey(question.reader_private_key));

function verify(question) {
  return verdict((onCheck) =>
    Verifier.verifyDeviceResponse(
      {
        deviceResponse: octets(question.target),
        sessionTranscript: transcript(question.transcript),
        trustedCertificates: question.anchors.map(octets),
        now: date(question.time),
        onCheck,
        ...(question.reader_private_key ? { ephemeralReaderKey: reader(question) } : {}),
        ...(question.requested ? { deviceRequest: deviceRequest(question) } : {}),
      },
      context,
    ),
  );
}

/** What a reader asks for, and whether it signed each document's request. */
async function request(question) {
  const asked = DeviceRequest.decode(octets(question.request));
  const judged = await verdict((verificationCallback) =>
    Holder.verifyDeviceRequest(
      {
        deviceRequest: asked,
        sessionTranscript: transcript(question.transcript),
        verificationCallback,
      },
      context,
    ),
  );
  const items = asked.docRequests.map(({ itemsRequest: { docType, namespaces } }) => {
    const elements = [...namespaces].map(([name, all]) => [name, Object.fromEntries(all)]);
    return { docType, nameSpaces: Object.fromEntries(elements) };
  });
  return { ...judged, items };
}

/** The library's own transcript of a flow, from what goes into it. */
async function ownTranscript({ of: { proximity, ...remote } }) {
  const own = proximity ? ofProximity(proximity) : await ofRemote(Object.entries(remote)[0]);
  return { transcript: Buffer.from(own.encode()).toString('base64') };
}

function ofProximity({ engagement, reader_key, nfc }) {
  const nfcHandover = () =>
    NfcHandover.create({
      selectMessage: octets(nfc.select),
      ...(nfc.request ? { requestMessage: octets(nfc.request) } : {}),
    });
  return SessionTranscript.create({
    deviceEngagement: DeviceEngagement.decode(octets(engagement)),
    eReaderKey: EReaderKey.decode(octets(reader_key)),
    handover: nfc.select ? nfcHandover() : QrHandover.create(),
  });
}

function ofRemote([constructor, fields]) {
  const options = Object.fromEntries(value({ map: fields }));
  return SessionTranscript[constructor](options, context);
}

await answerLines({ issue, request, transcript: ownTranscript, verify });
