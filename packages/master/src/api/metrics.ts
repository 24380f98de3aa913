import Type from 'typebox';
import { readFigures } from '../store/operations/read-metrics.ts';
import type { StoreFigures } from '../store/operations/read-metrics.ts';
import type { OperationFigures, StoreFiguresOfProcess } from '../store/measured-store.ts';
import type { Api, ApiParts } from './api.ts';
import { problems } from './answers.ts';
import type { EventStreams } from './event-stream.ts';
import { exposition } from './exposition.ts';
import type { Metric } from './exposition.ts';
import type { ProcessFigures } from './process-figures.ts';

/** `/metrics`: the figures of the store and of this process, for Prometheus. */
export function metricRoutes(
  api: Api,
  { store, process, storeLoad }: Pick<ApiParts, 'store' | 'process' | 'storeLoad'>,
  streams: EventStreams,
): void {
  api.get(
    '/metrics',
    {
      config: { access: 'read' },
      schema: {
        tags: ['operation'],
        summary: 'Figures for Prometheus',
        description:
          'Those of builds, requests and workers are of the store: the same at each of its masters.',
        response: {
          200: { description: 'The figures', content: { 'text/plain': { schema: Type.String() } } },
          ...problems,
        },
      },
    },
    async (_request, reply) => {
      const figures = await store.do(readFigures, undefined);
      return reply
        .type('text/plain; version=0.0.4; charset=utf-8')
        .send(
          exposition([
            ...storeMetrics(figures),
            ...(storeLoad ? loadMetrics(storeLoad.figures()) : []),
            ...processMetrics(process, streams),
          ]),
        );
    },
  );
}

function storeMetrics(figures: StoreFigures): readonly Metric[] {
  return [
    {
      name: 'millrace_builds_finished_total',
      help: 'Builds that ended, by result.',
      type: 'counter',
      samples: figures.finishedBuilds.map(({ result, builds }) => ({ labels: { result }, value: builds })),
    },
    gauge('millrace_builds_running', 'Builds that run.', figures.runningBuilds),
    {
      name: 'millrace_requests_pending',
      help: 'Requests that wait, by builder.',
      type: 'gauge',
      samples: figures.pendingRequests.map(({ builder, requests }) => ({
        labels: { builder },
        value: requests,
      })),
    },
    gauge('millrace_workers_connected', 'Workers that are connected.', figures.connectedWorkers),
    gauge('millrace_slots', 'Slots of the workers that are connected.', figures.slots),
    gauge('millrace_log_stored_bytes', 'Logs as they lie on the disk, compressed.', figures.keptBytes),
  ];
}

function loadMetrics({ operations, waiting }: StoreFiguresOfProcess): readonly Metric[] {
  const counter = (name: string, help: string, value: (one: OperationFigures) => number): Metric => ({
    name,
    help,
    type: 'counter',
    samples: operations.map((one) => ({ labels: { operation: one.operation }, value: value(one) })),
  });
  return [
    counter('millrace_store_operations_total', 'What this master asked of the store.', ({ done }) => done),
    counter(
      'millrace_store_operations_failed_total',
      'Among them those that failed.',
      ({ failed }) => failed,
    ),
    counter(
      'millrace_store_operation_seconds_total',
      'How long the answers took together.',
      ({ seconds }) => seconds,
    ),
    gauge('millrace_store_operations_waiting', 'Asked of the store and not answered yet.', waiting),
  ];
}

function processMetrics(process: ProcessFigures, streams: EventStreams): readonly Metric[] {
  const delay = process.eventLoopDelay();
  return [
    gauge('millrace_event_streams_open', 'Listeners to events and logs at this master.', streams.open),
    {
      name: 'millrace_event_loop_delay_seconds',
      help: 'How late the event loop was since the last scrape.',
      type: 'gauge',
      samples: [
        { labels: { quantile: '0.5' }, value: delay.p50 },
        { labels: { quantile: '0.99' }, value: delay.p99 },
        { labels: { quantile: '1' }, value: delay.max },
      ],
    },
    gauge('process_resident_memory_bytes', 'Memory that this process holds.', process.residentBytes()),
    {
      name: 'process_cpu_seconds_total',
      help: 'CPU time of this process.',
      type: 'counter',
      samples: [{ value: process.cpuSeconds() }],
    },
  ];
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, help, type: 'gauge', samples: [{ value }] };
}
