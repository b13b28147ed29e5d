"""Signs a CMS message with what a card holds, as other software would.

    sign.py MAKER CERTIFICATE KEY CONTENT OUT DIGEST [OPTION...]

MAKER is `pyhanko`, or `by-hand` for a message put together of asn1crypto's
parts. Certificate and key (PKCS#8) are DER. Options: `detached`; for
pyHanko `cades`, `pss`, `pss-longest-salt`; by hand `no-attributes`, `key-id`.
"""

import asyncio
import hashlib
import sys
from pathlib import Path

from asn1crypto import algos, cms, keys, x509


def pyhanko(certificate, key, content, digest, options):
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    signer = SimpleSigner(
        signing_cert=certificate,
        signing_key=keys.PrivateKeyInfo.load(key),
        cert_registry=SimpleCertificateStore.from_certs([]),
        prefer_pss="pss-longest-salt" in options,
        signature_mechanism=pss(digest) if "pss" in options else None,
    )
    message = signer.async_sign_general_data(
        content, digest, detached="detached" in options, use_cades="cades" in options
    )
    return asyncio.run(message)


def pss(digest):
    """RSASSA-PSS with a salt as long as the digest; pyHanko itself takes the longest."""
    digest_algorithm = {"algorithm": digest}
    parameters = {
        "hash_algorithm": digest_algorithm,
        "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": digest_algorithm},
        "salt_length": hashlib.new(digest).digest_size,
    }
    return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters})


def by_hand(certificate, key, content, digest, options):
    digest_algorithm = algos.DigestAlgorithm({"algorithm": digest})
    if "key-id" in options:
        identifier = {"subject_key_identifier": certificate.key_identifier_value.native}
    else:
        identifier = {
            "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
            )
        }
    signer = cms.SignerInfo(
        {
            "version": "v3" if "key-id" in options else "v1",
            "sid": cms.SignerIdentifier(*identifier.popitem()),
            "digest_algorithm": digest_algorithm,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": f"{digest}_rsa"}),
        }
    )
    to_sign = content
    if "no-attributes" not in options:
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": ["data"]},
                {"type": "message_digest", "values": [hashlib.new(digest, content).digest()]},
            ]
        )
        to_sign = attributes.dump()
        signer["signed_attrs"] = attributes
    signer["signature"] = sign(key, to_sign, digest)
    encapsulated = {"content_type": "data"}
    if "detached" not in options:
        encapsulated["content"] = content
    signed = cms.SignedData(
        {
            "version": "v3" if "key-id" in options else "v1",
            "digest_algorithms": [digest_algorithm],
            "encap_content_info": encapsulated,
            "certificates": [certificate],
            "signer_infos": [signer],
        }
    )
    return cms.ContentInfo({"content_type": "signed_data", "content": signed})


def sign(key, content, digest):
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding

    private = serialization.load_der_private_key(key, None)
    return private.sign(content, padding.PKCS1v15(), getattr(hashes, digest.upper())())


def main(maker, certificate, key, content, out, digest, *options):
    make = {"pyhanko": pyhanko, "by-hand": by_hand}[maker]
    message = make(
        x509.Certificate.load(Path(certificate).read_bytes()),
        Path(key).read_bytes(),
        Path(content).read_bytes(),
        digest,
        options,
    )
    Path(out).write_bytes(message.dump())


main(*sys.argv[1:])
