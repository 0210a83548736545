import { ProtocolError } from '@switchyard/open-inference';
import type { Exchange } from './exchange.ts';
import { infer } from './infer-answer.ts';
import { loadModel, readRepositoryIndex, unloadModel } from './repository-answers.ts';
import type { Operation } from './route-table.ts';
import { changeLogSettings, changeTraceSettings } from './settings-answers.ts';
import { registerRegion } from './shared-memory-answers.ts';

/** Answers an exchange, or throws what is to be answered. */
export type Answer = (exchange: Exchange) => void | Promise<void>;

/** What every operation does. */
export const ANSWERS: Readonly<Record<Operation, Answer>> = {
  infer,
  live(exchange) {
    if (!exchange.frontEnd.options.service.live()) throw notReady('The server is not alive.');
    exchange.answerJson({ live: true });
  },
  ready(exchange) {
    if (!exchange.frontEnd.options.service.ready()) throw notReady('The server is not ready.');
    exchange.answerJson({ live: true, ready: true });
  },
  serverMetadata(exchange) {
    exchange.answerJson(exchange.frontEnd.options.service.serverMetadata());
  },
  openApi(exchange) {
    exchange.answerText('application/json', exchange.frontEnd.openApi);
  },
  async metrics(exchange) {
    const { metrics } = exchange.frontEnd.options;
    if (metrics === null) throw new ProtocolError('not-found', 'Not Found');
    exchange.answerText(metrics.contentType, await metrics.text());
  },
  modelMetadata(exchange) {
    const { model, version } = exchange.match;
    exchange.answerJson(exchange.frontEnd.options.service.modelMetadata(model, version));
  },
  modelReady(exchange) {
    const { model, version } = exchange.match;
    if (!exchange.frontEnd.options.service.modelReady(model, version)) {
      throw notReady('Model version not ready');
    }
    exchange.answerJson({ name: model, ready: true });
  },
  modelConfig(exchange) {
    const { model, version } = exchange.match;
    exchange.answerJson(exchange.frontEnd.options.service.modelConfig(model, version));
  },
  modelStatistics(exchange) {
    const { model, version } = exchange.match;
    exchange.answerJson({ model_stats: exchange.frontEnd.options.service.statistics(model, version) });
  },
  allStatistics(exchange) {
    exchange.answerJson({ model_stats: exchange.frontEnd.options.service.statistics('', '') });
  },
  generateDeclined() {
    throw new ProtocolError(
      'unsupported',
      'Generation of text is not served. Ask for tensors with `infer`, or use a server for language models.',
    );
  },
  repositoryIndex: readRepositoryIndex,
  repositoryLoad: loadModel,
  repositoryUnload: unloadModel,
  namedRepositoryDeclined() {
    throw new ProtocolError('unsupported', "'repository_name' specification is not supported");
  },
  traceSettings(exchange) {
    exchange.answerJson(exchange.frontEnd.options.service.traceSettings(exchange.match.model));
  },
  updateTraceSettings: changeTraceSettings,
  logSettings(exchange) {
    exchange.answerJson(exchange.frontEnd.options.service.logSettings());
  },
  updateLogSettings: changeLogSettings,
  sharedMemoryStatus(exchange) {
    exchange.answerJson(exchange.frontEnd.options.service.sharedMemory.status(exchange.match.region));
  },
  sharedMemoryRegister: registerRegion,
  sharedMemoryUnregister(exchange) {
    exchange.frontEnd.options.service.sharedMemory.unregister(exchange.match.region);
    exchange.answerText('', '');
  },
  cudaUnregisterAll(exchange) {
    exchange.answerText('', '');
  },
  cudaDeclined() {
    throw new ProtocolError(
      'unsupported',
      'CUDA shared memory is not supported: Node.js cannot map it. Send tensors in the body, or use system shared memory.',
    );
  },
};

function notReady(message: string): ProtocolError {
  return new ProtocolError('unavailable', message);
}
