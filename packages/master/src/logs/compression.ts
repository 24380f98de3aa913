import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';

/** Opens and makes zstd frames, off the thread that asks. */
export interface Compression {
  /** @throws when the frame is damaged or holds more than `bytes` */
  open(frame: Uint8Array, bytes: number): Promise<Uint8Array>;
  /** One frame that states its content size. */
  make(bytes: Uint8Array): Promise<Uint8Array>;
}

const compress = promisify(zstdCompress);
const decompress = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(zstdDecompress);

/** Level 3: it is written once and kept, and nobody waits for it. */
const params = { [constants.ZSTD_c_compressionLevel]: 3 };

export const zstdCompression: Compression = {
  open: (frame, bytes) => decompress(frame, { maxOutputLength: bytes }),
  make: (bytes) => compress(bytes, { params, pledgedSrcSize: bytes.length }),
};
