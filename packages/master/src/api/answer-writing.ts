import { SerializerSelector } from '@fastify/fast-json-stringify-compiler';
import type { FastifySerializerCompiler } from 'fastify';
import { compiledOnce } from './compiled-once.ts';

/** Fastify's own way of writing answers by their schemas, compiled when the first is written. */
const compile = SerializerSelector()({}, {});
const compileOnce = compiledOnce((schema: unknown) =>
  compile({ method: '', url: '', httpStatus: '', schema }),
);

export const answerCompiler: FastifySerializerCompiler<unknown> = ({ schema }) => {
  const written = compileOnce(schema);
  return (answer) => written()(answer);
};
