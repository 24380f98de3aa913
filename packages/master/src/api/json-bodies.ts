import { messageOf } from '@millrace/kernel/errors';
import { ApiProblem } from './api-problem.ts';
import type { Api } from './api.ts';

/**
 * JSON is the only body that is taken: a form, or text, is what another site's page can post without being
 * asked. A call without a body is one with an empty object, since every field may be left out then.
 */
export function takeJsonBodies(api: Api): void {
  const parse = api.getDefaultJsonParser('error', 'error');
  api.removeAllContentTypeParsers();
  api.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    const text = body.toString();
    if (text.trim() === '') done(null, {});
    else void parse(request, text, (error, value) => done(error && malformed(text), value));
  });
  api.addHook('preValidation', async (request) => {
    if (request.method === 'POST') request.body ??= {};
  });
}

/** Says where it goes wrong, as the language's own parser does. */
function malformed(text: string): ApiProblem {
  let why = 'it has a key that no object may have';
  try {
    JSON.parse(text);
  } catch (error) {
    why = messageOf(error);
  }
  return new ApiProblem(400, 'malformed-json', `The body is no JSON that is taken: ${why}.`);
}
