/*
 * What a zstd frame says of itself, without opening it (RFC 8878, section 3.1.1). A frame of 16 KB can open to
 * 512 MiB: what a worker sends is looked at before it is stored, and its readers open it with the limit stated here.
 */
const magic = 0xfd2fb528;
/** A block's own limit, by the RFC. */
const blockBytesMax = 128 * 1024;
const checksumBytes = 4;
const contentSizeBytes = [0, 2, 4, 8] as const;

/**
 * Undefined when `data` is exactly one zstd frame that states a content of `bytes` bytes and needs no more memory than
 * that to open; else what is wrong with it, as the end of a sentence.
 */
export function wrongWithFrame(data: Uint8Array, bytes: number): string | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (data.length < 6 || view.getUint32(0, true) !== magic) return 'is no zstd frame';
  const descriptor = view.getUint8(4);
  if ((descriptor & 0b1000) !== 0) return 'has a header of an unknown kind';
  if ((descriptor & 0b11) !== 0) return 'asks for a dictionary';
  const singleSegment = (descriptor & 0b10_0000) !== 0;
  const sizeAt = singleSegment ? 5 : 6;
  const sizeFlag = descriptor >> 6;
  const sizeBytes = sizeFlag === 0 && singleSegment ? 1 : (contentSizeBytes[sizeFlag] ?? 0);
  if (sizeBytes === 0) return 'does not state the size of its content';
  if (data.length < sizeAt + sizeBytes) return 'is cut short';
  const stated = readContentSize(view, sizeAt, sizeBytes);
  if (stated !== bytes) return `states ${stated} bytes of content where ${bytes} were announced`;
  if (!singleSegment && windowBytes(view.getUint8(5)) > Math.max(blockBytesMax, bytes) * 2)
    return 'asks for too much memory';
  const end = blocksEnd(view, sizeAt + sizeBytes, bytes);
  if (typeof end === 'string') return end;
  const frameEnd = end + ((descriptor & 0b100) === 0 ? 0 : checksumBytes);
  if (frameEnd > data.length) return 'is cut short';
  return frameEnd < data.length ? 'is followed by something else' : undefined;
}

function readContentSize(view: DataView, at: number, width: number): number {
  switch (width) {
    case 1:
      return view.getUint8(at);
    case 2:
      return view.getUint16(at, true) + 256;
    case 4:
      return view.getUint32(at, true);
    default:
      return Number(view.getBigUint64(at, true));
  }
}

function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 0b111);
}

/** Where the last block ends, by the blocks' heads; or what is wrong with them. */
function blocksEnd(view: DataView, from: number, bytes: number): number | string {
  let at = from;
  let content = 0;
  for (;;) {
    if (at + 3 > view.byteLength) return 'is cut short';
    const head = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    const size = head >> 3;
    const kind = (head >> 1) & 0b11;
    if (kind === 3 || size > blockBytesMax) return 'has a block that zstd does not know';
    // Raw (0) and repeated (1) blocks say how much they open to; a compressed one (2) is held to the whole by its reader.
    if (kind !== 2) content += size;
    if (content > bytes) return 'opens to more than it states';
    at += 3 + (kind === 1 ? 1 : size);
    if ((head & 1) === 1) return at;
  }
}
