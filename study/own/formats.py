"""What a file is, by its first bytes: a suffix may be wrong. Packed files are unpacked, text becomes UTF-8."""

import bz2
import codecs
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16: it begins with its mark
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
UNREADABLE = {
    b"\xd0\xcf\x11\xe0": "an old Excel workbook: save it as CSV",
    b"SQLite format 3": "an SQLite database: export the table as CSV",
    b"\x28\xb5\x2f\xfd": "packed by zstd: unpack it, or pack it by gzip",
    b"7z\xbc\xaf": "packed by 7z: unpack it, or pack it by gzip",
    b"Rar!": "packed by rar: unpack it, or pack it by gzip",
    b"%PDF": "a PDF: copy the table into a CSV file",
    b"\x80\x04\x95": "a pickle, which would run whatever is in it: save the table as Parquet or CSV",
    b"\x80\x05\x95": "a pickle, which would run whatever is in it: save the table as Parquet or CSV",
    b"\x89HDF": "an HDF5 file: save the table as Parquet or CSV",
    b"\x93NUMPY": "an array of NumPy's: save it as Parquet or CSV, with names of columns",
    b"RDX": "R's own file: save the table as CSV",
    b"$FL2": "an SPSS file: save the table as CSV",
    b"<": "HTML or XML: save the table as CSV",
    b"{": "JSON: save the table as CSV or Parquet",
    b"[": "JSON: save the table as CSV or Parquet",
    b"@relation": "an ARFF file: save the table as CSV, or read it by its OpenML name, openml:NAME",
    b"version https://git-lfs": "a note of Git LFS's in the place of the file: fetch it by git lfs pull",
}
BINARY = {bytes([byte]) for byte in range(32)} - {b"\t", b"\n", b"\r", b"\f", b"\x1a"}
REPLACED = "\ufffd"
HEAD = 4096  # bytes that are looked at
LONGEST_SAMPLE = 30  # letters
MARK = "\ufeff".encode()  # of byte order, as it stands in UTF-8


@dataclass(frozen=True)
class Content:
    """``kind`` is text, parquet or feather; text is in UTF-8, and ``notes`` say what was guessed."""

    kind: str
    data: bytes
    notes: tuple[str, ...] = ()
    encoding: str | None = None  # in which the text was


def existing(path: str) -> Path:
    """Raises ``ValueError`` where there is no file."""
    place = Path(path).expanduser()
    if place.is_dir():
        raise ValueError(f"{path} is a folder: name the file with the table")
    if not place.is_file():
        other = place.exists()
        raise ValueError(
            f"{path} is a pipe or a device: save its rows as a file, and name that"
            if other
            else f"there is no file {path}"
        )
    return place


def content(path: str, encoding: str | None) -> Content:
    """Raises ``ValueError`` for what is no table, with what it is."""
    place = existing(path)
    try:
        data = unpacked(path, place.read_bytes())
    except (OSError, EOFError, zipfile.BadZipFile, lzma.LZMAError, zlib.error) as error:
        raise ValueError(f"{path} cannot be read, it may be cut short: {str(error).splitlines()[0]}") from error
    if data[:4] == b"PAR1":
        return Content("parquet", data)
    if data[:6] == b"ARROW1" or data[:4] == b"FEA1":
        return Content("feather", data)
    return _text(path, data, encoding)


def unpacked(path: str, data: bytes) -> bytes:
    """Raises ``ValueError`` for a workbook, and for an archive of several files."""
    for magic, unpack in PACKED.items():
        if data.startswith(magic):
            try:
                return unpack(data)
            except ValueError as error:  # bz2's
                raise OSError(str(error)) from error
    if not data.startswith(b"PK\x03\x04"):
        return data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [
            name
            for name in archive.namelist()
            if not (name.endswith("/") or name.startswith("__MACOSX/") or "/." in f"/{name}")
        ]
        if "[Content_Types].xml" in names or "mimetype" in names:
            raise ValueError(f"{path} is a workbook (Excel or OpenDocument): save its sheet as CSV")
        if len(names) != 1:
            raise ValueError(f"{path} packs {len(names)} files, a table is one: unpack it, and name one of them")
        return archive.read(names[0])


