// Raw sockets and waiting, for tests that must see bytes and not what a well-behaved client makes of them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import net from 'node:net';
import readline from 'node:readline';
import tls from 'node:tls';

export const PATIENCE_MS = 30_000;

const open = new Set(); // connections and programs not yet ended

// For after(): ends whatever a failed test has left, so that nothing outlives the tests.
export async function cleanUp() {
  await Promise.all([...open].map((it) => (it instanceof Raw ? it.destroy() : it.stop())));
}

// Resolves with the first truthy value of check(), which is asked again and again until then.
export async function waitFor(what, check, within = PATIENCE_MS) {
  const until = Date.now() + within;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > until) throw new Error(`waited ${within} ms in vain for ${what}`);
    await new Promise((done) => setTimeout(done, 10));
  }
}

// One connection. Keeps what has come in `bytes`; `ended` on FIN, `broken` (a code) on reset. ca: by TLS, trusting that;
// what is sent before hands are shaken waits.
export class Raw {
  constructor(port, { paused = false, ca, ...options } = {}) {
    this.bytes = Buffer.alloc(0);
    this.received = 0;
    this.keep = true;
    this.ended = false;
    this.broken = null;
    this.closed = false;
    this.waiters = new Set();
    this.socket = (ca ? tls : net).connect({ port, host: '127.0.0.1', allowHalfOpen: true, ca, ...options });
    this.socket.setNoDelay(true);
    const wake = () => this.waiters.forEach((w) => w());
    this.socket.on('data', (chunk) => {
      this.received += chunk.length;
      if (this.keep) this.bytes = Buffer.concat([this.bytes, chunk]);
      wake();
    });
    this.socket.on('end', () => { this.ended = true; wake(); });
    this.socket.on('error', (error) => { this.broken = error.code; wake(); });
    this.socket.on('close', () => { this.closed = true; open.delete(this); wake(); });
    open.add(this);
    if (paused) this.socket.pause();
  }

  static async open(port, options) {
    const raw = new Raw(port, options);
    await new Promise((done, fail) => {
      raw.socket.once('connect', done);
      raw.socket.once('error', fail);
    });
    return raw;
  }

  // Resolves when check() is truthy; asks after every change.
  until(what, check, within = PATIENCE_MS) {
    return new Promise((done, fail) => {
      const timer = setTimeout(() => {
        this.waiters.delete(ask);
        fail(new Error(`waited ${within} ms in vain for ${what}; have ${JSON.stringify(this.bytes.toString('latin1').slice(0, 300))}`));
      }, within);
      const ask = () => {
        const value = check();
        if (!value) return;
        clearTimeout(timer);
        this.waiters.delete(ask);
        done(value);
      };
      this.waiters.add(ask);
      ask();
    });
  }

  send(data) {
    if (!this.socket.destroyed) this.socket.write(data);
    return this;
  }

  // Shuts the writing side; answers can still come.
  half() {
    this.socket.end();
    return this;
  }

  gone() {
    return this.ended || this.broken || this.closed;
  }

  // Takes the next response off the bytes: {status, headers, body}. Bodies: Content-Length, none, or to the end.
  async response({ head = false } = {}) {
    const end = await this.until('the head of a response', () => {
      const at = this.bytes.indexOf('\r\n\r\n');
      if (at >= 0) return at + 4;
      if (this.gone()) throw new Error(`the connection ended (${this.broken ?? 'FIN'}) before a response`);
      return 0;
    });
    const lines = this.bytes.subarray(0, end - 4).toString('latin1').split('\r\n');
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(lines[0])?.[1]);
    const headers = {};
    for (const line of lines.slice(1)) headers[line.slice(0, line.indexOf(':')).toLowerCase()] = line.slice(line.indexOf(':') + 1).trim();
    let length = Number(headers['content-length'] ?? 0);
    if (head || status === 304 || status === 204 || status === 100) length = 0;
    await this.until('the body of a response', () => this.bytes.length >= end + length || this.gone());
    assert.ok(this.bytes.length >= end + length, 'the connection ended within a body');
    const body = this.bytes.subarray(end, end + length).toString();
    this.bytes = this.bytes.subarray(end + length);
    return { status, headers, body };
  }

  destroy() {
    this.socket.destroy();
  }
}

// A program that prints lines. `lines` grows; stop() ends it and resolves with its exit code.
export class Program {
  constructor(command, args, options = {}) {
    this.lines = [];
    this.code = null;
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
    readline.createInterface({ input: this.child.stdout }).on('line', (line) => this.lines.push(line));
    open.add(this);
    this.exited = new Promise((done) => this.child.on('exit', (code, signal) => {
      open.delete(this);
      this.code = signal ?? code;
      done(this.code);
    }));
  }

  get pid() {
    return this.child.pid;
  }

  // The first match of a pattern among the lines.
  line(pattern) {
    return waitFor(`a line like ${pattern}`, () => {
      for (const line of this.lines) {
        const match = pattern.exec(line);
        if (match) return match;
      }
      if (this.code !== null) throw new Error(`the program ended (${this.code})`);
      return null;
    });
  }

  async stop() {
    if (this.code === null) this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), PATIENCE_MS);
    const code = await this.exited;
    clearTimeout(timer);
    return code;
  }
}

function statusField(pid, name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]);
}

export const residentBytes = (pid) => statusField(pid, 'VmRSS') * 1024;
// Address sanitizer reserves terabytes and keeps freed memory: how much is resident says nothing then.
export const isSanitized = (pid) => statusField(pid, 'VmSize') > 1e9;
export const descriptors = (pid) => readdirSync(`/proc/${pid}/fd`).length;

// Seconds of processor time used so far.
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
