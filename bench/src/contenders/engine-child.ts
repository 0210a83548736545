// The other child of `socket-echo.ts`: the engine behind a socket, with the least that can be done around it.
import { Socket } from 'node:net';
import { identityModel } from '@switchyard/onnx/testing';
import { openDirect } from './direct-engine.ts';

const [size, order] = process.argv.slice(2);
const messageBytes = Number(size);
const direct = await openDirect(identityModel());
const socket = new Socket({ fd: 3, readable: true, writable: true });
socket.on('data', (bytes) => void (order === 'at once' ? answerAtOnce(bytes) : answerInTurn(bytes)));
socket.on('end', () => void close());
socket.write('ready');

async function answerInTurn(bytes: Buffer): Promise<void> {
  for (const message of messagesOf(bytes)) await answer(message);
}

async function answerAtOnce(bytes: Buffer): Promise<void> {
  await Promise.all(messagesOf(bytes).map(answer));
}

/** Small messages that were written whole come whole. */
function messagesOf(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += messageBytes)
    messages.push(bytes.subarray(at, at + messageBytes));
  return messages;
}

async function answer(bytes: Buffer): Promise<void> {
  const values = new Float32Array(Uint8Array.from(bytes).buffer);
  const { y } = await direct.run({ x: new direct.engine.Tensor('float32', values, [values.length]) });
  const { data } = y as unknown as { readonly data: Float32Array };
  socket.write(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

async function close(): Promise<void> {
  await direct[Symbol.asyncDispose]();
  socket.end();
}
