// A device of the hall as the server sees it: its token, its calls, its streams.
import http from 'node:http';
import https from 'node:https';
import { BOUND_MS, pause, uuid } from './ground.mjs';
import { Stream } from './stream.mjs';

const TRANSPORT_BOUND_MS = 60_000;

// One request, one answer; rejects when the connection is lost. ca: by TLS, trusting that.
export function exchange(port, { method = 'GET', path: target, headers = {}, body, agent, host = '127.0.0.1', ca, localAddress }) {
	return new Promise((resolve, reject) => {
		const payload = body === undefined ? undefined : Buffer.isBuffer(body) ? body : Buffer.from(body);
		const request = (ca ? https : http).request({
			host, port, method, path: target, agent, ca, localAddress,
			headers: payload === undefined ? headers : { 'content-length': payload.length, ...headers },
		});
		request.setTimeout(TRANSPORT_BOUND_MS, () => request.destroy(new Error(`no answer to ${method} ${target}`)));
		request.on('error', reject);
		request.on('response', (response) => {
			const pieces = [];
			response.on('data', (piece) => pieces.push(piece));
			response.on('error', reject);
			response.on('end', () => {
				const bytes = Buffer.concat(pieces);
				const answer = { status: response.statusCode, headers: response.headers, bytes, text: bytes.toString('utf8') };
				if (/json/.test(response.headers['content-type'] ?? '') && !/ndjson/.test(response.headers['content-type'])) {
					answer.body = answer.text === '' ? undefined : JSON.parse(answer.text);
				}
				resolve(answer);
			});
		});
		request.end(payload);
	});
}

// A device (or, without a token, anybody).
export class Client {
	constructor(site, token, device = {}) {
		this.site = site;
		this.token = token;
		this.device = device;
		this.unstaffed = site.options?.unstaffed ?? false;
	}

	// One attempt; where somebody must be signed on and nobody is, a stand-in signs on and the same is asked again.
	async send(method, target, body, headers = {}) {
		const { duty } = this.site;
		const times = duty?.device(this.token).times;
		const answer = await this.once(method, target, body, headers);
		if (answer.status !== 403 || answer.body?.code !== 'not_signed_on' || !duty || this.unstaffed) return answer;
		return (await duty.standIn(this, times, answer)) ?? this.once(method, target, body, headers);
	}

	// A body that is a string or Buffer is sent as it is.
	once(method, target, body, headers = {}) {
		const raw = typeof body === 'string' || Buffer.isBuffer(body);
		return exchange(this.site.port, {
			method,
			path: target,
			agent: this.site.agent,
			ca: this.site.ca,
			headers: {
				...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
				...(body === undefined ? {} : { 'content-type': 'application/json' }),
				...headers,
			},
			body: body === undefined || raw ? body : JSON.stringify(body),
		});
	}

	get(target) {
		return this.send('GET', target);
	}

	delete(target) {
		return this.send('DELETE', target);
	}

	put(target, body) {
		return this.send('PUT', target, body);
	}

	// A command under a random id (or the given one). With retry, a lost connection, a 503 and a 202 are asked again under
	// the same id until there is a final answer.
	async post(target, body = {}, { retry = this.site.retry, bound = BOUND_MS } = {}) {
		const sent = { id: uuid(), ...body };
		if (sent.id === null) delete sent.id;
		if (!retry) return this.send('POST', target, sent);
		const until = Date.now() + bound;
		let last;
		for (let attempt = 1; Date.now() < until; attempt++) {
			await this.site.gate;
			try {
				const answer = await this.send('POST', target, sent);
				if (answer.status !== 503 && answer.status !== 202) return Object.assign(answer, { id: sent.id, attempt });
				last = `${answer.status} ${answer.text}`;
			} catch (error) {
				last = error.message;
			}
			await pause(20);
		}
		throw new Error(`no final answer to POST ${target} ${sent.id} within ${bound} ms: ${last}`);
	}

	scan(code, more = {}, options) {
		return this.post('/api/scan', { code, ...more }, options);
	}

	act(ref, action, more = {}, options) {
		return this.post(`/api/visits/${ref}/${action}`, more, options);
	}

	unwell(more = {}, options) {
		return this.post('/api/unwell', more, options);
	}

	desk(desk, action, more = {}, options) {
		return this.post(`/api/desks/${desk}/${action}`, more, options);
	}

	// Somebody signs on here: by the id of one of the staff, or a badge's code; without, a stand-in.
	async signOn(who = undefined, pin = undefined) {
		const badge = who === undefined ? await this.site.duty.badge(this.token) : (await this.site.duty.codes())[who] ?? who;
		return this.once('POST', '/api/session', { badge, pin });
	}

	signOff() {
		return this.delete('/api/session');
	}

	// Loads a roster: the bytes of a CSV file. more: {id, query, headers}.
	roster(csv, { id = uuid(), query = '', headers = {} } = {}) {
		return this.send('POST', `/api/roster?id=${id}${query}`, csv, { 'content-type': 'text/csv', ...headers });
	}

	// A check-in of somebody expected, in whatever way `who` says.
	checkIn(who, more = {}, options) {
		return this.post('/api/visits', { ...who, ...more }, options);
	}

	// {visit, ticket} of a new walk-in.
	async walkIn(person = {}, more = {}, options) {
		const answer = await this.post('/api/visits', { person: somebody(person), language: 'zh-Hans', ...more }, options);
		if (answer.status !== 201) throw new Error(`walk-in: ${answer.status} ${answer.text}`);
		return answer.body;
	}

	// The one view, or an error with what came instead.
	async view(name) {
		const answer = await this.get(`/api/views/${name}`);
		if (answer.status !== 200) throw new Error(`view ${name}: ${answer.status} ${answer.text}`);
		return answer.body;
	}

	async visit(ref) {
		const answer = await this.get(`/api/visits/${ref}`);
		if (answer.status !== 200) throw new Error(`visit: ${answer.status} ${answer.text}`);
		return answer.body.visit;
	}

	// An open stream, once its first bytes are here.
	async stream(views, options = {}) {
		const stream = new Stream(this, views, options);
		this.site.streams.add(stream);
		await stream.opened;
		return stream;
	}
}

let people = 0;
export function somebody(person = {}) {
	people++;
	return { name: `测试者${people}`, birth_date: '1970-05-17', sex: 'female', ...person };
}
