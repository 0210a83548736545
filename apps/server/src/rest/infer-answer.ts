import {
  parseHeaderLength,
  parseInferRequest,
  parseRawInferRequest,
  writeInferResponse,
  type InferRequest,
  type ProtocolError,
  type WireTensor,
} from '@switchyard/open-inference';
import type { ServedAnswer } from '../service/inference-service.ts';
import { compressAnswer } from './compress-answer.ts';
import { acceptedEncoding } from './content-encoding.ts';
import { deviceHeaders } from './device-headers.ts';
import type { Exchange } from './exchange.ts';

const LENGTH_HEADER = 'inference-header-content-length';

/** `POST .../infer`. The model is looked for before the body is read, as Triton does. */
export function infer(exchange: Exchange): void {
  const { model, version } = exchange.match;
  const { service, tracer } = exchange.frontEnd.options;
  service.checkModel(model, version);
  const { traceparent, tracestate } = exchange.request.headers;
  exchange.span = tracer.start(
    'infer',
    {
      traceparent: typeof traceparent === 'string' ? traceparent : undefined,
      tracestate: typeof tracestate === 'string' ? tracestate : undefined,
    },
    { protocol: 'rest', model, version, 'request.id': exchange.requestId },
  );
  exchange.onRefused = recordRefusal;
  exchange.readBody(inferFromBody);
}

function inferFromBody(exchange: Exchange, body: Uint8Array): void {
  const { model, version } = exchange.match;
  const { span } = exchange;
  const readAt = span === null ? 0 : performance.now();
  const request = parse(exchange, body);
  span?.part('read', exchange.startedAt, readAt, { bytes: body.length });
  span?.part('parse', readAt, performance.now());
  const isRead = !request.inputs.some((input) => refersTo(exchange, input));
  if (isRead) exchange.releaseBody();
  // From here on the service tells the observer.
  exchange.onRefused = null;
  exchange.frontEnd.options.service.infer(model, version, request, exchange).then(
    (answer) => inferred(exchange, request, answer),
    (error: unknown) => exchange.refuse(error),
  );
}

function parse(exchange: Exchange, body: Uint8Array): InferRequest {
  const { model, version } = exchange.match;
  const { service, limits: all } = exchange.frontEnd.options;
  const limits = { maxElements: all.maxElements, maxDepth: all.maxJsonDepth };
  const headerLength = parseHeaderLength(lengthHeader(exchange), body.length);
  if (headerLength !== 0) return parseInferRequest(body, { headerLength, limits, model });
  const input = service.rawInput(model, version);
  const batched = Number(service.modelConfig(model, version)['max_batch_size'] ?? 0) > 0;
  return parseRawInferRequest(body, input, { limits, model, batched });
}

/** Whether a tensor is a view of the body, as binary data and strings are. */
function refersTo(exchange: Exchange, { content }: WireTensor): boolean {
  if (content.kind === 'bytes') return exchange.liesInBody(content.bytes);
  return content.kind === 'elements' && content.elements.some((element) => exchange.liesInBody(element));
}

/** Node joins repeated headers with commas; where there is one, each is needed as it came. */
function lengthHeader({ request }: Exchange): string | readonly string[] | undefined {
  const joined = request.headers[LENGTH_HEADER];
  return typeof joined === 'string' && joined.includes(',') ? request.headersDistinct[LENGTH_HEADER] : joined;
}

function inferred(exchange: Exchange, request: InferRequest, answer: ServedAnswer): void {
  if (answer.inputsAreFree) exchange.releaseBody();
  if (!exchange.open) return;
  const { nonFinite, compression } = exchange.frontEnd.options;
  try {
    const body = writeInferResponse(answer.response, request, { nonFinite });
    const headers = deviceHeaders(answer.truth);
    if (compression === null) {
      finish(exchange, body, headers);
      return;
    }
    const varied = [...headers, 'Vary', 'Accept-Encoding'];
    const encoding = acceptedEncoding(exchange.request.headers['accept-encoding']);
    if (encoding === null || body.byteLength < compression.thresholdBytes) {
      finish(exchange, body, varied);
      return;
    }
    exchange.reserve(body.byteLength);
    compressAnswer(body, encoding)
      .then((packed) => finish(exchange, packed, [...varied, 'Content-Encoding', encoding]))
      .catch((error: unknown) => exchange.refuse(error));
  } catch (error) {
    exchange.refuse(error);
  }
}

function finish(
  exchange: Exchange,
  body: Parameters<Exchange['answerEncoded']>[0],
  headers: readonly string[],
): void {
  exchange.answerEncoded(body, headers);
  exchange.span?.end(null);
}

function recordRefusal(exchange: Exchange, error: ProtocolError): void {
  const { model, version } = exchange.match;
  exchange.frontEnd.options.service.refused(model, version, error, exchange);
}
