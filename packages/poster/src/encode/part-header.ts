import { PosterError } from '../errors.ts';

/** What a part's head is made of. */
export interface PartHeaderFields {
  readonly name: string;
  readonly fileName: string | undefined;
  /** Also send `filename*` (RFC 5987). RFC 7578 forbids it in forms, and some readers lose the file. */
  readonly fileNameStar: boolean;
  readonly type: string | undefined;
  readonly headers: readonly (readonly [string, string])[];
}

/** A part's head: its delimiter, headers and the empty line. */
export function partHeader(boundary: string, part: PartHeaderFields): string {
  let head = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(part.name)}"`;
  if (part.fileName !== undefined) head += `; filename="${escapeQuoted(part.fileName)}"`;
  if (part.fileName !== undefined && part.fileNameStar)
    head += `; filename*=UTF-8''${extValue(part.fileName)}`;
  if (part.type !== undefined) head += `\r\nContent-Type: ${part.type}`;
  for (const [name, value] of part.headers) head += `\r\n${name}: ${value}`;
  return `${head}\r\n\r\n`;
}

/** https://html.spec.whatwg.org/#multipart-form-data: `"`, CR and LF as percent escapes, all else as it is. */
function escapeQuoted(text: string): string {
  return text.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}

/** The same for a name, whose line ends the standard first makes CR LF (a file name's are left). */
function escapeName(name: string): string {
  return escapeQuoted(name.replaceAll(/\r\n|\r|\n/g, '\r\n'));
}

/** RFC 5987, 3.2.1: `encodeURIComponent` leaves five characters that must be escaped there. */
function extValue(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /['()*!]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// Looking for control characters is the point: they would end the header.
// oxlint-disable-next-line no-control-regex
const breaking = /[\0\r\n]/;

/** Throws if a header could not be sent as it is, or is made from other options. */
export function checkPartHeader(name: string, value: string): void {
  if (!token.test(name)) {
    throw new PosterError('ERR_POSTER_HEADER', `${JSON.stringify(name)} is no header name`);
  }
  if (typeof value !== 'string' || breaking.test(value)) {
    throw new PosterError('ERR_POSTER_HEADER', `the value of ${name} must be text without CR, LF or NUL`);
  }
  if (/^content-(disposition|type|length)$/i.test(name)) {
    throw new PosterError(
      'ERR_POSTER_HEADER',
      `${name} is made from a param's name, fileName, type and length`,
    );
  }
}

/** Throws unless a Content-Type can be sent as it is. */
export function checkType(type: string): void {
  if (typeof type !== 'string' || breaking.test(type)) {
    throw new PosterError('ERR_POSTER_HEADER', 'a type must be text without CR, LF or NUL');
  }
}
