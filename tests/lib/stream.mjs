// An event stream as a screen holds it.
import http from 'node:http';
import https from 'node:https';
import { BOUND_MS } from './ground.mjs';

// An event stream that keeps the last picture of each view. With `again`, it connects again when it is cut.
export class Stream {
	constructor(client, views, { again = false } = {}) {
		this.client = client;
		this.path = `/api/stream?views=${views}`;
		this.again = again;
		this.last = {}; // view -> picture
		this.messages = []; // {event, id, data, received}
		this.connections = 0;
		this.ended = false; // cut, and not to be opened again
		this.waiting = new Set();
		this.opened = new Promise((resolve, reject) => {
			this.open = { resolve, reject };
		});
		this.opened.catch(() => {});
		this.connect();
	}

	connect() {
		const { client } = this;
		const headers = client.token ? { authorization: `Bearer ${client.token}` } : {};
		const { ca, port } = client.site;
		this.request = (ca ? https : http).get({ host: '127.0.0.1', port, path: this.path, headers, agent: false, ca });
		this.request.on('error', (error) => this.cut(error));
		this.request.on('response', (response) => {
			this.status = response.statusCode;
			this.headers = response.headers;
			if (response.statusCode !== 200) {
				response.resume();
				return this.cut(new Error(`stream ${this.path}: ${response.statusCode}`));
			}
			this.connections++;
			this.open.resolve(this);
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (piece) => {
				text += piece;
				for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
					this.take(text.slice(0, at));
					text = text.slice(at + 2);
				}
			});
			response.on('error', (error) => this.cut(error));
			response.on('close', () => this.cut(new Error('stream closed')));
		});
	}

	take(block) {
		const message = { event: 'message', data: '', received: Date.now() };
		for (const line of block.split('\n')) {
			const [, name, value] = /^([a-z]*): ?(.*)$/.exec(line) ?? [];
			if (name === 'data') message.data += value;
			else if (name) message[name] = value;
		}
		if (message.data === '') return;
		message.data = JSON.parse(message.data);
		this.messages.push(message);
		this.last[message.event] = message.data;
		this.check();
	}

	check() {
		for (const wait of [...this.waiting]) wait();
	}

	cut(error) {
		if (this.ended) return;
		if (this.again && !this.closing && this.client.site.open) {
			if (!this.reconnecting) {
				this.reconnecting = setTimeout(() => {
					this.reconnecting = undefined;
					this.connect();
				}, 30);
			}
			return;
		}
		this.ended = true;
		this.open.reject(error);
		this.check();
	}

	// The first truthy value of the condition, looked at after each message.
	until(condition, what = 'a picture', bound = BOUND_MS) {
		return new Promise((resolve, reject) => {
			const done = (settle, value) => {
				clearTimeout(timer);
				this.waiting.delete(look);
				settle(value);
			};
			const look = () => {
				let value;
				try {
					value = condition(this);
				} catch (error) {
					return done(reject, error);
				}
				if (value) return done(resolve, value);
				if (this.ended && !this.ending) done(reject, new Error(`the stream ended while waiting for ${what}`));
			};
			const timer = setTimeout(() => {
				done(reject, new Error(`waited ${bound} ms in vain for ${what}; last: ${JSON.stringify(this.last)}`));
			}, bound);
			this.waiting.add(look);
			look();
		});
	}

	// Resolves when the server cut it.
	async untilCut(bound = BOUND_MS) {
		this.ending = true;
		return this.until((s) => s.ended, 'the end of the stream', bound);
	}

	// The alarm of a kind, as the stream last showed it.
	alert(kind, visit) {
		return this.last.alerts?.alerts.find((a) => a.kind === kind && (!visit || a.visit === visit));
	}

	untilAlert(kind, visit, condition = () => true, bound = BOUND_MS) {
		return this.until((s) => {
			const alert = s.alert(kind, visit);
			return alert && condition(alert) ? alert : undefined;
		}, `an alarm ${kind}`, bound);
	}

	untilNoAlert(kind, visit, bound = BOUND_MS) {
		return this.until((s) => s.last.alerts && !s.alert(kind, visit), `the end of ${kind}`, bound);
	}

	close() {
		this.closing = true;
		clearTimeout(this.reconnecting);
		this.request.destroy();
	}
}
