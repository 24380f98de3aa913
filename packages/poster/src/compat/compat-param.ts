import { PosterError } from '../errors.ts';
import type { Source, SourceValue } from '../source/source.ts';
import { toSource } from '../source/to-source.ts';

/** What the original's `MultipartParam` took beside a name and a value. */
export interface CompatParamOptions {
  filename?: string | undefined;
  filetype?: string | undefined;
  /** Bytes of a `fileobj` that does not tell its own length. */
  filesize?: number | undefined;
  fileobj?: SourceValue | undefined;
  /** Called after each of the param's blocks, counting this param alone. */
  cb?: ((param: CompatParam, current: number, total: number) => void) | undefined;
}

/** A param as the original wrote it: always with a Content-Type, its quotes escaped with backslashes. */
export class CompatParam {
  readonly name: string;
  readonly filename: string | undefined;
  readonly filetype: string | undefined;
  readonly source: Source;
  /** Whether the value is text, which goes out in one block with its head. */
  readonly inline: boolean;
  readonly cb: CompatParamOptions['cb'];

  constructor(name: string, value?: string | Uint8Array, options: CompatParamOptions = {}) {
    if ((value === undefined) === (options.fileobj === undefined)) {
      throw new PosterError('ERR_POSTER_VALUE', 'a param must have one of value and fileobj');
    }
    this.name = name;
    this.filename = options.filename;
    this.filetype = options.filetype;
    this.inline = value !== undefined;
    this.source = toSource(value ?? options.fileobj, options.filesize);
    this.cb = options.cb;
    if (this.source.lengthBytes === undefined) {
      throw new PosterError('ERR_POSTER_LENGTH', `the length of "${name}" is not known: give its filesize`);
    }
    if (/[\r\n]/.test(`${name}${this.filetype ?? ''}`)) {
      throw new PosterError('ERR_POSTER_HEADER', 'a name and a filetype must not have CR or LF in them');
    }
  }

  get lengthBytes(): number {
    return this.source.lengthBytes ?? 0;
  }

  /** The part's head, byte for byte the original's for names of ASCII up to 76 characters; longer ones it folded. */
  head(boundary: string): string {
    const file = this.filename ? `; filename="${escapeFileName(this.filename)}"` : '';
    const type = this.filetype ?? 'text/plain; charset=utf-8';
    return `--${boundary}\r\nContent-Disposition: form-data; name="${this.name}"${file}\r\nContent-Type: ${type}\r\n\r\n`;
  }
}

/** Python's `xmlcharrefreplace`, then its `string_escape`, then a backslash before each quote. */
function escapeFileName(name: string): string {
  const named: Record<string, string> = { '\\': '\\\\', "'": "\\'", '\t': '\\t', '\n': '\\n', '\r': '\\r' };
  return Array.from(name, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code > 0x7f) return `&#${code};`;
    if (code < 0x20 || code === 0x7f) return named[char] ?? `\\x${code.toString(16).padStart(2, '0')}`;
    return named[char] ?? char;
  })
    .join('')
    .replaceAll('"', '\\"');
}
