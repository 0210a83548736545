import type { Bench } from './fault-bench.ts';
import type { GrpcReply } from './grpc-wire.ts';
import type { Reply } from './wire.ts';

/** What a fault is answered with. In a text, `…` stands for anything. */
export interface FaultCase {
  /** What is sent, in words. */
  readonly request: string;
  readonly protocol: 'REST' | 'gRPC';
  /** Of HTTP, or of gRPC; `null` for a connection that ends without an answer. */
  readonly status: number | null;
  readonly text: string;
  /** Sends it. */
  readonly ask: (bench: Bench) => Promise<Reply | GrpcReply | null>;
}

/** A row of the table of faults. */
export interface FaultRow {
  readonly fault: string;
  readonly cases: readonly FaultCase[];
  /** Where this server does otherwise than Triton, and why; `''` where it does not. */
  readonly deviation: string;
}

export function rest(
  request: string,
  status: number | null,
  text: string,
  ask: (bench: Bench) => Promise<Reply | null>,
): FaultCase {
  return { request, protocol: 'REST', status, text, ask };
}

export function grpc(
  request: string,
  status: number | null,
  text: string,
  ask: (bench: Bench) => Promise<GrpcReply | null>,
): FaultCase {
  return { request, protocol: 'gRPC', status, text, ask };
}

/** Status and text of what came back. Of an answer that is no refusal the text is the whole answer. */
export function answerOf(reply: Reply | GrpcReply | null): { readonly status: number | null; readonly text: string } {
  if (reply === null) return { status: null, text: '' };
  if ('code' in reply) return { status: reply.code, text: reply.text };
  const text = reply.body.toString();
  if (reply.status === 200) return { status: 200, text };
  const { error } = JSON.parse(text === '' ? '{"error":""}' : text) as { readonly error: string };
  return { status: reply.status, text: error };
}

/** Whether a text is as a template says. */
export function fits(text: string, template: string): boolean {
  const parts = template.split('…');
  let at = 0;
  for (const [index, part] of parts.entries()) {
    if (index === parts.length - 1 && parts.length > 1) return text.length - part.length >= at && text.endsWith(part);
    const found = text.indexOf(part, at);
    if (found === -1 || (index === 0 && found !== 0)) return false;
    at = found + part.length;
  }
  return at === text.length;
}
