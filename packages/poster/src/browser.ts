/** `@millrace/poster` in browsers: the encoder alone, without any module of Node's. */
export type { Clock } from './clock.ts';
export { EncodedForm } from './encode/encoded-form.ts';
export { multipartEncode, type EncodeOptions } from './encode/multipart-encode.ts';
export { MultipartParam, type Params, type ParamOptions, type ParamValue } from './encode/multipart-param.ts';
export type { PartProgress, Progress, ProgressListener } from './encode/progress.ts';
export { LengthMismatchError, PosterError, type PosterErrorCode } from './errors.ts';
export { fileSource, type FileRange } from './source/file-source.ts';
export { NotReplayableError, type RefusedResponse } from './source/not-replayable-error.ts';
export type { Opened, Source, SourceOpener, SourceValue } from './source/source.ts';
export { version } from './version.ts';
