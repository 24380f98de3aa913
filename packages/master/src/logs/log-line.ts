import { isUtf8 } from 'node:buffer';
import type { LogLine } from '@millrace/protocol/api/logs';
import type { Piece } from './line-splitter.ts';

/** A piece as the API gives it: text where it is valid UTF-8, else base64. */
export function logLine(piece: Piece): LogLine {
  const { byte, line } = piece;
  if (piece.kind === 'gap') return { byte, line, gap: { lines: piece.lines, bytes: piece.bytes } };
  const { bytes } = piece;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return { byte, line, text: buffer.toString('utf8') };
  return { byte, line, base64: buffer.toString('base64') };
}
