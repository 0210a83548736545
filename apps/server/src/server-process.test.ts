import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { fileURLToPath } from 'node:url';
import { credentials, loadPackageDefinition, type ServiceClientConstructor } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { identityModel } from '@switchyard/onnx/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAlive, ON_FREE_PORTS, startServer, temporaryFolder } from './__fixtures__/server-process.ts';

const PATIENCE = { timeout: 60_000 };
const PROTO = fileURLToPath(import.meta.resolve('@switchyard/open-inference/open_inference.proto'));

const body = (values: readonly number[]): string =>
  JSON.stringify({ inputs: [{ name: 'x', shape: [values.length], datatype: 'FP32', data: values }] });

async function infer(
  url: string,
  values: readonly number[],
  requestId = 'test',
): Promise<{ status: number; data: unknown }> {
  const headers = { 'x-request-id': requestId };
  const response = await fetch(`${url}/v2/models/m/infer`, { method: 'POST', body: body(values), headers });
  const document = (await response.json()) as { readonly outputs?: readonly { readonly data: unknown }[] };
  return { status: response.status, data: document.outputs?.[0]?.data };
}

const logged = (stderr: string): Record<string, unknown>[] =>
  stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function inferOverGrpc(address: string, values: readonly number[]): Promise<number[]> {
  const definition = loadPackageDefinition(loadSync(PROTO, { keepCase: true }));
  const { GRPCInferenceService } = definition['inference'] as unknown as Record<
    string,
    ServiceClientConstructor
  >;
  const client = new GRPCInferenceService!(address, credentials.createInsecure());
  const request = {
    model_name: 'm',
    inputs: [{ name: 'x', datatype: 'FP32', shape: [values.length], contents: { fp32_contents: values } }],
  };
  try {
    const response = await new Promise<{ readonly raw_output_contents: readonly Buffer[] }>(
      (done, failed) => {
        client['ModelInfer']!(request, (error: Error | null, answer: unknown) => {
          if (error === null) done(answer as { readonly raw_output_contents: readonly Buffer[] });
          else failed(error);
        });
      },
    );
    const [raw] = response.raw_output_contents;
    return Array.from({ length: raw!.length / 4 }, (_, index) => raw!.readFloatLE(index * 4));
  } finally {
    client.close();
  }
}

