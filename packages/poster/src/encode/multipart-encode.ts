import { PosterError } from '../errors.ts';
import { checkBoundary, makeBoundary } from './boundary.ts';
import { EncodedForm } from './encoded-form.ts';
import { MultipartParam, type Params } from './multipart-param.ts';
import type { ProgressListener } from './progress.ts';

/** How a form is encoded. */
export interface EncodeOptions {
  /** A boundary of one's own: the content is searched for it. Random if not given, which needs no search. */
  boundary?: string | undefined;
  /** Called as the body is read, or by `upload` as it is written. */
  onProgress?: ProgressListener | undefined;
}

/**
 * Encodes a form as multipart/form-data (RFC 7578, with names escaped as WHATWG says). Nothing is read yet.
 *
 * Throws a `PosterError` for params, files or a boundary that cannot be sent.
 */
export function multipartEncode(params: Params, options: EncodeOptions = {}): EncodedForm {
  for (const key of Object.keys(options)) {
    if (key !== 'boundary' && key !== 'onProgress') {
      throw new PosterError('ERR_POSTER_OPTION', `multipartEncode has no option "${key}"`);
    }
  }
  if (options.boundary !== undefined) checkBoundary(options.boundary);
  return new EncodedForm(MultipartParam.fromParams(params), {
    boundary: options.boundary ?? makeBoundary(),
    guarded: options.boundary !== undefined,
    onProgress: options.onProgress,
  });
}
