// What the tests use of two packages that bring no types.
declare module 'formidable' {
  import type { IncomingMessage } from 'node:http';
  import type { Writable } from 'node:stream';
  interface FormidableFile {
    readonly newFilename: string;
    readonly originalFilename: string | null;
  }
  interface Form {
    parse(request: IncomingMessage): Promise<[Record<string, string[]>, Record<string, FormidableFile[]>]>;
  }
  export default function formidable(options: {
    fileWriteStreamHandler: (file: FormidableFile) => Writable;
    allowEmptyFiles?: boolean;
    minFileSize?: number;
  }): Form;
}

declare module 'multer' {
  import type { IncomingMessage, ServerResponse } from 'node:http';
  interface MulterFile {
    readonly fieldname: string;
    readonly originalname: string;
    readonly buffer: Buffer;
  }
  interface Multer {
    any(): (
      request: IncomingMessage & { body?: Record<string, string>; files?: MulterFile[] },
      response: ServerResponse,
      next: (error?: Error) => void,
    ) => void;
  }
  function multer(options: { storage: unknown }): Multer;
  namespace multer {
    function memoryStorage(): unknown;
  }
  export default multer;
}