describe('switchyard-server, started', () => {
  it(
    'serves a plain model over both protocols, with metrics and logs that tell of it',
    PATIENCE,
    async () => {
      const cwd = temporaryFolder({ 'm.onnx': identityModel() });
      const server = startServer(['m.onnx', ...ON_FREE_PORTS, '--log-level=verbose'], cwd);
      const { addresses, models, ready } = await server.report;
      expect(ready).toBe(true);
      expect(models).toMatchObject([
        { name: 'm', version: '1', state: 'READY', backend: 'cpu', device: 'cpu' },
      ]);
      expect(addresses.http?.host).toBe('127.0.0.1');

      const url = addresses.http!.url;
      expect(await infer(url, [1, -2.5])).toEqual({ status: 200, data: [1, -2.5] });
      expect(await inferOverGrpc(addresses.grpc!.url, [3, 0.25])).toEqual([3, 0.25]);
      const page = await (await fetch(addresses.metrics!.url)).text();
      expect(page).toContain('nv_inference_request_success{model="m",version="1"} 2');
      expect(page).toContain('switchyard_requests_total{protocol="grpc",outcome="success"} 1');
      expect(page).toContain(
        'backend="cpu",device="cpu",provider="CPUExecutionProvider",class="cpu",fallback="false"',
      );
      expect(await (await fetch(`${url}/metrics`)).text()).toContain(
        'nv_inference_count{model="m",version="1"} 2',
      );

      server.child.kill('SIGTERM');
      expect(await server.exit).toEqual({ code: 0, signal: null });
      const lines = logged(server.stderr());
      expect(lines.filter(({ msg }) => msg === 'answered').map(({ protocol }) => protocol)).toEqual([
        'rest',
        'grpc',
      ]);
      expect(lines.at(-1)).toMatchObject({ msg: 'ended' });
    },
  );

  it('asks for keys, and tells them nowhere', PATIENCE, async () => {
    const cwd = temporaryFolder({ 'm.onnx': identityModel() });
    const made = startServer(['keys', 'create', '--name', 'robot', '--scopes', 'infer'], cwd);
    expect((await made.exit).code).toBe(0);
    const [, key] = /shown once: +(\S+)/.exec(made.stdout())!;
    const [, line] = /keys file: +(.+)/.exec(made.stdout())!;
    const server = startServer(
      ['m.onnx', ...ON_FREE_PORTS, '--keys', 'keys.txt', '--log-level=verbose'],
      temporaryFolder({ 'm.onnx': identityModel(), 'keys.txt': line! }),
    );
    const { addresses } = await server.report;
    const ask = (path: string, headers: Readonly<Record<string, string>>, method = 'POST') =>
      fetch(`${addresses.http!.url}${path}`, {
        method,
        headers,
        ...(method === 'POST' ? { body: body([1]) } : {}),
      });
    expect((await ask('/v2/models/m/infer', {})).status).toBe(401);
    expect((await ask('/v2/models/m/infer', { authorization: 'Bearer sy_wrong' })).status).toBe(401);
    expect((await ask('/v2/models/m/infer', { authorization: `Bearer ${key}` })).status).toBe(200);
    expect((await ask('/v2/models/m/infer', { 'x-api-key': key! })).status).toBe(200);
    expect((await ask('/v2/models/m', { 'x-api-key': key! }, 'GET')).status).toBe(403);
    expect((await ask('/v2/health/ready', {}, 'GET')).status).toBe(200);
    expect((await fetch(addresses.metrics!.url)).status).toBe(401);
    server.child.kill('SIGINT');
    expect((await server.exit).code).toBe(0);
    expect(server.stdout() + server.stderr()).not.toContain(key!.slice(3));
  });

  it('loses no accepted request when it is told to end, and leaves no process behind', PATIENCE, async () => {
    const cwd = temporaryFolder({ 'm.onnx': identityModel() });
    const server = startServer(
      ['m.onnx', ...ON_FREE_PORTS, '--shutdown-delay=300ms', '--log-level=verbose'],
      cwd,
    );
    const { addresses } = await server.report;
    const url = addresses.http!.url;
    const processes = process.platform === 'linux' ? server.descendants() : [];
    if (process.platform === 'linux') expect(processes.length).toBeGreaterThan(0);

    const answered = new Set<string>();
    const wrong: string[] = [];
    let sent = 0;
    const gone = new AbortController();
    const client = async (): Promise<void> => {
      while (!gone.signal.aborted) {
        const tag = (sent += 1);
        try {
          const { status, data } = await infer(url, [tag, tag / 2], String(tag));
          if (status === 200 && String(data) === `${tag},${tag / 2}`) answered.add(String(tag));
          else wrong.push(`${status} ${String(data)}`);
        } catch {
          // Not taken any more, or taken and lost: the log of the server tells which.
        }
      }
    };
    const clients = Array.from({ length: 8 }, () => client());
    while (answered.size < 50) await new Promise((next) => setImmediate(next));
    server.child.kill('SIGTERM');
    const ended = await server.exit;
    gone.abort();
    await Promise.all(clients);
    expect(ended).toEqual({ code: 0, signal: null });
    expect(wrong).toEqual([]);
    const taken = logged(server.stderr()).filter(({ requestId }) => requestId !== undefined);
    expect(taken.length).toBeGreaterThan(50);
    expect(taken.filter(({ requestId }) => !answered.has(String(requestId)))).toEqual([]);
    expect(processes.filter((pid) => isAlive(pid))).toEqual([]);
  });

  it('says that it is not ready while it still answers', PATIENCE, async () => {
    const cwd = temporaryFolder({ 'm.onnx': identityModel() });
    const copies = temporaryFolder();
    const argv = ['--shutdown-delay=1h', '--exit-timeout=1h', `--temporary-folder=${copies}`];
    const server = startServer(['m.onnx', ...ON_FREE_PORTS, ...argv], cwd);
    const url = (await server.report).addresses.http!.url;
    const ready = async (): Promise<number> => (await fetch(`${url}/v2/health/ready`)).status;
    expect(await ready()).toBe(200);
    server.child.kill('SIGTERM');
    while ((await ready()) === 200) await new Promise((next) => setImmediate(next));
    expect(await ready()).toBe(503);
    expect((await fetch(`${url}/v2/health/live`)).status).toBe(200);
    expect(await infer(url, [5])).toEqual({ status: 200, data: [5] });
    const processes = process.platform === 'linux' ? server.descendants() : [];
    expect(readdirSync(copies)).toHaveLength(1);
    server.child.kill('SIGTERM');
    expect((await server.exit).code).toBe(143);
    expect(readdirSync(copies)).toEqual([]);
    while (processes.some((pid) => isAlive(pid))) await new Promise((next) => setImmediate(next));
  });
});

