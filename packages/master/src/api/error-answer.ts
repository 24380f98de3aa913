import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorObject } from 'ajv';
import { codeOf, messageOf } from '@millrace/kernel/errors';
import { ApiProblem } from './api-problem.ts';
import { inputProblem } from './input-validation.ts';

/** Sends a problem as RFC 9457 wants it. */
export function sendProblem(reply: FastifyReply, problem: ApiProblem): FastifyReply {
  return reply.code(problem.status).type('application/problem+json; charset=utf-8').send(problem.body());
}

/** Turns whatever a call ended with into a problem; what nobody foresaw is told to `onTrouble`. */
export function errorAnswer(onTrouble: (error: unknown, call: string) => void) {
  return (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const problem = problemOf(error) ?? unforeseen();
    if (problem.status === 500) onTrouble(error, `${request.method} ${request.url}`);
    return sendProblem(reply, problem);
  };
}

function problemOf(error: unknown): ApiProblem | undefined {
  if (error instanceof ApiProblem) return error;
  return ofStore(error) ?? (isFastifyError(error) ? ofFastify(error) : undefined);
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && ('validation' in error || codeOf(error)?.startsWith('FST_') === true);
}

/** What operations and readers of the store throw, and a caller can do something about. */
function ofStore(error: unknown): ApiProblem | undefined {
  const code = codeOf(error) ?? '';
  switch (code) {
    case 'cursor-malformed':
      return new ApiProblem(400, code, messageOf(error));
    case 'cursor-epoch':
    case 'cursor-expired':
    case 'log-expired':
      return new ApiProblem(410, code, messageOf(error));
    case 'log-damaged':
      return new ApiProblem(500, code, messageOf(error));
    case 'store-unreachable':
    case 'store-overloaded':
    case 'store-closed':
      return new ApiProblem(503, code, messageOf(error));
    case 'disk-full':
      return new ApiProblem(507, code, messageOf(error));
    default:
      return undefined;
  }
}

function ofFastify(error: FastifyError): ApiProblem | undefined {
  if (error.validation)
    return inputProblem(error.validation as readonly ErrorObject[], error.validationContext ?? '');
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new ApiProblem(413, 'body-too-large', 'The body is larger than this call takes.');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new ApiProblem(415, 'not-json', 'Send the body as JSON, with `Content-Type: application/json`.');
    default:
      break;
  }
  const status = error.statusCode ?? 500;
  return status < 500 ? new ApiProblem(status, 'bad-call', error.message) : undefined;
}

function unforeseen(): ApiProblem {
  return new ApiProblem(
    500,
    'internal-error',
    'The master met an error of its own. Its output tells more; nothing that was recorded is lost.',
  );
}
