"""Computes a chain of audit records again, as sdk/src/audit describes it.

    audit_chain.py KEY... DIRECTORY

Keys are 64 hexadecimal digits. Prints what it found as JSON; a chain that is not
whole is an exception.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import sys

MAC = ',"mac":"'


def chain(directory, keys):
    head, due, commitments = None, None, {}
    found = {"records": 0, "rotations": 0, "files": 0}
    for path in sorted(directory.glob("audit-*.jsonl")):
        found["files"] += 1
        text = path.read_bytes()
        assert text.endswith(b"\n"), "torn"
        for octets in text[:-1].split(b"\n"):
            line = json.loads(octets)
            writer, sequence, previous = head or (line["writer"], 0, "0" * 64)
            assert line["form"] == "tashika-audit/1"
            assert line["writer"] == writer
            assert line["sequence"] == sequence + 1
            assert line["previous"] == previous
            assert line["key"] == (due or line["key"])
            signed = octets[: octets.rindex(MAC.encode())]
            mac = hmac.new(keys[line["key"]], signed, hashlib.sha256).hexdigest()
            assert line["mac"] == mac
            head, due = (writer, sequence + 1, mac), line["key"]
            if "rotated_to" in line:
                due = line["rotated_to"]
                found["rotations"] += 1
                continue
            found["records"] += 1
            kept = line["record"].get("evidence", [])
            if kept:
                commitments[sequence + 1] = {c["label"]: c["commitment"] for c in kept}
    found["head"] = ":".join(map(str, head))
    return found, commitments


def evidence(directory, commitments):
    count = 0
    for path in sorted(directory.glob("evidence-*.jsonl")):
        for line in map(json.loads, path.read_text().splitlines()):
            committed = commitments.pop(line["sequence"])
            assert line["form"] == "tashika-audit-evidence/1"
            for value in line["values"]:
                label = value["label"].encode()
                octets = base64.b64decode(value["value"], validate=True)
                salt = bytes.fromhex(value["salt"])
                length = len(label).to_bytes(8, "big")
                digest = hashlib.sha256(salt + length + label + octets).hexdigest()
                assert committed.pop(value["label"]) == digest
                count += 1
            assert not committed, "less evidence than was committed to"
    assert not commitments, "no evidence"
    return count


def main():
    *keys, directory = sys.argv[1:]
    directory = pathlib.Path(directory)
    label = b"tashika audit chain key"
    keys = [bytes.fromhex(key) for key in keys]
    keys = {hmac.new(key, label, hashlib.sha256).hexdigest()[:16]: key for key in keys}
    found, commitments = chain(directory, keys)
    found["commitments"] = evidence(directory, commitments)
    print(json.dumps(found))


main()
