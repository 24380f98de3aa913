import { PosterError } from '../errors.ts';
import { fileSource, type FileRange } from '../source/file-source.ts';
import type { Source, SourceValue } from '../source/source.ts';
import { toSource } from '../source/to-source.ts';
import { baseName } from './file-name.ts';
import { mediaTypeOf, unknownType } from './media-type.ts';
import { checkPartHeader, checkType } from './part-header.ts';
import type { PartProgress } from './progress.ts';

/** What can stand for a param's value: anything with bytes, and what has one obvious text. */
export type ParamValue = SourceValue | number | boolean | bigint;

/** What can be said of a param beside its name and value. */
export interface ParamOptions {
  /** What the file is called; its base name is sent. With one, a reader takes the part for a file. */
  fileName?: string | undefined;
  /** The part's Content-Type. Files have `application/octet-stream` if not given, other params none. */
  type?: string | undefined;
  /** Further headers of the part. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** The length in bytes of a stream or of what a function opens: with all known the form has a Content-Length. */
  lengthBytes?: number | undefined;
  /** Also send the file name as `filename*`. RFC 7578 forbids it, and undici and formidable then lose the file. */
  fileNameStar?: boolean | undefined;
  /** Called as this param's content is sent. */
  onProgress?: ((progress: PartProgress) => void) | undefined;
}

const optionNames = new Set(['fileName', 'type', 'headers', 'lengthBytes', 'fileNameStar', 'onProgress']);

/**
 * One field or file of a form. Nothing is read until the form is sent.
 *
 * Throws a `PosterError` for a name, header, length or value that cannot be sent.
 */
export class MultipartParam {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly type: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
  readonly fileNameStar: boolean;
  readonly source: Source;
  readonly onProgress: ((progress: PartProgress) => void) | undefined;

  constructor(name: string, value: ParamValue, options: ParamOptions = {}) {
    if (typeof name !== 'string' || name === '') {
      throw new PosterError('ERR_POSTER_NAME', 'a param must have a name: text of one character or more');
    }
    for (const key of Object.keys(options)) {
      if (!optionNames.has(key)) throw new PosterError('ERR_POSTER_OPTION', `a param has no option "${key}"`);
    }
    this.name = name;
    this.source = toSource(value, options.lengthBytes);
    const fileName = options.fileName ?? nameWithin(value);
    this.fileName = fileName === undefined ? undefined : baseName(fileName);
    this.type = options.type ?? typeWithin(value) ?? (fileName === undefined ? undefined : unknownType);
    if (this.type !== undefined) checkType(this.type);
    this.headers = Object.entries(options.headers ?? {});
    for (const [header, text] of this.headers) checkPartHeader(header, text);
    this.fileNameStar = options.fileNameStar ?? false;
    this.onProgress = options.onProgress;
  }

  /** The content's length in bytes, or undefined where only reading tells. */
  get lengthBytes(): number | undefined {
    return this.source.lengthBytes;
  }

  /**
   * A file on disk, or a range of it. Its name is the path's, its type by the ending.
   * It is measured here, and opened when it is sent: see `fileSource` for what that means when it changes.
   */
  static fromFile(
    name: string,
    path: string | URL,
    options: Omit<ParamOptions, 'lengthBytes'> & FileRange = {},
  ): MultipartParam {
    const { start, end, ...rest } = options;
    const fileName = options.fileName ?? baseName(pathText(path));
    const type = options.type ?? mediaTypeOf(fileName);
    return new MultipartParam(name, fileSource(path, { start, end }), { ...rest, fileName, type });
  }

  /**
   * The params in an object, a Map, a FormData, or a list of pairs and existing params. Order is kept and a
   * name may repeat. Where a value is already a param, its name must be that of its key.
   */
  static fromParams(params: Params): MultipartParam[] {
    return [...entriesOf(params)].map((item) => {
      if (item instanceof MultipartParam) return item;
      if (!Array.isArray(item) || item.length !== 2) {
        throw new PosterError(
          'ERR_POSTER_VALUE',
          'a list of params must hold params and [name, value] pairs',
        );
      }
      const [name, value] = item as [string, ParamValue | MultipartParam];
      if (!(value instanceof MultipartParam)) return new MultipartParam(name, value);
      if (value.name === name) return value;
      throw new PosterError(
        'ERR_POSTER_NAME',
        `the param named "${value.name}" stands under the key "${name}"`,
      );
    });
  }
}

/** A form: an object, a Map, a FormData, or a list of pairs and params. */
export type Params =
  | Readonly<Record<string, ParamValue | MultipartParam>>
  | Iterable<MultipartParam | readonly [string, ParamValue | MultipartParam]>;

function entriesOf(params: Params): Iterable<unknown> {
  if (typeof params !== 'object' || params === null) {
    throw new PosterError(
      'ERR_POSTER_VALUE',
      'params must be an object, a Map, or a list of pairs and params',
    );
  }
  return Symbol.iterator in params ? (params as Iterable<unknown>) : Object.entries(params);
}

/** The name a value brings along: a File's, a file stream's path; a Blob is `blob`, as in a browser's form. */
function nameWithin(value: unknown): string | undefined {
  if (value instanceof Blob) return 'name' in value && typeof value.name === 'string' ? value.name : 'blob';
  const path = typeof value === 'object' && value !== null && 'path' in value ? value.path : undefined;
  return typeof path === 'string' && path !== '' ? baseName(path) : undefined;
}

function typeWithin(value: unknown): string | undefined {
  return value instanceof Blob && value.type !== '' ? value.type : undefined;
}

function pathText(path: string | URL): string {
  return typeof path === 'string' ? path : decodeURIComponent(path.pathname);
}
