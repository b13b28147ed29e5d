"""pyMDOC-CBOR as issuer and as verifier: JSON lines in, JSON lines out.

It knows no device authentication. What it issues gets its device signature
here, by pycose and cbor2; what it verifies it verifies without.
"""

import base64
import datetime
import json
import logging
import sys
import types

import cbor2
import pymdoccbor.mso.issuer
import pymdoccbor.mso.verifier
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_der_private_key
from pycose.headers import Algorithm
from pycose.keys import CoseKey
from pycose.messages import Sign1Message
from pymdoccbor.mdoc.issuer import MdocCborIssuer
from pymdoccbor.mdoc.verifier import MdocCbor
from pymdoccbor.tests.test_01_mdoc_parser import ISSUED_MDOC

CURVES = {"secp256r1": ("P_256", "ES256", 32), "secp384r1": ("P_384", "ES384", 48)}


def issue(question):
    doctype = question["doctype"]
    key = cose_key(question["signer"]["key"])
    issuer = MdocCborIssuer(private_key=key, alg=key["ALG"])
    validity = question["validity"]
    set_clock(validity["signed"])
    issued = issuer.new(
        doctype=doctype,
        data={name: values(elements) for name, elements in question["name_spaces"].items()},
        # Whole days are all it can say; signed and validFrom are its clock's.
        validity={
            "issuance_date": moment(validity["valid_from"]).date().isoformat(),
            "expiry_date": moment(validity["valid_until"]).date().isoformat(),
        },
        devicekeyinfo=public_part(cose_key(question["device_key"])),
        x509_chain=[octets(one) for one in question["signer"]["certificates"]],
    )
    present(issued["documents"][0], question)
    return {"response": base64.b64encode(cbor2.dumps(issued)).decode()}


def present(document, question):
    document["docType"] = question.get("presented_doctype", question["doctype"])
    if "requested" in question:
        disclose(document["issuerSigned"], question["requested"])
    if question.get("device_auth") == "none":
        return
    namespaces = cbor2.CBORTag(24, cbor2.dumps({}))
    authentication = [
        "DeviceAuthentication",
        session_transcript(question["transcript"]),
        document["docType"],
        namespaces,
    ]
    payload = cbor2.dumps(cbor2.CBORTag(24, cbor2.dumps(authentication)))
    key = CoseKey.from_dict(cose_key(question["device_key"]))
    message = Sign1Message(phdr={Algorithm: key.alg}, payload=payload)
    message.key = key
    protected, unprotected, _, signature = cbor2.loads(message.encode(tag=False))
    document["deviceSigned"] = {
        "nameSpaces": namespaces,
        "deviceAuth": {"deviceSignature": [protected, dict(unprotected), None, signature]},
    }


def disclose(issuer_signed, requested):
    def wanted(name, item):
        return cbor2.loads(item.value)["elementIdentifier"] in requested[name]

    issuer_signed["nameSpaces"] = {
        name: [item for item in items if wanted(name, item)]
        for name, items in issuer_signed["nameSpaces"].items()
        if name in requested
    }


def verify(question):
    set_clock(question["time"])
    anchors = [x509.load_der_x509_certificate(octets(one)) for one in question["anchors"]]
    mdoc = MdocCbor()
    with Log() as log:
        try:
            mdoc.loads(octets(question["target"]))
            accepted = mdoc.verify(trusted_root_certs=anchors)
        except Exception as error:  # whatever it throws is its answer
            accepted = False
            log.lines.append(f"{type(error).__name__}: {error}")
    reason = None if accepted else "; ".join(log.lines) or "refused without a reason"
    return {"verdict": "accept" if accepted else "reject", "reason": reason, "checks": []}


def annex_d(_):
    """The DeviceResponse of ISO/IEC 18013-5, annex D, which its tests carry."""
    return {"response": base64.b64encode(bytes.fromhex(ISSUED_MDOC)).decode()}


class Log(logging.Handler):
    """What it logs as errors: reasons are given nowhere else."""

    def __init__(self):
        super().__init__(logging.ERROR)
        self.lines = []

    def emit(self, record):
        self.lines.append(record.getMessage())

    def __enter__(self):
        logging.getLogger("pymdoccbor").addHandler(self)
        return self

    def __exit__(self, *_):
        logging.getLogger("pymdoccbor").removeHandler(self)


def values(elements):
    """Element values; it tags dates itself, by the names of the elements."""
    return {name: value(json_value, name) for name, json_value in elements.items()}


def value(given, name=None):
    if isinstance(given, list):
        return [value(item) for item in given]
    if not isinstance(given, dict):
        return given
    if "bytes" in given:
        return octets(given["bytes"])
    if "full_date" in given:
        tagged = name in pymdoccbor.settings.CBORTAGS_ATTR_MAP
        return given["full_date"] if tagged else cbor2.CBORTag(1004, given["full_date"])
    return {key: value(item, key) for key, item in given["map"].items()}


def set_clock(seconds):
    """It reads the clock itself, and has no argument for it."""

    class Clock(datetime.datetime):
        @classmethod
        def utcnow(cls):
            return moment(seconds).replace(tzinfo=None)

        @classmethod
        def now(cls, tz=None):
            return moment(seconds) if tz else moment(seconds).replace(tzinfo=None)

    module = types.SimpleNamespace(datetime=Clock, timedelta=datetime.timedelta)
    pymdoccbor.mso.issuer.datetime = module
    pymdoccbor.mso.verifier.datetime = Clock


def moment(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def cose_key(pkcs8):
    private = load_der_private_key(octets(pkcs8), None).private_numbers()
    point = private.public_numbers
    curve, algorithm, length = CURVES[point.curve.name]
    return {
        "KTY": "EC2",
        "CURVE": curve,
        "ALG": algorithm,
        "D": private.private_value.to_bytes(length, "big"),
        "X": point.x.to_bytes(length, "big"),
        "Y": point.y.to_bytes(length, "big"),
    }


def public_part(key):
    return {name: part for name, part in key.items() if name not in ("D", "ALG")}


def session_transcript(text):
    decoded = cbor2.loads(octets(text))
    return cbor2.loads(decoded.value) if isinstance(decoded, cbor2.CBORTag) else decoded


def octets(text):
    text = text.replace("-", "+").replace("_", "/").rstrip("=")
    return base64.b64decode(text + "=" * (-len(text) % 4))


OPS = {"annex_d": annex_d, "issue": issue, "verify": verify}


def answer(line):
    question = {}
    try:
        question = json.loads(line)
        answered = OPS[question["op"]](question)
    except Exception as error:  # an answer for every line
        answered = {"error": f"{type(error).__name__}: {error}"}
    return {"id": question.get("id"), **answered}


logging.disable(logging.WARNING)
for line in sys.stdin:
    if line.strip():
        print(json.dumps(answer(line)), flush=True)
