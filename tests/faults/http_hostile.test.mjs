// Hostile HTTP: every bad input gets its exact answer, memory stays bounded, and a good client is served meanwhile. All of
// it without TLS and over it.
// Needs VAXLINE_HTTP_PROBE, the path of the program made from http_probe.c.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import tls from 'node:tls';

import { cleanUp, cpuSeconds, descriptors, isSanitized, Program, Raw, residentBytes, waitFor } from '../lib/net.mjs';
import { sharedCertificate } from '../lib/tls.mjs';

const PROBE = process.env.VAXLINE_HTTP_PROBE;
assert.ok(PROBE, 'VAXLINE_HTTP_PROBE names the probe');

const MIB = 1024 * 1024;
const root = mkdtempSync(path.join(process.env.TMPDIR ?? '/dev/shm', 'vaxline-http-'));
const HOST = 'Host: a\r\n';
const hello = `GET /hello HTTP/1.1\r\n${HOST}\r\n`;

after(cleanUp);
after(() => rmSync(root, { recursive: true, force: true }));

const certificate = sharedCertificate();
const secured = new Set(); // ports where TLS is spoken

function both(name, body) {
  describe(name, () => body(false));
  describe(`${name}, over TLS`, () => body(true));
}

async function start(secure, options = [], wrapper = []) {
  const tlsOptions = secure ? ['--tls-cert', certificate.cert, '--tls-key', certificate.key] : [];
  const [command, ...args] = [...wrapper, PROBE, ...options, ...tlsOptions, root];
  const program = new Program(command, args);
  program.port = Number((await program.line(/^listening .*:(\d+)$/))[1]);
  program.publicPort = Number((await program.line(/^public .*:(\d+)$/))[1]);
  for (const port of [program.port, program.publicPort]) {
    if (secure) secured.add(port);
    else secured.delete(port);
  }
  return program;
}

const connect = (port, options) => Raw.open(port, { ...options, ca: secured.has(port) ? certificate.ca : undefined });

async function ask(port, text, options) {
  const raw = await connect(port);
  raw.send(text);
  const response = await raw.response(options);
  raw.destroy();
  return response;
}

const state = async (probe) => JSON.parse((await ask(probe.port, `GET /state HTTP/1.1\r\n${HOST}\r\n`)).body);

// A client that asks one question after the other on one connection, and must be answered each time.
class Good {
  constructor(port) {
    this.port = port;
    this.answers = 0;
    this.slowest = 0;
    this.stopped = false;
    this.running = this.run();
    this.running.catch(() => {}); // told by stop()
  }

  async run() {
    const raw = await connect(this.port);
    while (!this.stopped) {
      const from = Date.now();
      raw.send(hello);
      const { status, body } = await raw.response();
      assert.equal(status, 200);
      assert.equal(body, 'hello\n');
      this.slowest = Math.max(this.slowest, Date.now() - from);
      this.answers++;
      await new Promise((done) => setTimeout(done, 2));
    }
    raw.destroy();
  }

  async stop() {
    this.stopped = true;
    await this.running;
    assert.ok(this.answers > 0);
    assert.ok(this.slowest < 5000, `the good client waited ${this.slowest} ms`);
  }
}

// Runs what with a good client beside it; memory may grow by so much and every connection must be gone after.
async function unhurt(probe, what, bytes = 16 * MIB) {
  const good = new Good(probe.port);
  await waitFor('the good client', () => good.answers);
  const memory = residentBytes(probe.pid);
  const open = descriptors(probe.pid);
  await what();
  const grown = residentBytes(probe.pid) - memory;
  if (!isSanitized(probe.pid)) assert.ok(grown < bytes, `memory grew by ${grown} bytes`);
  await waitFor('the connections to be gone', () => descriptors(probe.pid) <= open);
  await good.stop();
}

// The answer, and that it is a problem document and the last thing on a connection that ends without a reset.
async function refused(raw, status) {
  const response = await raw.response();
  assert.equal(response.status, status);
  assert.equal(response.headers['content-type'], 'application/problem+json');
  assert.equal(response.headers.connection, 'close');
  const problem = JSON.parse(response.body);
  assert.equal(problem.status, status);
  assert.match(problem.code, /^[a-z_]+$/);
  await raw.until('the end of the connection', () => raw.gone());
  assert.equal(raw.broken, null);
  assert.equal(raw.bytes.length, 0);
  raw.destroy();
}