describe('switchyard-server, refused', () => {
  async function occupied(): Promise<number> {
    const server: Server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    onTestFinished(() => {
      server.close();
    });
    return (server.address() as { readonly port: number }).port;
  }

  it.each([
    [
      'an unknown flag',
      ['m.onnx', '--htp-port=1'],
      2,
      /has no flag `--htp-port=1`\. Did you mean `--http-port`\?/,
    ],
    ['no models', [], 2, /No models were given/],
    ['a model that is not there', ['other.onnx'], 4, /other\.onnx/],
    ['a certificate that is none', ['m.onnx', '--tls-cert=m.onnx', '--tls-key=m.onnx'], 2, /cannot be used/],
    ['half of TLS', ['m.onnx', '--tls-cert=m.onnx'], 2, /`tlsKey` names no file/],
    ['a keys file that is none', ['m.onnx', '--keys=text.txt'], 2, /text\.txt:1 cannot be understood/],
    [
      'a keys file that is not there',
      ['m.onnx', '--keys=nowhere.txt'],
      2,
      /nowhere\.txt`, which cannot be read/,
    ],
    [
      'an unknown key of the file',
      ['m.onnx', '--config=wrong.json'],
      2,
      /wrong\.json:1 has the key `server\.prot`/,
    ],
    ['an unknown backend', ['m.onnx', '--use-nope'], 2, /nope/],
  ])('for %s, in one line, before it listens', PATIENCE, async (_name, argv, status, message) => {
    const files = {
      'm.onnx': identityModel(),
      'text.txt': 'a b c',
      'wrong.json': '{ "server": { "prot": 1 } }',
    };
    const server = startServer([...ON_FREE_PORTS, ...argv], temporaryFolder(files));
    expect((await server.exit).code).toBe(status);
    expect(server.stdout()).toBe('');
    expect(server.stderr()).toMatch(message);
    expect(server.stderr().trimEnd().split('\n')).toHaveLength(1);
  });

  it('for a port that is in use, and it leaves the others', PATIENCE, async () => {
    const port = await occupied();
    const cwd = temporaryFolder({ 'm.onnx': identityModel() });
    const server = startServer(['m.onnx', '--http-port=0', `--grpc-port=${port}`, '--metrics-port=off'], cwd);
    expect((await server.exit).code).toBe(2);
    expect(server.stderr()).toMatch(
      /cannot listen on `127\.0\.0\.1:\d+` \(--grpc-port\): another program listens there/,
    );
  });
});

it('checks models without listening', PATIENCE, async () => {
  const cwd = temporaryFolder({ 'm.onnx': identityModel(), 'broken.onnx': 'this is no model' });
  const server = startServer(['m.onnx', 'broken.onnx', '--check', '--json'], cwd);
  expect((await server.exit).code).toBe(4);
  const report = await server.report;
  expect(report.addresses).toEqual({ http: null, grpc: null, metrics: null });
  expect(report.models).toMatchObject([
    { name: 'broken', state: 'UNAVAILABLE', backend: null, reason: expect.stringMatching(/\S/) as string },
    { name: 'm', state: 'READY', backend: 'cpu' },
  ]);
});

it('serves over TLS, to clients with a certificate of the right authority only', PATIENCE, async () => {
  const cwd = temporaryFolder({ 'm.onnx': identityModel() });
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd, stdio: 'ignore' });
  };
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    'key.pem',
    '-out',
    'cert.pem',
    '-days',
    '2',
    ...subject,
  );
  const argv = [
    'm.onnx',
    ...ON_FREE_PORTS,
    '--tls-cert=cert.pem',
    '--tls-key=key.pem',
    '--tls-client-ca=cert.pem',
  ];
  const server = startServer(argv, cwd);
  const url = (await server.report).addresses.http!.url;
  expect(url).toMatch(/^https:/);
  const ask = (...args: readonly string[]): string => {
    const code = `const https = require('node:https'); const fs = require('node:fs');
const [certificate] = process.argv.slice(1);
const ca = fs.readFileSync('cert.pem');
const own = certificate === 'own' ? { cert: ca, key: fs.readFileSync('key.pem') } : {};
https.get('${url}/v2/health/live', { ca, ...own }, (response) => { console.log(response.statusCode); process.exit(); }).on('error', (error) => console.log(error.code));`;
    return execFileSync(process.execPath, ['-e', code, ...args], { cwd, encoding: 'utf8' }).trim();
  };
  expect(ask('own')).toBe('200');
  expect(ask('none')).not.toBe('200');
  server.child.kill('SIGTERM');
  expect((await server.exit).code).toBe(0);
});
