"""ZIP members that carry no trace of when, where or by whom they were written."""

import zipfile

EPOCH = (1980, 1, 1, 0, 0, 0)
REGULAR_FILE = 0o100644 << 16
UNIX = 3


def member(name: str, *, deflated: bool = False) -> zipfile.ZipInfo:
    """The entry of a plain file, dated 1980-01-01."""
    info = zipfile.ZipInfo(name, date_time=EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED
    info.external_attr = REGULAR_FILE
    info.create_system = UNIX
    return info
