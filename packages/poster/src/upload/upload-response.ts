/** What is known of an answer and of the upload it answers. */
export interface UploadResponseFields {
  url: string;
  status: number;
  headers: Headers;
  body: Uint8Array;
  bodyComplete: boolean;
  bytesSent: number;
  complete: boolean;
  attempts: number;
}

/** The server's answer. One of any status is delivered: look at `status`, and at `complete`. */
export class UploadResponse {
  /** Where the answer came from, after redirects. */
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  /** At most `responseBytesMax` bytes. */
  readonly body: Uint8Array;
  /** False if the answer came early and its own body was cut, endless or slow: `body` is then what came of it. */
  readonly bodyComplete: boolean;
  /** Bytes of the form that the last attempt to send it wrote to its connection. */
  readonly bytesSent: number;
  /** Whether the whole form was sent. False means that the server answered early and sending stopped. */
  readonly complete: boolean;
  /** Requests made: 1, and one for each retry, redirect and new credentials. */
  readonly attempts: number;

  constructor(fields: UploadResponseFields) {
    this.url = fields.url;
    this.status = fields.status;
    this.headers = fields.headers;
    this.body = fields.body;
    this.bodyComplete = fields.bodyComplete;
    this.bytesSent = fields.bytesSent;
    this.complete = fields.complete;
    this.attempts = fields.attempts;
  }

  /** Whether the whole form was sent and the answer is a 2xx. */
  get ok(): boolean {
    return this.complete && this.status >= 200 && this.status <= 299;
  }

  /** The body as UTF-8. */
  text(): string {
    return new TextDecoder().decode(this.body);
  }

  /** The body as JSON. Throws a SyntaxError if it is none. */
  json(): unknown {
    return JSON.parse(this.text());
  }
}
