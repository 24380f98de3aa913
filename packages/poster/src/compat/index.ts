/**
 * `@millrace/poster/compat`: the face of the Python library poster (0.4 to 0.8), for those who knew it.
 * New code wants `multipartEncode`.
 */
export { multipart_encode, type CompatCallback, type CompatParams } from './multipart-encode-compat.ts';
export { CompatParam, type CompatParamOptions } from './compat-param.ts';
