"""Prints `src/source/charmaps.txt`: the single-byte encodings of this interpreter that a source file may be in.

Only those whose lower half is ASCII. A line: names as PEP 263 cookies may say them, `|`, the code points of the bytes 0x80 to
0xFF in hexadecimal, runs as `first-last`, `.` for a byte that the encoding does not define.
"""

import encodings.aliases

NAMES = [f"iso8859_{n}" for n in (*range(2, 12), *range(13, 17))]
NAMES += [f"cp{n}" for n in (437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 865, 866, 869, 874)]
NAMES += [f"cp125{n}" for n in range(9)]
NAMES += ["koi8_r", "koi8_u", "koi8_t", "kz1048", "mac_roman", "mac_cyrillic", "mac_greek", "mac_latin2", "mac_turkish", "ptcp154"]


def points(name: str) -> str:
    runs: list[list[int | None]] = []
    for byte in range(0x80, 0x100):
        try:
            point = ord(bytes([byte]).decode(name))
        except UnicodeDecodeError:
            point = None
        if runs and point is not None and runs[-1][1] is not None and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return " ".join("." if first is None else f"{first:x}" if first == last else f"{first:x}-{last:x}" for first, last in runs)


for name in NAMES:
    assert bytes(range(0x80)).decode(name) == bytes(range(0x80)).decode("ascii"), name
    aliases = sorted(alias for alias, known in encodings.aliases.aliases.items() if known == name and alias != name)
    print(*(spelling.replace("_", "-") for spelling in (name, *aliases)), "|", points(name))
