"""The only place that opens pictures and maps that a user names, and that writes results.

Whatever a file holds, reading it ends in an array or in an `InputError` that says what is wrong.
"""

from scumble.files.maps import ADE_CATEGORY_STEP, MASK_THRESHOLD, read_instances, read_labels, read_mask
from scumble.files.members import MAX_FILE_BYTES, AnyFile, TarMember
from scumble.files.reading import FORMATS, MAX_PIXELS, read_image
from scumble.files.writing import OutputFolder, sha256_of, write_image, write_json, write_text

__all__ = [
    "ADE_CATEGORY_STEP",
    "FORMATS",
    "MASK_THRESHOLD",
    "MAX_FILE_BYTES",
    "MAX_PIXELS",
    "AnyFile",
    "OutputFolder",
    "TarMember",
    "read_image",
    "read_instances",
    "read_labels",
    "read_mask",
    "sha256_of",
    "write_image",
    "write_json",
    "write_text",
]
