"""Variable-length quantities of SMF 1.0: seven bits a byte, the highest first."""

LARGEST = 0x0FFFFFFF


def variable_length(value: int) -> bytes:
    """1 to 4 bytes. Raises ValueError outside 0..0x0FFFFFFF."""
    if not 0 <= value <= LARGEST:
        raise ValueError(f"{value} does not fit a variable-length quantity of MIDI files")
    out = [value & 0x7F]
    while value := value >> 7:
        out.append(0x80 | value & 0x7F)
    return bytes(reversed(out))
