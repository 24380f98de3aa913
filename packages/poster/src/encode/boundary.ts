import { PosterError } from '../errors.ts';

/** A boundary of 128 random bits: no content holds it but by a chance of 1 in 2^128 a byte. */
export function makeBoundary(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `poster-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

/** RFC 2046, 5.1.1: 1 to 70 of these, the last one no space. */
const allowed = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;

/** Throws unless RFC 2046 allows the boundary. */
export function checkBoundary(boundary: string): void {
  if (typeof boundary === 'string' && allowed.test(boundary)) return;
  throw new PosterError(
    'ERR_POSTER_BOUNDARY',
    `the boundary ${JSON.stringify(boundary)} is not 1 to 70 letters, digits or '()+_,-./:=? (RFC 2046)`,
  );
}

/** The form's Content-Type. The boundary is quoted where RFC 2045 wants it to be. */
export function formContentType(boundary: string): string {
  const token = /^[0-9A-Za-z'+_.-]+$/.test(boundary);
  return `multipart/form-data; boundary=${token ? boundary : `"${boundary}"`}`;
}
