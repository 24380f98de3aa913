/** `@millrace/poster` on Node: the encoder and `upload`. In browsers it is `browser.ts`. */
export * from './browser.ts';
export { upload } from './upload/upload.ts';
export type { AuthChallenge, OnAuth, UploadOptions } from './upload/upload-options.ts';
export { UploadResponse } from './upload/upload-response.ts';
