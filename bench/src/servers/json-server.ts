// The floor of a server of JSON: Node's own HTTP server and its own JSON, and no model behind them.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Body {
  readonly inputs: readonly [{ readonly shape: readonly number[]; readonly data: readonly number[] }];
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (request.method === 'GET') {
      response.end();
      return;
    }
    const [{ shape, data }] = (JSON.parse(Buffer.concat(chunks).toString()) as Body).inputs;
    const values = Float32Array.from(data);
    const text = JSON.stringify({ outputs: [{ name: 'y', datatype: 'FP32', shape, data: [...values] }] });
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});

server.listen(0, '127.0.0.1', () => {
  process.send?.({ port: (server.address() as AddressInfo).port });
});
process.on('disconnect', () => process.exit());