const post = (lines, body = '') => `POST /echo HTTP/1.1\r\n${HOST}${lines}\r\n${body}`;
const get = (target, lines = HOST) => `GET ${target} HTTP/1.1\r\n${lines}\r\n`;

const bad = [
  ['two equal lengths', 400, post('Content-Length: 1\r\nContent-Length: 1\r\n', 'x')],
  ['two unequal lengths', 400, post('Content-Length: 1\r\nContent-Length: 2\r\n', 'x')],
  ['a list of lengths', 400, post('Content-Length: 1, 1\r\n', 'x')],
  ['a length with plus', 400, post('Content-Length: +1\r\n', 'x')],
  ['a length with minus', 400, post('Content-Length: -1\r\n', 'x')],
  ['a hexadecimal length', 400, post('Content-Length: 0x1\r\n', 'x')],
  ['a length in hexadecimal digits', 400, post('Content-Length: a\r\n', 'x')],
  ['an empty length', 400, post('Content-Length:\r\n')],
  ['a length past 64 bits', 413, post('Content-Length: 99999999999999999999\r\n')],
  ['a length past the bound', 413, post('Content-Length: 65537\r\n')],
  ['a length with chunked', 400, post('Content-Length: 1\r\nTransfer-Encoding: chunked\r\n', 'x')],
  ['chunked with a length', 400, post('Transfer-Encoding: chunked\r\nContent-Length: 1\r\n', 'x')],
  ['chunked', 501, post('Transfer-Encoding: chunked\r\n', '1\r\nx\r\n0\r\n\r\n')],
  ['gzip', 501, post('Transfer-Encoding: gzip\r\n')],
  ['identity', 501, post('Transfer-Encoding: identity\r\n')],
  ['a coding nobody knows', 501, post('Transfer-Encoding: xchunked\r\n')],
  ['an empty name', 400, get('/hello', `${HOST}: x\r\n`)],
  ['Host with a space before the colon', 400, get('/hello', 'Host : a\r\n')],
  ['a folded header', 400, get('/hello', `${HOST}X: a\r\n b\r\n`)],
  ['a header folded by a tab', 400, get('/hello', `${HOST}X: a\r\n\tb\r\n`)],
  ['a bare LF behind a header', 400, 'GET /hello HTTP/1.1\r\nHost: a\nX: y\r\n\r\n'],
  ['a bare LF that ends the headers', 400, 'GET /hello HTTP/1.1\r\nHost: a\r\n\n'],
  ['a bare LF behind the request line', 400, 'GET /hello HTTP/1.1\nHost: a\r\n\r\n'],
  ['a bare CR', 400, 'GET /hello HTTP/1.1\rHost: a\r\n\r\n'],
  ['no Host', 400, get('/hello', 'X: y\r\n')],
  ['two Hosts', 400, get('/hello', HOST + HOST)],
  ['an empty Host', 400, get('/hello', 'Host:\r\n')],
  ['NUL in a header', 400, get('/hello', `${HOST}X: \0\r\n`)],
  ['NUL in a name', 400, get('/hello', `${HOST}X\0: y\r\n`)],
  ['NUL in the target', 400, get('/hel\0lo')],
  ['a control character in a header', 400, get('/hello', `${HOST}X: \x1b[2J\r\n`)],
  ['%00', 400, get('/hello%00')],
  ['%00 in the query', 400, get('/hello?a=%00')],
  ['%0d%0a', 400, get('/hello%0d%0aX:y')],
  ['..', 400, get('/files/../hello')],
  ['.. encoded', 400, get('/files/%2e%2E/hello')],
  ['.. behind an encoded slash', 400, get('/files/..%2f..%2fetc/passwd')],
  ['half a percent code', 400, get('/hello%4')],
  ['overlong UTF-8', 400, get('/files/%c0%ae%c0%ae/')],
  ['two spaces', 400, 'GET  /hello HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['no version', 400, 'GET /hello\r\n\r\n'],
  ['HTTP/2.0', 505, 'GET /hello HTTP/2.0\r\nHost: a\r\n\r\n'],
  ['the preface of HTTP/2', 505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['HTTP/0.9', 505, 'GET /hello HTTP/0.9\r\nHost: a\r\n\r\n'],
  ['a method nobody knows', 501, 'BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['CONNECT', 501, 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a target of 2049 bytes', 414, get(`/${'a'.repeat(2048)}`)],
  ['41 header lines', 431, get('/hello', HOST + 'X: y\r\n'.repeat(40))],
  ['headers of 8193 bytes', 431, get('/hello', `${HOST}X: ${'y'.repeat(8193 - 9 - 5)}\r\n`)],
  ['an expectation nobody knows', 417, post('Content-Length: 1\r\nExpect: a-miracle\r\n', 'x')],
  ['the beginning of TLS', 400, Buffer.from('1603010200010001fc0303', 'hex')],
  ['empty lines', 400, '\r\n\r\n\r\n'],
  ['text', 400, 'hello there\r\n\r\n'],
];

both('bad requests', (secure) => {
  let probe;

  before(async () => { probe = await start(secure); });
  after(() => probe.stop());

  for (const [name, status, text] of bad) {
    test(`${name}: ${status}`, () => unhurt(probe, async () => {
      await refused((await connect(probe.port)).send(text), status);
      // The same behind a good request: answered in turn.
      const raw = (await connect(probe.port)).send(Buffer.concat([Buffer.from(hello), Buffer.from(text)]));
      assert.equal((await raw.response()).body, 'hello\n');
      await refused(raw, status);
    }));
  }

  test('the same byte by byte', () => unhurt(probe, () => Promise.all(bad.map(async ([, status, text]) => {
    const raw = await connect(probe.port);
    for (const byte of Buffer.from(text).subarray(0, 200)) {
      if (raw.gone() || raw.bytes.length) break;
      raw.send(Buffer.of(byte));
      await new Promise(setImmediate);
    }
    raw.send(Buffer.from(text).subarray(200));
    await refused(raw, status);
  }))));

  // What never ends is refused once it is too long, and its sender, who goes on sending, gets the answer.
  const endless = [
    ['method', 501, '', 'A'],
    ['target', 414, 'GET /', 'a'],
    ['version', 400, 'GET / HTTP/1.1', '1'],
    ['header name', 431, 'GET / HTTP/1.1\r\n', 'a'],
    ['header value', 431, 'GET / HTTP/1.1\r\nX: ', 'a'],
    ['row of headers', 431, 'GET / HTTP/1.1\r\n', 'X: y\r\n'],
    ['chunk size', 501, 'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', '0'],
    ['body', 413, 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n', 'x'],
    ['row of empty lines', 400, '', '\r\n'],
    ['row of zeros', 400, '', '\0'],
  ];
  for (const [name, status, begin, more] of endless) {
    test(`an endless ${name}: ${status}`, () => unhurt(probe, async () => {
      const raw = (await connect(probe.port)).send(begin);
      const piece = Buffer.from(more.repeat(Math.ceil(65536 / more.length)));
      let sent = 0;
      while (!raw.bytes.includes('\r\n\r\n') && !raw.gone() && sent < 64 * MIB) {
        const flushed = raw.socket.write(piece);
        sent += piece.length;
        if (flushed) await new Promise(setImmediate);
        else await raw.until('room', () => !raw.socket.writableNeedDrain || raw.bytes.length || raw.gone()
          || (raw.socket.once('drain', () => raw.waiters.forEach((w) => w())), false));
      }
      const response = await raw.response();
      assert.equal(response.status, status);
      assert.equal(JSON.parse(response.body).status, status);
      raw.destroy();
    }));
  }

  test('a body just too large, sent whole, gets its 413 and no reset', () => unhurt(probe, async () => {
    await refused((await connect(probe.port)).send(post(`Content-Length: ${2 * MIB}\r\n`)).send(Buffer.alloc(2 * MIB)), 413);
  }));

  if (!secure) test('TLS on the plain port', () => unhurt(probe, () => new Promise((done, fail) => {
    const socket = tls.connect({ port: probe.port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.on('secureConnect', () => fail(new Error('a TLS connection came about')));
    socket.on('error', () => { socket.destroy(); done(); });
  })));
});

both('good requests', (secure) => {
  let probe;

  before(async () => { probe = await start(secure); });
  after(() => probe.stop());

  test('bounds are inclusive', async () => {
    assert.equal((await ask(probe.port, get(`/${'a'.repeat(2047)}`))).status, 404);
    assert.equal((await ask(probe.port, get('/hello', HOST + 'X: y\r\n'.repeat(39)))).status, 200);
    assert.equal((await ask(probe.port, get('/hello', `${HOST}X: ${'y'.repeat(8192 - 9 - 5)}\r\n`))).status, 200);
    const body = 'x'.repeat(65536);
    assert.equal((await ask(probe.port, post(`Content-Length: ${body.length}\r\n`, body))).body, body);
  });

  test('a route may take more', async () => {
    const body = 'y'.repeat(3 * MIB);
    const { status, body: back } = await ask(probe.port, `PUT /echo HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n${body}`);
    assert.equal(status, 200);
    assert.ok(back === body);
  });

  test('HEAD is GET without the body', async () => {
    const raw = (await connect(probe.port)).send(`HEAD /hello HTTP/1.1\r\n${HOST}\r\n${hello}`);
    const { status, headers, body } = await raw.response({ head: true });
    assert.equal(status, 200);
    assert.equal(headers['content-length'], '6');
    assert.equal(body, '');
    assert.equal((await raw.response()).body, 'hello\n');
    raw.destroy();
  });

  test('404 and 405 with Allow, and the connection goes on', async () => {
    const raw = (await connect(probe.port)).send(get('/nowhere') + post('Content-Length: 1\r\n', 'x').replace('/echo', '/hello')
      + `PATCH /echo HTTP/1.1\r\n${HOST}\r\n${hello}`);
    assert.equal((await raw.response()).status, 404);
    const wrong = await raw.response();
    assert.equal(wrong.status, 405);
    assert.equal(wrong.headers.allow, 'GET, HEAD');
    assert.equal(JSON.parse(wrong.body).code, 'method_not_allowed');
    assert.equal((await raw.response()).headers.allow, 'POST, PUT');
    assert.equal((await raw.response()).status, 200);
    raw.destroy();
  });

  test('the handler sees path, query, name, host, cookie and side', async () => {
    const text = get('/show/%E5%8F%B7%20b?x=%31', 'Host: h:1\r\nCookie: a=b\r\n');
    assert.equal((await ask(probe.port, text)).body,
      'path=/show/号 b\nquery=x=%31\nname=号 b\nhost=h:1\ncookie=a=b\npeer=127.0.0.1\nloopback=1\npublic=0\n' + `secure=${Number(secure)}\n`);
    assert.match((await ask(probe.publicPort, text)).body, /public=1\nsecure=[01]\n$/);
    assert.equal((await ask(probe.publicPort, post('Content-Length: 1\r\n', 'x'))).status, 404);
  });

  test('pipelined requests are answered in order', async () => {
    const raw = await connect(probe.port);
    let text = '';
    for (let i = 0; i < 50; i++) text += get(`/show/${i}`) + get('/slow') + post('Content-Length: 2\r\n', `${10 + i}`);
    raw.send(text);
    for (let i = 0; i < 50; i++) {
      assert.match((await raw.response()).body, new RegExp(`^path=/show/${i}\n`));
      assert.equal((await raw.response()).body, 'later\n');
      assert.equal((await raw.response()).body, `${10 + i}`);
    }
    raw.destroy();
  });

  test('who asks without end and does not read costs little', () => unhurt(probe, async () => {
    const raw = await connect(probe.port, { paused: true });
    const piece = Buffer.from(get('/show/x').repeat(1000));
    // Until the server has stopped reading: what is written stays here.
    for (let i = 0; i < 2000 && raw.socket.writableLength < 8 * MIB; i++) {
      raw.send(piece);
      await new Promise(setImmediate);
    }
    assert.ok(raw.socket.writableLength >= MIB, 'the server reads requests whose answers nobody takes');
    raw.destroy();
  }));

  test('a client that shuts down its writing side gets its answers', async () => {
    for (const [text, bodies] of [
      [hello, ['hello\n']],
      [get('/slow'), ['later\n']],
      [get('/slow') + hello + get('/slow'), ['later\n', 'hello\n', 'later\n']],
      [post('Content-Length: 3\r\n', 'abc'), ['abc']],
    ]) {
      const raw = (await connect(probe.port)).send(text).half();
      for (const body of bodies) assert.equal((await raw.response()).body, body);
      await raw.until('the end', () => raw.gone());
      assert.equal(raw.broken, null);
      assert.equal(raw.bytes.length, 0);
      raw.destroy();
    }
    await refused((await connect(probe.port)).send('GET /hel').half(), 400);
    await refused((await connect(probe.port)).send(post('Content-Length: 3\r\n', 'a')).half(), 400);
  });

  test('Expect: 100-continue', async () => {
    const raw = (await connect(probe.port)).send(post('Content-Length: 3\r\nExpect: 100-continue\r\n'));
    assert.equal((await raw.response()).status, 100);
    raw.send('abc');
    assert.equal((await raw.response()).body, 'abc');
    // The body comes unasked: no 100 is needed.
    raw.send(post('Content-Length: 3\r\nExpect: 100-continue\r\n', 'def'));
    assert.equal((await raw.response()).body, 'def');
    raw.destroy();
    await refused((await connect(probe.port)).send(post('Content-Length: 65537\r\nExpect: 100-continue\r\n')), 413);
    await refused((await connect(probe.port)).send(post('Content-Length: 3\r\nExpect: 100-continue\r\n').replace('/echo', '/nowhere')), 404);
  });

  test('HTTP/1.0 and Connection: close', async () => {
    const old = (await connect(probe.port)).send('GET /hello HTTP/1.0\r\n\r\n');
    assert.equal((await old.response()).headers.connection, 'close');
    await old.until('the end', () => old.gone());
    old.destroy();
    const kept = (await connect(probe.port)).send('GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n');
    assert.equal((await kept.response()).headers.connection, 'keep-alive');
    kept.send(`GET /hello HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
    assert.equal((await kept.response()).headers.connection, 'close');
    await kept.until('the end', () => kept.gone());
    assert.equal(kept.broken, null);
    kept.destroy();
  });
});

both('files', (secure) => {
  let probe;

  before(async () => {
    writeFileSync(path.join(root, 'index.html'), '<p>hello');
    writeFileSync(path.join(root, 'empty.js'), '');
    writeFileSync(path.join(root, 'large.wasm'), Buffer.alloc(3 * MIB, 7));
    writeFileSync(path.join(root, '.hidden'), 'secret');
    mkdirSync(path.join(root, 'sub', '.git'), { recursive: true });
    writeFileSync(path.join(root, 'sub', 'a b.txt'), 'below');
    writeFileSync(path.join(root, 'sub', '.git', 'config'), 'secret');
    for (const name of ['passwd.txt', 'etc', 'pipe.txt']) rmSync(path.join(root, name), { force: true });
    symlinkSync('/etc/passwd', path.join(root, 'passwd.txt'));
    symlinkSync('/etc', path.join(root, 'etc'));
    execFileSync('mkfifo', [path.join(root, 'pipe.txt')]);
    probe = await start(secure);
  });
  after(() => probe.stop());

  test('a file has a type and a tag, and is not sent twice', async () => {
    const raw = (await connect(probe.port)).send(get('/files/index.html'));
    const { status, headers, body } = await raw.response();
    assert.equal(status, 200);
    assert.equal(body, '<p>hello');
    assert.equal(headers['content-type'], 'text/html; charset=utf-8');
    assert.equal(headers['cache-control'], 'no-cache');
    assert.match(headers.etag, /^"[^"]+"$/);
    raw.send(get('/files/index.html', `${HOST}If-None-Match: "x", W/${headers.etag}\r\n`));
    const again = await raw.response();
    assert.equal(again.status, 304);
    assert.equal(again.headers.etag, headers.etag);
    writeFileSync(path.join(root, 'index.html'), '<p>HELLO');
    raw.send(get('/files/index.html', `${HOST}If-None-Match: ${headers.etag}\r\n`));
    assert.equal((await raw.response()).body, '<p>HELLO');
    raw.send(`HEAD /files/index.html HTTP/1.1\r\n${HOST}\r\n`);
    assert.equal((await raw.response({ head: true })).headers['content-length'], '8');
    raw.send(get('/files/empty.js'));
    assert.equal((await raw.response()).headers['content-length'], '0');
    raw.send(get('/files/sub/a%20b.txt'));
    assert.equal((await raw.response()).body, 'below');
    raw.send(get('/files/large.wasm'));
    assert.equal((await raw.response()).body.length, 3 * MIB);
    raw.destroy();
  });

  test('nothing outside the root, hidden, or other than a file', async () => {
    const open = descriptors(probe.pid);
    for (const name of ['', 'none', 'sub', 'sub/', '.hidden', 'sub/.git/config', 'passwd.txt', 'etc/passwd', '/etc/passwd',
      '//etc/passwd', 'sub//a%20b.txt', 'index.html/', 'index.html/x', 'pipe.txt', 'a'.repeat(300)])
      assert.equal((await ask(probe.port, get(`/files/${name}`))).status, 404, name);
    await waitFor('the descriptors to be closed', () => descriptors(probe.pid) <= open);
  });
});

both('streams and long bodies', (secure) => {
  let probe;
  const open = `GET /stream HTTP/1.1\r\n${HOST}\r\n`;

  before(async () => { probe = await start(secure, ['--write-timeout', '1000']); });
  after(() => probe.stop());

  async function stream(options) {
    const raw = (await connect(probe.port, options)).send(open);
    if (!options?.paused) await raw.until('a beat', () => raw.bytes.includes('event: beat'));
    return raw;
  }

  const download = (target) => new Promise((done, fail) => {
    const from = { host: '127.0.0.1', port: probe.port, path: target, agent: false, ca: certificate.ca };
    (secure ? https : http).get(from, done).on('error', fail);
  });

  const beats = (raw) => raw.bytes.toString().split('event: beat').length - 1;

  test('a stream has its head at once and its beats', async () => {
    const raw = await stream();
    assert.match(raw.bytes.toString(), /^HTTP\/1\.1 200 OK\r\n(.*\r\n)*Content-Type: text\/event-stream\r\n/);
    await raw.until('three beats', () => beats(raw) > 3);
    raw.destroy();
    await waitFor('the stream to be gone', async () => (await state(probe)).streams === 0);
  });

  test('nothing is kept of what is sent on a stream', () => unhurt(probe, async () => {
    const raw = await stream();
    for (let i = 0; i < 64; i++) {
      raw.send(Buffer.alloc(MIB, hello));
      await waitFor('the bytes to be taken', () => raw.socket.writableLength < MIB);
    }
    const had = beats(raw);
    await raw.until('more beats', () => beats(raw) > had + 2);
    assert.ok(!raw.bytes.includes('HTTP/1.1 4') && !raw.bytes.includes('hello'));
    raw.destroy();
  }));

  test('a reader of a stream that is too far behind is dropped, the others go on', () => unhurt(probe, async () => {
    const before = await state(probe);
    const slow = await stream({ paused: true });
    const quick = await stream();
    quick.keep = false;
    await waitFor('both streams', async () => (await state(probe)).streams === 2);
    await waitFor('the slow one to be dropped', async () => {
      await ask(probe.port, `POST /flood?bytes=${MIB / 8} HTTP/1.1\r\n${HOST}\r\n`);
      return (await state(probe)).streams === 1;
    });
    assert.equal((await state(probe)).closed, before.closed + 1);
    const had = quick.received;
    await quick.until('more of the stream', () => quick.received > had + 100);
    slow.destroy();
    quick.destroy();
    await waitFor('the stream to be gone', async () => (await state(probe)).streams === 0);
  }));

  test('HEAD of a stream ends', async () => {
    const raw = (await connect(probe.port)).send(`HEAD /stream HTTP/1.1\r\n${HOST}\r\n`);
    assert.equal((await raw.response({ head: true })).status, 200);
    await raw.until('the end', () => raw.gone());
    raw.destroy();
    assert.equal((await state(probe)).streams, 0);
  });

  test('a long body comes whole, at the pace of its reader', () => unhurt(probe, async () => {
    const response = await download(`/big?bytes=${50 * MIB}`);
    let length = 0;
    for await (const chunk of response) length += chunk.length;
    assert.equal(length, 50 * MIB);
    const old = (await connect(probe.port)).send(`GET /big?bytes=${3 * MIB} HTTP/1.0\r\n\r\n`);
    await old.until('the end', () => old.gone());
    assert.equal(old.broken, null);
    assert.equal(old.bytes.length - old.bytes.indexOf('\r\n\r\n') - 4, 3 * MIB);
    old.destroy();
    const head = (await connect(probe.port)).send(`HEAD /big?bytes=${3 * MIB} HTTP/1.1\r\n${HOST}\r\n${hello}`);
    assert.equal((await head.response({ head: true })).headers['transfer-encoding'], 'chunked');
    assert.equal((await head.response()).body, 'hello\n');
    head.destroy();
  }));

  test('a reader that goes away ends its long body, one that does not read as well', () => unhurt(probe, async () => {
    for (const leave of [true, false]) {
      const before = (await state(probe)).closed;
      const raw = (await connect(probe.port, { paused: true })).send(`GET /big?bytes=${200 * MIB} HTTP/1.1\r\n${HOST}\r\n`);
      await waitFor('the long body', async () => (await state(probe)).unanswered === 2);
      if (leave) raw.destroy();
      await waitFor('its end', async () => (await state(probe)).closed === before + 1);
      raw.destroy();
    }
  }));

  test('a long body broken off is seen to be', async () => {
    const response = await download(`/big?bytes=${200 * MIB}`);
    assert.equal((await ask(probe.port, `DELETE /big HTTP/1.1\r\n${HOST}\r\n`)).status, 200);
    await assert.rejects(async () => { for await (const chunk of response) void chunk; });
  });
});

both('time', (secure) => {
  let probe;
  const timeouts = { header: 500, request: 1500, idle: 700 };

  before(async () => {
    probe = await start(secure, ['--header-timeout', `${timeouts.header}`, '--request-timeout', `${timeouts.request}`,
      '--idle-timeout', `${timeouts.idle}`, '--linger', '300']);
  });
  after(() => probe.stop());

  // Sends one byte every 20 ms until something comes back; resolves with how long that took.
  async function drip(raw, text) {
    const from = Date.now();
    for (let i = 0; i < text.length && !raw.bytes.length && !raw.gone(); i++) {
      raw.send(text[i]);
      await new Promise((done) => setTimeout(done, 20));
    }
    await raw.until('an answer', () => raw.bytes.length || raw.gone());
    return Date.now() - from;
  }

  test('a head sent drop by drop is given up after its time, counted from its first byte', () => unhurt(probe, () => Promise.all(
    Array.from({ length: 50 }, async (_, i) => {
      const raw = await connect(probe.port);
      if (i % 2) {
        raw.send(hello);
        await raw.response();
      }
      const took = await drip(raw, `GET /hello HTTP/1.1\r\n${HOST}X: ${'y'.repeat(4000)}`);
      assert.ok(took >= timeouts.header - 20 && took < timeouts.header + 5000, `${took} ms`);
      await refused(raw, 408);
    }),
  )));

  test('a body sent drop by drop is given up after its time', () => unhurt(probe, async () => {
    const raw = (await connect(probe.port)).send(post('Content-Length: 60000\r\n'));
    const took = await drip(raw, 'x'.repeat(60000));
    assert.ok(took >= timeouts.request - 20 && took < timeouts.request + 5000, `${took} ms`);
    await refused(raw, 408);
  }));

  test('a connection kept alive for nothing is closed in silence', async () => {
    const fresh = await connect(probe.port);
    const used = (await connect(probe.port)).send(hello);
    await used.response();
    const from = Date.now();
    await Promise.all([fresh, used].map((raw) => raw.until('the end', () => raw.gone())));
    assert.ok(Date.now() - from >= timeouts.idle - 100);
    assert.equal(fresh.bytes.length + used.bytes.length, 0);
    fresh.destroy();
    used.destroy();
  });

  test('who does not close after the last answer is closed', async () => {
    const raw = (await connect(probe.port)).send(`GET /hello HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`);
    await raw.response();
    await waitFor('the connection to be gone', async () => (await state(probe)).connections === 1);
    raw.destroy();
  });
});

both('crowds', (secure) => {
  const held = (secure ? 64 : 16) * MIB; // hands shaken all at once take some 45 KiB each for a moment
  const silent = (port, n) => Promise.all(Array.from({ length: n }, () => connect(port)));

  test('1,000 idle connections, then 1,000 with half a request', async () => {
    const probe = await start(secure);
    await unhurt(probe, async () => {
      const crowd = await silent(probe.port, 1000);
      await waitFor('all of them', async () => (await state(probe)).connections >= 1000);
      crowd.forEach((raw) => raw.send(`GET /hello HTTP/1.1\r\n${HOST}X: ${'y'.repeat(3000)}`));
      assert.equal((await ask(probe.port, hello)).status, 200);
      crowd.slice(0, 500).forEach((raw) => raw.send('\r\n\r\n'));
      await Promise.all(crowd.slice(0, 500).map(async (raw) => assert.equal((await raw.response()).status, 200)));
      assert.ok(isSanitized(probe.pid) || residentBytes(probe.pid) < held + 8 * MIB);
      crowd.forEach((raw) => raw.destroy());
    }, held);
    await probe.stop();
  });

  test('a side at its cap waits, without spinning; the other side is served; a place that frees is taken', async () => {
    const probe = await start(secure, ['--connections', '8', '--public-connections', '2']);
    const crowd = await silent(probe.port, 8);
    const late = (await silent(probe.port, 3)).map((raw) => raw.send(hello));
    const cpu = cpuSeconds(probe.pid);
    const from = Date.now();
    await waitFor('a second of public service', async () => {
      assert.equal((await ask(probe.publicPort, hello)).status, 200);
      await new Promise((done) => setTimeout(done, 10));
      return Date.now() - from > 1000;
    });
    assert.ok(cpuSeconds(probe.pid) - cpu < 0.5 * ((Date.now() - from) / 1000));
    assert.ok(late.every((raw) => !raw.bytes.length));
    crowd[0].destroy();
    assert.equal((await late[0].response()).status, 200);
    assert.equal(late[1].bytes.length, 0);
    crowd.slice(1).forEach((raw) => raw.destroy());
    for (const raw of late.slice(1)) assert.equal((await raw.response()).status, 200);
    late.forEach((raw) => raw.destroy());
    await probe.stop();
  });

  test('no descriptors left: those who are in are served, nothing spins, then all goes on', async () => {
    const probe = await start(secure, [], ['prlimit', '--nofile=40:40', '--']);
    const good = await connect(probe.port);
    good.send(hello);
    await good.response();
    const crowd = await silent(probe.port, 100);
    await waitFor('the last descriptor to be taken', () => descriptors(probe.pid) >= 40);
    const cpu = cpuSeconds(probe.pid);
    const from = Date.now();
    await waitFor('a second of service', async () => {
      good.send(hello);
      assert.equal((await good.response()).body, 'hello\n');
      await new Promise((done) => setTimeout(done, 10));
      return Date.now() - from > 1000;
    });
    const used = (cpuSeconds(probe.pid) - cpu) / ((Date.now() - from) / 1000);
    assert.ok(used < 0.5, `the server was busy for ${used} of the time`);
    crowd.forEach((raw) => raw.destroy());
    await waitFor('service', async () => (await ask(probe.port, hello)).status === 200);
    await waitFor('all of them to be gone', async () => (await state(probe)).connections === 2);
    good.destroy();
    assert.equal(await probe.stop(), 0);
  });

  test('SIGTERM ends streams and idle connections, and the program', async () => {
    const probe = await start(secure);
    const idle = await connect(probe.port);
    const stream = (await connect(probe.port)).send(`GET /stream HTTP/1.1\r\n${HOST}\r\n`);
    await stream.until('a beat', () => stream.bytes.includes('event: beat'));
    assert.equal(await probe.stop(), 0);
    await Promise.all([idle, stream].map((raw) => raw.until('the end', () => raw.gone())));
    assert.ok(probe.lines.includes('answered 1 closed 1'), probe.lines.join('; '));
    idle.destroy();
    stream.destroy();
  });
});
