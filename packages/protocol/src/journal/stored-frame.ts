/*
 * A zstd frame that holds its bytes as they are (RFC 8878, section 3.1.1): magic, a descriptor (a single segment, its
 * size in four bytes), the size, and one raw block, which is the last. Any zstd opens it; who knows it needs none.
 */
const magic = 0xfd2fb528;
/** The size of the content in four bytes, and no window. */
const descriptor = 0b1010_0000;
const headBytes = 12;
const isLast = 1;
/** Of a block, by the RFC. */
const blockBytesMax = 128 * 1024;

/** A frame around `bytes`, at most {@link blockBytesMax} of them, in memory of its own. */
export function storedFrame(bytes: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(headBytes + bytes.length);
  frame.writeUInt32LE(magic, 0);
  frame.writeUInt8(descriptor, 4);
  frame.writeUInt32LE(bytes.length, 5);
  frame.writeUIntLE((bytes.length << 3) | isLast, 9, 3);
  frame.set(bytes, headBytes);
  return frame;
}

/** What such a frame holds, a view of it; undefined of any other. */
export function storedContent(frame: Uint8Array): Uint8Array | undefined {
  const bytes = frame.length - headBytes;
  if (bytes < 0 || bytes > blockBytesMax || frame[4] !== descriptor) return undefined;
  const head = Buffer.from(frame.buffer, frame.byteOffset, headBytes);
  const isWhole =
    head.readUInt32LE(0) === magic &&
    head.readUInt32LE(5) === bytes &&
    head.readUIntLE(9, 3) === ((bytes << 3) | isLast);
  return isWhole ? frame.subarray(headBytes) : undefined;
}
