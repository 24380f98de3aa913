/**
 * How many bytes at the end are the beginning of a character whose rest is missing: 0 to 3. Bytes that no
 * UTF-8 text holds count as no beginning.
 */
export function cutCharacterBytes(bytes: Uint8Array): number {
  const most = Math.min(3, bytes.length);
  for (let back = 1; back <= most; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0x80 && byte < 0xc0) continue;
    return characterBytes(byte) > back ? back : 0;
  }
  return 0;
}

/** The length of the character that a byte begins; 1 where it begins none. RFC 3629, section 3. */
function characterBytes(first: number): number {
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  if (first >= 0xf0 && first < 0xf5) return 4;
  return 1;
}