def _text(path: str, data: bytes, encoding: str | None) -> Content:
    if not data or data.isspace():
        raise ValueError(f"{path} is empty")
    mark = next((mark for mark in BYTE_ORDER_MARKS if data.startswith(mark)), b"")
    found = encoding or BYTE_ORDER_MARKS.get(mark) or _guessed(path, data)
    if mark == codecs.BOM_UTF8 and not _fits(data, found if encoding else "utf-8"):
        data, found = (
            data.removeprefix(mark),
            encoding or _guessed(path, data.removeprefix(mark)),
        )  # a mark that is wrong
    text = _in_utf8(path, data, found, encoding)
    if not text or text.isspace():
        raise ValueError(f"{path} is empty")
    _check_told(path, text[:HEAD])
    if b"\0" in text:
        line = text.count(b"\n", 0, text.index(b"\0")) + 1
        raise ValueError(f"{path} holds a NUL byte in line {line}, which no text has: is it damaged? Save it anew")
    inside = text.count(MARK)
    usual = found in {"utf-8", "utf-8-sig"}
    said = () if usual or encoding else (f"read as {found}{'' if mark else _sample(text)}",)
    if inside:
        text = text.replace(MARK, b"")
        said = (*said, f"marks of byte order amid the text, {inside} of them, are left out: were several files joined?")
    return Content("text", text, said, found)


def _sample(text: bytes) -> str:
    """A word that looks otherwise in another encoding, where this one is a guess."""
    found = re.search(rb"[^\s\x00-\x2f:-@]*[\x80-\xff][^\s\x00-\x2f:-@]*", text)
    word = found[0].decode(errors="replace")[:LONGEST_SAMPLE] if found else ""
    such = f', such as "{word}"' if word else ""
    return f"{such}: if that is wrong, name another by --set data.encoding=…"


def _in_utf8(path: str, data: bytes, found: str, encoding: str | None) -> bytes:
    """Without a mark at the beginning, or the sign by which DOS ended a file."""
    if found == "utf-8" and data.isascii():  # as large tables of numbers are: no copy
        return data.rstrip(b"\x1a")
    try:
        text = data.decode(found)
    except LookupError as error:
        raise ValueError(
            f"{encoding} is no encoding: utf-8, latin-1, cp1252 and utf-16 are some (--set data.encoding=…)"
        ) from error
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is no text in {found}, its byte {error.start} does not fit: name another by --set data.encoding=…"
        ) from error
    return text.removeprefix("\ufeff").rstrip("\x1a").encode()


def _guessed(path: str, data: bytes) -> str:
    """UTF-8 where it is that; else Windows' western alphabet, as spreadsheets write it. Raises ``ValueError``."""
    head = data[:HEAD]
    _check_told(path, head)
    for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if head[place::2].count(0) > 0.8 * len(head[place::2]) > head[1 - place :: 2].count(0):
            return encoding
    if any(byte in head for byte in BINARY):
        raise ValueError(f"{path} is no table, but binary: tables are CSV (also packed), Parquet or Feather files")
    if data.isascii():
        return "utf-8"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        replaced = data.decode("utf-8", "replace")
        if sum(letter > "\x7f" for letter in replaced) > 2 * replaced.count(REPLACED):
            line = data.count(b"\n", 0, error.start) + 1
            raise ValueError(
                f"{path} is UTF-8 but for a byte in line {line}: correct it, or name the encoding by --set data.encoding=…"
            ) from error
        return "cp1252" if _fits(data, "cp1252") else "latin-1"
    return "utf-8"


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _check_told(path: str, head: bytes) -> None:
    lines = head.lstrip().lower()
    while lines.startswith(b"% ") and b"\n" in lines:  # comments, as ARFF files begin
        lines = lines.split(b"\n", 1)[1].lstrip()
    for magic, told in UNREADABLE.items():
        if lines.startswith(magic.lower()):
            raise ValueError(f"{path} is {told}")


PACKED: dict[bytes, Callable[[bytes], bytes]] = {
    b"\x1f\x8b": gzip.decompress,
    b"BZh": bz2.decompress,
    b"\xfd7zXZ": lzma.decompress,
}
