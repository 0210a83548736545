// The other child of `socket-echo.ts`: the engine behind a socket, with the least that can be done around it.
import { Socket } from 'node:net';
import { identityModel } from '@switchyard/onnx/testing';
import { openDirect } from './direct-engine.ts';

const direct = await openDirect(identityModel());
const socket = new Socket({ fd: 3, readable: true, writable: true });
socket.on('data', (bytes) => void answer(bytes));
socket.on('end', () => void close());
socket.write('ready');

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
