"""The credential in a picture, by the standard library of Python alone.

  {"do": "unbake", "picture": FILE} -> {"texts": [CREDENTIAL]}: as many as there are in it
"""

import struct
import zlib
from pathlib import Path
from xml.etree import ElementTree

from lines import serve

KEYWORD = b"openbadgecredential"
ELEMENT = "{https://purl.imsglobal.org/ob/v3p0}credential"
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def unbake(request):
    picture = Path(request["picture"]).read_bytes()
    texts = of_png(picture) if picture.startswith(SIGNATURE) else of_svg(picture)
    return {"texts": texts}


def of_png(picture):
    texts, place = [], len(SIGNATURE)
    while place < len(picture):
        length, kind = struct.unpack_from(">I4s", picture, place)
        data = picture[place + 8:place + 8 + length]
        (checksum,) = struct.unpack_from(">I", picture, place + 8 + length)
        assert zlib.crc32(kind + data) == checksum, kind
        place += 12 + length
        if kind != b"iTXt":
            continue
        keyword, rest = data.split(b"\0", 1)
        compressed, rest = rest[0], rest[2:]
        language, translated, text = rest.split(b"\0", 2)
        if keyword == KEYWORD:
            assert not compressed
            texts.append(text.decode("utf-8"))
    assert kind == b"IEND"
    return texts


def of_svg(picture):
    found = ElementTree.fromstring(picture).iter(ELEMENT)
    return [one.get("verify") or "".join(one.itertext()).strip() for one in found]


serve(unbake=unbake)
